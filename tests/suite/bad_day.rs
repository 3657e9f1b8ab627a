//! What a bad day does: stores that die and come back under load, and sources that lie. docs/reliability.md is the list.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures::future::join_all;
use midspan_sources::{Options, Sources, System};
use midspan_tests::{Client, Origin, Redis, Watched, component_file, root, variables};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    process::Command,
    sync::Notify,
};

use crate::{
    elsewhere::{Elsewhere, Ground},
    idempotency::{DAY, leave},
};

/// The tests' operations, whose source `origin` is at `url`, on the store of this configuration.
fn ground(url: &str, runtime_config: &str, folder: &TempDir) -> Ground {
    assert!(component_file("test-cached").exists());
    let config = folder.path().join("runtime-config.toml");
    std::fs::write(&config, runtime_config).expect("the configuration is written");
    Ground {
        manifest: "tests/spin.toml".to_owned(),
        variables: vec![
            format!("origin_url={url}"),
            "graph_url=http://127.0.0.1:1".to_owned(),
            "dataverse_url=http://127.0.0.1:1".to_owned(),
        ],
        runtime_config: config,
    }
}

/// A host of the tests' operations on a Redis, whose source `origin` is at `url`.
async fn host(url: &str, redis: &Redis, folder: &TempDir) -> (Watched, Client) {
    let options = ground(url, &redis.runtime_config(), folder).options();
    let host = Watched::start(root().join("tests/spin.toml"), options)
        .await
        .expect("the host starts");
    let client = Client::new(format!("http://{}", host.local_addr()));
    (host, client)
}

/// A store in a file of this folder.
fn sqlite(folder: &TempDir) -> String {
    let file = folder.path().join("store.db");
    format!(
        "[key_value_store.default]\ntype = \"spin\"\npath = {:?}\n",
        file.display().to_string()
    )
}

/// A thing's value, and whether it was cached. It is right, whatever happens.
async fn read(client: &Client, thing: &str) -> bool {
    let answer = client.get(&format!("/cached/{thing}")).await;
    assert_eq!(answer.status(), 200, "{}", answer.text());
    assert_eq!(answer.json()["value"], "Bearer service", "{}", answer.text());
    answer
        .header("cache-status")
        .is_some_and(|status| status.contains("; hit"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_dies_and_comes_back_under_load_costs_no_answer_and_needs_no_restart() {
    let (origin, mut redis) = (Origin::start().await, Redis::start().await);
    let folder = TempDir::new().expect("a folder");
    let (_host, client) = host(&origin.url(), &redis, &folder).await;
    let (over, answered) = (AtomicBool::new(false), AtomicUsize::new(0));
    let caller = async |user: String| {
        let mut thing = 0;
        while !over.load(Ordering::SeqCst) {
            thing = (thing + 1) % 5;
            let request = http::Request::get(format!("/cached/{thing}")).header("authorization", &user);
            let answer = client.send(request, "").await;
            assert_eq!(answer.status(), 200, "{}", answer.text());
            assert_eq!(answer.json()["value"], user.as_str(), "{}", answer.text());
            answered.fetch_add(1, Ordering::SeqCst);
        }
    };
    // So many answers later.
    let more = async |count: usize| {
        let until = answered.load(Ordering::SeqCst) + count;
        while answered.load(Ordering::SeqCst) < until {
            tokio::task::yield_now().await;
        }
    };
    let day = async {
        more(100).await;
        redis.kill().await;
        more(100).await;
        redis.revive().await;
        // The store is used again without anybody's doing.
        loop {
            let request = http::Request::get("/cached/1").header("authorization", "Bearer eve");
            let answer = client.send(request, "").await;
            if answer
                .header("cache-status")
                .is_some_and(|status| status.contains("; hit"))
            {
                break;
            }
        }
        over.store(true, Ordering::SeqCst);
    };
    let callers = join_all(["Bearer ada", "Bearer bob", "Bearer cy"].map(|user| caller(user.to_owned())));
    tokio::join!(callers, day);
}

/// A source that sends `head`, and then `piece` for as long as anybody reads.
async fn endless(head: &'static str, piece: Vec<u8>) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("a port"));
    let sent = Arc::new(AtomicUsize::new(0));
    let counter = sent.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (piece, counter) = (piece.clone(), counter.clone());
            tokio::spawn(async move {
                let mut request = [0; 4096];
                if stream.read(&mut request).await.is_err() || stream.write_all(head.as_bytes()).await.is_err() {
                    return;
                }
                while stream.write_all(&piece).await.is_ok() {
                    counter.fetch_add(piece.len(), Ordering::SeqCst);
                }
            });
        }
    });
    (url, sent)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_never_ends_is_cut_off_and_costs_its_cap_in_memory_and_no_more() {
    /// A source's body may have 10 MiB; sockets and buffers on the way hold a little more.
    const MOST: usize = 40 << 20;
    let chunk = [b"10000\r\n".to_vec(), vec![b' '; 0x10000], b"\r\n".to_vec()].concat();
    let cases = [
        (
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n",
            chunk,
        ),
        (
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 10000000000\r\n\r\n",
            vec![b' '; 0x10000],
        ),
        ("HTTP/1.1 200 OK\r\n", b"x-more: and more\r\n".repeat(100)),
        ("", vec![b'H'; 0x10000]),
    ];
    for (head, piece) in cases {
        let (url, sent) = endless(head, piece).await;
        let (redis, folder) = (Redis::start().await, TempDir::new().expect("a folder"));
        let (host, client) = host(&url, &redis, &folder).await;
        let answer = client.get("/cached/1").await;
        assert_eq!(answer.status(), 200, "{}", answer.text());
        assert_eq!(answer.json()["status"], "missing", "{head}: {}", answer.text());
        let code = answer.json()["code"].as_str().map(ToOwned::to_owned);
        assert!(
            ["SourceInvalid", "SourceUnreachable"]
                .map(Some)
                .contains(&code.as_deref()),
            "{head}: {}",
            answer.text()
        );
        assert!(
            sent.load(Ordering::SeqCst) < MOST,
            "{head}: {}",
            sent.load(Ordering::SeqCst)
        );
        tokio::time::timeout(Duration::from_mins(1), host.shutdown())
            .await
            .expect("nothing is left under way");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_without_room_costs_no_answer_and_the_store_is_used_again_when_there_is_some() {
    let (origin, folder) = (Origin::start().await, TempDir::new().expect("a folder"));
    let host = Elsewhere::start(&ground(&origin.url(), &sqlite(&folder), &folder)).await;
    assert!(!read(&host.client, "1").await);
    assert!(read(&host.client, "1").await);

    host.may_write("1").await;
    for thing in ["2", "3", "2"] {
        assert!(!read(&host.client, thing).await, "nothing new is kept");
    }
    assert_eq!(origin.calls(), 4);

    host.may_write("unlimited").await;
    while !read(&host.client, "2").await {}
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_cannot_be_recorded_for_want_of_room_is_not_done() {
    let sources = Sources::start(Options::default()).await.expect("the sources start");
    let folder = TempDir::new().expect("a folder");
    let host = Elsewhere::start(&reference(&sources, &folder)).await;
    host.may_write("1").await;

    let refused = host.client.send(leave("flow-1"), DAY).await;

    assert_eq!(
        (refused.status(), refused.error_code().as_str()),
        (503, "StoreUnavailable")
    );
    assert_eq!(sources.count_of(System::Payroll, "POST *"), 0);
    host.may_write("unlimited").await;
    // The store is left alone for a while after a failure.
    loop {
        let answer = host.client.send(leave("flow-1"), DAY).await;
        if answer.status() != 503 {
            assert_eq!(answer.status(), 202, "{}", answer.text());
            break;
        }
    }
    assert_eq!(sources.count_of(System::Payroll, "POST *"), 1);
}

/// The reference connector on a store in `folder`.
fn reference(sources: &Sources, folder: &TempDir) -> Ground {
    assert!(component_file("request-leave").exists());
    let config = folder.path().join("runtime-config.toml");
    std::fs::write(&config, sqlite(folder)).expect("the configuration is written");
    Ground {
        manifest: "spin.toml".to_owned(),
        variables: variables(sources, &root().join("spin.toml")),
        runtime_config: config,
    }
}

/// With one store on disk: killed while eight callers write, and started again on what is left.
#[tokio::test(flavor = "multi_thread")]
async fn a_host_killed_under_load_loses_no_write_that_it_acknowledged_and_repeats_none() {
    const BEFORE: usize = 24;
    let sources = Sources::start(Options::default()).await.expect("the sources start");
    let folder = TempDir::new().expect("a folder");
    let ground = reference(&sources, &folder);
    let mut host = Elsewhere::start(&ground).await;
    let (acknowledged, enough) = (Mutex::new(Vec::<(String, String)>::new()), Notify::new());
    let caller = async |caller: usize| {
        let mut sent = Vec::new();
        loop {
            let key = format!("flow-{caller}-{}", sent.len());
            sent.push(key.clone());
            let Some(answer) = host.client.try_send(leave(&key), DAY).await else {
                return sent;
            };
            assert_eq!(answer.status(), 202, "{}", answer.text());
            let mut acknowledged = acknowledged.lock().expect("a list");
            acknowledged.push((key, answer.text()));
            if acknowledged.len() == BEFORE {
                enough.notify_one();
            }
        }
    };
    let callers = join_all((0..8).map(caller));
    let id = host.id();
    let killed = async {
        enough.notified().await;
        kill(id).await;
    };
    let (sent, ()) = tokio::join!(callers, killed);
    host.kill().await;

    let host = Elsewhere::start(&ground).await;
    for (key, text) in acknowledged.into_inner().expect("a list") {
        let again = host.client.send(leave(&key), DAY).await;
        assert_eq!(
            again.header("idempotent-replayed"),
            Some("true"),
            "{key}: {}",
            again.text()
        );
        assert_eq!(again.text(), text);
    }
    let sent: Vec<_> = sent.into_iter().flatten().collect();
    for key in &sent {
        // Its host died before it could tell: it is done now, or nobody knows, which is said.
        let answer = loop {
            let answer = host.client.send(leave(key).header("prefer", "wait=1"), DAY).await;
            if answer.status() == 202 || answer.error_code() != "RequestInProgress" {
                break answer;
            }
        };
        if answer.status() != 202 {
            let told = (answer.status(), answer.error_code());
            assert_eq!(told, (409, "OutcomeUnknown".to_owned()), "{key}: {}", answer.text());
        }
    }
    let done = sources.count_of(System::Payroll, "POST *");
    assert!(done <= sent.len(), "{done} requests for {} calls", sent.len());
}

async fn kill(process: u32) {
    let status = Command::new("kill").args(["-9", &process.to_string()]).status().await;
    assert!(status.expect("kill is there").success());
}

/// The host's clock is another's who can be told what time it is (Debian: faketime).
#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_jumps_makes_nothing_fresh_that_is_not_and_stops_nothing() {
    let (origin, folder) = (Origin::start().await, TempDir::new().expect("a folder"));
    let clock = folder.path().join("clock");
    let is = |offset: &str| std::fs::write(&clock, offset).expect("the clock is set");
    is("+0");
    let file = clock.display().to_string();
    let environment = [
        ("LD_PRELOAD", "libfaketime.so.1"),
        ("LD_LIBRARY_PATH", faketime()),
        ("FAKETIME_TIMESTAMP_FILE", &file),
        ("FAKETIME_NO_CACHE", "1"),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
    ];
    let host = Elsewhere::start_with(&ground(&origin.url(), &sqlite(&folder), &folder), &environment).await;
    assert!(!read(&host.client, "1").await);
    assert!(read(&host.client, "1").await);

    // An hour on: what was good for ten minutes is asked for again.
    is("+3600");
    assert!(!read(&host.client, "1").await);
    assert!(read(&host.client, "1").await);
    // Two hours back: it came in an hour, so nobody knows how old it is.
    is("-3600");
    assert!(!read(&host.client, "1").await);
    assert!(read(&host.client, "1").await);
    // And what nobody asked for before is kept as ever.
    assert!(!read(&host.client, "2").await);
    assert!(read(&host.client, "2").await);
    assert_eq!(origin.calls(), 4);
}

/// Where Debian puts it.
fn faketime() -> &'static str {
    let folders = [
        "/usr/lib/x86_64-linux-gnu/faketime",
        "/usr/lib/aarch64-linux-gnu/faketime",
    ];
    let folder = folders.into_iter().find(|folder| std::path::Path::new(folder).exists());
    folder.expect("libfaketime is installed (Debian: apt-get install libfaketime)")
}

/// All of them at once, each until it is answered: more than ten for each place that the host has.
#[tokio::test(flavor = "multi_thread")]
async fn ten_times_as_many_callers_as_there_are_places_are_answered_or_refused_and_all_served_in_the_end() {
    const PLACES: usize = 20;
    let (origin, redis, folder) = (
        Origin::start().await,
        Redis::start().await,
        TempDir::new().expect("a folder"),
    );
    let mut options = ground(&origin.url(), &redis.runtime_config(), &folder).options();
    options.limits.concurrent_requests = PLACES;
    let started = Watched::start(root().join("tests/spin.toml"), options).await;
    let host = started.expect("the host starts");
    let client = Client::new(format!("http://{}", host.local_addr()));
    let refused = AtomicUsize::new(0);
    origin.holds();
    let served = AtomicUsize::new(0);
    let caller = async |number: usize| loop {
        let answer = client.get(&format!("/cached/{number}")).await;
        if answer.status() == 200 {
            assert_eq!(answer.json()["value"], "Bearer service", "{}", answer.text());
            served.fetch_add(1, Ordering::SeqCst);
            return;
        }
        assert_eq!((answer.status(), answer.error_code().as_str()), (503, "Overloaded"));
        assert_eq!(answer.header("retry-after"), Some("1"));
        // As soon as all the places are taken, everybody else is told so, and nothing else.
        if refused.fetch_add(1, Ordering::SeqCst) == 10 * PLACES {
            assert_eq!(served.load(Ordering::SeqCst), 0);
            origin.goes_on();
        }
    };
    join_all((0..11 * PLACES).map(caller)).await;
    assert_eq!(
        origin.calls(),
        11 * PLACES,
        "nobody's call was lost, and none made twice"
    );
}

//! What a bad day does: stores that die and come back under load, and sources that lie. docs/reliability.md is the list.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures::future::join_all;
use midspan_host::{Host, HostOptions, RunningHost};
use midspan_tests::{Client, Origin, Redis, component_file, root};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

/// A host of the tests' operations on a Redis, whose source `origin` is at `url`.
async fn host(url: &str, redis: &Redis, folder: &TempDir) -> (RunningHost, Client) {
    assert!(component_file("test-cached").exists());
    let config = folder.path().join("runtime-config.toml");
    std::fs::write(&config, redis.runtime_config()).expect("the configuration is written");
    let options = HostOptions {
        listen: ([127, 0, 0, 1], 0).into(),
        variables: vec![
            format!("origin_url={url}"),
            "graph_url=http://127.0.0.1:1".to_owned(),
            "dataverse_url=http://127.0.0.1:1".to_owned(),
        ],
        state_dir: Some(root().join("target").join("midspan-tests")),
        runtime_config_file: Some(config),
        ..HostOptions::default()
    };
    let host = Host::start(root().join("tests/spin.toml"), options)
        .await
        .expect("the host starts");
    let client = Client::new(format!("http://{}", host.local_addr()));
    (host, client)
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

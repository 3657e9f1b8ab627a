//! The shared cache between instances and hosts: components on one and on two hosts, with a Redis between them.

use std::{sync::Arc, time::Duration};

use futures::future::join_all;
use midspan_host::HostOptions;
use midspan_tests::{Answer, Client, Origin, Redis, Watched, component_file, root};
use tempfile::TempDir;
use tokio::sync::Mutex;

/// Hosts of the same application, which share a Redis.
struct Hosts {
    origin: Origin,
    redis: Redis,
    options: HostOptions,
    running: Vec<Watched>,
    clients: Vec<Client>,
    _folder: TempDir,
}

impl Hosts {
    async fn start(count: usize) -> Self {
        assert!(component_file("test-cached").exists());
        let (origin, redis) = (Origin::start().await, Redis::start().await);
        let folder = TempDir::new().expect("a folder");
        let config = folder.path().join("runtime-config.toml");
        std::fs::write(&config, redis.runtime_config()).expect("the configuration is written");
        let unused = ["graph_url", "dataverse_url"].map(|name| format!("{name}=http://127.0.0.1:1"));
        let options = HostOptions {
            listen: ([127, 0, 0, 1], 0).into(),
            variables: [vec![format!("origin_url={}", origin.url())], unused.to_vec()].concat(),
            state_dir: Some(root().join("target").join("midspan-tests")),
            runtime_config_file: Some(config),
            on_log: Some(Arc::new(|line| eprintln!("the host says: {}", line.message))),
            on_output: Some(Arc::new(|line| eprintln!("{}: {}", line.component, line.line))),
            ..HostOptions::default()
        };
        let mut hosts = Self {
            origin,
            redis,
            options,
            running: Vec::new(),
            clients: Vec::new(),
            _folder: folder,
        };
        for _ in 0..count {
            let host = hosts.another().await;
            hosts.clients.push(client(&host));
            hosts.running.push(host);
        }
        hosts
    }

    async fn another(&self) -> Watched {
        let manifest = root().join("tests/spin.toml");
        Watched::start(manifest, self.options.clone())
            .await
            .expect("the host starts")
    }

    /// Requests to the hosts in turn, all at once.
    async fn get_at_once(&self, count: usize, path: &str) -> Vec<Answer> {
        join_all((0..count).map(|n| self.clients[n % self.clients.len()].get(path))).await
    }
}

fn client(host: &Watched) -> Client {
    Client::new(format!("http://{}", host.local_addr()))
}

fn status(answer: &Answer) -> String {
    answer.header("cache-status").unwrap_or_default().to_owned()
}

/// One at a time: a small machine that serves several crowds makes its Redis wait for too long.
pub(crate) static CROWD: Mutex<()> = Mutex::const_new(());

async fn a_thousand_at_once(hosts: usize) {
    let _alone = CROWD.lock().await;
    let hosts = Hosts::start(hosts).await;
    hosts.origin.takes(Duration::from_secs(2));
    let answers = hosts.get_at_once(1000, "/cached/1").await;
    for answer in &answers {
        assert_eq!(answer.json()["value"], "Bearer service", "{}", answer.text());
    }
    assert_eq!(hosts.origin.calls(), 1);
    assert!(answers.iter().any(|answer| status(answer).ends_with("collapsed")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_misses_at_once_make_one_call_on_one_host() {
    a_thousand_at_once(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_misses_at_once_make_one_call_on_two_hosts_with_one_redis() {
    a_thousand_at_once(2).await;
}

async fn nothing_crosses(hosts: usize) {
    let _alone = CROWD.lock().await;
    let hosts = Hosts::start(hosts).await;
    let users = ["Bearer ada", "Bearer bob", "Bearer service"];
    for round in 0..10 {
        let requests = (0..300).map(|n| {
            let (client, user, thing) = (&hosts.clients[n % hosts.clients.len()], users[n % 3], n % 4 + round % 2);
            async move {
                let request = http::Request::get(format!("/cached/{thing}"));
                let request = match user {
                    "Bearer service" => request,
                    user => request.header("authorization", user),
                };
                (user, client.send(request, "").await)
            }
        });
        for (user, answer) in join_all(requests).await {
            assert_eq!(answer.json()["value"], user, "{}", answer.text());
        }
    }
    // Five things for three kinds of caller; a lease that ran out on a loaded machine may cost another call.
    assert!((15..60).contains(&hosts.origin.calls()), "{}", hosts.origin.calls());
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_crosses_between_users_on_one_host() {
    nothing_crosses(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_crosses_between_users_on_two_hosts() {
    nothing_crosses(2).await;
}

/// The host that asks dies as a process does: nothing in it is told. Those who wait ask when its lease has ended.
#[test]
fn the_death_of_the_host_that_asks_is_survived_by_those_who_wait() {
    let runtime = || tokio::runtime::Runtime::new().expect("a runtime");
    let (living, dying) = (runtime(), runtime());
    let hosts = living.block_on(Hosts::start(1));
    hosts.origin.hangs(1);
    let doomed = dying.block_on(hosts.another());
    let asking = client(&doomed);
    dying.spawn(async move { asking.get("/cached/1").await });
    let answers = living.block_on(async {
        hosts.origin.has_calls(1).await;
        let waiting = hosts.get_at_once(20, "/cached/1");
        dying.shutdown_background();
        waiting.await
    });
    for answer in &answers {
        assert_eq!(answer.json()["value"], "Bearer service", "{}", answer.text());
    }
    assert_eq!(hosts.origin.calls(), 2);
    // Its threads may still be at work in what is left of its runtime.
    std::mem::forget(doomed);
}

async fn without_a_store(hosts: usize) {
    let mut hosts = Hosts::start(hosts).await;
    let first = hosts.clients[0].get("/cached/1").await;
    assert_eq!(first.json()["status"], "fresh");
    hosts.redis.kill().await;
    for answer in hosts.get_at_once(50, "/cached/1").await {
        assert_eq!(
            (answer.status(), answer.json()["status"].as_str()),
            (200, Some("fresh"))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_redis_one_host_asks_the_source() {
    without_a_store(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_their_redis_two_hosts_ask_the_source() {
    without_a_store(2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_host_invalidates_is_stale_on_the_other_and_stands_in_for_a_failure() {
    let hosts = Hosts::start(2).await;
    let first = status(&hosts.clients[0].get("/cached/1").await);
    assert!(
        first.starts_with("origin; fwd=uri-miss; fwd-status=200; ttl="),
        "{first}"
    );
    assert!(first.ends_with("; stored"), "{first}");
    assert!(status(&hosts.clients[1].get("/cached/1").await).starts_with("origin; hit; ttl="));
    hosts.origin.answers(503);
    let stale = hosts.clients[1].get("/cached/1?changed=true").await;
    assert_eq!(stale.json()["status"], "stale");
    assert_eq!(stale.json()["code"], "SourceFailed");
    let other = hosts.clients[0].get("/cached/1").await;
    assert_eq!(other.json()["status"], "stale");
    hosts.origin.answers(200);
    assert_eq!(hosts.clients[0].get("/cached/1").await.json()["status"], "fresh");
}

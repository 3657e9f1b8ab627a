//! Writes that are repeated: on two hosts with one Redis, one of which is killed. The second host is a process of its own.

use std::time::Duration;

use futures::future::join_all;
use http::Request;
use midspan_sources::{Fault, Options, Sources, System};
use midspan_tests::{Answer, Client, PROGRAM_KEY, Redis, Watched, component_file, root, variables};
use tempfile::TempDir;

use crate::elsewhere::{Elsewhere, Ground};

/// Payroll and its like, a Redis, and a host.
struct Place {
    sources: Sources,
    ground: Ground,
    client: Client,
    _host: Watched,
    _redis: Redis,
    _folder: TempDir,
}

impl Place {
    async fn new() -> Self {
        assert!(component_file("request-leave").exists());
        let sources = Sources::start(Options::default()).await.expect("the sources start");
        let (redis, folder) = (Redis::start().await, TempDir::new().expect("a folder"));
        let config = folder.path().join("runtime-config.toml");
        std::fs::write(&config, redis.runtime_config()).expect("the configuration is written");
        let ground = Ground {
            manifest: "spin.toml".to_owned(),
            variables: variables(&sources, &root().join("spin.toml")),
            runtime_config: config,
        };
        let started = Watched::start(root().join("spin.toml"), ground.options()).await;
        let host = started.expect("the host starts");
        Self {
            client: Client::new(format!("http://{}", host.local_addr())).with_key(PROGRAM_KEY),
            sources,
            ground,
            _host: host,
            _redis: redis,
            _folder: folder,
        }
    }

    /// A second host, to be killed.
    async fn another(&self) -> Elsewhere {
        Elsewhere::start(&self.ground).await
    }

    fn asked(&self) -> usize {
        self.sources.count_of(System::Payroll, "POST *")
    }

    async fn payroll_was_asked(&self) {
        while self.asked() == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

pub(crate) fn leave(key: &str) -> http::request::Builder {
    let request = Request::post("/employees/E000007/leave/requests").header("content-type", "application/json");
    request.header("x-ms-client-request-id", key)
}

pub(crate) const DAY: &str = r#"{"from": "2026-07-06", "to": "2026-07-06", "kind": "unpaid", "comment": null}"#;

fn is_replayed(answer: &Answer) -> bool {
    answer.header("idempotent-replayed") == Some("true")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_of_repetitions_on_two_hosts_asks_for_leave_once() {
    let place = Place::new().await;
    let second = place.another().await;
    let asking = (0..40).map(|n| {
        let client = if n % 2 == 0 { &place.client } else { &second.client };
        client.send(leave("flow-1"), DAY)
    });
    let answers = join_all(asking).await;
    for answer in &answers {
        assert_eq!(answer.status(), 202, "{}", answer.text());
        assert_eq!(answer.text(), answers[0].text());
    }
    assert_eq!(answers.iter().filter(|answer| is_replayed(answer)).count(), 39);
    assert_eq!(place.asked(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_host_answered_before_it_was_killed_is_answered_by_the_other() {
    let place = Place::new().await;
    let mut second = place.another().await;
    let first = second.client.send(leave("flow-1"), DAY).await;
    second.kill().await;
    let again = place.client.send(leave("flow-1"), DAY).await;
    assert_eq!((first.status(), again.status()), (202, 202), "{}", first.text());
    assert_eq!(again.text(), first.text());
    assert!(is_replayed(&again));
    assert_eq!(place.asked(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_host_was_about_to_do_when_it_was_killed_is_not_done_twice() {
    let place = Place::new().await;
    let mut second = place.another().await;
    let other = second.client.clone();
    place
        .sources
        .fault(System::Payroll, "POST *", Fault::delay(Duration::from_mins(1)));
    let asking = tokio::spawn(async move { other.try_send(leave("flow-1").header("prefer", "wait=3"), DAY).await });
    place.payroll_was_asked().await;
    second.kill().await;
    let _ = asking.await.expect("the test goes on");
    place.sources.clear_faults();
    // The first host can't know at once.
    let told = loop {
        let again = place.client.send(leave("flow-1").header("prefer", "wait=1"), DAY).await;
        if again.error_code() != "RequestInProgress" {
            break again;
        }
        assert_eq!(again.header("retry-after"), Some("5"));
    };
    assert_eq!((told.status(), told.error_code().as_str()), (409, "OutcomeUnknown"));
    assert_eq!(place.asked(), 1);
    let anew = place.client.send(leave("flow-2"), DAY).await;
    assert_eq!(anew.status(), 202, "{}", anew.text());
}

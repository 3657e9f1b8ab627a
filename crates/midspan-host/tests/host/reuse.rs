//! Instances are re-used within Spin's bounds.

use std::time::Duration;

use crate::support::{App, get, url};

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_serves_as_many_requests_as_it_may_and_no_more() {
    let mut app = App::probe("");
    app.options.reuse.max_requests = 3..=3;
    // It ends by its count alone.
    app.options.reuse.idle = Duration::from_mins(10)..=Duration::from_mins(10);
    let host = app.start().await;

    let mut counts = Vec::new();
    for _ in 0..7 {
        counts.push(get(&url(&host, "/count")).await.text());
    }

    assert_eq!(counts, ["1", "2", "3", "1", "2", "3", "1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_without_work_is_dropped_after_its_idle_time() {
    let mut app = App::probe("");
    app.options.reuse.idle = Duration::from_millis(1)..=Duration::from_millis(1);
    let host = app.start().await;

    // Sooner or later a request comes more than a millisecond after the one before it.
    let mut seen = get(&url(&host, "/count")).await.text();
    loop {
        tokio::time::sleep(Duration::from_millis(5)).await;
        let next = get(&url(&host, "/count")).await.text();
        if next == "1" {
            return;
        }
        assert_ne!(next, seen);
        seen = next;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_request_an_instance_is_what_the_bounds_of_one_give() {
    let mut app = App::probe("");
    app.options.reuse.max_requests = 1..=1;
    let host = app.start().await;
    let counts = (0..20).map(|_| async { get(&url(&host, "/count")).await.text() });
    assert!(futures::future::join_all(counts).await.iter().all(|count| count == "1"));
}

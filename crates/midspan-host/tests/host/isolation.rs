//! A component that fails harms only the requests that share its instance at that moment.

use std::time::Duration;

use crate::support::upstream::Upstream;
use crate::support::{Answer, App, get, url};

/// A probe that serves many, and a second one beside it.
const TWO: &str = r#"
    spin_manifest_version = 2
    [application]
    name = "test"
    [[trigger.http]]
    route = "/bad/..."
    component = "bad"
    [[trigger.http]]
    route = "/good/..."
    component = "good"
    [component.bad]
    source = "probe.wasm"
    [component.good]
    source = "probe.wasm"
"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_trap_is_a_clean_error_and_the_next_request_gets_a_new_instance() {
    let app = App::probe("");
    let host = app.start().await;
    assert_eq!(get(&url(&host, "/count")).await.text(), "1");

    let answer = get(&url(&host, "/trap")).await;

    assert_eq!(
        (answer.status.as_u16(), answer.code().as_str()),
        (500, "OperationFailed")
    );
    assert!(answer.header("x-ms-correlation-id").is_some());
    assert!(!answer.text().contains("wasm"), "{}", answer.text());
    assert_eq!(get(&url(&host, "/count")).await.text(), "1");
    let log = app.logged();
    assert!(
        log.contains("probe: it trapped: wasm trap: wasm `unreachable` instruction executed"),
        "{log}"
    );
    assert!(log.contains("wasm backtrace"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trap_fails_the_requests_in_its_instance_and_no_others() {
    let upstream = Upstream::start().await;
    let mut app = App::new(&TWO.replace(
        "source = \"probe.wasm\"",
        &format!(
            "source = \"probe.wasm\"\nallowed_outbound_hosts = [\"{}\"]",
            upstream.url("")
        ),
    ));
    app.options.limits.instances_per_component = 1;
    let host = app.start().await;
    let hang = |component: &str| {
        tokio::spawn(fetched(url(
            &host,
            &format!("/{component}/fetch?url={}", upstream.url("/hang")),
        )))
    };
    let sharing: Vec<_> = (0..8).map(|_| hang("bad")).collect();
    let beside: Vec<_> = (0..8).map(|_| hang("good")).collect();
    upstream.has_had(16).await;

    let trapped = get(&url(&host, "/bad/trap")).await;

    assert_eq!(trapped.code(), "OperationFailed");
    for answer in futures::future::join_all(sharing).await {
        assert_eq!(answer.expect("an answer").code(), "OperationFailed");
    }
    upstream.release();
    for answer in futures::future::join_all(beside).await {
        assert_eq!(answer.expect("an answer").status, 200);
    }
    assert_eq!(get(&url(&host, "/bad/hello")).await.text(), "hello");
}

async fn fetched(url: String) -> Answer {
    get(&url).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_cut_off_by_a_trap_does_not_pass_for_a_whole_one() {
    let app = App::probe("");
    let host = app.start().await;

    let request = http::Request::get(url(&host, "/trap-after-head")).body(http_body_util::Full::default());
    let outcome = crate::support::client::send(request.expect("a request")).await;

    assert!(outcome.is_err(), "{outcome:?}");
    assert_eq!(get(&url(&host, "/hello")).await.text(), "hello");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handlers_own_error_is_a_clean_error() {
    let app = App::probe("");
    let host = app.start().await;
    let answer = get(&url(&host, "/fail")).await;
    assert_eq!(
        (answer.status.as_u16(), answer.code().as_str()),
        (500, "OperationFailed")
    );
    assert!(!answer.text().contains("told to fail"), "{}", answer.text());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn loops_are_stopped_and_hold_up_nobody() {
    let mut app = App::new(TWO);
    app.options.limits.compute_time = Duration::from_secs(1);
    let host = app.start().await;

    // More loops than threads.
    let base = url(&host, "");
    let loops = tokio::spawn(async move {
        let looping = (0..6).map(|_| {
            let base = base.clone();
            async move { get(&format!("{base}/bad/loop")).await }
        });
        futures::future::join_all(looping).await
    });
    let mut answered = 0;
    while !loops.is_finished() {
        assert_eq!(get(&url(&host, "/good/hello")).await.text(), "hello");
        answered += 1;
    }
    for answer in loops.await.expect("the loops' answers") {
        assert_eq!(
            (answer.status.as_u16(), answer.code().as_str()),
            (500, "OperationFailed")
        );
    }
    assert!(
        answered > 3,
        "only {answered} requests were answered while others computed"
    );
    assert_eq!(get(&url(&host, "/bad/hello")).await.text(), "hello");
    assert!(
        app.logged().contains("it computed for 1 s without waiting"),
        "{}",
        app.logged()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_loop_in_an_instance_that_waits_for_requests_does_not_hold_them_up() {
    let mut app = App::probe("");
    app.options.limits.compute_time = Duration::from_secs(1);
    let host = app.start().await;
    let looping = tokio::spawn({
        let url = url(&host, "/loop");
        async move { get(&url).await.status }
    });

    while !looping.is_finished() {
        assert_eq!(get(&url(&host, "/hello")).await.text(), "hello");
    }

    assert_eq!(looping.await.expect("an answer"), 500);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_waits_too_long_is_answered_in_time() {
    let mut app = App::probe("");
    app.options.limits.request_timeout = Duration::from_millis(200);
    let host = app.start().await;

    let answer = get(&url(&host, "/sleep?ms=60000")).await;

    assert_eq!(
        (answer.status.as_u16(), answer.code().as_str()),
        (504, "DeadlineExceeded")
    );
    assert_eq!(get(&url(&host, "/hello")).await.text(), "hello");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_blocks_its_instance_does_not_hold_up_other_requests() {
    let mut app = App::probe("");
    app.options.limits.request_timeout = Duration::from_secs(2);
    let host = app.start().await;
    let blocked = tokio::spawn({
        let url = url(&host, "/block?ms=60000");
        async move { get(&url).await }
    });

    while !blocked.is_finished() {
        assert_eq!(get(&url(&host, "/hello")).await.text(), "hello");
    }

    assert_eq!(blocked.await.expect("an answer").code(), "DeadlineExceeded");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_component_that_eats_memory_is_stopped_at_its_limit() {
    let mut app = App::new(TWO);
    app.options.limits.memory = 32 * 1024 * 1024;
    let host = app.start().await;

    let answer = get(&url(&host, "/bad/eat")).await;

    assert_eq!(
        (answer.status.as_u16(), answer.code().as_str()),
        (500, "OperationFailed")
    );
    assert!(
        app.logged().contains("bad: it wanted more memory than its limit"),
        "{}",
        app.logged()
    );
    assert_eq!(get(&url(&host, "/bad/hello")).await.text(), "hello");
    assert_eq!(get(&url(&host, "/good/hello")).await.text(), "hello");
}

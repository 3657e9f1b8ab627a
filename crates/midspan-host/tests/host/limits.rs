//! Requests beyond a limit are refused at once, with the code of that limit.

use bytes::Bytes;
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Full, StreamBody};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use tokio::task::JoinHandle;

use crate::support::client::send;
use crate::support::upstream::Upstream;
use crate::support::{Answer, App, get, request, url};

/// Two requests that have reached the upstream, and hang there.
async fn hold_two(upstream: &Upstream, hanging: &str) -> [JoinHandle<StatusCode>; 2] {
    let held = [hanging; 2].map(|url| {
        let url = url.to_owned();
        tokio::spawn(async move { get(&url).await.status })
    });
    upstream.has_had(2).await;
    held
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_beyond_the_hosts_places_are_refused_fast() {
    let upstream = Upstream::start().await;
    let mut app = App::probe(&format!("allowed_outbound_hosts = [\"{}\"]", upstream.url("")));
    app.options.limits.concurrent_requests = 2;
    let host = app.start().await;
    let hanging = url(&host, &format!("/fetch?url={}", upstream.url("/hang")));
    let held = hold_two(&upstream, &hanging).await;

    let refused = get(&url(&host, "/hello")).await;

    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (503, "Overloaded"));
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert_eq!(get(&url(&host, "/.well-known/spin/health")).await.status, 200);
    upstream.release();
    for answer in held {
        assert_eq!(answer.await.expect("an answer"), 200);
    }
    assert_eq!(get(&url(&host, "/hello")).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_component_that_hangs_leaves_places_for_the_others() {
    let upstream = Upstream::start().await;
    let mut app = App::new(&format!(
        "spin_manifest_version = 2\n\
         [application]\n\
         name = \"test\"\n\
         [[trigger.http]]\n\
         route = \"/hung/...\"\n\
         component = \"hung\"\n\
         [component.hung]\n\
         source = \"probe.wasm\"\n\
         allowed_outbound_hosts = [\"{}\"]\n\
         [[trigger.http]]\n\
         route = \"/well/...\"\n\
         component = \"well\"\n\
         [component.well]\n\
         source = \"probe.wasm\"\n",
        upstream.url("")
    ));
    app.options.limits.requests_per_component = 2;
    let host = app.start().await;
    let hanging = url(&host, &format!("/hung/fetch?url={}", upstream.url("/hang")));
    let held = hold_two(&upstream, &hanging).await;

    let refused = get(&url(&host, "/hung/hello")).await;

    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (503, "Overloaded"));
    assert_eq!(get(&url(&host, "/well/hello")).await.status, 200);
    upstream.release();
    for answer in held {
        assert_eq!(answer.await.expect("an answer"), 200);
    }
    assert_eq!(get(&url(&host, "/hung/hello")).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_beyond_a_components_instances_wait_for_one() {
    let mut app = App::probe("");
    app.options.limits.instances_per_component = 1;
    app.options.reuse.max_concurrent = 2..=2;
    let host = app.start().await;

    let answers = (0..20).map(|_| async { get(&url(&host, "/sleep?ms=5")).await.status.as_u16() });

    assert_eq!(futures::future::join_all(answers).await, [200; 20]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_no_instance_takes_in_time_is_refused() {
    let upstream = Upstream::start().await;
    let mut app = App::probe(&format!("allowed_outbound_hosts = [\"{}\"]", upstream.url("")));
    app.options.limits.instances_per_component = 1;
    app.options.limits.request_timeout = std::time::Duration::from_millis(300);
    app.options.reuse.max_concurrent = 1..=1;
    let host = app.start().await;
    let hanging = url(&host, &format!("/fetch?url={}", upstream.url("/hang")));
    let first = tokio::spawn(async move { get(&hanging).await });
    upstream.has_had(1).await;

    let second = get(&url(&host, "/hello")).await;

    assert_eq!(first.await.expect("an answer").code(), "DeadlineExceeded");
    // Its time may end before or after the first one's place is free.
    assert!(second.code() == "Overloaded" || second.status == 200, "{second:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_announced_too_large_is_refused_before_the_component() {
    let mut app = App::probe("");
    app.options.limits.request_body = 1000;
    let host = app.start().await;
    let post = async |length: usize| {
        let body = Full::new(Bytes::from(vec![b'x'; length]));
        send(Request::post(url(&host, "/length")).body(body).expect("a request"))
            .await
            .expect("an answer")
    };

    assert_eq!(post(1000).await.text(), "1000");
    let refused = post(1001).await;
    assert_eq!(
        (refused.status.as_u16(), refused.code().as_str()),
        (413, "BodyTooLarge")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_turns_out_too_large_is_refused() {
    let mut app = App::probe("");
    app.options.limits.request_body = 1000;
    let host = app.start().await;
    let pieces = (0..20).map(|_| Ok::<_, std::io::Error>(http_body::Frame::data(Bytes::from(vec![b'x'; 100]))));
    let body = StreamBody::new(futures::stream::iter(pieces));
    let request = Request::post(url(&host, "/length")).body(body).expect("a request");

    let client = Client::builder(TokioExecutor::new()).build_http();
    let (head, body) = client.request(request).await.expect("an answer").into_parts();
    let body = body.collect().await.expect("its body").to_bytes();

    let refused = Answer {
        status: head.status,
        headers: head.headers,
        body,
    };
    assert_eq!(
        (refused.status.as_u16(), refused.code().as_str()),
        (413, "BodyTooLarge")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_beyond_the_limits_is_refused() {
    let app = App::probe("");
    let host = app.start().await;

    let long_url = get(&url(&host, &format!("/hello?{}", "x".repeat(17_000)))).await;
    assert_eq!(
        (long_url.status.as_u16(), long_url.code().as_str()),
        (414, "UriTooLong")
    );

    let large = request(Request::get(url(&host, "/hello")).header("x-large", "x".repeat(70_000))).await;
    assert_eq!((large.status.as_u16(), large.code().as_str()), (431, "HeadersTooLarge"));

    let many = (0..110).fold(Request::get(url(&host, "/hello")), |many, n| {
        many.header(format!("x-{n}"), "1")
    });
    let many = request(many).await;
    assert_eq!((many.status.as_u16(), many.code().as_str()), (431, "HeadersTooLarge"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_carries_the_callers_correlation_id() {
    let app = App::probe("");
    let mut app = app;
    app.options.limits.url = 10;
    let host = app.start().await;

    let answer = request(Request::get(url(&host, "/a-long-path")).header("x-ms-correlation-id", "c-42")).await;

    assert_eq!(answer.header("x-ms-correlation-id"), Some("c-42"));
    assert!(
        answer.text().contains("\"correlationId\":\"c-42\""),
        "{}",
        answer.text()
    );
}

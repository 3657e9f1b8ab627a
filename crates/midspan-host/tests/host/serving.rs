//! Requests reach their component, and its answer the client.

use bytes::Bytes;
use http::Request;
use http_body_util::Full;

use crate::support::client::send;
use crate::support::upstream::Upstream;
use crate::support::{App, get, request, url};

#[tokio::test(flavor = "multi_thread")]
async fn a_component_answers_in_one_piece_with_its_length() {
    let app = App::probe("");
    let host = app.start().await;

    let answer = get(&url(&host, "/hello")).await;

    assert_eq!((answer.status.as_u16(), answer.text().as_str()), (200, "hello"));
    assert_eq!(answer.header("content-length"), Some("5"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_component_sees_the_request_as_in_spin() {
    let app = App::probe("");
    let host = app.start().await;

    let answer = request(Request::get(url(&host, "/a/headers?x=1")).header("x-mine", "yes"))
        .await
        .text();

    let address = host.local_addr();
    for line in [
        format!("GET http://{address}/a/headers?x=1"),
        "x-mine: yes".into(),
        "spin-path-info: /a/headers".into(),
        format!("spin-full-url: http://{address}/a/headers?x=1"),
        "spin-raw-component-route: /...".into(),
    ] {
        assert!(answer.lines().any(|seen| seen == line), "{line} in\n{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn routes_lead_to_their_components_by_spins_precedence() {
    let app = App::new(
        r#"
        spin_manifest_version = 2
        [application]
        name = "test"
        [[trigger.http]]
        route = "/users/:id/headers"
        component = "one"
        [[trigger.http]]
        route = "/users/me/headers"
        component = "two"
        [[trigger.http]]
        route = "/users/..."
        component = "three"
        [component.one]
        source = "probe.wasm"
        [component.two]
        source = "probe.wasm"
        [component.three]
        source = "probe.wasm"
        "#,
    );
    let host = app.start().await;
    let destination = async |path: &str| {
        let answer = get(&url(&host, path)).await;
        assert_eq!(answer.status, 200, "{path}");
        let header = |name: &str| {
            let prefix = format!("{name}: ");
            answer
                .text()
                .lines()
                .find_map(|line| line.strip_prefix(&prefix).map(str::to_owned))
                .unwrap_or_default()
        };
        (
            header("spin-raw-component-route"),
            header("spin-path-match-id"),
            header("spin-path-info"),
        )
    };
    let seen = |route: &str, id: &str, rest: &str| (route.to_owned(), id.to_owned(), rest.to_owned());

    assert_eq!(
        destination("/users/42/headers").await,
        seen("/users/:id/headers", "42", "")
    );
    assert_eq!(
        destination("/users/me/headers").await,
        seen("/users/me/headers", "", "")
    );
    assert_eq!(
        destination("/users/a/b/headers").await,
        seen("/users/...", "", "/a/b/headers")
    );
    let nowhere = get(&url(&host, "/elsewhere")).await;
    assert_eq!((nowhere.status.as_u16(), nowhere.code().as_str()), (404, "NotFound"));
    let routes: Vec<String> = host.routes().into_iter().map(|route| route.component).collect();
    assert_eq!(routes.len(), 3, "{routes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_passes_through_a_component_unchanged() {
    let app = App::probe("");
    let host = app.start().await;
    let body: Bytes = (0..=255_u8).cycle().take(3_000_000).collect::<Vec<_>>().into();

    let request = Request::post(url(&host, "/echo"))
        .body(Full::new(body.clone()))
        .expect("a request");
    let answer = send(request).await.expect("an answer");

    assert_eq!(answer.status, 200);
    assert!(
        answer.body == body,
        "{} of {} bytes came back",
        answer.body.len(),
        body.len()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_answer_arrives_whole() {
    let app = App::probe("");
    let host = app.start().await;
    assert_eq!(get(&url(&host, "/big?bytes=20000000")).await.body.len(), 20_000_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_comes_slowly_is_streamed() {
    let app = App::probe("");
    let host = app.start().await;
    let answer = get(&url(&host, "/slow?n=5&ms=20")).await;
    assert_eq!(answer.text(), ".....");
    assert_eq!(answer.header("transfer-encoding"), Some("chunked"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_requests_at_once_are_all_answered() {
    let app = App::probe("");
    let host = app.start().await;

    let answers = (0..1000).map(|_| async { get(&url(&host, "/sleep?ms=20")).await.status.as_u16() });
    let statuses = futures::future::join_all(answers).await;

    assert!(statuses.iter().all(|status| *status == 200), "{statuses:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_request_is_recorded() {
    let app = App::probe("");
    let host = app.start().await;

    let body = Full::new(Bytes::from_static(b"12345"));
    let request = Request::post(url(&host, "/echo?secret=1")).header("x-ms-correlation-id", "c-1");
    send(request.body(body).expect("a request")).await.expect("an answer");
    host.shutdown().await;

    let records = app.records.lock().expect("records");
    let [record] = records.as_slice() else {
        panic!("{records:?}")
    };
    assert_eq!((record.path.as_str(), record.status.as_u16()), ("/echo", 200));
    assert_eq!(record.component.as_deref(), Some("probe"));
    assert_eq!(record.correlation_id.as_deref(), Some("c-1"));
    assert_eq!(
        (record.request_bytes, record.response_bytes, record.error.as_deref()),
        (5, 5, None)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_whose_caller_went_away_is_recorded_as_such() {
    let upstream = Upstream::start().await;
    let app = App::probe(&format!("allowed_outbound_hosts = [\"{}\"]", upstream.url("")));
    let host = app.start().await;
    let hanging = url(&host, &format!("/fetch?url={}", upstream.url("/hang")));
    let caller = tokio::spawn(async move { get(&hanging).await });
    upstream.has_had(1).await;

    caller.abort();
    while app.records.lock().expect("records").is_empty() {
        tokio::task::yield_now().await;
    }

    let records = app.records.lock().expect("records");
    assert_eq!(records[0].status.as_u16(), 499);
    assert_eq!(records[0].error.as_deref(), Some("the caller went away"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_paths_that_spin_itself_answers_are_answered() {
    let app = App::probe("");
    let host = app.start().await;
    assert_eq!(get(&url(&host, "/.well-known/spin/health")).await.text(), "OK");
    assert!(
        get(&url(&host, "/.well-known/spin/info"))
            .await
            .text()
            .contains("\"name\":\"test\"")
    );
}

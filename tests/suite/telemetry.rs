//! What is told of a request: to who runs the host, in traces, and in the log.

use std::collections::BTreeSet;

use midspan_host::telemetry::{Event, Events, RequestEnded};
use midspan_tests::{Tier, is_spin};

/// The request that ends next.
async fn next_ended(events: &mut Events) -> std::sync::Arc<RequestEnded> {
    loop {
        if let Event::RequestEnded(ended) = events.next().await.expect("the host still runs") {
            return ended;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_runs_the_host_sees_each_request_with_its_calls() {
    if is_spin() {
        return;
    }
    let tier = Tier::start().await;
    let mut events = tier.subscribe();
    let id = "0d6f24c4-8e0e-4b8c-a3f6-0c4a4e3f7b21";
    let employee = tier.sources.population().employee(42).unwrap();
    let token = format!("Bearer {}", tier.sources.user_token(&employee));
    let request = http::Request::get("/home/E000042")
        .header("authorization", token)
        .header("x-ms-correlation-id", id)
        .header("x-ms-workflow-run-id", "08585012345678901234567890123CU01");
    let answer = tier.client.send(request, "").await;
    assert_eq!(answer.status(), 200, "{}", answer.text());

    let Some(Event::RequestStarted(started)) = events.next().await else {
        panic!("a request has started");
    };
    assert_eq!(started.path, "/home/E000042");
    assert_eq!(
        started.route,
        Some(("/home/:employee_id".to_owned(), "home".to_owned()))
    );
    let ended = next_ended(&mut events).await;
    assert_eq!((ended.id, ended.record.status.as_u16()), (started.id, 200));
    let operation = ended.operation.as_ref().expect("GetHome is an operation");
    assert_eq!(operation.operation, "GetHome");
    assert_eq!(operation.route, "/home/{employee_id}");
    assert_eq!(operation.trace_id, id.replace('-', ""));
    assert_eq!(operation.trace_id, ended.trace_id);
    assert_eq!(operation.run_id.as_deref(), Some("08585012345678901234567890123CU01"));
    assert!(operation.cold_start, "it is the first request");
    let called: BTreeSet<_> = operation.sources.iter().map(|call| &*call.source).collect();
    let timing = answer.header("server-timing").unwrap_or_default();
    for source in &called {
        assert!(timing.contains(&format!("{source};dur=")), "{source} in {timing}");
    }
    assert!(called.contains("graph") && called.contains("payroll"), "{called:?}");
    for call in &operation.sources {
        let sent = call.requests.len();
        assert!(sent > 0 && call.status == Some(200), "{call:?}");
    }
}

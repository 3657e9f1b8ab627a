//! What is told of a request: to who runs the host, in traces, and in the log.

use std::collections::{BTreeMap, BTreeSet};

use midspan_host::{
    OtelSettings,
    telemetry::{Event, Events, RequestEnded},
};
use midspan_sources::System;
use midspan_tests::{Answer, Peer, Setup, Tier, is_spin};
use serde_json::{Value, json};

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

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00f067aa0ba902b7";

/// What the independent receiver has seen.
pub(crate) async fn seen(receiver: &Peer) -> Value {
    receiver.client.get("/seen").await.json()
}

pub(crate) fn otlp(endpoint: &str, protocol: &'static str) -> OtelSettings {
    OtelSettings::from_variables(|name| match name {
        "OTEL_EXPORTER_OTLP_ENDPOINT" => Some(endpoint.to_owned()),
        "OTEL_EXPORTER_OTLP_PROTOCOL" => Some(protocol.to_owned()),
        _ => None,
    })
}

/// GetHome as its user calls it, with a trace of the caller.
async fn get_home(tier: &Tier, flags: &str) -> Answer {
    let employee = tier.sources.population().employee(42).unwrap();
    let request = http::Request::get("/home/E000042")
        .header(
            "authorization",
            format!("Bearer {}", tier.sources.user_token(&employee)),
        )
        .header("traceparent", format!("00-{TRACE}-{CALLER}-{flags}"))
        .header("tracestate", "vendor=1")
        .header("x-ms-workflow-run-id", "08585012345678901234567890123CU01");
    let answer = tier.client.send(request, "").await;
    assert_eq!(answer.status(), 200, "{}", answer.text());
    answer
}

/// The home screen's spans at the receiver, and the span ids that reached the sources.
async fn trace_of_home(receiver: &Peer, otel: OtelSettings, flags: &str) -> (Vec<Value>, Vec<String>) {
    let setup = Setup {
        otel,
        ..Setup::default()
    };
    let tier = Tier::start_as("spin.toml", setup).await;
    get_home(&tier, flags).await;
    let mut parents = Vec::new();
    for system in System::ALL {
        for request in tier.sources.requests(system) {
            let Some(traceparent) = request.header("traceparent") else {
                continue;
            };
            let parts: Vec<_> = traceparent.split('-').collect();
            assert_eq!((parts[1], parts[3]), (TRACE, flags), "{system}");
            assert_eq!(request.header("tracestate"), Some("vendor=1"), "{system}");
            parents.push(parts[2].to_owned());
        }
    }
    // What is still to be sent is sent before the host ends.
    tier.shutdown().await;
    let spans = seen(receiver).await["spans"].as_array().unwrap().clone();
    (spans, parents)
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}

/// All spans hang together, from the caller's span down to the requests that reached the sources.
fn check_connected(spans: &[Value], reached: &[String]) {
    let by_id: BTreeMap<&str, &Value> = spans.iter().map(|span| (text(span, "spanId"), span)).collect();
    assert_eq!(by_id.len(), spans.len(), "each span is told once");
    let roots: Vec<_> = spans
        .iter()
        .filter(|span| text(span, "parentSpanId") == CALLER)
        .collect();
    let [root] = roots.as_slice() else {
        panic!("one span below the caller's: {roots:?}");
    };
    assert_eq!(
        (&root["kind"], text(root, "name")),
        (&json!(2), "GET /home/:employee_id")
    );
    for span in spans {
        assert_eq!(text(span, "traceId"), TRACE, "{span}");
        assert_eq!(text(span, "traceState"), "vendor=1", "{span}");
        let mut at = span;
        while text(at, "parentSpanId") != CALLER {
            at = by_id
                .get(text(at, "parentSpanId"))
                .unwrap_or_else(|| panic!("no parent: {at}"));
        }
    }
    assert!(!reached.is_empty());
    for id in reached {
        let span = by_id.get(&**id).unwrap_or_else(|| panic!("no span for {id}"));
        assert_eq!(span["kind"], 3, "a client's: {span}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_independent_receiver_sees_one_trace_from_the_caller_to_every_source() {
    if is_spin() {
        return;
    }
    for protocol in ["http/protobuf", "grpc"] {
        let receiver = Peer::start("otlp", &[]).await;
        let endpoint = match protocol {
            "grpc" => text(&seen(&receiver).await, "grpc").to_owned(),
            _ => receiver.url().to_owned(),
        };
        let (spans, reached) = trace_of_home(&receiver, otlp(&endpoint, protocol), "01").await;
        check_connected(&spans, &reached);
        let of = |name: &str| -> BTreeSet<&str> {
            spans
                .iter()
                .filter_map(|span| span["attributes"][name].as_str())
                .collect()
        };
        let sources = of("midspan.source");
        for source in [
            "graph",
            "sharepoint",
            "powerapps",
            "dataverse",
            "payroll",
            "cards",
            "directory",
        ] {
            assert!(sources.contains(source), "{source} in {sources:?}");
        }
        assert_eq!(of("midspan.operation"), ["GetHome"].into());
        assert_eq!(
            of("midspan.workflow_run_id"),
            ["08585012345678901234567890123CU01"].into()
        );
        let operation = spans.iter().find(|span| text(span, "name") == "GetHome").unwrap();
        assert_eq!(operation["attributes"]["faas.coldstart"], true, "{operation}");
        assert_eq!(operation["attributes"]["http.route"], "/home/{employee_id}");

        let seen = seen(&receiver).await;
        let metrics = seen["metrics"].as_array().unwrap();
        let metric = |name: &str| metrics.iter().find(|metric| metric["name"] == name);
        for name in [
            "http.server.request.duration",
            "http.client.request.duration",
            "midspan.source.call.duration",
            "midspan.instances",
            "midspan.instances.memory",
            "faas.coldstarts",
            "faas.init_duration",
        ] {
            assert!(metric(name).is_some(), "{name} in {metrics:?}");
        }
        let served = metric("http.server.request.duration").unwrap();
        assert_eq!(served["attributes"]["midspan.operation"], "GetHome");
        assert_eq!(served["attributes"]["http.response.status_code"], 200);
        let logs = seen["logs"].as_array().unwrap();
        let log = logs
            .iter()
            .find(|log| log["attributes"]["event"] == "midspan.request")
            .unwrap();
        assert_eq!(
            (text(log, "traceId"), &log["attributes"]["operation"]),
            (TRACE, &json!("GetHome"))
        );
        assert_eq!(seen["resources"][0]["service.name"], "employee-suite");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn spans_that_are_not_wanted_are_not_sent_and_metrics_are() {
    if is_spin() {
        return;
    }
    let receiver = Peer::start("otlp", &[]).await;
    let (spans, reached) = trace_of_home(&receiver, otlp(receiver.url(), "http/protobuf"), "00").await;
    assert!(!reached.is_empty(), "sources hear of the trace all the same");
    assert_eq!(spans, [json!(null); 0]);
    let seen = seen(&receiver).await;
    assert!(!seen["metrics"].as_array().unwrap().is_empty() && !seen["logs"].as_array().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_is_not_there_or_fails_is_no_requests_concern() {
    if is_spin() {
        return;
    }
    let receiver = Peer::start("otlp", &[]).await;
    receiver.client.send(http::Request::post("/fail"), "").await;
    for endpoint in [receiver.url(), "http://127.0.0.1:9"] {
        let setup = Setup {
            otel: otlp(endpoint, "http/protobuf"),
            ..Setup::default()
        };
        let tier = Tier::start_as("spin.toml", setup).await;
        get_home(&tier, "01").await;
        tier.shutdown().await;
    }
    assert!(seen(&receiver).await["refused"].as_u64() > Some(0), "it was asked");
}

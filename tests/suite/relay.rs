//! RelayOrder: a request is passed on to a system on premises.

use http::Request;
use midspan_sources::{Fault, System};
use midspan_tests::{Answer, Tier};
use serde_json::{Value, json};

async fn put(tier: &Tier) -> Answer {
    let request = Request::put("/orders/7%2F1%20a")
        .header("content-type", "application/json")
        .header("x-employee-id", "E000042");
    let order = json!({"subject": "Stühle", "urgency": "high", "due": "2026-03-02T08:00:00Z"});
    tier.client.send(request, order.to_string()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn path_headers_and_body_arrive_as_the_other_system_wants_them() {
    let tier = Tier::start().await;
    let answer = put(&tier).await;
    assert_eq!(answer.status(), 200, "{}", answer.text());
    assert_eq!(
        answer.json(),
        json!({"number": "7/1 a", "received": "2026-03-02T08:00:00Z"})
    );
    let [request] = tier
        .sources
        .requests(System::OnPremises)
        .try_into()
        .expect("one request");
    assert_eq!(
        (request.method.as_str(), request.path.as_str()),
        ("PUT", "/legacy/api/orders/7/1 a")
    );
    assert_eq!(request.header("x-legacy-user"), Some("E000042"));
    assert_eq!(request.header("x-request-id"), answer.header("x-ms-correlation-id"));
    assert!(
        request
            .header("authorization")
            .is_some_and(|value| value.starts_with("Basic "))
    );
    assert!(
        request
            .header("accept-encoding")
            .is_some_and(|value| value.contains("gzip"))
    );
    let body: Value = serde_json::from_str(&request.body).expect("JSON");
    assert_eq!(
        body,
        json!({"Subject": "Stühle", "Priority": 1, "DueDate": "/Date(1772438400000)/"})
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_put_again_after_a_fault_in_passing() {
    let tier = Tier::start().await;
    tier.sources
        .fault(System::OnPremises, "PUT *", Fault::fail_first(2, 503));
    assert_eq!(put(&tier).await.status(), 200);
    assert_eq!(tier.sources.count(System::OnPremises), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_system_that_refuses_or_hangs_is_named() {
    let tier = Tier::start().await;
    for (fault, code) in [
        (Fault::status(500), "SourceFailed"),
        (Fault::InvalidJson, "SourceInvalid"),
        (Fault::Html { status: 502 }, "SourceFailed"),
        (Fault::Hang, "SourceTimeout"),
    ] {
        tier.sources.clear_faults();
        tier.sources.fault(System::OnPremises, "PUT *", fault.clone());
        let answer = put(&tier).await;
        assert_eq!(answer.error_code(), code, "{fault:?}");
        assert_eq!(answer.json()["error"]["source"], "onpremises", "{fault:?}");
    }
}

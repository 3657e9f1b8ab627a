//! SendNotification: once, however often the call is repeated.

use http::Request;
use midspan_sources::{Fault, System};
use midspan_tests::{Answer, Tier};
use serde_json::{Value, json};

async fn send(tier: &Tier, key: Option<&str>, body: &Value) -> Answer {
    let mut request = Request::post("/notifications").header("content-type", "application/json");
    if let Some(key) = key {
        request = request.header("idempotency-key", key);
    }
    tier.client.send(request, body.to_string()).await
}

fn lunch() -> Value {
    json!({"recipient": "ada@contoso.example", "text": "Lunch?", "link": null})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notification_is_accepted_with_the_flows_run() {
    let tier = Tier::start().await;
    let answer = send(&tier, None, &lunch()).await;
    assert_eq!(answer.status(), 202, "{}", answer.text());
    assert!(answer.json()["runId"].as_str().is_some_and(|id| !id.is_empty()));
    let told = tier.sources.notifications();
    assert_eq!(told.len(), 1);
    assert_eq!(
        (told[0].recipient.as_str(), told[0].text.as_str()),
        ("ada@contoso.example", "Lunch?")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flow_that_fails_in_passing_is_started_again_and_tells_once() {
    let tier = Tier::start().await;
    tier.sources
        .fault(System::PowerAutomate, "POST *", Fault::fail_first(1, 503));
    assert_eq!(send(&tier, Some("k-1"), &lunch()).await.status(), 202);
    assert_eq!(send(&tier, Some("k-1"), &lunch()).await.status(), 202);
    assert_eq!(tier.sources.count_of(System::PowerAutomate, "POST *"), 2);
    assert_eq!(tier.sources.notifications().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_is_too_long_is_refused_before_anybody_is_told() {
    let tier = Tier::start().await;
    let answer = send(
        &tier,
        None,
        &json!({"recipient": "a@b.example", "text": "x".repeat(201)}),
    )
    .await;
    assert_eq!((answer.status(), answer.error_code().as_str()), (400, "BadInput"));
    assert_eq!(answer.json()["error"]["target"], "text");
    assert_eq!(tier.sources.count(System::PowerAutomate), 0);
}

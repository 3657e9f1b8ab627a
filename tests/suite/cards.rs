//! `WhenACardIsPublished`, a polling trigger, and `WhenACardArrives`, a webhook.

use axum::{Router, routing::post};
use http::Request;
use midspan_sources::{CARDS_KEY, Fault, System};
use midspan_tests::{Answer, Tier};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::mpsc};

async fn publish(tier: &Tier, title: &str) {
    let request = Request::post(format!("{}/v1/cards", tier.sources.url(System::Cards)));
    let request = request
        .header("x-api-key", CARDS_KEY)
        .header("content-type", "application/json");
    let answer = tier
        .client
        .send(request, json!({"title": title, "text": "x"}).to_string())
        .await;
    assert_eq!(answer.status(), 201, "{}", answer.text());
}

fn next(answer: &Answer) -> String {
    answer.header("location").expect("where to ask next time").to_owned()
}

fn titles(answer: &Answer) -> Vec<Value> {
    let cards = answer.json();
    cards
        .as_array()
        .expect("cards")
        .iter()
        .map(|card| card["title"].clone())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_new_since_the_first_poll_starts_a_flow_the_newest_last() {
    let tier = Tier::start().await;
    let first = tier.get("/cards/new").await;
    assert_eq!(first.status(), 202, "{}", first.text());
    assert_eq!(tier.get(&next(&first)).await.status(), 202);
    for title in ["Eins", "Zwei"] {
        publish(&tier, title).await;
    }
    let news = tier.get(&next(&first)).await;
    assert_eq!(
        (news.status(), titles(&news)),
        (200, vec![json!("Eins"), json!("Zwei")])
    );
    assert_eq!(tier.get(&next(&news)).await.status(), 202);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_where_more_came_than_fits_a_page() {
    let tier = Tier::start().await;
    let first = tier.get("/cards/new").await;
    for number in 0..130 {
        publish(&tier, &number.to_string()).await;
    }
    let news = tier.get(&next(&first)).await;
    let expected: Vec<Value> = (0..130).map(|number| json!(number.to_string())).collect();
    assert_eq!(titles(&news), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_request_is_signed_and_the_key_is_in_none() {
    let tier = Tier::start().await;
    tier.get("/cards/new").await;
    let [request] = tier.sources.requests(System::Cards).try_into().expect("one request");
    assert!(
        request
            .header("x-signature")
            .is_some_and(|signature| signature.starts_with("sha256="))
    );
    assert!(!format!("{request:?}").contains(CARDS_KEY));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_system_that_is_down_is_named_and_the_state_is_kept() {
    let tier = Tier::start().await;
    let first = tier.get("/cards/new").await;
    publish(&tier, "Eins").await;
    tier.sources
        .fault(System::Cards, "*", Fault::status_retry_after(503, 20));
    let failed = tier.get(&next(&first)).await;
    assert_eq!(failed.error_code(), "SourceFailed");
    tier.sources.clear_faults();
    assert_eq!(titles(&tier.get(&next(&first)).await), [json!("Eins")]);
}

async fn subscriptions(tier: &Tier) -> Vec<Value> {
    let request = Request::get(format!("{}/v1/subscriptions", tier.sources.url(System::Cards)));
    let answer = tier.client.send(request.header("x-api-key", CARDS_KEY), "").await;
    answer.json()["subscriptions"].as_array().expect("a list").clone()
}

/// A flow that waits to be called: its address, and what it is told.
async fn flow() -> (String, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
    let url = format!("http://{}/run?sig=a%2Fb", listener.local_addr().expect("an address"));
    let (sender, told) = mpsc::unbounded_channel();
    let run = post(move |body: String| async move { sender.send(body).expect("somebody listens") });
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/run", run)).await });
    (url, told)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flow_is_called_for_a_new_card_until_it_unsubscribes_at_the_location() {
    let tier = Tier::start().await;
    let (url, mut told) = flow().await;
    let subscribe = Request::post("/cards/subscriptions").header("content-type", "application/json");
    let subscribed = tier
        .client
        .send(subscribe, json!({ "callbackUrl": url }).to_string())
        .await;
    assert_eq!(subscribed.status(), 201, "{}", subscribed.text());
    publish(&tier, "Eins").await;
    let event: Value = serde_json::from_str(&told.recv().await.expect("it is called")).expect("JSON");
    assert_eq!(
        (&event["event"], &event["card"]["title"]),
        (&json!("card.published"), &json!("Eins"))
    );
    assert_eq!(
        tier.client.send(Request::delete(next(&subscribed)), "").await.status(),
        204
    );
    assert_eq!(subscriptions(&tier).await, Vec::<Value>::new());
}

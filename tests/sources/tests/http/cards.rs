//! Subscribers of the card system are called.

use anyhow::{Context, Result};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::post;
use midspan_sources::{CARDS_KEY, Options, Sources, System};
use ring::hmac;
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use crate::client::Client;

type Calls = UnboundedSender<(HeaderMap, Bytes)>;

async fn note(State(calls): State<Calls>, headers: HeaderMap, body: Bytes) {
    // The test has ended where nobody listens.
    let _ = calls.send((headers, body));
}

#[tokio::test]
async fn a_subscriber_gets_a_signed_call_for_a_new_card() -> Result<()> {
    let (calls, mut called) = unbounded_channel();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let callback = format!("http://{}/hook", listener.local_addr()?);
    let app = Router::new().route("/hook", post(note)).with_state(calls);
    tokio::spawn(async { axum::serve(listener, app).await });

    let sources = Sources::start(Options::default()).await?;
    let client = Client::new();
    let headers = [("x-api-key", CARDS_KEY), ("content-type", "application/json")];
    let url = |path: &str| format!("{}/v1/{path}", sources.url(System::Cards));
    let subscription = json!({"callbackUrl": callback, "secret": "s"}).to_string();
    let made = client
        .send("POST", &url("subscriptions"), &headers, &subscription)
        .await?;
    assert_eq!(made.status(), 201);
    let card = json!({"title": "Neu: Ü", "text": "x"}).to_string();
    let made = client.send("POST", &url("cards"), &headers, &card).await?;
    let card: Value = serde_json::from_slice(made.body())?;

    let (headers, body) = called.recv().await.context("a call")?;
    assert_eq!(
        serde_json::from_slice::<Value>(&body)?,
        json!({"event": "card.published", "card": card})
    );
    let key = hmac::Key::new(hmac::HMAC_SHA256, b"s");
    let sent = headers["x-signature"]
        .to_str()?
        .strip_prefix("sha256=")
        .context("a signature")?;
    let sent = (0..sent.len() / 2).map(|place| u8::from_str_radix(&sent[place * 2..][..2], 16));
    assert!(hmac::verify(&key, &body, &sent.collect::<Result<Vec<u8>, _>>()?).is_ok());
    Ok(())
}

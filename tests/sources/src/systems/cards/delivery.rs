//! Calling those who subscribed: once each, without waiting for them.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use ring::hmac;
use serde_json::{Value, json};
use tokio::runtime::Handle;

use super::stream::{Stream, Subscription};
use crate::hex::hex;

/// How long a subscriber may take.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) fn deliver(stream: &Arc<Stream>, card: &Value) {
    let Ok(runtime) = Handle::try_current() else {
        return;
    };
    for subscriber in stream.subscribers() {
        let (stream, body) = (
            Arc::clone(stream),
            json!({"event": "card.published", "card": card}).to_string(),
        );
        runtime.spawn(async move {
            let status = post(&subscriber, body).await;
            stream.delivered(&subscriber.id, status);
        });
    }
}

/// The status of the answer, if there is one.
async fn post(subscriber: &Subscription, body: String) -> Option<u16> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, subscriber.secret.as_bytes());
    let signature = hex(hmac::sign(&key, body.as_bytes()).as_ref());
    let request = Request::post(&subscriber.callback_url)
        .header("content-type", "application/json")
        .header("x-signature", format!("sha256={signature}"))
        .body(Full::new(Bytes::from(body)))
        .ok()?;
    let client = Client::builder(TokioExecutor::new()).build_http();
    let answer = tokio::time::timeout(PATIENCE, client.request(request)).await.ok()?;
    Some(answer.ok()?.status().as_u16())
}

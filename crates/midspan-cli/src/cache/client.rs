//! The component "cache-admin" of a running application, over HTTP.

use std::time::Duration;

use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use http::{HeaderValue, Method, Request, Uri, header::CONTENT_TYPE};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::error::CliError;

/// Where the reference connector has it; an application that takes its component takes its route.
const PATH: &str = "/operator/cache";
/// The header for the key.
const KEY: &str = "x-api-key";
/// How many entries it lists at once.
pub(super) const MOST_AT_ONCE: usize = 100;
/// Its own deadline, and time to come and go.
const PATIENCE: Duration = Duration::from_secs(70);
/// An answer holds an entry's body, which a store keeps up to 1 MB of when compressed.
const MOST_BYTES: usize = 128 * 1024 * 1024;

/// An application, as its operator reaches it.
pub(super) struct Operator {
    url: String,
    key: HeaderValue,
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

/// What is kept.
#[derive(Deserialize)]
pub(super) struct Entries {
    pub(super) entries: Vec<Entry>,
    pub(super) next: Option<String>,
}

/// What was taken away.
#[derive(Deserialize)]
pub(super) struct Purged {
    pub(super) count: Option<usize>,
}

/// An entry. Its last three fields are those of one that was asked for by its key.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) source: String,
    pub(super) scope: String,
    pub(super) tags: Vec<String>,
    pub(super) status: u16,
    /// Of its body.
    pub(super) bytes: u64,
    /// `fresh`, `stale` or `invalidated`.
    pub(super) state: String,
    /// In seconds.
    pub(super) age: i64,
    /// In seconds; less than nothing is how long it has been stale.
    pub(super) ttl: i64,
    pub(super) dead_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) target: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) content_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<String>,
}

impl Entry {
    /// The body, where it was asked for.
    pub(super) fn content(&self) -> Option<Vec<u8>> {
        BASE64_STANDARD.decode(self.content.as_ref()?).ok()
    }
}

impl Operator {
    pub(super) fn new(url: &Uri, key: Option<&str>) -> Result<Self, CliError> {
        let mut key = HeaderValue::from_str(key.ok_or(CliError::NoKey)?).map_err(|_| CliError::NoKey)?;
        key.set_sensitive(true);
        if url.scheme().is_none() || url.authority().is_none() {
            return Err(CliError::NoUrl(url.to_string()));
        }
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls()?)
            .https_or_http()
            .enable_http1()
            .build();
        Ok(Self {
            url: format!("{}{PATH}", url.to_string().trim_end_matches('/')),
            key,
            client: Client::builder(TokioExecutor::new()).build(connector),
        })
    }

    /// What to say where something else answers there.
    pub(super) fn is_not_ours(&self) -> CliError {
        CliError::NotOurs(self.url.clone())
    }

    /// Sends a request with those of these parameters that have a value.
    pub(super) async fn ask<T: DeserializeOwned>(
        &self,
        method: Method,
        query: &[(&str, Option<&str>)],
    ) -> Result<T, CliError> {
        let mut text = form_urlencoded::Serializer::new(String::new());
        text.extend_pairs(query.iter().filter_map(|(name, value)| Some((name, (*value)?))));
        let body = self.send(method, &text.finish(), String::new()).await?;
        serde_json::from_slice(&body).map_err(|_| self.is_not_ours())
    }

    pub(super) async fn invalidate(&self, changed: &Value) -> Result<(), CliError> {
        self.send(Method::POST, "", changed.to_string()).await.map(drop)
    }

    /// The body of an answer that went well.
    async fn send(&self, method: Method, query: &str, body: String) -> Result<Bytes, CliError> {
        let no_answer = |why: String| CliError::NoAnswer(self.url.clone(), why);
        let exchange = async {
            let request = self.request(method, query, body)?;
            let answer = self.client.request(request).await;
            let (head, body) = answer.map_err(|why| no_answer(chain(&why)))?.into_parts();
            let body = Limited::new(body, MOST_BYTES).collect().await;
            Ok::<_, CliError>((head.status, body.map_err(|why| no_answer(chain(&*why)))?.to_bytes()))
        };
        let answered = tokio::time::timeout(PATIENCE, exchange).await;
        let (status, body) = answered.map_err(|_| no_answer(format!("nothing within {} s", PATIENCE.as_secs())))??;
        if status.is_success() {
            return Ok(body);
        }
        // Errors of the contract say what to do; others come from whatever else is at this address.
        let error: Value = serde_json::from_slice(&body).unwrap_or_default();
        Err(match (status.as_u16(), error["message"].as_str()) {
            (401 | 403, _) => CliError::KeyRefused(self.url.clone()),
            // A 404 that is not about a key is about the path.
            (404, _) if error["error"]["target"] != "key" => self.is_not_ours(),
            (_, Some(message)) if error["error"]["code"].is_string() => CliError::Answered(message.to_owned()),
            _ => self.is_not_ours(),
        })
    }

    fn request(&self, method: Method, query: &str, body: String) -> Result<Request<Full<Bytes>>, CliError> {
        let separator = if query.is_empty() { "" } else { "?" };
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{separator}{query}", self.url))
            .header(KEY, self.key.clone())
            .header(CONTENT_TYPE, "application/json")
            .body(Full::from(body));
        request.map_err(|_| CliError::NoUrl(self.url.clone()))
    }
}

/// Trusts whom this machine trusts: an operator's application often has a certificate of the company's own.
fn tls() -> Result<rustls::ClientConfig, CliError> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|why| CliError::Tls(why.to_string()))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

/// Why, and why that.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(why) = cause {
        text = format!("{text}: {why}");
        cause = why.source();
    }
    text
}

//! A client for the tests: GET with a bearer token, and the JSON that comes back.

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

/// What a service principal would send.
pub(crate) const TOKEN: &str = "Bearer opaque";

pub(crate) struct Client(legacy::Client<legacy::connect::HttpConnector, Full<Bytes>>);

impl Client {
    pub(crate) fn new() -> Self {
        Self(legacy::Client::builder(TokioExecutor::new()).build_http())
    }

    /// The whole answer, or what went wrong on the way.
    pub(crate) async fn get(&self, url: &str, headers: &[(&str, &str)]) -> anyhow::Result<Response<Bytes>> {
        self.send("GET", url, headers, "").await
    }

    pub(crate) async fn send(
        &self,
        method: &str,
        url: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> anyhow::Result<Response<Bytes>> {
        let mut request = Request::builder().method(method).uri(url);
        if !headers.iter().any(|(name, _)| *name == "authorization") {
            request = request.header("authorization", TOKEN);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.0.request(request.body(Full::from(body.to_owned()))?).await?;
        let (parts, body) = response.into_parts();
        Ok(Response::from_parts(parts, body.collect().await?.to_bytes()))
    }

    /// The JSON of an answer that must be a 200.
    pub(crate) async fn json(&self, url: &str, headers: &[(&str, &str)]) -> anyhow::Result<Value> {
        let response = self.get(url, headers).await?;
        anyhow::ensure!(
            response.status() == 200,
            "{} from {url}: {:?}",
            response.status(),
            response.body()
        );
        Ok(serde_json::from_slice(response.body())?)
    }

    /// All entries of a collection, page after page, by the names of the entries and of the link to the next page.
    pub(crate) async fn walk(
        &self,
        url: &str,
        headers: &[(&str, &str)],
        [entries, next]: [&str; 2],
    ) -> anyhow::Result<Vec<Value>> {
        let mut all = Vec::new();
        let mut url = url.to_owned();
        loop {
            let page = self.json(&url, headers).await?;
            let found = page.pointer(entries).and_then(Value::as_array);
            all.extend(
                found
                    .cloned()
                    .ok_or_else(|| anyhow::anyhow!("no {entries} in {page}"))?,
            );
            match page.pointer(next).and_then(Value::as_str) {
                Some(link) => url = link.to_owned(),
                None => return Ok(all),
            }
        }
    }
}

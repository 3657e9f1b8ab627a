//! Requests and answers, as a caller sees them.

use bytes::Bytes;
use http::{HeaderValue, Request, Response, header::AUTHORIZATION};
use http_body_util::{BodyExt, Full};
use hyper_util::{client::legacy, client::legacy::connect::HttpConnector, rt::TokioExecutor};

/// An HTTP client for one base URL.
#[derive(Clone)]
pub struct Client {
    base: String,
    key: Option<HeaderValue>,
    inner: legacy::Client<HttpConnector, Full<Bytes>>,
}

impl Client {
    /// For a host at this URL.
    #[must_use]
    pub fn new(base: String) -> Self {
        Self {
            base,
            key: None,
            inner: legacy::Client::builder(TokioExecutor::new()).build_http(),
        }
    }

    /// With a key that goes along with every request to the host that does not prove otherwise who calls.
    #[must_use]
    pub fn with_key(mut self, key: &'static str) -> Self {
        self.key = Some(HeaderValue::from_static(key));
        self
    }

    /// Where the host is, without a trailing slash.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Sends a GET for a path below the base URL, or for an absolute URL.
    ///
    /// # Panics
    /// If there is no answer.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path), "").await
    }

    /// Sends any request.
    ///
    /// # Panics
    /// If the request is not valid, or there is no answer.
    pub async fn send(&self, request: http::request::Builder, body: impl Into<Bytes>) -> Answer {
        self.try_send(request, body).await.expect("an answer")
    }

    /// Sends any request; nothing if there is no answer.
    ///
    /// # Panics
    /// If the request is not valid.
    pub async fn try_send(&self, request: http::request::Builder, body: impl Into<Bytes>) -> Option<Answer> {
        let mut request = request.body(Full::new(body.into())).expect("a valid request");
        if request.uri().authority().is_none() {
            let url = format!("{}{}", self.base, request.uri());
            *request.uri_mut() = url.parse().expect("a valid URL");
        }
        if let Some(key) = &self.key {
            let proves = |name| request.headers().contains_key(name);
            if !proves("x-api-key")
                && !proves(AUTHORIZATION.as_str())
                && request.uri().to_string().starts_with(&self.base)
            {
                request.headers_mut().insert("x-api-key", key.clone());
            }
        }
        let response = self.inner.request(request).await.ok()?;
        let (head, body) = response.into_parts();
        let body = body.collect().await.ok()?.to_bytes();
        Some(Answer(Response::from_parts(head, body)))
    }
}

/// What a caller gets.
#[derive(Debug, Clone)]
pub struct Answer(Response<Bytes>);

impl Answer {
    /// Its HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.0.status().as_u16()
    }

    /// A header's value, or nothing where it is absent.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.0.headers().get(name)?.to_str().ok()
    }

    /// All values of a header, in their order.
    #[must_use]
    pub fn headers(&self, name: &str) -> Vec<&str> {
        let values = self.0.headers().get_all(name).iter();
        values.filter_map(|value| value.to_str().ok()).collect()
    }

    /// The body as it is.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        self.0.body()
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(self.0.body()).into_owned()
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// If it is none: the test fails with the body's text.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(self.0.body()).unwrap_or_else(|error| panic!("{error} in {}", self.text()))
    }

    /// The error code of an error answer.
    ///
    /// # Panics
    /// If it is no error of the contract.
    #[must_use]
    pub fn error_code(&self) -> String {
        let json = self.json();
        assert_eq!(json["statusCode"], self.status(), "{json}");
        assert_eq!(json["message"], json["error"]["message"], "{json}");
        json["error"]["code"].as_str().expect("an error code").to_owned()
    }
}

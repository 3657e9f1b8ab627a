//! The HTTP client by which OTLP over HTTP is sent. OpenTelemetry's threads are none of tokio's, so that it takes the work
//! to the runtime that the host was started on.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client as Pooled;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use opentelemetry_http::{HttpClient, HttpError};
use tokio::runtime::Handle;
use tokio::time::timeout;

/// What OpenTelemetry gives an export unless told; it does not tell its client.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a collector's answer may have: it says how many were rejected, if anything.
const LARGEST_ANSWER: usize = 64 * 1024;

#[derive(Debug, Clone)]
pub(super) struct Client {
    pooled: Pooled<HttpsConnector<HttpConnector>, Full<Bytes>>,
    runtime: Handle,
}

impl Client {
    /// On the runtime that this is called on.
    pub(super) fn new() -> Self {
        let connector = HttpsConnectorBuilder::new()
            .with_webpki_roots()
            .https_or_http()
            .enable_http1()
            .enable_http2()
            .build();
        Self {
            pooled: Pooled::builder(TokioExecutor::new()).build(connector),
            runtime: Handle::current(),
        }
    }
}

#[wasmtime_wasi::async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let pooled = self.pooled.clone();
        let sending = async move {
            let (head, body) = pooled.request(request.map(Full::new)).await?.into_parts();
            let body = Limited::new(body, LARGEST_ANSWER).collect().await?.to_bytes();
            Ok::<_, HttpError>(Response::from_parts(head, body))
        };
        // The timer too is of the runtime.
        self.runtime.spawn(async { timeout(PATIENCE, sending).await }).await??
    }
}

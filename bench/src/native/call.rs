//! One call to a source.

use std::time::Instant;

use bytes::Bytes;
use http::{
    HeaderValue, Request,
    header::{ACCEPT, AUTHORIZATION},
};
use http_body_util::{BodyExt, Empty, Limited};
use midspan_definition::ErrorCode;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use super::{
    request::{Failure, RequestContext, random},
    source::{HttpClient, Source},
};

/// The largest answer taken, in bytes.
const MAX_BODY: usize = 8 << 20;

/// A GET that is being put together.
pub(super) struct Call<'a> {
    client: &'a HttpClient,
    source: &'a Source,
    url: String,
    request: Request<Empty<Bytes>>,
}

impl<'a> Call<'a> {
    pub(super) fn get(client: &'a HttpClient, source: &'a Source, path: &str) -> Self {
        let mut request = Request::new(Empty::new());
        request
            .headers_mut()
            .insert(ACCEPT, HeaderValue::from_static("application/json"));
        Self {
            client,
            source,
            url: format!("{}{path}?", source.base),
            request,
        }
    }

    pub(super) fn query(mut self, name: &str, value: &str) -> Self {
        if !self.url.ends_with('?') {
            self.url.push('&');
        }
        self.url.extend(utf8_percent_encode(name, NON_ALPHANUMERIC));
        self.url.push('=');
        self.url.extend(utf8_percent_encode(value, NON_ALPHANUMERIC));
        self
    }

    pub(super) fn header(mut self, name: &'static str, value: &'static str) -> Self {
        self.request.headers_mut().insert(name, HeaderValue::from_static(value));
        self
    }

    /// The JSON that it answers, within its own time-out and the operation's deadline.
    pub(super) async fn json<T: DeserializeOwned>(self, context: &RequestContext) -> Result<T, Failure> {
        let (source, started) = (self.source, Instant::now());
        let limit = source.timeout.min(context.time_for_sources());
        let answered = timeout(limit, self.send(context)).await;
        context.record(source.name, started.elapsed());
        let body = answered.map_err(|_| {
            let message = format!("{} did not answer within {} ms.", source.title, limit.as_millis());
            Failure::of_source(ErrorCode::SourceTimeout, source.name, message)
        })??;
        serde_json::from_slice(&body).map_err(|error| source.failure(ErrorCode::SourceInvalid, &error))
    }

    async fn send(mut self, context: &RequestContext) -> Result<Bytes, Failure> {
        let source = self.source;
        let unreachable = |error: &dyn std::fmt::Display| source.failure(ErrorCode::SourceUnreachable, error);
        *self.request.uri_mut() = self.url.parse().map_err(|error| unreachable(&error))?;
        let own = context.authorization.as_ref().filter(|_| source.forwards_caller);
        let authorization = own.unwrap_or(&source.authorization).clone();
        let traceparent = format!("00-{}-{:016x}-01", context.trace_id, random() | 1);
        let headers = self.request.headers_mut();
        headers.insert(AUTHORIZATION, authorization);
        if let Ok(traceparent) = HeaderValue::from_str(&traceparent) {
            headers.insert("traceparent", traceparent);
        }
        let response = self
            .client
            .request(self.request)
            .await
            .map_err(|error| unreachable(&error))?;
        let status = response.status();
        let body = Limited::new(response.into_body(), MAX_BODY).collect().await;
        let body = body.map_err(|error| unreachable(&error))?.to_bytes();
        match status.as_u16() {
            200..300 => Ok(body),
            429 => Err(source.failure(ErrorCode::SourceThrottled, &status)),
            _ => Err(source.failure(ErrorCode::SourceFailed, &status)),
        }
    }
}

impl Source {
    fn failure(&self, code: ErrorCode, detail: &dyn std::fmt::Display) -> Failure {
        eprintln!("{}: {detail}", self.name);
        Failure::of_source(code, self.name, format!("{} failed. Try again later.", self.title))
    }
}

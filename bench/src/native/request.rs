//! What every operation does with a request before and after its own work.

use std::{
    fmt::Write as _,
    hash::{BuildHasher, Hasher, RandomState},
    sync::Mutex,
    time::{Duration, Instant},
};

use axum::{body::Body, response::Response};
use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, HeaderValue, StatusCode,
    header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER},
};
use midspan_definition::{ErrorBody, ErrorCode};
use serde::Serialize;

/// What is kept of the deadline for the answer.
const ANSWER_RESERVE: Duration = Duration::from_millis(20);

/// One request: who it is, how long it may take, which trace it belongs to, and the calls it made.
pub(super) struct RequestContext {
    correlation_id: String,
    pub(super) trace_id: String,
    pub(super) authorization: Option<HeaderValue>,
    started: Instant,
    deadline: Instant,
    calls: Mutex<Vec<(&'static str, Duration)>>,
}

/// Why there is no answer, in the form of the error contract.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) code: ErrorCode,
    pub(super) message: String,
    pub(super) source: Option<&'static str>,
    pub(super) target: Option<&'static str>,
}

impl RequestContext {
    pub(super) fn admit(headers: &HeaderMap, limit: Duration) -> Self {
        let correlation_id = headers
            .get("x-ms-correlation-id")
            .and_then(|id| id.to_str().ok())
            .map_or_else(new_uuid, str::to_owned);
        let trace_id = headers
            .get("traceparent")
            .and_then(|parent| parent.to_str().ok()?.split('-').nth(1))
            .map_or_else(|| correlation_id.replace('-', ""), str::to_owned);
        let started = Instant::now();
        Self {
            correlation_id,
            trace_id,
            authorization: headers.get(AUTHORIZATION).cloned(),
            started,
            deadline: started + limit,
            calls: Mutex::default(),
        }
    }

    pub(super) fn deadline(&self) -> Instant {
        self.deadline
    }

    /// What a source call may take at most.
    pub(super) fn time_for_sources(&self) -> Duration {
        self.deadline
            .saturating_duration_since(Instant::now())
            .saturating_sub(ANSWER_RESERVE)
    }

    pub(super) fn record(&self, source: &'static str, duration: Duration) {
        if let Ok(mut calls) = self.calls.lock() {
            calls.push((source, duration));
        }
    }

    pub(super) fn answer<T: Serialize>(&self, outcome: Result<T, Failure>) -> Response {
        self.answer_with(json(outcome))
    }

    /// As [`answer`](Self::answer), with what is JSON already.
    pub(super) fn answer_with(&self, json: Result<Bytes, Failure>) -> Response {
        let mut response = match json {
            Ok(json) => Response::new(Body::from(json)),
            Err(failure) => self.refuse(&failure),
        };
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        set(headers, "x-ms-correlation-id", &self.correlation_id);
        set(headers, "server-timing", &self.server_timing());
        response
    }

    fn refuse(&self, failure: &Failure) -> Response {
        let mut body = ErrorBody::new(failure.code, failure.message.as_str(), self.correlation_id.as_str());
        body.error.source = failure.source.map(str::to_owned);
        body.error.target = failure.target.map(str::to_owned);
        let mut response = Response::new(Body::from(serde_json::to_vec(&body).unwrap_or_default()));
        *response.status_mut() = StatusCode::from_u16(body.status_code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        if matches!(body.status_code, 429 | 503) {
            response
                .headers_mut()
                .insert(RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }

    fn server_timing(&self) -> String {
        let mut text = String::new();
        for (source, duration) in self.calls.lock().iter().flat_map(|calls| calls.iter()) {
            let _ = write!(text, "{source};dur={:.1}, ", duration.as_secs_f64() * 1e3);
        }
        let _ = write!(text, "total;dur={:.1}", self.started.elapsed().as_secs_f64() * 1e3);
        text
    }
}

pub(super) fn json<T: Serialize>(outcome: Result<T, Failure>) -> Result<Bytes, Failure> {
    let json = outcome.and_then(|output| serde_json::to_vec(&output).map_err(|error| Failure::defect(&error)));
    json.map(Bytes::from)
}

impl Failure {
    pub(super) fn bad_input(target: &'static str, message: String) -> Self {
        Self {
            code: ErrorCode::BadInput,
            message,
            source: None,
            target: Some(target),
        }
    }

    pub(super) fn of_source(code: ErrorCode, source: &'static str, message: String) -> Self {
        Self {
            code,
            message,
            source: Some(source),
            target: None,
        }
    }

    fn defect(error: &serde_json::Error) -> Self {
        Self {
            code: ErrorCode::OperationFailed,
            message: error.to_string(),
            source: None,
            target: None,
        }
    }
}

fn set(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(HeaderName::from_static(name), value);
    }
}

fn new_uuid() -> String {
    let (high, low) = (random(), random());
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0x0fff,
        ((low >> 48) & 0x3fff) | 0x8000,
        low & 0xffff_ffff_ffff,
    )
}

/// Good enough for identifiers; the standard library's hash keys are random.
pub(super) fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}

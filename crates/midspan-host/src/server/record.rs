//! What is said of a request when it is over.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use http::request::Parts;
use http::{Response, StatusCode};

use super::correlation;
use crate::options::{OnRequest, RequestRecord};
use crate::telemetry::OpenRequest;

/// Counted while the request's body is read.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) request_bytes: AtomicU64,
    pub(super) too_large: AtomicBool,
}

/// A request's record in the making; handed on when this is dropped, which is when the answer is over, or when its
/// caller went away.
pub(super) struct OpenRecord {
    record: RequestRecord,
    started: Instant,
    tally: Arc<Tally>,
    on_request: Option<OnRequest>,
    told: Option<OpenRequest>,
}

/// What other servers log for a caller that did not wait for its answer.
const CALLER_GONE: u16 = 499;

impl OpenRecord {
    /// Nothing where nobody asks for it.
    pub(super) fn new(
        head: &Parts,
        tally: &Arc<Tally>,
        on_request: Option<&OnRequest>,
        told: Option<OpenRequest>,
    ) -> Option<Self> {
        if on_request.is_none() && told.is_none() {
            return None;
        }
        let record = RequestRecord {
            method: head.method.clone(),
            path: head.uri.path().to_owned(),
            status: StatusCode::from_u16(CALLER_GONE).unwrap_or(StatusCode::BAD_REQUEST),
            route: None,
            component: None,
            correlation_id: correlation::sent(&head.headers).map(str::to_owned),
            duration: Duration::ZERO,
            request_bytes: 0,
            response_bytes: 0,
            error: Some("the caller went away".into()),
        };
        Some(Self {
            record,
            started: Instant::now(),
            tally: Arc::clone(tally),
            on_request: on_request.cloned(),
            told,
        })
    }

    pub(super) fn routed(&mut self, route: &str, component: &str) {
        self.record.route = Some(route.to_owned());
        self.record.component = Some(component.to_owned());
        if let Some(told) = &mut self.told {
            told.started(&self.record);
        }
    }

    /// The head of the answer is there; `error` says why it is the host's own.
    pub(super) fn answered<B>(&mut self, response: &Response<B>, error: Option<String>) {
        self.record.status = response.status();
        self.record.error = error;
        if let Some(id) = correlation::sent(response.headers()) {
            self.record.correlation_id = Some(id.to_owned());
        }
    }

    pub(super) fn sent(&mut self, bytes: usize) {
        self.record.response_bytes += bytes as u64;
    }

    pub(super) fn failed(&mut self, error: &str) {
        self.record.error.get_or_insert_with(|| error.to_owned());
    }
}

impl Drop for OpenRecord {
    fn drop(&mut self) {
        self.record.duration = self.started.elapsed();
        self.record.request_bytes = self.tally.request_bytes.load(Ordering::Relaxed);
        if let Some(told) = self.told.take() {
            told.ended(&self.record);
        }
        if let Some(on_request) = &self.on_request {
            on_request(&self.record);
        }
    }
}

//! What is said of a request when it is over.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use crate::options::{OnRequest, RequestRecord};

/// Counted while the request's body is read.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) request_bytes: AtomicU64,
    pub(super) too_large: AtomicBool,
}

/// A request's record in the making; handed on when this is dropped, which is when the answer is over.
pub(super) struct OpenRecord {
    record: RequestRecord,
    started: Instant,
    tally: Arc<Tally>,
    on_request: OnRequest,
}

impl OpenRecord {
    pub(super) fn new(record: RequestRecord, started: Instant, tally: Arc<Tally>, on_request: OnRequest) -> Self {
        Self { record, started, tally, on_request }
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
        (self.on_request)(&self.record);
    }
}

//! What reached the systems.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

use crate::call::Call;
use crate::pattern::RoutePattern;
use crate::system::System;

/// How many requests are kept, over all systems; the oldest go first.
const KEPT: usize = 10_000;

/// One request that reached a system, whatever was answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecordedRequest {
    /// Whom it reached.
    pub system: System,
    /// `GET`, ...
    pub method: String,
    /// Percent-decoded.
    pub path: String,
    /// As it was sent, without the `?`; empty without one.
    pub query: String,
    /// By lower-case name; several of a name are joined with `, `.
    pub headers: BTreeMap<String, String>,
    /// What was sent with it, as text; bytes that are not UTF-8 are replaced.
    pub body: String,
}

impl RecordedRequest {
    /// A header's value, by name in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// Whether it is of a route: a path in which `*` stands for anything, or a method and a path.
    #[must_use]
    pub fn is(&self, pattern: &str) -> bool {
        let method = self.method.parse().unwrap_or_default();
        RoutePattern::new(pattern).matches(&method, &self.path)
    }

    fn new(system: System, call: &Call) -> Self {
        let mut headers: BTreeMap<String, String> = BTreeMap::new();
        for (name, value) in &call.headers {
            let value = String::from_utf8_lossy(value.as_bytes());
            let joined = headers.entry(name.as_str().to_owned()).or_default();
            if !joined.is_empty() {
                joined.push_str(", ");
            }
            joined.push_str(&value);
        }
        Self {
            system,
            method: call.method.to_string(),
            path: call.path.clone(),
            query: call.raw_query.clone(),
            headers,
            body: String::from_utf8_lossy(&call.body).into_owned(),
        }
    }
}

/// Counts every request; keeps the latest ones unless told not to.
#[derive(Debug)]
pub(crate) struct Recorder {
    keeping: AtomicBool,
    counts: [AtomicU64; System::ALL.len()],
    log: Mutex<VecDeque<RecordedRequest>>,
}

impl Recorder {
    pub(crate) fn new(keeping: bool) -> Self {
        Self {
            keeping: AtomicBool::new(keeping),
            counts: Default::default(),
            log: Mutex::default(),
        }
    }

    pub(crate) fn record(&self, system: System, call: &Call) {
        self.counts[system as usize].fetch_add(1, Ordering::Relaxed);
        if !self.keeping.load(Ordering::Relaxed) {
            return;
        }
        let request = RecordedRequest::new(system, call);
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        if log.len() >= KEPT {
            log.pop_front();
        }
        log.push_back(request);
    }

    pub(crate) fn count(&self, system: System) -> u64 {
        self.counts[system as usize].load(Ordering::Relaxed)
    }

    pub(crate) fn requests(&self, system: Option<System>) -> Vec<RecordedRequest> {
        let log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        log.iter()
            .filter(|request| system.is_none_or(|system| request.system == system))
            .cloned()
            .collect()
    }

    pub(crate) fn reset(&self) {
        for count in &self.counts {
            count.store(0, Ordering::Relaxed);
        }
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::tests::{get_with, send};

    #[test]
    fn a_request_is_kept_as_it_was_sent() {
        let recorder = Recorder::new(true);
        let call = send(
            "GET",
            "/v1.0/users?$top=5",
            &[("traceparent", "00-x"), ("accept", "a"), ("accept", "b")],
            "body",
        );
        recorder.record(System::Graph, &call);
        let [request] = recorder.requests(Some(System::Graph)).try_into().expect("one request");
        assert_eq!((request.query.as_str(), request.body.as_str()), ("$top=5", "body"));
        assert_eq!(request.header("traceparent"), Some("00-x"));
        assert_eq!(request.header("accept"), Some("a, b"));
        assert!(request.is("GET /v1.0/*") && !request.is("POST *"));
        assert!(recorder.requests(Some(System::Dataverse)).is_empty());
    }

    #[test]
    fn only_the_latest_are_kept_but_all_are_counted() {
        let recorder = Recorder::new(true);
        for number in 0..=KEPT {
            recorder.record(System::PowerApps, &get_with(&format!("/{number}"), &[]));
        }
        let kept = recorder.requests(None);
        assert_eq!((kept.len(), kept[0].path.as_str()), (KEPT, "/1"));
        assert_eq!(recorder.count(System::PowerApps), KEPT as u64 + 1);
        recorder.reset();
        assert_eq!(
            (recorder.count(System::PowerApps), recorder.requests(None).len()),
            (0, 0)
        );
    }

    #[test]
    fn counting_goes_on_when_nothing_is_kept() {
        let recorder = Recorder::new(false);
        recorder.record(System::Graph, &get_with("/", &[]));
        assert_eq!((recorder.count(System::Graph), recorder.requests(None).len()), (1, 0));
    }
}

//! What can be made to go wrong, and the table of what is.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::pattern::RoutePattern;
use crate::reply::Refusal;
use crate::system::System;

/// Something that goes wrong each time that a route is called. Nothing is random.
///
/// A [`Fault::Delay`] adds to any other fault of the same route; of the others, the first that was set and applies is what happens.
///
/// In the control API it is JSON with its name in `kind`: `{"kind": "status", "status": 503, "retryAfter": 2}`,
/// `{"kind": "delay", "ms": 200}`, `{"kind": "hang"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
pub enum Fault {
    /// Answers later than usual.
    Delay {
        /// How much later (`ms`).
        #[serde(rename = "ms", with = "millis")]
        by: Duration,
    },
    /// Reads the request and never answers.
    Hang,
    /// Refuses with a status and a body in the system's own error shape.
    Status {
        /// The status; one that is none counts as 500.
        status: u16,
        /// Seconds in a `Retry-After` header.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after: Option<u64>,
    },
    /// Answers a number of requests in each window, then refuses with 429 and the rest of the window in `Retry-After`.
    Throttle {
        /// Requests that are answered in a window.
        requests: u32,
        /// The window (`windowMs`); it starts with the first request in it.
        #[serde(rename = "windowMs", with = "millis")]
        window: Duration,
    },
    /// Refuses the first requests, then answers.
    FailFirst {
        /// How many requests.
        times: u32,
        /// The status; one that is none counts as 500.
        status: u16,
        /// Seconds in a `Retry-After` header.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after: Option<u64>,
    },
    /// Resets the connection instead of answering.
    Close,
    /// Sends the head with the right `Content-Length`, then only the first bytes of the body, then closes.
    Truncate {
        /// How many bytes of the body are sent.
        after: usize,
    },
    /// Answers 200 with a JSON content type and a body that is not JSON.
    InvalidJson,
    /// Answers with an HTML page, as proxies do.
    Html {
        /// The status; one that is none counts as 500.
        status: u16,
    },
    /// Sends the right answer, a few bytes at a time.
    Drip {
        /// Bytes sent at a time, at least 1.
        bytes: usize,
        /// Between two of them (`everyMs`).
        #[serde(rename = "everyMs", with = "millis")]
        every: Duration,
    },
}

impl Fault {
    /// Answers later by a time.
    #[must_use]
    pub const fn delay(by: Duration) -> Self {
        Self::Delay { by }
    }

    /// Refuses with a status.
    #[must_use]
    pub const fn status(status: u16) -> Self {
        Self::Status {
            status,
            retry_after: None,
        }
    }

    /// Refuses with a status and a `Retry-After` of some seconds.
    #[must_use]
    pub const fn status_retry_after(status: u16, seconds: u64) -> Self {
        Self::Status {
            status,
            retry_after: Some(seconds),
        }
    }

    /// Refuses the first requests with a status, then answers.
    #[must_use]
    pub const fn fail_first(times: u32, status: u16) -> Self {
        Self::FailFirst {
            times,
            status,
            retry_after: None,
        }
    }
}

/// What to do with one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) delay: Duration,
    pub(crate) outcome: Outcome,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    Answer,
    Hang,
    Close,
    Refuse(Refusal),
    Truncate { after: usize },
    InvalidJson,
    Html(StatusCode),
    Drip { bytes: usize, every: Duration },
}

/// A fault on a route.
#[derive(Debug)]
struct Armed {
    system: System,
    pattern: RoutePattern,
    fault: Fault,
    seen: AtomicU32,
    window: Mutex<Option<(Instant, u32)>>,
}

/// All faults that are set, in the order in which they were.
#[derive(Debug, Default)]
pub(crate) struct FaultTable {
    any: AtomicBool,
    armed: RwLock<Vec<Arc<Armed>>>,
}

/// A fault as the control API lists it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RouteFault {
    pub(crate) system: System,
    pub(crate) path: String,
    pub(crate) fault: Fault,
}

impl FaultTable {
    pub(crate) fn set(&self, system: System, pattern: &str, fault: Fault) {
        let pattern = RoutePattern::new(pattern);
        let armed = Armed {
            system,
            pattern,
            fault,
            seen: AtomicU32::new(0),
            window: Mutex::new(None),
        };
        self.armed
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .push(Arc::new(armed));
        self.any.store(true, Ordering::Release);
    }

    pub(crate) fn clear(&self) {
        self.armed.write().unwrap_or_else(PoisonError::into_inner).clear();
        self.any.store(false, Ordering::Release);
    }

    pub(crate) fn list(&self) -> Vec<RouteFault> {
        let armed = self.armed.read().unwrap_or_else(PoisonError::into_inner);
        armed
            .iter()
            .map(|a| RouteFault {
                system: a.system,
                path: a.pattern.to_string(),
                fault: a.fault.clone(),
            })
            .collect()
    }

    pub(crate) fn plan(&self, system: System, method: &Method, path: &str) -> Plan {
        let mut plan = Plan {
            delay: Duration::ZERO,
            outcome: Outcome::Answer,
        };
        if !self.any.load(Ordering::Acquire) {
            return plan;
        }
        let armed = self.armed.read().unwrap_or_else(PoisonError::into_inner);
        for armed in armed
            .iter()
            .filter(|a| a.system == system && a.pattern.matches(method, path))
        {
            match &armed.fault {
                Fault::Delay { by } => plan.delay += *by,
                _ if plan.outcome == Outcome::Answer => plan.outcome = armed.outcome(),
                _ => {}
            }
        }
        plan
    }
}

impl FaultTable {
    /// What a request inside a batch is refused with: only an error of its own is a fault that it can have.
    pub(crate) fn refusal(&self, system: System, method: &Method, path: &str) -> Option<Refusal> {
        match self.plan(system, method, path).outcome {
            Outcome::Refuse(refusal) => Some(refusal),
            _ => None,
        }
    }
}

impl Armed {
    fn outcome(&self) -> Outcome {
        match self.fault {
            Fault::Delay { .. } => Outcome::Answer,
            Fault::Hang => Outcome::Hang,
            Fault::Status { status, retry_after } => refuse(status, retry_after),
            Fault::Throttle { requests, window } => self.throttle(requests, window),
            Fault::FailFirst {
                times,
                status,
                retry_after,
            } => {
                let first = self.seen.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |seen| {
                    (seen < times).then_some(seen + 1)
                });
                if first.is_ok() {
                    refuse(status, retry_after)
                } else {
                    Outcome::Answer
                }
            }
            Fault::Close => Outcome::Close,
            Fault::Truncate { after } => Outcome::Truncate { after },
            Fault::InvalidJson => Outcome::InvalidJson,
            Fault::Html { status } => Outcome::Html(status_code(status)),
            Fault::Drip { bytes, every } => Outcome::Drip {
                bytes: bytes.max(1),
                every,
            },
        }
    }

    fn throttle(&self, requests: u32, length: Duration) -> Outcome {
        let now = Instant::now();
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        let (start, seen) = window
            .filter(|(start, _)| now.duration_since(*start) < length)
            .unwrap_or((now, 0));
        *window = Some((start, seen.saturating_add(1)));
        if seen < requests {
            return Outcome::Answer;
        }
        let left = length.saturating_sub(now.duration_since(start));
        refuse(429, Some(left.as_secs() + u64::from(left.subsec_nanos() > 0)))
    }
}

fn refuse(status: u16, retry_after: Option<u64>) -> Outcome {
    Outcome::Refuse(Refusal {
        status: status_code(status),
        retry_after,
    })
}

fn status_code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// Durations as whole milliseconds.
mod millis {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        u64::deserialize(deserializer).map(Duration::from_millis)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(faults: &[(&str, Fault)]) -> FaultTable {
        let table = FaultTable::default();
        for (pattern, fault) in faults {
            table.set(System::Graph, pattern, fault.clone());
        }
        table
    }

    fn outcome(table: &FaultTable) -> Outcome {
        table.plan(System::Graph, &Method::GET, "/v1.0/users").outcome
    }

    #[test]
    fn a_fault_is_only_for_its_system_and_route() {
        let table = table(&[("/v1.0/users", Fault::Hang)]);
        assert_eq!(outcome(&table), Outcome::Hang);
        assert_eq!(
            table.plan(System::Dataverse, &Method::GET, "/v1.0/users").outcome,
            Outcome::Answer
        );
        assert_eq!(
            table.plan(System::Graph, &Method::GET, "/v1.0/users/1").outcome,
            Outcome::Answer
        );
        table.clear();
        assert_eq!(outcome(&table), Outcome::Answer);
    }

    #[test]
    fn delays_add_up_and_the_first_other_fault_wins() {
        let (short, long) = (Duration::from_millis(1), Duration::from_millis(10));
        let table = table(&[
            ("*", Fault::delay(short)),
            ("*", Fault::Close),
            ("*", Fault::delay(long)),
            ("*", Fault::Hang),
        ]);
        let plan = table.plan(System::Graph, &Method::GET, "/");
        assert_eq!(
            plan,
            Plan {
                delay: short + long,
                outcome: Outcome::Close
            }
        );
    }

    #[test]
    fn the_first_calls_fail_and_then_the_next_fault_counts() {
        let table = table(&[("*", Fault::fail_first(2, 503)), ("*", Fault::InvalidJson)]);
        let refused = Outcome::Refuse(Refusal {
            status: StatusCode::SERVICE_UNAVAILABLE,
            retry_after: None,
        });
        assert_eq!(
            [outcome(&table), outcome(&table), outcome(&table)],
            [refused.clone(), refused, Outcome::InvalidJson]
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_throttle_opens_again_with_the_next_window() {
        let table = table(&[(
            "*",
            Fault::Throttle {
                requests: 2,
                window: Duration::from_secs(10),
            },
        )]);
        assert_eq!([outcome(&table), outcome(&table)], [Outcome::Answer, Outcome::Answer]);
        tokio::time::advance(Duration::from_millis(2_500)).await;
        let refused = Outcome::Refuse(Refusal {
            status: StatusCode::TOO_MANY_REQUESTS,
            retry_after: Some(8),
        });
        assert_eq!(outcome(&table), refused);
        tokio::time::advance(Duration::from_millis(7_500)).await;
        assert_eq!(outcome(&table), Outcome::Answer);
    }

    #[test]
    fn each_fault_has_a_form_in_json() {
        for json in [
            r#"{"kind":"delay","ms":200}"#,
            r#"{"kind":"hang"}"#,
            r#"{"kind":"status","status":503,"retryAfter":2}"#,
            r#"{"kind":"throttle","requests":5,"windowMs":1000}"#,
            r#"{"kind":"failFirst","times":2,"status":500}"#,
            r#"{"kind":"close"}"#,
            r#"{"kind":"truncate","after":10}"#,
            r#"{"kind":"invalidJson"}"#,
            r#"{"kind":"html","status":502}"#,
            r#"{"kind":"drip","bytes":1,"everyMs":5}"#,
        ] {
            let fault: Fault = serde_json::from_str(json).unwrap_or_else(|e| panic!("{json}: {e}"));
            assert_eq!(serde_json::to_string(&fault).expect("JSON"), json);
        }
        assert!(serde_json::from_str::<Fault>(r#"{"kind":"status","status":503,"retry":2}"#).is_err());
    }
}

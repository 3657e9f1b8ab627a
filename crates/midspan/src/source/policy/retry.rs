//! Which calls are sent again, and how often.

use std::time::Duration;

use http::{HeaderMap, Method, StatusCode};

use super::{IDEMPOTENCY_KEY, Outcome, backoff::Backoff};

/// How often a source is asked again when it fails in passing: no connection, a broken one, or status 429, 502, 503 or
/// 504.
///
/// Unless told, once, after up to 50 ms. That is what the usual fault in passing needs (a connection that the source
/// closed while it was idle, a back end that is being replaced), and it costs a caller next to nothing. More is for
/// sources that are known to recover while a caller waits.
///
/// **Which calls.** Those with a safe method (GET, HEAD, OPTIONS; RFC 9110 s. 9.2.1), and those with an
/// [idempotency key](crate::source::Call::idempotency_key). PUT and DELETE are idempotent too (s. 9.2.2), but the answer
/// to the second may differ from the one that was lost (404 after a DELETE that worked, 412 where `If-Match` was sent),
/// so that they are repeated only where the source says [`idempotent_writes`](Retry::idempotent_writes). POST and PATCH
/// without a key never are.
///
/// **When.** After exponential back-off with full jitter, or `Retry-After` where the source says so and it is longer. A
/// wait that would not end before the call's time-out or the operation's deadline is not begun: the call fails at once,
/// with the `Retry-After` passed on to the caller.
///
/// **At most** one retry for every five calls of an instance to the source, with ten saved up, so that a source in
/// trouble gets little more than its usual load.
///
/// ```
/// use std::time::Duration;
/// use midspan::source::{Retry, Source};
///
/// static PAYROLL: Source = Source::rest("payroll")
///     .timeout(Duration::from_secs(3))
///     .retry(Retry::times(2).base(Duration::from_millis(100)).max_delay(Duration::from_secs(1)));
/// static CARDS: Source = Source::rest("cards").retry(Retry::times(0));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    times: u32,
    backoff: Backoff,
    idempotent_writes: bool,
}

impl Retry {
    /// At most this often after the first attempt; `0` is never.
    #[must_use]
    pub const fn times(times: u32) -> Self {
        Self {
            times,
            backoff: Backoff::DEFAULT,
            idempotent_writes: false,
        }
    }

    /// The longest wait before the first retry, doubled for each one more; 50 ms unless told.
    #[must_use]
    pub const fn base(mut self, base: Duration) -> Self {
        self.backoff.base = base;
        self
    }

    /// The longest wait before any retry; 1 second unless told. `Retry-After` may be longer.
    #[must_use]
    pub const fn max_delay(mut self, limit: Duration) -> Self {
        self.backoff.max_delay = limit;
        self
    }

    /// Repeats PUT and DELETE as well.
    #[must_use]
    pub const fn idempotent_writes(mut self) -> Self {
        self.idempotent_writes = true;
        self
    }

    /// Whether such a call may be sent twice.
    pub(in crate::source) fn allows(&self, method: &Method, headers: &HeaderMap) -> bool {
        method.is_safe()
            || (self.idempotent_writes && method.is_idempotent())
            || headers.get(IDEMPOTENCY_KEY).is_some_and(|key| !key.is_empty())
    }

    pub(super) fn again(&self, retries: u32, outcome: &Outcome) -> bool {
        retries < self.times && failed_in_passing(outcome)
    }

    pub(super) fn delay(&self, retries: u32, random: u64) -> Duration {
        self.backoff.delay(retries, random)
    }
}

/// Whether a source is as after one such request however often it comes (RFC 9110 s. 9.2.2), though its answer may differ.
pub(in crate::source) fn is_repeatable(method: &Method, headers: &HeaderMap) -> bool {
    method.is_idempotent() || headers.get(IDEMPOTENCY_KEY).is_some_and(|key| !key.is_empty())
}

/// Whether the same request may well succeed a moment later. A refusal and an answer that is too large stay what they
/// are, and a 500 is more often a defect than a passing fault.
pub(in crate::source) fn failed_in_passing(outcome: &Outcome) -> bool {
    match outcome {
        Ok(response) => matches!(
            response.status(),
            StatusCode::TOO_MANY_REQUESTS
                | StatusCode::BAD_GATEWAY
                | StatusCode::SERVICE_UNAVAILABLE
                | StatusCode::GATEWAY_TIMEOUT
        ),
        Err(failure) => failure.in_passing,
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn only_what_is_safe_to_repeat_is_repeated() {
        let check = |method: Method, safe: [bool; 3]| {
            let none = HeaderMap::new();
            let key =
                |value| HeaderMap::from_iter([(IDEMPOTENCY_KEY.parse().unwrap(), HeaderValue::from_static(value))]);
            let retry = Retry::times(1);
            let allowed = [
                retry.allows(&method, &none),
                retry.idempotent_writes().allows(&method, &none),
                retry.allows(&method, &key("k-1")),
            ];
            assert_eq!(allowed, safe, "{method}");
            assert_eq!(
                retry.allows(&method, &key("")),
                safe[0],
                "an empty key is none: {method}"
            );
        };
        check(Method::GET, [true, true, true]);
        check(Method::HEAD, [true, true, true]);
        check(Method::PUT, [false, true, true]);
        check(Method::DELETE, [false, true, true]);
        check(Method::POST, [false, false, true]);
        check(Method::PATCH, [false, false, true]);
    }
}

//! What may be stored (RFC 9111 s. 3), for how long it is fresh and how old it is (s. 4.2).

use std::time::Duration;

use http::{
    HeaderMap, StatusCode,
    header::{AGE, AUTHORIZATION, DATE, ETAG, EXPIRES, LAST_MODIFIED, SET_COOKIE, VARY},
};

use super::{Cache, control::Control};
use crate::{http_date::http_date, source::Redirect};

/// A heuristic lifetime is a tenth of the time since the last change, but at most this.
const LONGEST_HEURISTIC: u64 = 24 * 3600 * 1000;

/// What has a validator is kept so long after its lifetime, to be validated.
const KEPT_FOR_VALIDATION: u64 = 24 * 3600 * 1000;

/// The clocks of hosts may differ by this much.
const CLOCKS_DIFFER: u64 = 5_000;

/// Nothing is kept longer, so that what nobody asks for any more can be collected.
pub(super) const LONGEST_KEPT: u64 = 30 * 24 * 3600 * 1000;

/// Statuses whose meaning we know (RFC 9111 s. 5.2.2.3).
const UNDERSTOOD: [u16; 18] = [
    200, 203, 204, 300, 301, 302, 303, 307, 308, 400, 403, 404, 405, 410, 414, 500, 501, 503,
];

/// Statuses that may be kept where nobody says so (RFC 9110 s. 15.1).
const HEURISTICALLY_CACHEABLE: [u16; 11] = [200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501];

/// How long an answer is good for what. Moments are milliseconds since 1970, spans milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Terms {
    /// When it came, or was last validated.
    pub(super) response_time: u64,
    /// How old it was then.
    pub(super) initial_age: u64,
    pub(super) lifetime: u64,
    /// Never to be used without validation.
    pub(super) no_cache: bool,
    /// Never to be used when it is stale, whoever would take it (RFC 9111 s. 4.2.4).
    pub(super) strict: bool,
    pub(super) stale_while_revalidate: u64,
    pub(super) stale_if_error: u64,
    /// When it is of no use any more.
    pub(super) dead_at: u64,
}

/// An exchange with a source, as far as its freshness depends on it.
pub(super) struct Exchanged<'e> {
    pub(super) request: &'e HeaderMap,
    pub(super) status: StatusCode,
    pub(super) response: &'e HeaderMap,
    /// When the request was sent.
    pub(super) request_time: u64,
    /// When the response came.
    pub(super) response_time: u64,
    /// What sent the request on to where the response came from.
    pub(super) redirects: &'e [Redirect],
}

impl Terms {
    /// Its age (RFC 9111 s. 4.2.3). What a clock that was ahead has stored is no longer fresh: nobody knows since when it
    /// is there, and by that clock it could be fresh for years.
    pub(super) fn age(&self, now: u64) -> u64 {
        if self.response_time > now.saturating_add(CLOCKS_DIFFER) {
            return self.initial_age.max(self.lifetime);
        }
        self.initial_age.saturating_add(now.saturating_sub(self.response_time))
    }

    /// How long it is still fresh; less than nothing is how long it has been stale.
    pub(super) fn time_to_live(&self, now: u64) -> i64 {
        self.lifetime.cast_signed().saturating_sub(self.age(now).cast_signed())
    }

    pub(super) fn is_fresh(&self, now: u64) -> bool {
        !self.no_cache && self.time_to_live(now) > 0
    }

    /// Whether it does for somebody who takes what has been stale for so long (RFC 9111 s. 5.2.1.2).
    pub(super) fn is_fresh_enough(&self, now: u64, most_stale: Option<u64>) -> bool {
        let most_stale = most_stale.filter(|_| !self.strict).unwrap_or(0).cast_signed();
        !self.no_cache && self.time_to_live(now) > -most_stale
    }

    pub(super) fn may_be_used_while_revalidated(&self, now: u64) -> bool {
        self.stale_while_revalidate > 0 && self.time_to_live(now) > -self.stale_while_revalidate.cast_signed()
    }

    pub(super) fn may_be_used_on_error(&self, now: u64) -> bool {
        self.stale_if_error > 0 && self.time_to_live(now) > -self.stale_if_error.cast_signed()
    }
}

impl Exchanged<'_> {
    /// On what terms the response may be stored by a cache that is `shared`, or in a word why not.
    pub(super) fn terms(&self, policy: &Cache, shared: bool) -> Result<Terms, &'static str> {
        if matches!(self.status.as_u16(), 100..200 | 206 | 304) {
            return Err("status");
        }
        if policy.ignores_source {
            let lifetime = self.lifetime_by_policy(policy).ok_or("status")?;
            return self.with(lifetime, 0, policy, &Control::default(), shared);
        }
        let control = Control::of_response(self.response);
        self.may_be_stored(&control, shared)?;
        match self.explicit_lifetime(&control, shared) {
            Some(lifetime) => self.with(lifetime, self.initial_age(), policy, &control, shared),
            None => match self.lifetime_by_policy(policy) {
                Some(lifetime) => self.with(lifetime, 0, policy, &control, shared),
                None => self.with(
                    self.heuristic_lifetime(policy).ok_or("no-lifetime")?,
                    self.initial_age(),
                    policy,
                    &control,
                    shared,
                ),
            },
        }
    }

    fn may_be_stored(&self, control: &Control, shared: bool) -> Result<(), &'static str> {
        let understood = UNDERSTOOD.contains(&self.status.as_u16());
        if control.must_understand && !understood {
            return Err("status");
        }
        if control.no_store && !control.must_understand {
            return Err("no-store");
        }
        if shared && control.private {
            return Err("private");
        }
        // RFC 9111 s. 3.5: an answer to somebody's credentials is for others only if the source says so.
        let for_others = control.public || control.s_maxage.is_some() || control.must_revalidate;
        if shared && self.request.contains_key(AUTHORIZATION) && !for_others {
            return Err("authorization");
        }
        if shared && self.response.contains_key(SET_COOKIE) && !control.public {
            return Err("set-cookie");
        }
        if varies_by_everything(self.response) {
            return Err("vary");
        }
        Ok(())
    }

    /// What the source says (RFC 9111 s. 4.2.1).
    fn explicit_lifetime(&self, control: &Control, shared: bool) -> Option<u64> {
        if let Some(lifetime) = control.s_maxage.filter(|_| shared).or(control.max_age) {
            return Some(milliseconds(lifetime));
        }
        let expires = self.response.get(EXPIRES)?;
        // A date in no known form, such as `0`, has passed (RFC 9111 s. 5.3).
        let expires = expires.to_str().ok().and_then(http_date).unwrap_or(0);
        let date = self.date().unwrap_or(self.response_time);
        Some(
            u64::try_from(expires)
                .unwrap_or(0)
                .saturating_mul(1000)
                .saturating_sub(date),
        )
    }

    /// What the call says.
    fn lifetime_by_policy(&self, policy: &Cache) -> Option<u64> {
        let lifetime = match self.status.as_u16() {
            404 | 410 => policy.not_found,
            200..300 | 300 | 301 | 308 => policy.lifetime,
            _ => None,
        };
        lifetime.map(milliseconds)
    }

    /// What may be guessed (RFC 9111 s. 4.2.2): nothing unless the call wants it, but what has a validator is kept.
    fn heuristic_lifetime(&self, policy: &Cache) -> Option<u64> {
        if !HEURISTICALLY_CACHEABLE.contains(&self.status.as_u16()) {
            return None;
        }
        let modified = self.response.get(LAST_MODIFIED).and_then(|value| value.to_str().ok());
        let modified = modified
            .and_then(http_date)
            .and_then(|second| u64::try_from(second).ok());
        match modified.filter(|_| policy.heuristic) {
            Some(second) => {
                let since = self.date().unwrap_or(self.response_time).saturating_sub(second * 1000);
                Some((since / 10).min(LONGEST_HEURISTIC))
            }
            None => has_validator(self.response).then_some(0),
        }
    }

    fn with(
        &self,
        lifetime: u64,
        initial_age: u64,
        policy: &Cache,
        control: &Control,
        shared: bool,
    ) -> Result<Terms, &'static str> {
        let lifetime = match self.lifetime_of_redirects(policy, shared)? {
            Some(left) => lifetime.min(initial_age.saturating_add(left)),
            None => lifetime,
        };
        let strict = control.must_revalidate || (shared && (control.proxy_revalidate || control.s_maxage.is_some()));
        let window = |own: Option<Duration>, source: Option<Duration>| match own.or(source) {
            Some(window) if !strict && !control.no_cache => milliseconds(window),
            _ => 0,
        };
        let stale_while_revalidate = window(policy.stale_while_revalidate, control.stale_while_revalidate);
        let stale_if_error = window(policy.stale_if_error, control.stale_if_error);
        // A validator is its URL's, which the redirect may lead away from.
        let for_validation = if has_validator(self.response) && self.redirects.is_empty() {
            KEPT_FOR_VALIDATION
        } else {
            0
        };
        let still_fresh = if control.no_cache {
            0
        } else {
            lifetime.saturating_sub(initial_age)
        };
        let of_use = still_fresh.saturating_add(stale_while_revalidate.max(stale_if_error).max(for_validation));
        if of_use == 0 {
            return Err("no-lifetime");
        }
        Ok(Terms {
            response_time: self.response_time,
            initial_age,
            lifetime,
            no_cache: control.no_cache,
            strict,
            stale_while_revalidate,
            stale_if_error,
            dead_at: self.response_time.saturating_add(of_use.min(LONGEST_KEPT)),
        })
    }

    /// For how long the redirects that led to the response may be used again. What is kept is what all of them came to,
    /// under the first URL; for that each must be one that could be kept itself. What no source says, the call's own
    /// lifetime is about.
    fn lifetime_of_redirects(&self, policy: &Cache, shared: bool) -> Result<Option<u64>, &'static str> {
        let mut left = None;
        for redirect in self.redirects.iter().filter(|_| !policy.ignores_source) {
            let exchanged = Exchanged {
                status: redirect.status,
                response: &redirect.headers,
                redirects: &[],
                ..*self
            };
            let control = Control::of_response(&redirect.headers);
            exchanged.may_be_stored(&control, shared)?;
            let lifetime = match exchanged.explicit_lifetime(&control, shared) {
                _ if control.no_cache => 0,
                Some(lifetime) => lifetime.saturating_sub(exchanged.initial_age()),
                None if policy.lifetime.is_some() => continue,
                None => 0,
            };
            left = Some(left.map_or(lifetime, |known: u64| known.min(lifetime)));
        }
        Ok(left)
    }

    /// RFC 9111 s. 4.2.3.
    fn initial_age(&self) -> u64 {
        let apparent_age = self.date().map_or(0, |date| self.response_time.saturating_sub(date));
        let response_delay = self.response_time.saturating_sub(self.request_time);
        apparent_age.max(age_value(self.response).saturating_add(response_delay))
    }

    fn date(&self) -> Option<u64> {
        let second = http_date(self.response.get(DATE)?.to_str().ok()?)?;
        u64::try_from(second).ok().map(|second| second.saturating_mul(1000))
    }
}

/// Whether the source can be asked if it has changed.
pub(super) fn has_validator(headers: &HeaderMap) -> bool {
    headers.contains_key(ETAG) || headers.contains_key(LAST_MODIFIED)
}

/// The first value counts; what is no number means nothing (RFC 9111 s. 5.1).
fn age_value(headers: &HeaderMap) -> u64 {
    let text = headers
        .get(AGE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let first = text.split(',').next().unwrap_or_default().trim();
    if first.is_empty() || !first.bytes().all(|byte| byte.is_ascii_digit()) {
        return 0;
    }
    first
        .parse::<u64>()
        .unwrap_or(u64::MAX / 1000)
        .saturating_mul(1000)
        .min(1 << 42)
}

fn varies_by_everything(headers: &HeaderMap) -> bool {
    varies_by(headers).iter().any(|name| name == "*")
}

/// The names in `Vary`, in lower case and in order.
pub(super) fn varies_by(headers: &HeaderMap) -> Vec<String> {
    let values = headers.get_all(VARY).iter();
    let mut names: Vec<_> = values
        // What is no text is no name of a header that we send.
        .map(|value| value.to_str().unwrap_or("*"))
        .flat_map(|text| text.split(','))
        .map(|name| name.trim().to_ascii_lowercase())
        .filter(|name| !name.is_empty())
        .collect();
    names.sort();
    names.dedup();
    names
}

/// At most some hundred years, so that sums of them are numbers too.
pub(super) fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX).min(1 << 42)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_clock_that_was_ahead_has_stored_is_stale() {
        let terms = Terms {
            response_time: 1_000_000,
            initial_age: 0,
            lifetime: 60_000,
            no_cache: false,
            strict: false,
            stale_while_revalidate: 0,
            stale_if_error: 60_000,
            dead_at: u64::MAX,
        };
        assert!(
            terms.is_fresh(1_000_000 - CLOCKS_DIFFER),
            "two hosts, almost of one mind"
        );
        assert!(terms.is_fresh(1_059_999));
        assert!(
            !terms.is_fresh(1_000_000 - CLOCKS_DIFFER - 1),
            "an hour later by that clock"
        );
        assert!(terms.may_be_used_on_error(0), "it is better than nothing");
    }
}

//! `Cache-Control`, in requests and in responses (RFC 9111 s. 5.2, RFC 5861, RFC 8246 needs nothing of us).

use std::time::Duration;

use http::{
    HeaderMap,
    header::{CACHE_CONTROL, PRAGMA},
};

/// Longer than any lifetime that means something (RFC 9111 s. 1.2.2).
const FOREVER: Duration = Duration::from_secs(1 << 31);

/// The directives that mean something to us.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a directive, and they are independent"
)]
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Control {
    pub(super) no_store: bool,
    /// With field names too: then it is as if it had none, which is always safe (RFC 9111 s. 5.2.2.4).
    pub(super) no_cache: bool,
    /// With field names too.
    pub(super) private: bool,
    pub(super) public: bool,
    pub(super) must_revalidate: bool,
    pub(super) proxy_revalidate: bool,
    pub(super) must_understand: bool,
    pub(super) only_if_cached: bool,
    pub(super) max_age: Option<Duration>,
    pub(super) s_maxage: Option<Duration>,
    pub(super) min_fresh: Option<Duration>,
    pub(super) max_stale: Option<Duration>,
    pub(super) stale_while_revalidate: Option<Duration>,
    pub(super) stale_if_error: Option<Duration>,
}

impl Control {
    /// What a response says.
    pub(super) fn of_response(headers: &HeaderMap) -> Self {
        let mut control = Self::default();
        for value in headers.get_all(CACHE_CONTROL) {
            // What is no text can't be understood: then nothing is stored.
            match value.to_str() {
                Ok(text) => members(text).for_each(|member| control.read(member)),
                Err(_) => control.no_store = true,
            }
        }
        control
    }

    /// What a request asks for; `Pragma: no-cache` is an old way to say so (RFC 9111 s. 5.4).
    pub(super) fn of_request(headers: &HeaderMap) -> Self {
        let mut control = Self::of_response(headers);
        let pragma = headers.get(PRAGMA).and_then(|value| value.to_str().ok());
        if !headers.contains_key(CACHE_CONTROL) && pragma.is_some_and(|text| text.contains("no-cache")) {
            control.no_cache = true;
        }
        control
    }

    fn read(&mut self, member: &str) {
        let (name, argument) = match member.split_once('=') {
            Some((name, argument)) => (name.trim(), Some(argument.trim())),
            None => (member, None),
        };
        let mut shorten = |field: fn(&mut Self) -> &mut Option<Duration>| {
            let seconds = delta_seconds(argument.unwrap_or_default());
            let field = field(self);
            // Said twice, the shorter one is safe.
            *field = Some(field.map_or(seconds, |known| known.min(seconds)));
        };
        match name.to_ascii_lowercase().as_str() {
            "no-store" => self.no_store = true,
            "no-cache" => self.no_cache = true,
            "private" => self.private = true,
            "public" => self.public = true,
            "must-revalidate" => self.must_revalidate = true,
            "proxy-revalidate" => self.proxy_revalidate = true,
            "must-understand" => self.must_understand = true,
            "only-if-cached" => self.only_if_cached = true,
            "max-age" => shorten(|control| &mut control.max_age),
            "s-maxage" => shorten(|control| &mut control.s_maxage),
            "min-fresh" => shorten(|control| &mut control.min_fresh),
            // Without a number, any age will do (RFC 9111 s. 5.2.1.2).
            "max-stale" if argument.is_none() => self.max_stale = Some(self.max_stale.unwrap_or(FOREVER)),
            "max-stale" => shorten(|control| &mut control.max_stale),
            "stale-while-revalidate" => shorten(|control| &mut control.stale_while_revalidate),
            "stale-if-error" => shorten(|control| &mut control.stale_if_error),
            _ => {}
        }
    }
}

/// The members of a list (RFC 9110 s. 5.6.1), whose quoted strings may hold commas.
pub(super) fn members(text: &str) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    let mut escaped = false;
    let split = move |c: char| {
        let ends = c == ',' && !quoted;
        (quoted, escaped) = match c {
            '"' if !escaped => (!quoted, false),
            '\\' if quoted && !escaped => (quoted, true),
            _ => (quoted, false),
        };
        ends
    };
    text.split(split).map(str::trim).filter(|member| !member.is_empty())
}

/// Seconds, quoted or not. What is no number is over already: RFC 9111 s. 4.2.1 would rather have it stale.
fn delta_seconds(argument: &str) -> Duration {
    let digits = argument.trim_matches('"');
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Duration::ZERO;
    }
    digits.parse().map_or(FOREVER, Duration::from_secs).min(FOREVER)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn control(values: &[&str]) -> Control {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(CACHE_CONTROL, HeaderValue::from_str(value).unwrap());
        }
        Control::of_response(&headers)
    }

    #[test]
    fn directives_are_read_in_every_form_that_sources_send() {
        let max_age = |seconds| Control {
            max_age: Some(Duration::from_secs(seconds)),
            ..Control::default()
        };
        let check = |values: &[&str], expected: Control| assert_eq!(control(values), expected, "{values:?}");
        check(&["max-age=60"], max_age(60));
        check(&["MAX-AGE = \"60\""], max_age(60));
        check(&["max-age=60", "max-age=5"], max_age(5));
        check(&["max-age=99999999999999999999"], max_age(1 << 31));
        check(&["max-age"], max_age(0));
        check(&["max-age=-5"], max_age(0));
        check(&["max-age=1.5, , extension=\"a, no-store\""], max_age(0));
        check(
            &["no-cache=\"set-cookie, x\", private"],
            Control {
                no_cache: true,
                private: true,
                ..Control::default()
            },
        );
    }

    proptest! {
        #[test]
        fn no_text_is_too_strange(text in "[ -~]{0,80}") {
            let _ = control(&[&text]);
        }

        #[test]
        fn nothing_that_stands_in_quotes_is_a_directive(text in "[a-z, =-]{0,40}") {
            prop_assert_eq!(control(&[&format!("x=\"{text}, no-store\"")]), Control::default());
        }
    }
}

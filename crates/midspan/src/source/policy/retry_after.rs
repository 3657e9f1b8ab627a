//! `Retry-After` (RFC 9110 s. 10.2.3), in seconds or as a date.

use std::time::Duration;

use http::{HeaderMap, header::RETRY_AFTER};
use jiff::Timestamp;

use crate::http_date::http_date;

/// How long the source asks to wait, if it says so in a form that is one.
pub(in crate::source) fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than a number holds is for ever.
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    // A date that has passed asks for no wait.
    let seconds = http_date(text)?.saturating_sub(now.as_second());
    Some(Duration::from_secs(u64::try_from(seconds).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_understood_and_others_are_none() {
        let check = |text: &str, seconds: Option<u64>| {
            let now = "1994-11-06T08:49:30Z".parse().unwrap();
            let headers = HeaderMap::from_iter([(RETRY_AFTER, text.parse().unwrap())]);
            assert_eq!(retry_after(&headers, now), seconds.map(Duration::from_secs), "{text}");
        };
        check("120", Some(120));
        check("0", Some(0));
        check("99999999999999999999", Some(u64::MAX));
        check("Sun, 06 Nov 1994 08:49:37 GMT", Some(7));
        check("Sun, 06 Nov 1994 08:49:00 GMT", Some(0));
        check(
            "Thu, 29 Feb 1996 00:00:00 GMT",
            Some(480 * 86_400 - (8 * 60 + 49) * 60 - 30),
        );
        check(
            "Thu, 01 Jan 1995 00:00:00 GMT",
            Some(56 * 86_400 - (8 * 60 + 49) * 60 - 30),
        );
        for text in [
            "",
            "-5",
            "1.5",
            "soon",
            "GMT",
            "1994-11-06T08:49:37Z",
            "Sun, 32 Jan 1994 08:49:37 GMT",
            "Sun, 06 anF 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:61:37 GMT",
        ] {
            check(text, None);
        }
    }
}

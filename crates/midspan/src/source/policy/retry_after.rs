//! `Retry-After` (RFC 9110 s. 10.2.3), in seconds or as a date.

use std::time::Duration;

use http::{HeaderMap, header::RETRY_AFTER};
use jiff::Timestamp;

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

/// Seconds since 1970 for the form of a date that is sent today (RFC 9110 s. 5.6.7, `IMF-fixdate`); the two obsolete forms
/// are none for us. By hand, because a parser from a library makes every component half as large again.
fn http_date(text: &str) -> Option<i64> {
    const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let mut words = text.strip_suffix(" GMT")?.split(' ').skip(1);
    let (day, month, year, time) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let month = MONTHS.find(month).filter(|at| month.len() == 3 && at % 3 == 0)? / 3 + 1;
    let mut parts = time.splitn(3, ':');
    let hour = number(parts.next()?, 0, 23)?;
    let minute = number(parts.next()?, 0, 59)?;
    let second = number(parts.next()?, 0, 60)?;
    let days = days_since_1970(
        number(year, 1970, 9999)?,
        i64::try_from(month).ok()?,
        number(day, 1, 31)?,
    );
    Some(days * 86_400 + hour * 3600 + minute * 60 + second)
}

fn number(text: &str, least: u16, most: u16) -> Option<i64> {
    let number = text.parse().ok()?;
    (least..=most).contains(&number).then_some(number.into())
}

/// H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`: years that begin in March.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1 - 719_468
}

#[cfg(test)]
mod tests {
    use jiff::fmt::rfc2822::DateTimePrinter;

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
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
        ] {
            check(text, None);
        }
    }

    proptest::proptest! {
        #[test]
        fn every_date_is_the_one_that_jiff_writes(second in 0_i64..253_402_207_200) {
            let date = Timestamp::from_second(second).unwrap();
            let text = DateTimePrinter::new().timestamp_to_rfc9110_string(&date).unwrap();
            proptest::prop_assert_eq!(http_date(&text), Some(second), "{}", text);
        }

        #[test]
        fn no_text_is_too_strange(text in ".*") {
            let _ = http_date(&text);
            let _ = http_date(&format!("{text} GMT"));
        }
    }
}

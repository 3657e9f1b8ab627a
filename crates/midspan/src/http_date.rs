//! Dates in HTTP headers (RFC 9110 s. 5.6.7), by hand: a parser from a library makes every component half as large again.

const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";

/// Seconds since 1970 for a date in the form that is sent today (`IMF-fixdate`) or in one of the two obsolete ones.
pub(crate) fn http_date(text: &str) -> Option<i64> {
    let words: Vec<_> = text
        .trim()
        .split([' ', ',', '-'])
        .filter(|word| !word.is_empty())
        .collect();
    #[expect(clippy::match_same_arms, reason = "the names differ in their order")]
    match words[..] {
        // Sun, 06 Nov 1994 08:49:37 GMT, and Sunday, 06-Nov-94 08:49:37 GMT
        [_, day, month, year, time, "GMT"] => seconds(day, month, year, time),
        // Sun Nov  6 08:49:37 1994
        [_, month, day, time, year] => seconds(day, month, year, time),
        _ => None,
    }
}

fn seconds(day: &str, month: &str, year: &str, time: &str) -> Option<i64> {
    let month = MONTHS.find(month).filter(|at| month.len() == 3 && at % 3 == 0)? / 3 + 1;
    let mut parts = time.splitn(3, ':');
    let hour = number(parts.next()?, 0, 23)?;
    let minute = number(parts.next()?, 0, 59)?;
    let second = number(parts.next()?, 0, 60)?;
    let days = days_since_1970(full_year(year)?, i64::try_from(month).ok()?, number(day, 1, 31)?);
    Some(days * 86_400 + hour * 3600 + minute * 60 + second)
}

/// Two digits are the year that is nearest to ours; who still sends them means no year beyond 2069.
fn full_year(text: &str) -> Option<i64> {
    match text.len() {
        2 => number(text, 0, 99).map(|year| if year < 70 { 2000 + year } else { 1900 + year }),
        4 => number(text, 1970, 9999),
        _ => None,
    }
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
    use super::*;

    #[test]
    fn all_three_forms_are_the_same_moment_and_others_are_none() {
        let moment = Some(784_111_777);
        let check = |text: &str, expected| assert_eq!(http_date(text), expected, "{text}");
        check("Sun, 06 Nov 1994 08:49:37 GMT", moment);
        check("Sunday, 06-Nov-94 08:49:37 GMT", moment);
        check("Sun Nov  6 08:49:37 1994", moment);
        for wrong in [
            "",
            "0",
            "-1",
            "Sun, 06 Nov 1994 08:49:37 CET",
            "Sun, 06 Nov 1994",
            "Sun, 6x Nov 1994 08:49:37 GMT",
        ] {
            check(wrong, None);
        }
    }

    proptest::proptest! {
        #[test]
        fn every_date_is_the_one_that_jiff_writes(second in 0_i64..253_402_207_200) {
            let date = jiff::Timestamp::from_second(second).unwrap();
            let text = jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&date).unwrap();
            proptest::prop_assert_eq!(http_date(&text), Some(second), "{}", text);
        }

        #[test]
        fn no_text_is_too_strange(text in ".*") {
            let _ = http_date(&text);
            let _ = http_date(&format!("{text} GMT"));
        }
    }
}

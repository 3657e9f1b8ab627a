//! How values on the command line are read: as Spin reads them.

use std::{ops::RangeInclusive, path::PathBuf, str::FromStr, time::Duration};

use clap::builder::{OsStringValueParser, TypedValueParser};

/// Reads a folder; the empty text is one too, and means that there is none.
pub(crate) fn folder_or_none() -> impl TypedValueParser<Value = PathBuf> {
    OsStringValueParser::new().map(PathBuf::from)
}

/// Reads a number of requests, `128`, or a range of which the end is not part, `100..200`.
pub(crate) fn count_range(text: &str) -> Result<RangeInclusive<usize>, String> {
    let (from, to) = range(text, |number| {
        usize::from_str(number).map_err(|error| error.to_string())
    })?;
    let range = from..=to.map_or(from, |to| to.saturating_sub(1));
    if *range.start() == 0 {
        return Err("expected at least 1".to_owned());
    }
    not_empty(range)
}

/// Reads a time, or a range of times of which the end is not part, `500ms..2s`.
pub(crate) fn duration_range(text: &str) -> Result<RangeInclusive<Duration>, String> {
    let (from, to) = range(text, duration)?;
    not_empty(from..=to.map_or(from, |to| to.saturating_sub(Duration::from_nanos(1))))
}

/// Reads a time: whole `s` (also without the letter), `ms`, `us` or `ns`.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let number = &text[..text.len() - unit.len()];
    let expected = || "expected a whole number with the unit s, ms, us or ns, such as 30s".to_owned();
    let of: fn(u64) -> Duration = match unit {
        "" | "s" => Duration::from_secs,
        "ms" => Duration::from_millis,
        "us" | "μs" | "µs" => Duration::from_micros,
        "ns" => Duration::from_nanos,
        _ => return Err(expected()),
    };
    number.parse().map(of).map_err(|_| expected())
}

fn range<T>(text: &str, parse: impl Fn(&str) -> Result<T, String>) -> Result<(T, Option<T>), String> {
    match text.split_once("..") {
        Some((from, to)) => Ok((parse(from)?, Some(parse(to)?))),
        None => Ok((parse(text)?, None)),
    }
}

fn not_empty<T: PartialOrd>(range: RangeInclusive<T>) -> Result<RangeInclusive<T>, String> {
    if range.is_empty() {
        Err("the range is empty: its end is not part of it".to_owned())
    } else {
        Ok(range)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_numbers_or_ranges_without_their_end() {
        let check = |text, expected| assert_eq!(count_range(text).ok(), expected, "{text}");
        check("128", Some(128..=128));
        check("1..8", Some(1..=7));
        check("0", None);
        check("0..4", None);
        check("8..8", None);
        check("8..1", None);
        check("many", None);
        check("1..", None);
    }

    #[test]
    fn times_have_spins_units_and_are_seconds_without_one() {
        let check = |text, expected| assert_eq!(duration(text).ok(), expected, "{text}");
        check("30", Some(Duration::from_secs(30)));
        check("30s", Some(Duration::from_secs(30)));
        check("1500ms", Some(Duration::from_millis(1500)));
        check("20us", Some(Duration::from_micros(20)));
        check("20μs", Some(Duration::from_micros(20)));
        check("7ns", Some(Duration::from_nanos(7)));
        check("1.5s", None);
        check("1m", None);
        check("s", None);
        check("-1", None);
        check("", None);
    }

    #[test]
    fn a_range_of_times_mixes_units() {
        let just_under_two = Duration::from_secs(2) - Duration::from_nanos(1);
        assert_eq!(
            duration_range("500ms..2s"),
            Ok(Duration::from_millis(500)..=just_under_two)
        );
        assert!(duration_range("2s..500ms").is_err());
    }
}

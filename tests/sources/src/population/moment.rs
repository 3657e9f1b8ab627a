//! Points in time, in whole seconds of UTC, counted from a constant: answers never depend on today's date.

use std::fmt;
use std::str::FromStr;

const DAY: i64 = 86_400;

/// A point in time (UTC, whole seconds). Displays as `2026-03-02T08:00:00Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(i64);

impl Moment {
    /// The emulated systems' "now": Monday 2 March 2026, 08:00 UTC. Every date in the data is relative to it.
    pub const NOW: Self = Self(1_772_438_400);

    /// Midnight (UTC) of day `days` after [`Moment::NOW`]'s day; negative is before.
    #[must_use]
    pub fn day(days: i64) -> Self {
        Self(Self::NOW.0.div_euclid(DAY) * DAY + days * DAY)
    }

    /// This moment and `seconds` more.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0 + seconds)
    }

    /// Which day it lies on, counted from [`Moment::NOW`]'s day.
    #[must_use]
    pub fn day_number(self) -> i64 {
        self.0.div_euclid(DAY) - Self::NOW.0.div_euclid(DAY)
    }

    /// True from Monday to Friday.
    #[must_use]
    pub fn is_weekday(self) -> bool {
        // Day 0 of the Unix epoch was a Thursday.
        !matches!(self.0.div_euclid(DAY).rem_euclid(7), 2 | 3)
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    pub(crate) const fn unix(self) -> i64 {
        self.0
    }

    /// Year, month, day, hour, minute, second.
    pub(crate) fn fields(self) -> [i64; 6] {
        let (days, second) = (self.0.div_euclid(DAY), self.0.rem_euclid(DAY));
        let [year, month, day] = civil(days);
        [year, month, day, second / 3_600, second / 60 % 60, second % 60]
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [year, month, day, hour, minute, second] = self.fields();
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

/// The text is not a date or a date and time in ISO 8601.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a date and time: expected, for example, 2026-03-02T08:00:00Z")]
pub struct NotAMoment;

impl FromStr for Moment {
    type Err = NotAMoment;

    /// Reads `2026-03-02`, `2026-03-02T08:00` and `2026-03-02T08:00:00[.fraction][Z|+00:00]`; without an offset it is UTC.
    fn from_str(text: &str) -> Result<Self, NotAMoment> {
        parse(text).ok_or(NotAMoment)
    }
}

fn parse(text: &str) -> Option<Moment> {
    let (date, time) = text.split_once(['T', 't', ' ']).unwrap_or((text, "00:00:00"));
    let mut parts = date.split('-');
    let (year, month, day) = (
        digits(parts.next()?, 4)?,
        digits(parts.next()?, 2)?,
        digits(parts.next()?, 2)?,
    );
    let time = time.trim_end_matches(['Z', 'z']);
    let (time, offset) = match time.find(['+', '-']) {
        Some(at) => (&time[..at], offset(&time[at..])?),
        None => (time, 0),
    };
    let mut clock = time.split(':');
    let (hour, minute) = (digits(clock.next()?, 2)?, digits(clock.next()?, 2)?);
    let second = match clock.next() {
        Some(second) => digits(second.split('.').next()?, 2)?,
        None => 0,
    };
    let days = days(year, month, day);
    let real = civil(days) == [year, month, day] && hour < 24 && minute < 60 && second < 60;
    let complete = parts.next().is_none() && clock.next().is_none();
    (real && complete).then_some(Moment(days * DAY + hour * 3_600 + minute * 60 + second - offset))
}

fn digits(text: &str, length: usize) -> Option<i64> {
    (text.len() == length && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

fn offset(text: &str) -> Option<i64> {
    let (hours, minutes) = text[1..].split_once(':')?;
    let seconds = digits(hours, 2)? * 3_600 + digits(minutes, 2)? * 60;
    Some(if text.starts_with('-') { -seconds } else { seconds })
}

/// Days since 1970-01-01 of a date (Howard Hinnant, "chrono-compatible low-level date algorithms").
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The reverse of [`days`], from the same source.
fn civil(days: i64) -> [i64; 3] {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let day_of_era = z.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    [year_of_era + era * 400 + i64::from(month <= 2), month, day]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn now_is_a_monday_morning() {
        assert_eq!(Moment::NOW.to_string(), "2026-03-02T08:00:00Z");
        assert_eq!(Moment::NOW.day_number(), 0);
        let week: Vec<bool> = (0..7).map(|day| Moment::day(day).is_weekday()).collect();
        assert_eq!(week, [true, true, true, true, true, false, false]);
    }

    #[test]
    fn every_accepted_form_of_one_moment_is_that_moment() {
        for text in [
            "2026-03-02T08:00:00Z",
            "2026-03-02T08:00",
            "2026-03-02T10:30:00.1234567+02:30",
            "2026-03-02 08:00:00",
        ] {
            assert_eq!(text.parse(), Ok(Moment::NOW), "{text}");
        }
        assert_eq!(
            "2024-02-29".parse::<Moment>().map(|m| m.to_string()),
            Ok("2024-02-29T00:00:00Z".into())
        );
    }

    #[test]
    fn a_date_that_does_not_exist_is_refused() {
        for text in [
            "",
            "yesterday",
            "2026-02-29",
            "2026-13-01",
            "2026-03-02T24:00:00Z",
            "2026-3-2",
            "2026-03-02T08:00:00:00",
        ] {
            assert_eq!(text.parse::<Moment>(), Err(NotAMoment), "{text}");
        }
    }

    #[test]
    fn display_and_parse_are_inverse_over_four_centuries() {
        for day in (-150_000..150_000).step_by(37) {
            let moment = Moment::day(day).plus_seconds(12_345);
            assert_eq!(moment.to_string().parse(), Ok(moment));
        }
    }
}

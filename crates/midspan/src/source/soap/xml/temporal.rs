//! Times that need not say where they are.

use std::{borrow::Cow, fmt};

use jiff::{Timestamp, civil, tz::Offset};

use super::Text;

/// A date and time whose offset from UTC may be unknown (`xs:dateTime`). .NET services often leave it out.
///
/// ```
/// use midspan::source::soap::{DateTime, Text};
///
/// let start = DateTime::from_text("2026-03-02T08:30:00")?;
/// assert_eq!(start.timestamp(), None);
/// assert_eq!(start.timestamp_or_utc().to_string(), "2026-03-02T08:30:00Z");
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct DateTime {
    /// As a clock on the wall shows it.
    pub local: civil::DateTime,
    /// From UTC, where it is said.
    pub offset: Option<Offset>,
}

impl DateTime {
    /// The moment, if the offset is known.
    #[must_use]
    pub fn timestamp(&self) -> Option<Timestamp> {
        self.offset?.to_timestamp(self.local).ok()
    }

    /// The moment, taken as UTC if no offset is said.
    #[must_use]
    pub fn timestamp_or_utc(&self) -> Timestamp {
        let offset = self.offset.unwrap_or(Offset::UTC);
        // Only at the ends of the calendar is there no such moment.
        offset.to_timestamp(self.local).unwrap_or_default()
    }
}

impl From<Timestamp> for DateTime {
    fn from(timestamp: Timestamp) -> Self {
        Self {
            local: Offset::UTC.to_datetime(timestamp),
            offset: Some(Offset::UTC),
        }
    }
}

impl From<civil::DateTime> for DateTime {
    fn from(local: civil::DateTime) -> Self {
        Self { local, offset: None }
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.local)?;
        match self.offset {
            None => Ok(()),
            Some(Offset::UTC) => f.write_str("Z"),
            Some(offset) => {
                let minutes = offset.seconds() / 60;
                let sign = if minutes < 0 { '-' } else { '+' };
                write!(f, "{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
            }
        }
    }
}

impl Text for DateTime {
    fn to_text(&self) -> Cow<'_, str> {
        self.to_string().into()
    }

    fn from_text(text: &str) -> Result<Self, &'static str> {
        const EXPECTED: &str = "a date and time, such as 2026-01-01T08:00:00";
        let text = text.trim_ascii();
        let (date, time) = text.split_once('T').ok_or(EXPECTED)?;
        let at = time.find(['Z', '+', '-']).unwrap_or(time.len());
        let offset = match &time[at..] {
            "" => None,
            "Z" => Some(Offset::UTC),
            offset => Some(hours_and_minutes(offset).ok_or(EXPECTED)?),
        };
        let local = text[..=date.len() + at].parse().map_err(|_| EXPECTED)?;
        Ok(Self { local, offset })
    }
}

/// `+01:00`.
fn hours_and_minutes(text: &str) -> Option<Offset> {
    let (hours, minutes) = text[1..].split_once(':')?;
    let two_digits = |text: &str| text.parse::<i32>().ok().filter(|_| text.len() == 2);
    let seconds = two_digits(hours)? * 3600 + two_digits(minutes)? * 60;
    Offset::from_seconds(if text.starts_with('-') { -seconds } else { seconds }).ok()
}

//! Calendars, from Microsoft Graph, as whoever calls sees them.

use midspan::prelude::*;

use crate::{GRAPH_AS_CALLER, kept};

/// Something in a calendar.
#[derive(Debug, PartialEq, Data)]
pub struct Event {
    /// Id
    pub id: String,
    /// Subject
    pub subject: String,
    /// Starts
    pub starts: Timestamp,
    /// Ends
    pub ends: Timestamp,
    /// Where
    pub location: Option<String>,
    /// Organizer
    pub organizer: Option<String>,
    /// Online meeting
    pub online: bool,
    /// Cancelled
    pub cancelled: bool,
}

/// What the caller has from one moment to another, at most 50 events, the next one first.
///
/// # Errors
/// Those of the source, and `Unauthorized` if the caller has not signed in.
pub async fn of_caller(ctx: &Context, from: Timestamp, to: Timestamp) -> Result<Vec<Event>> {
    let page: Page = ctx
        .source(&GRAPH_AS_CALLER)
        .get("/v1.0/me/calendarView")
        .query("startDateTime", whole_minute(from))
        .query("endDateTime", whole_minute(to))
        .query(
            "$select",
            "subject,start,end,location,organizer,isOnlineMeeting,isCancelled",
        )
        .query("$orderby", "start/dateTime")
        .query("$top", 50)
        .header("prefer", "outlook.timezone=\"UTC\"")
        .cached(kept::OWN)
        .json()
        .await?;
    Ok(page.value.into_iter().map(Event::from).collect())
}

/// Whoever asks again within the minute asks for the same.
fn whole_minute(moment: Timestamp) -> Timestamp {
    let seconds = moment.as_second();
    Timestamp::from_second(seconds - seconds.rem_euclid(60)).unwrap_or(moment)
}

#[derive(Deserialize)]
struct Page {
    value: Vec<Row>,
}

/// As Graph has it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    id: String,
    subject: Option<String>,
    start: InUtc,
    end: InUtc,
    location: Option<Location>,
    organizer: Option<Organizer>,
    #[serde(default)]
    is_online_meeting: bool,
    #[serde(default)]
    is_cancelled: bool,
}

/// A time of day without an offset, which is UTC because the request prefers it so.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct InUtc {
    date_time: jiff::civil::DateTime,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    display_name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Organizer {
    email_address: Option<Address>,
}

#[derive(Deserialize)]
struct Address {
    name: Option<String>,
}

impl From<InUtc> for Timestamp {
    fn from(time: InUtc) -> Self {
        // Every time of a calendar's years is one in UTC, which has no gaps.
        jiff::tz::Offset::UTC.to_timestamp(time.date_time).unwrap_or_default()
    }
}

impl From<Row> for Event {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            subject: row.subject.unwrap_or_default(),
            starts: row.start.into(),
            ends: row.end.into(),
            location: row.location.and_then(|location| location.display_name),
            organizer: row.organizer.and_then(|one| one.email_address?.name),
            online: row.is_online_meeting,
            cancelled: row.is_cancelled,
        }
    }
}

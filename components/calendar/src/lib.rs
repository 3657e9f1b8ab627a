//! GetMyCalendar.

use midspan::prelude::*;
use systems::{
    GRAPH_AS_CALLER,
    calendar::{self, Event},
};

/// Which part of the calendar.
#[input]
struct CalendarInput {
    /// From
    ///
    /// The beginning of the first day; today unless given.
    #[query]
    from: Option<Date>,
    /// Days
    #[query(default = 7, min = 1, max = 62)]
    days: u32,
}

/// What is in a calendar.
#[derive(Debug, PartialEq, Data)]
struct Calendar {
    /// Events
    value: Vec<Event>,
}

/// Get my calendar
///
/// What whoever is signed in has before them, at most 50 events.
#[operation(get = "/me/calendar", sources = [GRAPH_AS_CALLER], deadline = "4s", visibility = "important")]
async fn get_my_calendar(ctx: Context, input: CalendarInput) -> Result<Calendar> {
    let from = input
        .from
        .map_or_else(|| Ok(ctx.now()), |day| day.in_tz("UTC").map(|day| day.timestamp()))
        .map_err(|_| Error::bad_input("from", "\"from\" must be a day of this calendar, such as 2026-03-02."))?;
    let to = from
        .checked_add(jiff::SignedDuration::from_hours(24 * i64::from(input.days)))
        .map_err(|_| Error::bad_input("from", "\"from\" is too far in the future."))?;
    Ok(Calendar {
        value: calendar::of_caller(&ctx, from, to).await?,
    })
}

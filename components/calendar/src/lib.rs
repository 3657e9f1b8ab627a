//! GetMyCalendar.

use jiff::{SignedDuration, tz::Offset};
use midspan::prelude::*;
use systems::{
    GRAPH_AS_CALLER,
    access::{EMPLOYEES, PROGRAMS},
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
#[operation(get = "/me/calendar", auth = [EMPLOYEES, PROGRAMS], sources = [GRAPH_AS_CALLER], deadline = "4s", visibility = "important")]
async fn get_my_calendar(ctx: Context, input: CalendarInput) -> Result<Calendar> {
    let too_far = |_| Error::bad_input("from", "\"from\" is too far from today.");
    let from = match input.from {
        Some(day) => Offset::UTC.to_timestamp(day.at(0, 0, 0, 0)).map_err(too_far)?,
        None => ctx.now(),
    };
    let to = from
        .checked_add(SignedDuration::from_hours(24 * i64::from(input.days)))
        .map_err(too_far)?;
    Ok(Calendar {
        value: calendar::of_caller(&ctx, from, to).await?,
    })
}

#[cfg(test)]
mod tests {
    use midspan::testing::{Reply, TestHost};

    use super::*;

    const EVENTS: &str = r#"{"value": [{"id": "e-1", "subject": "Review", "isCancelled": false,
        "start": {"dateTime": "2026-03-02T09:00:00.0000000", "timeZone": "UTC"},
        "end": {"dateTime": "2026-03-02T10:30:00.0000000", "timeZone": "UTC"},
        "location": {"displayName": "Room 1"}, "organizer": {"emailAddress": {"name": "Ada", "address": "ada@contoso.example"}}}]}"#;
    const TOKEN: &str = r#"{"token_type": "Bearer", "expires_in": 3599, "access_token": "for-graph"}"#;

    fn host() -> TestHost {
        let host = systems::testing::host();
        host.variable("entra_token_url", Some("https://entra.test/token"));
        host.on("entra_token", "POST /token", Reply::json(200, TOKEN));
        host.on("graph", "GET /v1.0/me/calendarView", Reply::json(200, EVENTS));
        host
    }

    #[test]
    fn graph_is_asked_on_behalf_of_the_caller_for_the_days_that_are_wanted() {
        let host = host();
        let answer = host.get_with::<GetMyCalendar>(
            "/me/calendar?from=2026-03-02&days=2",
            &[("authorization", "Bearer own")],
        );
        assert_eq!(answer.status(), 200, "{}", answer.text());
        let event = &answer.json::<Calendar>().value[0];
        assert_eq!(event.starts, "2026-03-02T09:00:00Z".parse().unwrap());
        assert_eq!(event.ends, "2026-03-02T10:30:00Z".parse().unwrap());
        assert_eq!(
            (event.location.as_deref(), event.organizer.as_deref()),
            (Some("Room 1"), Some("Ada"))
        );
        let asked = &host.requests("graph")[0].request;
        assert_eq!(asked.headers()["authorization"], "Bearer for-graph");
        let query = asked.uri().query().unwrap();
        assert!(
            query.starts_with("startDateTime=2026-03-02T00:00:00Z&endDateTime=2026-03-04T00:00:00Z&"),
            "{query}"
        );
    }

    #[test]
    fn a_day_beyond_all_calendars_is_the_callers_mistake() {
        let answer =
            host().get_with::<GetMyCalendar>("/me/calendar?from=9999-12-31", &[("authorization", "Bearer own")]);
        assert_eq!(answer.error().error.target.as_deref(), Some("from"));
    }
}

//! The calendar view: events between two moments, in pages of ten.
//!
//! Learn, "List calendarView" and "event resource type".

use serde_json::{Map, Value, json};

use super::Graph;
use super::error::GraphError;
use crate::call::Call;
use crate::odata;
use crate::population::{Employee, Event, Guid, Kind, Moment};

const PAGE: usize = 10;
const LARGEST_PAGE: usize = 1_000;

impl Graph {
    /// `GET /users/{id}/calendarView?startDateTime=...&endDateTime=...`.
    pub(super) fn calendar_view(&self, call: &Call, user: Employee) -> Result<Value, GraphError> {
        let (start, end) = window(call)?;
        let size = number(call, "$top")?.unwrap_or(PAGE).clamp(1, LARGEST_PAGE);
        let skip = number(call, "$skip")?.unwrap_or(0);
        let names = odata::list(call.query("$select").unwrap_or_default());
        let events = self.population.events(user.number, start, end);
        let page = events.iter().skip(skip).take(size);

        let mut body = Map::new();
        let context = format!("{}/v1.0/$metadata#users('{}')/calendarView", call.base(), user.id);
        body.insert("@odata.context".into(), context.into());
        let end = skip.saturating_add(size);
        if events.len() > end {
            let skip = Some(end.to_string());
            body.insert("@odata.nextLink".into(), call.link("$", &[("$skip", skip)]).into());
        }
        body.insert(
            "value".into(),
            page.map(|event| selected(self.event(event), &names)).collect(),
        );
        Ok(body.into())
    }

    fn event(&self, event: &Event) -> Map<String, Value> {
        let number = event.employee.wrapping_mul(4_096)
            ^ u32::try_from(event.day.rem_euclid(512)).unwrap_or(0) << 3
            ^ event.place;
        let id = format!(
            "AAMkAG{}",
            Guid::of(self.population.seed(), Kind::Day, number)
                .to_string()
                .replace('-', "")
        );
        let organizer = self.population.employee(event.organizer);
        let fields = json!({
            "@odata.etag": format!("W/\"{id}AAA=\""),
            "id": id,
            "subject": event.subject,
            "bodyPreview": "",
            "start": {"dateTime": in_outlook(event.start), "timeZone": "UTC"},
            "end": {"dateTime": in_outlook(event.end), "timeZone": "UTC"},
            "location": {"displayName": event.location, "locationType": "default"},
            "organizer": {"emailAddress": organizer.map(|o| json!({"name": o.display_name(), "address": o.mail()}))},
            "isAllDay": false,
            "isCancelled": event.cancelled,
            "isOrganizer": event.organizer == event.employee,
            "isOnlineMeeting": event.location == "Microsoft Teams Meeting",
            "importance": "normal",
            "sensitivity": "normal",
            "showAs": if event.cancelled { "free" } else { "busy" },
            "type": "singleInstance",
            "webLink": format!("https://outlook.office365.com/owa/?itemid={id}&exvsurl=1&path=/calendar/item"),
        });
        match fields {
            Value::Object(fields) => fields,
            _ => Map::new(),
        }
    }
}

/// Events always carry their `ETag` and id.
fn selected(mut event: Map<String, Value>, names: &[&str]) -> Value {
    if !names.is_empty() {
        event.retain(|name, _| name == "@odata.etag" || name == "id" || names.contains(&name.as_str()));
    }
    event.into()
}

fn window(call: &Call) -> Result<(Moment, Moment), GraphError> {
    let moment = |name: &str| call.query(name).and_then(|text| text.replace(' ', "+").parse().ok());
    match (moment("startDateTime"), moment("endDateTime")) {
        (Some(start), Some(end)) if start <= end => Ok((start, end)),
        (Some(_), Some(_)) => Err(GraphError::invalid_parameter(
            "The request's end time is before its start time.",
        )),
        _ => Err(GraphError::invalid_parameter(
            "This request requires a time window specified by the query string parameters StartDateTime and EndDateTime.",
        )),
    }
}

fn number(call: &Call, name: &str) -> Result<Option<usize>, GraphError> {
    let bad = |text: &str| GraphError::bad_request(format!("Invalid value '{text}' for {name} query option found."));
    call.query(name)
        .map(|text| odata::top(text).map_err(|_| bad(text)))
        .transpose()
}

/// Outlook's own form: seven digits of a second, no offset (the time zone stands beside it).
fn in_outlook(moment: Moment) -> String {
    format!("{}.0000000", moment.to_string().trim_end_matches('Z'))
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::super::tests::{body, graph};
    use crate::call::tests::get;
    use crate::population::{Moment, Population};
    use crate::systems::BackEnd;

    const MARCH: &str = "/v1.0/users/e000042@contoso.example/calendarView?startDateTime=2026-03-01T00:00:00Z&endDateTime=2026-04-01T00:00:00Z";

    #[test]
    fn walking_a_month_meets_every_event_once() {
        let graph = graph();
        let mut target = format!("{MARCH}&$select=start");
        let mut starts = Vec::new();
        loop {
            let page = body(&graph.answer(&get(&target)));
            for event in page["value"].as_array().expect("events") {
                starts.push(event["start"]["dateTime"].as_str().expect("a time").to_owned());
            }
            let Some(link) = page["@odata.nextLink"].as_str() else {
                break;
            };
            target = link.strip_prefix("http://source").expect("the same host").to_owned();
        }
        let expected = Population::new(1).events(42, Moment::day(-1), Moment::day(30));
        assert!(expected.len() > 20);
        assert_eq!(
            starts,
            expected.iter().map(|e| super::in_outlook(e.start)).collect::<Vec<_>>()
        );
    }

    #[test]
    fn a_page_beyond_the_last_is_empty() {
        let page = body(&graph().answer(&get(&format!("{MARCH}&$skip=18446744073709551615"))));
        assert_eq!(page["value"], serde_json::json!([]));
        assert!(page.get("@odata.nextLink").is_none());
    }

    #[test]
    fn an_event_has_outlooks_shape() {
        insta::assert_json_snapshot!(body(&graph().answer(&get(&format!("{MARCH}&$top=1"))))["value"]);
    }

    #[test]
    fn a_window_is_required_and_must_be_one() {
        for query in [
            "",
            "?startDateTime=2026-03-01",
            "?startDateTime=soon&endDateTime=later",
            "?startDateTime=2026-03-02&endDateTime=2026-03-01",
        ] {
            let reply = graph().answer(&get(&format!(
                "/v1.0/users/e000042@contoso.example/calendarView{query}"
            )));
            assert_eq!(reply.status(), StatusCode::BAD_REQUEST, "{query}");
            assert_eq!(body(&reply)["error"]["code"], "ErrorInvalidParameter", "{query}");
        }
    }
}

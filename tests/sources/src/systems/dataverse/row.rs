//! A row of the `task` table: its columns, their formatted values, its entity tag.
//!
//! Learn, "`task` `EntityType`" and "Formatted values" in "Query data using the Web API".

use serde_json::{Map, Value};

use super::Dataverse;
use super::error::DataverseError;
use crate::call::Call;
use crate::odata::{self, Operand};
use crate::population::{Moment, Task, TaskState};

const COLUMNS: &[&str] = &[
    "_ownerid_value",
    "activityid",
    "activitytypecode",
    "contoso_employeenumber",
    "createdon",
    "description",
    "modifiedon",
    "percentcomplete",
    "prioritycode",
    "scheduledend",
    "scheduledstart",
    "statecode",
    "statuscode",
    "subject",
    "versionnumber",
];

const FORMATTED: &str = "@OData.Community.Display.V1.FormattedValue";
const LOGICAL_NAME: &str = "@Microsoft.Dynamics.CRM.lookuplogicalname";

/// Which annotations the caller prefers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Annotations {
    None,
    FormattedValues,
    All,
}

impl Annotations {
    /// From `Prefer: odata.include-annotations="..."`.
    pub(super) fn wanted(call: &Call) -> Self {
        match preference(call, "odata.include-annotations") {
            Some("*") => Self::All,
            Some(names) if odata::list(names).contains(&FORMATTED.trim_start_matches('@')) => Self::FormattedValues,
            _ => Self::None,
        }
    }
}

/// The value of a preference (RFC 7240), without its quotes.
pub(super) fn preference<'a>(call: &'a Call, name: &str) -> Option<&'a str> {
    // A comma separates preferences, unless it is between quotes.
    let mut quoted = false;
    let parts = call.header("prefer")?.split(move |c: char| {
        quoted ^= c == '"';
        c == ',' && !quoted
    });
    let found = parts
        .filter_map(|part| part.split_once('='))
        .find(|(key, _)| key.trim().eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.trim().trim_matches('"'))
}

/// The columns of a `$select`; all of them without one.
pub(super) fn columns(select: Option<&str>) -> Result<Vec<&'static str>, DataverseError> {
    let names = odata::list(select.unwrap_or_default());
    if names.is_empty() {
        return Ok(COLUMNS.to_vec());
    }
    names
        .into_iter()
        .map(|name| known(name).ok_or_else(|| DataverseError::no_such_column(name)))
        .collect()
}

pub(super) fn known(name: &str) -> Option<&'static str> {
    COLUMNS.iter().copied().find(|column| *column == name)
}

pub(super) fn entity_tag(task: &Task) -> String {
    format!("W/\"{}\"", task.version)
}

pub(super) fn metadata(call: &Call) -> String {
    format!("{}/api/data/v9.2/$metadata", call.base())
}

/// What follows `#tasks` in a context URL.
pub(super) fn in_context(select: Option<&str>, columns: &[&str]) -> String {
    if select.is_none_or(str::is_empty) {
        String::new()
    } else {
        format!("({})", columns.join(","))
    }
}

pub(super) fn operand(task: &Task, column: &str) -> Operand<'static> {
    match column {
        "activityid" => task.id.to_string().into(),
        "activitytypecode" => "task".into(),
        "contoso_employeenumber" => format!("E{:06}", task.employee).into(),
        "createdon" => Operand::Time(task.created),
        "modifiedon" => Operand::Time(task.modified),
        "percentcomplete" => Operand::Number(task.percent_complete.into()),
        "prioritycode" => Operand::Number(task.priority.into()),
        "scheduledend" => task.due.map_or(Operand::Null, Operand::Time),
        "scheduledstart" => task.due.map_or(Operand::Null, |due| Operand::Time(start(due))),
        "statecode" => Operand::Number(state_code(task.state)),
        "statuscode" => Operand::Number(task.status.into()),
        "subject" => task.subject().into(),
        "versionnumber" => Operand::Number(task.version.into()),
        _ => Operand::Null,
    }
}

impl Dataverse {
    pub(super) fn row(&self, task: &Task, columns: &[&'static str], annotations: Annotations) -> Map<String, Value> {
        let mut row = Map::new();
        row.insert("@odata.etag".into(), entity_tag(task).into());
        for &column in columns {
            if annotations != Annotations::None
                && let Some(text) = self.formatted(task, column)
            {
                row.insert(format!("{column}{FORMATTED}"), text.into());
            }
            if annotations == Annotations::All && column == "_ownerid_value" {
                row.insert(format!("{column}{LOGICAL_NAME}"), "systemuser".into());
            }
            row.insert(column.to_owned(), self.value(task, column));
        }
        // The primary key is in every row, selected or not.
        row.entry("activityid").or_insert_with(|| task.id.to_string().into());
        row
    }

    fn value(&self, task: &Task, column: &str) -> Value {
        if column == "_ownerid_value" {
            return self
                .population
                .employee(task.employee)
                .map(|owner| owner.id.to_string())
                .into();
        }
        match operand(task, column) {
            Operand::Null => Value::Null,
            Operand::Bool(value) => value.into(),
            Operand::Number(value) => value.into(),
            Operand::Text(value) => value.into_owned().into(),
            Operand::Time(value) => value.to_string().into(),
        }
    }

    /// The text that a person of the organisation's language (English, UTC) would see.
    fn formatted(&self, task: &Task, column: &str) -> Option<String> {
        Some(match column {
            "_ownerid_value" => self.population.employee(task.employee)?.display_name(),
            "activitytypecode" => "Task".to_owned(),
            "prioritycode" => ["Low", "Normal", "High"][usize::from(task.priority).min(2)].to_owned(),
            "statecode" => format!("{:?}", task.state),
            "statuscode" => status_label(task.status).to_owned(),
            _ => match operand(task, column) {
                Operand::Time(moment) => american(moment),
                Operand::Number(number) => thousands(number),
                _ => return None,
            },
        })
    }
}

fn start(due: Moment) -> Moment {
    due.plus_seconds(-1_800)
}

const fn state_code(state: TaskState) -> i64 {
    match state {
        TaskState::Open => 0,
        TaskState::Completed => 1,
        TaskState::Canceled => 2,
    }
}

const fn status_label(status: u8) -> &'static str {
    match status {
        2 => "Not Started",
        3 => "In Progress",
        4 => "Waiting on someone else",
        5 => "Completed",
        6 => "Canceled",
        _ => "Deferred",
    }
}

/// `3/2/2026 8:00 AM`.
fn american(moment: Moment) -> String {
    let [year, month, day, hour, minute, _] = moment.fields();
    let half = if hour < 12 { "AM" } else { "PM" };
    format!("{month}/{day}/{year} {}:{minute:02} {half}", (hour + 11) % 12 + 1)
}

fn thousands(number: i64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .filter_map(|group| str::from_utf8(group).ok())
        .collect();
    groups.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::tests::get_with;

    #[test]
    fn formatted_values_read_as_a_person_would_write_them() {
        assert_eq!(american(Moment::NOW), "3/2/2026 8:00 AM");
        assert_eq!(american(Moment::day(0)), "3/2/2026 12:00 AM");
        assert_eq!(american(Moment::day(0).plus_seconds(45_000)), "3/2/2026 12:30 PM");
        assert_eq!(
            [thousands(7), thousands(1_000), thousands(1_234_567)],
            ["7", "1,000", "1,234,567"]
        );
    }

    #[test]
    fn a_preference_is_read_out_of_several() {
        let call = get_with(
            "/",
            &[("prefer", "odata.maxpagesize=3,odata.include-annotations=\"a,b\"")],
        );
        assert_eq!(preference(&call, "odata.maxpagesize"), Some("3"));
        assert_eq!(preference(&call, "odata.include-annotations"), Some("a,b"));
        assert_eq!(preference(&call, "return"), None);
    }
}

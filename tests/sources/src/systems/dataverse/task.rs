//! The `task` table, with a column `contoso_employeenumber` of the organisation's own; and what a change to a task means.
//!
//! Learn, "`task` `EntityType`", "Task table/entity reference" (states and statuses).

use serde_json::{Map, Value};

use super::error::DataverseError;
use super::expand::Expand;
use super::row::Annotations;
use super::store::Store;
use super::table::{Record, Table};
use crate::odata::{Filter, Operand};
use crate::population::{Guid, Moment, Population, Task, TaskState};

pub(super) static TASK: Table = Table {
    set: "tasks",
    entity: "task",
    label: "Task",
    key: "activityid",
    columns: &[
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
    ],
    money: &[],
    lookups: &[("_ownerid_value", "systemuser")],
    navigations: &[],
};

/// A task as it is now: its state may have changed, and its texts may be others than it was made with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TaskRow {
    pub(super) task: Task,
    subject: Option<String>,
    description: Option<String>,
}

impl From<Task> for TaskRow {
    fn from(task: Task) -> Self {
        Self {
            task,
            subject: None,
            description: None,
        }
    }
}

impl Record for TaskRow {
    const TABLE: &'static Table = &TASK;

    fn id(&self) -> Guid {
        self.task.id
    }

    fn number(&self) -> u32 {
        self.task.number()
    }

    fn version(&self) -> u32 {
        self.task.version
    }

    fn operand(&self, store: &Store, column: &str) -> Operand<'static> {
        let task = &self.task;
        match column {
            "_ownerid_value" => store.owner(task.employee).map(|owner| owner.id).into(),
            "activityid" => task.id.to_string().into(),
            "activitytypecode" => "task".into(),
            "contoso_employeenumber" => format!("E{:06}", task.employee).into(),
            "createdon" => Operand::Time(task.created),
            "description" => self.description.clone().map_or(Operand::Null, Operand::from),
            "modifiedon" => Operand::Time(task.modified),
            "percentcomplete" => Operand::Number(task.percent_complete.into()),
            "prioritycode" => Operand::Number(task.priority.into()),
            "scheduledend" => task.due.map_or(Operand::Null, Operand::Time),
            "scheduledstart" => task
                .due
                .map_or(Operand::Null, |due| Operand::Time(due.plus_seconds(-1_800))),
            "statecode" => Operand::Number(state_code(task.state)),
            "statuscode" => Operand::Number(task.status.into()),
            "subject" => self.subject.clone().unwrap_or_else(|| task.subject()).into(),
            "versionnumber" => Operand::Number(task.version.into()),
            _ => Operand::Null,
        }
    }

    fn label(&self, store: &Store, column: &str) -> Option<String> {
        let task = &self.task;
        Some(match column {
            "_ownerid_value" => store.owner(task.employee)?.display_name(),
            "activitytypecode" => "Task".to_owned(),
            "prioritycode" => ["Low", "Normal", "High"][usize::from(task.priority).min(2)].to_owned(),
            "statecode" => format!("{:?}", task.state),
            "statuscode" => status_label(task.status).to_owned(),
            _ => return None,
        })
    }

    fn expanded(&self, _store: &Store, _expand: &Expand, _annotations: Annotations) -> Value {
        Value::Null
    }

    fn candidates<'a>(store: &'a Store, filter: Option<&Filter>) -> Box<dyn Iterator<Item = Self> + 'a> {
        let population = store.population();
        let named = |column| filter.and_then(|filter| filter.required_texts(column));
        let mut employees: Vec<u32> = match (named("activityid"), named("contoso_employeenumber")) {
            (Some(ids), _) => {
                let task = |id: &str| population.task(id.parse().ok()?);
                ids.into_iter().filter_map(task).map(|task| task.employee).collect()
            }
            (None, Some(owners)) => {
                let owner = |id| population.by_employee_id(id);
                owners.into_iter().filter_map(owner).map(|owner| owner.number).collect()
            }
            (None, None) => {
                let all = (1..=Population::EMPLOYEES).flat_map(|number| population.tasks(number));
                return Box::new(all.map(|task| store.task(task)));
            }
        };
        employees.sort_unstable();
        employees.dedup();
        let tasks = employees.into_iter().flat_map(|number| population.tasks(number));
        Box::new(tasks.map(|task| store.task(task)))
    }

    fn find(store: &Store, id: Guid) -> Option<Self> {
        store.population().task(id).map(|task| store.task(task))
    }
}

impl TaskRow {
    /// The task with columns changed as `PATCH` says, and a new version.
    pub(super) fn changed(mut self, columns: &Map<String, Value>) -> Result<Self, DataverseError> {
        let (mut state, mut status) = (None, None);
        for (column, value) in columns {
            let bad = || DataverseError::bad_value(&TASK, column);
            let number = || value.as_i64().ok_or_else(bad);
            match column.as_str() {
                "statecode" => state = Some(number()?),
                "statuscode" => status = Some(number()?),
                "percentcomplete" => self.task.percent_complete = within(number()?, 100).ok_or_else(bad)?,
                "prioritycode" => self.task.priority = within(number()?, 2).ok_or_else(bad)?,
                "scheduledend" => self.task.due = moment(value).ok_or_else(bad)?,
                "subject" => self.subject = Some(value.as_str().ok_or_else(bad)?.to_owned()),
                "description" => self.description = text(value).ok_or_else(bad)?,
                _ if TASK.column(column).is_some() => return Err(DataverseError::read_only(column)),
                _ => return Err(DataverseError::no_such_column(&TASK, column)),
            }
        }
        self.move_to(state, status)?;
        self.task.modified = Moment::NOW;
        self.task.version += 1;
        Ok(self)
    }

    /// A state without a status takes that state's default one, and a status without a state brings its state.
    fn move_to(&mut self, state: Option<i64>, status: Option<i64>) -> Result<(), DataverseError> {
        if state.is_none() && status.is_none() {
            return Ok(());
        }
        let status = status.unwrap_or(match state {
            Some(1) => 5,
            Some(2) => 6,
            _ => 2,
        });
        let of_status = match status {
            2 | 3 | 4 | 7 => TaskState::Open,
            5 => TaskState::Completed,
            6 => TaskState::Canceled,
            _ => return Err(DataverseError::bad_status(self.task.id, status)),
        };
        if state.is_some_and(|state| state != state_code(of_status)) {
            return Err(DataverseError::bad_status(self.task.id, status));
        }
        self.task.state = of_status;
        self.task.status = within(status, 7).unwrap_or_default();
        if of_status == TaskState::Completed {
            self.task.percent_complete = 100;
        }
        Ok(())
    }
}

fn within(number: i64, most: u8) -> Option<u8> {
    u8::try_from(number).ok().filter(|number| *number <= most)
}

#[expect(clippy::option_option, reason = "no text is a value, and not being a text is none")]
fn text(value: &Value) -> Option<Option<String>> {
    match value {
        Value::Null => Some(None),
        Value::String(text) => Some(Some(text.clone())),
        _ => None,
    }
}

#[expect(clippy::option_option, reason = "no date is a value, and not being a date is none")]
fn moment(value: &Value) -> Option<Option<Moment>> {
    match text(value)? {
        None => Some(None),
        Some(text) => text.parse().ok().map(Some),
    }
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

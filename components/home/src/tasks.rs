//! What somebody still has to do, from Dataverse.

use midspan::{
    prelude::*,
    source::odata::{Query, field},
};
use systems::DATAVERSE;

/// A task that is not done.
#[derive(Debug, PartialEq, Data)]
pub(crate) struct Task {
    /// Id
    pub(crate) id: String,
    /// What to do
    pub(crate) subject: String,
    /// Due
    pub(crate) due: Option<Timestamp>,
    /// Priority
    pub(crate) priority: Priority,
}

/// How urgent a task is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Data)]
pub(crate) enum Priority {
    /// Low
    Low,
    /// Normal
    Normal,
    /// High
    High,
}

/// The open tasks of the employee with this number, the most pressing first.
pub(crate) async fn list_open(ctx: &Context, employee_id: &str) -> Result<Vec<Task>> {
    let query = Query::new()
        .select(["activityid", "subject", "scheduledend", "prioritycode"])
        .filter(
            field("statecode")
                .eq(0)
                .and(field("contoso_employeenumber").eq(employee_id)),
        )
        .order_by(field("scheduledend").ascending())
        .top(20);
    let page: Page = ctx
        .source(&DATAVERSE)
        .get("/api/data/v9.2/tasks")
        .header("odata-version", "4.0")
        .odata(&query)
        .json()
        .await?;
    Ok(page.value.into_iter().map(Task::from).collect())
}

#[derive(Deserialize)]
struct Page {
    value: Vec<Row>,
}

/// As Dataverse's `task` table has it.
#[derive(Deserialize)]
struct Row {
    activityid: String,
    subject: Option<String>,
    scheduledend: Option<Timestamp>,
    prioritycode: Option<u8>,
}

impl From<Row> for Task {
    fn from(row: Row) -> Self {
        Self {
            id: row.activityid,
            subject: row.subject.unwrap_or_default(),
            due: row.scheduledend,
            priority: match row.prioritycode {
                Some(0) => Priority::Low,
                Some(2) => Priority::High,
                _ => Priority::Normal,
            },
        }
    }
}

//! Tasks, from Dataverse's table `task`.

use midspan::{
    prelude::*,
    source::{
        Call, OnePage, Paging,
        odata::{Query, field},
    },
};

use crate::{DATAVERSE, kept};

/// A task that is not done.
#[derive(Debug, PartialEq, Data)]
pub struct Task {
    /// Id
    pub id: String,
    /// What to do
    pub subject: String,
    /// Due
    pub due: Option<Timestamp>,
    /// Priority
    pub priority: Priority,
    /// Version
    ///
    /// Give it back when you complete the task, so that it is not completed if somebody changed it in the meantime.
    pub version: Option<String>,
}

/// How urgent a task is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Data)]
pub enum Priority {
    /// Low
    Low,
    /// Normal
    Normal,
    /// High
    High,
}

/// The open tasks of the employee with this number that are due first, at most 20.
///
/// # Errors
/// Those of the source.
pub async fn list_open(ctx: &Context, employee_id: &str) -> Result<Vec<Task>> {
    let query = open(employee_id).top(20);
    let page: Rows = get(ctx, employee_id, &query).json().await?;
    Ok(page.value.into_iter().map(Task::from).collect())
}

/// A page of `size` open tasks, after what an earlier page called `next`.
///
/// # Errors
/// Those of the source.
pub async fn page_of_open(ctx: &Context, employee_id: &str, size: u32, after: Option<&str>) -> Result<OnePage<Task>> {
    let page: OnePage<Row> = get(ctx, employee_id, &open(employee_id))
        .header("prefer", format!("odata.maxpagesize={size}"))
        .pages(Paging::next_link())
        .resume(after)?
        .page()
        .await?;
    Ok(OnePage {
        items: page.items.into_iter().map(Task::from).collect(),
        next: page.next,
        total: page.total,
    })
}

/// The name of somebody's tasks, for whoever changes one.
#[must_use]
pub fn tag(employee_id: &str) -> String {
    format!("tasks:{employee_id}")
}

fn get<'c>(ctx: &'c Context, employee_id: &str, query: &Query) -> Call<'c> {
    ctx.source(&DATAVERSE)
        .get("/api/data/v9.2/tasks")
        .header("odata-version", "4.0")
        .odata(query)
        .cached(kept::OWN)
        .tag(tag(employee_id))
}

fn open(employee_id: &str) -> Query {
    Query::new()
        .select(["activityid", "subject", "scheduledend", "prioritycode"])
        .filter(
            field("statecode")
                .eq(0)
                .and(field("contoso_employeenumber").eq(employee_id)),
        )
        .order_by(field("scheduledend").ascending())
}

#[derive(Deserialize)]
struct Rows {
    value: Vec<Row>,
}

/// As Dataverse has it.
#[derive(Deserialize)]
struct Row {
    activityid: String,
    subject: Option<String>,
    scheduledend: Option<Timestamp>,
    prioritycode: Option<u8>,
    #[serde(rename = "@odata.etag")]
    etag: Option<String>,
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
            version: row.etag,
        }
    }
}

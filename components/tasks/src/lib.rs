//! ListTasks.

use midspan::prelude::*;
use systems::{
    DATAVERSE,
    access::{self, EMPLOYEES, PROGRAMS},
    tasks::{self, Task},
};

/// Whose tasks to list.
#[input]
struct TasksInput {
    /// Employee number
    ///
    /// As payroll knows it, such as E000042.
    #[path(max_length = 20)]
    employee_id: String,
    /// Page size
    ///
    /// How many tasks to return at once.
    #[query(default = 20, min = 1, max = 100)]
    top: u32,
    /// Position
    ///
    /// Where the page begins: part of the next link of the page before.
    #[query(visibility = "internal", max_length = 1500)]
    after: Option<Position>,
}

/// A page of tasks.
#[derive(Debug, PartialEq, Data)]
struct TaskList {
    /// Tasks
    value: Vec<Task>,
    /// Next link
    ///
    /// Where the next page is; nothing on the last one.
    next_link: Option<String>,
}

/// List tasks
///
/// What somebody still has to do, the most pressing first.
#[operation(
    get = "/employees/{employee_id}/tasks",
    auth = [EMPLOYEES, PROGRAMS],
    sources = [DATAVERSE],
    deadline = "3s",
    visibility = "important"
)]
async fn list_tasks(ctx: Context, input: TasksInput) -> Result<TaskList> {
    access::may_read(&ctx, &input.employee_id)?;
    let after = ctx.position(input.after.as_ref()).await?;
    let page = tasks::page_of_open(&ctx, &input.employee_id, input.top, after.as_deref()).await?;
    let path = format!("/employees/{}/tasks", input.employee_id);
    let top = input.top.to_string();
    let next_link = ctx.next_link(&path, &[("top", &top)], page.next.as_deref()).await?;
    Ok(TaskList {
        value: page.items,
        next_link,
    })
}

#[cfg(test)]
mod tests {
    use midspan::{
        Caller,
        testing::{Reply, TestHost},
    };
    use systems::{
        tasks::Priority,
        testing::{employee, program},
    };

    use super::*;

    const ROUTE: &str = "GET /api/data/v9.2/tasks";
    const FIRST: &str = r#"{"value": [{"@odata.etag": "W/\"7\"", "activityid": "t-1", "subject": "Sign", "prioritycode": 2,
        "scheduledend": "2026-03-02T08:00:00Z"}], "@odata.nextLink": "https://dataverse.test/api/data/v9.2/tasks?$skiptoken=x"}"#;

    #[test]
    fn a_page_leads_to_the_next_one_and_the_last_to_none() {
        let host = systems::testing::host();
        host.on("dataverse", ROUTE, Reply::json(200, FIRST));
        host.on("dataverse", ROUTE, Reply::json(200, r#"{"value": []}"#));
        let first: TaskList = host.get::<ListTasks>("/employees/E000007/tasks?top=1").json();
        assert_eq!(first.value[0].version.as_deref(), Some("W/\"7\""));
        assert_eq!(first.value[0].priority, Priority::High);
        let last: TaskList = host.get::<ListTasks>(&first.next_link.unwrap()).json();
        assert_eq!(
            last,
            TaskList {
                value: vec![],
                next_link: None
            }
        );
        let asked = host.requests("dataverse");
        assert_eq!(asked[0].request.headers()["prefer"], "odata.maxpagesize=1");
        assert_eq!(asked[1].request.uri().query(), Some("$skiptoken=x"));
    }

    #[test]
    fn tasks_are_told_to_whose_they_are() {
        systems::testing::assert_read_by_owner(|caller| {
            let host = TestHost::new();
            host.on("dataverse", ROUTE, Reply::json(200, r#"{"value": []}"#));
            host.calls_as(caller);
            let answer = host.get::<ListTasks>("/employees/E000007/tasks");
            assert_eq!(host.requests("dataverse").len(), usize::from(answer.status() == 200));
            answer
        });
    }

    #[test]
    fn tasks_are_kept_for_each_caller_alone() {
        let host = TestHost::new();
        host.on("dataverse", ROUTE, Reply::json(200, r#"{"value": []}"#));
        let status = |caller: Caller| {
            host.calls_as(caller);
            let answer = host.get::<ListTasks>("/employees/E000007/tasks");
            answer.header("cache-status").unwrap_or_default().to_owned()
        };
        assert_eq!(
            status(employee("E000007")),
            "dataverse; fwd=uri-miss; fwd-status=200; ttl=60; stored"
        );
        assert_eq!(status(employee("E000007")), "dataverse; hit; ttl=60");
        let manager = employee("E000008").with_role(access::READ_ALL);
        assert!(status(manager).starts_with("dataverse; fwd=uri-miss"));
        assert!(status(program(&[access::READ_ALL])).starts_with("dataverse; fwd=uri-miss"));
    }
}

//! CompleteTask.

use std::time::Duration;

use midspan::{
    prelude::*,
    source::odata::{ETag, Guid},
};
use systems::{
    DATAVERSE,
    access::{self, EMPLOYEES, PROGRAMS},
    tasks,
};

/// Which task is done.
#[input]
struct CompleteInput {
    /// Task
    ///
    /// Its id, as ListTasks has it.
    #[path(max_length = 36)]
    id: String,
    /// Completion
    #[body]
    completion: Completion,
}

/// What is known of the task.
#[derive(Data)]
struct Completion {
    /// Version
    ///
    /// As ListTasks has it; if the task was changed since, it is not completed. Leave it out to complete it in any case.
    #[data(max_length = 100)]
    version: Option<String>,
}

/// A task that is done is done, however often that is said.
const DONE_STAYS_DONE: Idempotency = Idempotency::kept(Duration::from_hours(24)).repeatable();

/// Complete a task
///
/// Marks a task as done, unless somebody changed it in the meantime.
#[operation(
    post = "/tasks/{id}/complete",
    auth = [EMPLOYEES, PROGRAMS],
    sources = [DATAVERSE],
    deadline = "5s",
    idempotent = DONE_STAYS_DONE,
    visibility = "important"
)]
async fn complete_task(ctx: Context, input: CompleteInput) -> Result<NoContent> {
    let Some(id) = Guid::parse(&input.id) else {
        let message = format!(
            "\"id\" must be the id of a task, as ListTasks has it, not \"{}\".",
            input.id
        );
        return Err(Error::bad_input("id", message));
    };
    let version = input.completion.version.as_deref();
    let version = version.map(|version| ETag::parse("version", version)).transpose()?;
    check_owner(&ctx, &id).await?;
    let answer = ctx
        .source(&DATAVERSE)
        .patch("/api/data/v9.2/tasks({id})")
        .path("id", &id)
        .query("$select", "contoso_employeenumber")
        .header("odata-version", "4.0")
        .header("prefer", "return=representation")
        .if_match(version.as_ref())
        .body(&Done::NOW)
        .send()
        .await?;
    if answer.is_absent() {
        return Err(gone());
    }
    // Whose task it was; without knowing it, it is done all the same.
    if let Ok(task) = answer.success(&ctx)?.json::<Task>(&ctx) {
        ctx.cache().invalidate(&tasks::tag(&task.employee_id)).await;
    }
    Ok(NoContent)
}

/// Whoever may not act for everybody completes tasks of their own.
async fn check_owner(ctx: &Context, id: &Guid) -> Result<()> {
    if access::may_change_all(ctx) {
        return Ok(());
    }
    let task: Option<Task> = ctx
        .source(&DATAVERSE)
        .get("/api/data/v9.2/tasks({id})")
        .path("id", id)
        .query("$select", "contoso_employeenumber")
        .header("odata-version", "4.0")
        .found()
        .await?;
    access::may_change(ctx, &task.ok_or_else(gone)?.employee_id)
}

fn gone() -> Error {
    Error::not_found("This task does not exist any more.")
}

/// Whose task it is, as Dataverse has it.
#[derive(Data)]
struct Task {
    #[data(name = "contoso_employeenumber")]
    employee_id: String,
}

/// Learn, "Task table/entity reference": state 1 is "Completed", of which status 5 is the only one.
#[derive(Data)]
struct Done {
    statecode: u32,
    statuscode: u32,
}

impl Done {
    const NOW: Self = Self {
        statecode: 1,
        statuscode: 5,
    };
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use midspan::testing::{Reply, Response, TestHost};

    use super::*;

    const ID: &str = "01234567-89ab-cdef-0123-456789abcdef";

    fn complete(host: &TestHost, id: &str, body: &'static str) -> Response {
        let request = http::Request::post(format!("/tasks/{id}/complete"));
        host.send::<CompleteTask>(request.body(Bytes::from_static(body.as_bytes())).unwrap())
    }

    fn answering(status: u16) -> TestHost {
        let host = systems::testing::host();
        let route = format!("PATCH /api/data/v9.2/tasks({ID})");
        host.on(
            "dataverse",
            &route,
            Reply::json(status, r#"{"contoso_employeenumber": "E000007"}"#),
        );
        host
    }

    #[test]
    fn a_task_is_completed_only_in_the_version_that_was_read() {
        let host = answering(200);
        let answer = complete(&host, ID, r#"{"version": "W/\"7\""}"#);
        assert_eq!((answer.status(), answer.text().as_str()), (204, ""));
        let sent = &host.requests("dataverse")[0].request;
        assert_eq!(sent.headers()["if-match"], "W/\"7\"");
        assert_eq!(sent.body().as_ref(), br#"{"statecode":1,"statuscode":5}"#);

        let host = answering(200);
        assert_eq!(complete(&host, ID, "{}").status(), 204);
        assert_eq!(host.requests("dataverse")[0].request.headers()["if-match"], "*");
    }

    #[test]
    fn what_was_changed_or_is_gone_says_so() {
        let check = |status, code| {
            let answer = complete(&answering(status), ID, r#"{"version": "W/\"7\""}"#);
            assert_eq!(answer.error().error.code, code, "{}", answer.text());
        };
        check(412, ErrorCode::Conflict);
        check(404, ErrorCode::NotFound);
        check(403, ErrorCode::SourceFailed);
    }

    #[test]
    fn an_id_or_a_version_that_was_made_up_is_the_callers_mistake() {
        let host = systems::testing::host();
        let answer = complete(&host, "1", "{}");
        assert_eq!(answer.error().error.target.as_deref(), Some("id"));
        let answer = complete(&host, ID, r#"{"version": "7"}"#);
        assert_eq!(answer.error().error.target.as_deref(), Some("version"));
    }

    #[test]
    fn a_task_is_completed_by_whose_it_is() {
        systems::testing::assert_changed_by_owner(|caller| {
            let host = answering(200);
            let owner = Reply::json(200, r#"{"contoso_employeenumber": "E000007"}"#);
            host.on("dataverse", &format!("GET /api/data/v9.2/tasks({ID})"), owner);
            host.calls_as(caller);
            let answer = complete(&host, ID, "{}");
            let sent = host.requests("dataverse");
            let changes = sent.iter().filter(|one| one.request.method() == http::Method::PATCH);
            assert_eq!(changes.count(), usize::from(answer.status() == 204));
            answer
        });
        let host = systems::testing::host();
        host.on(
            "dataverse",
            &format!("GET /api/data/v9.2/tasks({ID})"),
            Reply::json(404, ""),
        );
        host.calls_as(systems::testing::employee("E000007"));
        assert_eq!(complete(&host, ID, "{}").error().error.code, ErrorCode::NotFound);
    }
}

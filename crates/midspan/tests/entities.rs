//! OData at run time: entities with their `ETag`, changes since the last time, and what a service says of a failure.

use midspan::{
    prelude::*,
    source::{
        Paging,
        odata::{Change, DeltaToken, ETag, Entity},
    },
    testing::{Reply, TestHost},
};

static CRM: Source = Source::odata("crm").titled("CRM");

#[derive(Debug, PartialEq, Data)]
struct Task {
    id: u32,
    etag: Option<String>,
}

#[derive(Deserialize)]
struct Row {
    id: u32,
}

impl From<Entity<Row>> for Task {
    fn from(entity: Entity<Row>) -> Self {
        Self {
            id: entity.value.id,
            etag: entity.etag.map(|etag| etag.to_string()),
        }
    }
}

/// Read a task
#[operation(get = "/task", auth = none, sources = [CRM])]
async fn read_task(ctx: Context) -> Result<Task> {
    Ok(ctx.source(&CRM).get("/tasks(1)").entity::<Row>().await?.into())
}

/// List tasks
#[operation(get = "/tasks", auth = none, sources = [CRM])]
async fn list_tasks(ctx: Context) -> Result<Vec<Task>> {
    let pages = ctx.source(&CRM).get("/tasks").pages::<Entity<Row>>(Paging::next_link());
    Ok(pages
        .collect_up_to(9)
        .await?
        .items
        .into_iter()
        .map(Task::from)
        .collect())
}

/// Which task to change.
#[input]
struct ChangeInput {
    /// State that was read
    #[query]
    etag: Option<String>,
}

/// Change a task
#[operation(get = "/change", auth = none, sources = [CRM])]
async fn change_task(ctx: Context, input: ChangeInput) -> Result<bool> {
    let etag = input.etag.map(|text| ETag::parse("etag", &text)).transpose()?;
    let call = ctx
        .source(&CRM)
        .patch("/tasks(1)")
        .body(&serde_json::json!({"statecode": 1}));
    call.if_match(etag.as_ref()).success().await?;
    Ok(true)
}

/// Create a task
#[operation(get = "/create", auth = none, sources = [CRM])]
async fn create_task(ctx: Context) -> Result<bool> {
    let call = ctx.source(&CRM).put("/tasks(1)").body(&serde_json::json!({"id": 1}));
    let answer = call.if_absent().send().await?;
    if answer
        .odata_error()
        .is_some_and(|error| error.code == "0x1" && error.details.len() == 1)
    {
        return Err(Error::conflict("There is such a task."));
    }
    answer.success(&ctx)?;
    Ok(true)
}

#[test]
fn an_entity_is_read_with_the_etag_of_its_header_or_its_annotation() {
    let check = |reply: Reply, etag: Option<&str>| {
        let host = TestHost::new();
        host.on("crm", "GET /tasks(1)", reply);
        let task: Task = host.get::<ReadTask>("/task").json();
        assert_eq!(task.etag.as_deref(), etag);
    };
    let annotated = r#"{"@odata.etag": "W/\"1\"", "id": 7}"#;
    check(Reply::json(200, annotated), Some("W/\"1\""));
    check(Reply::json(200, annotated).header("etag", "W/\"2\""), Some("W/\"2\""));
    check(Reply::json(200, r#"{"id": 7}"#), None);
}

#[test]
fn the_items_of_a_list_have_their_etags() {
    let host = TestHost::new();
    let body = r#"{"value": [{"@odata.etag": "W/\"1\"", "id": 1}, {"id": 2}]}"#;
    host.on("crm", "GET /tasks", Reply::json(200, body));
    let tasks: Vec<Task> = host.get::<ListTasks>("/tasks").json();
    assert_eq!(
        tasks.iter().map(|task| task.etag.as_deref()).collect::<Vec<_>>(),
        [Some("W/\"1\""), None]
    );
}

#[test]
fn a_change_of_another_state_is_a_conflict_with_a_sentence_for_the_maker() {
    let host = TestHost::new();
    host.on("crm", "PATCH /tasks(1)", Reply::json(204, ""));
    host.on(
        "crm",
        "PATCH /tasks(1)",
        Reply::json(412, r#"{"error": {"code": "0x80060882", "message": "secret"}}"#),
    );
    assert_eq!(host.get::<ChangeTask>("/change?etag=W/%221%22").status(), 200);
    assert_eq!(host.requests("crm")[0].request.headers()["if-match"], "W/\"1\"");

    let answer = host.get::<ChangeTask>("/change");
    assert_eq!(host.requests("crm")[1].request.headers()["if-match"], "*");
    assert_eq!(answer.status(), 409);
    let error = answer.error().error;
    assert_eq!((error.code, error.source_status), (ErrorCode::Conflict, Some(412)));
    assert_eq!(
        error.message,
        "This is no longer in CRM as it was read: somebody else changed it. Read it again, then repeat."
    );
    assert!(
        host.log()[0].contains("code 0x80060882; it answered"),
        "{:?}",
        host.log()
    );

    let answer = host.get::<ChangeTask>("/change?etag=*");
    assert_eq!(
        (answer.status(), answer.error().error.target.as_deref()),
        (400, Some("etag"))
    );
    assert_eq!(host.requests("crm").len(), 2);
}

#[test]
fn an_author_branches_on_what_the_service_says() {
    let host = TestHost::new();
    let body = r#"{"error": {"code": "0x1", "message": "m", "details": [{"code": "y", "message": "n"}]}}"#;
    host.on("crm", "PUT /tasks(1)", Reply::json(400, body));
    let answer = host.get::<CreateTask>("/create");
    assert_eq!(answer.error().message, "There is such a task.");
    assert_eq!(host.requests("crm")[0].request.headers()["if-none-match"], "*");
}

/// Since when.
#[input]
struct ChangesInput {
    /// Position
    #[query(visibility = "internal")]
    after: Option<Position>,
}

/// What changed.
#[derive(Debug, PartialEq, Data)]
struct Changed {
    changes: Vec<String>,
    from_start: bool,
    more: bool,
    next: Option<String>,
}

/// List changes
#[operation(get = "/changes", auth = none, sources = [CRM])]
async fn list_changes(ctx: Context, input: ChangesInput) -> Result<Changed> {
    let token = ctx.position(input.after.as_ref()).await?.map(DeltaToken::new);
    let call = ctx.source(&CRM).get("/users/delta").query("$select", "id");
    let changes = call.changes_since::<Row>(token.as_ref()).await?;
    let shown = |change: Change<Row>| match change {
        Change::Present(row) => format!("{}", row.id),
        Change::Removed { id, reason } => format!("-{id} {}", reason.unwrap_or_default()),
        Change::Link {
            added,
            from,
            relationship,
            to,
        } => format!("{added} {from} {relationship} {to}"),
    };
    Ok(Changed {
        from_start: changes.from_start,
        more: changes.more,
        next: ctx.next_link("/changes", &[], Some(changes.token.as_str())).await?,
        changes: changes.changes.into_iter().map(shown).collect(),
    })
}

fn users(bodies: &[(u16, &str)]) -> TestHost {
    let host = TestHost::new();
    for (status, body) in bodies {
        host.on("crm", "GET /users/delta", Reply::json(*status, *body));
    }
    host
}

fn queries(host: &TestHost) -> Vec<String> {
    let sent = host.requests("crm");
    sent.iter()
        .map(|sent| sent.request.uri().query().unwrap_or_default().to_owned())
        .collect()
}

const LAST: &str = r#"{"value": [], "@odata.deltaLink": "https://crm.test/users/delta?$deltatoken=d2"}"#;

#[test]
fn changes_are_read_to_the_delta_link_and_go_on_from_there_the_next_time() {
    let host = users(&[
        (
            200,
            r#"{"value": [{"id": 1}], "@odata.nextLink": "https://crm.test/users/delta?$skiptoken=s"}"#,
        ),
        (
            200,
            r#"{"value": [{"id": 2}, {"id": 1}, {"id": "u3", "@removed": {"reason": "deleted"}}],
                "@odata.deltaLink": "https://crm.test/users/delta?$select=id&$deltatoken=d1"}"#,
        ),
        (200, LAST),
    ]);
    let first: Changed = host.get::<ListChanges>("/changes").json();
    assert_eq!(first.changes, ["1", "2", "1", "-u3 deleted"]);
    assert!(first.from_start && !first.more);
    let second: Changed = host.get::<ListChanges>(&first.next.unwrap()).json();
    assert_eq!((second.changes.len(), second.from_start), (0, false));
    assert_eq!(
        queries(&host),
        ["$select=id", "$skiptoken=s", "$select=id&$deltatoken=d1"]
    );
}

#[test]
fn what_is_gone_is_understood_in_each_form() {
    let host = users(&[(
        200,
        r#"{"value": [
            {"@removed": {"reason": "changed"}, "@id": "People('a')"},
            {"@odata.context": "https://crm.test/$metadata#users/$deletedEntity", "id": "b", "reason": "deleted"},
            {"@odata.context": "$metadata#users/$deletedLink", "source": "a", "relationship": "manager", "target": "b"},
            {"@odata.context": "$metadata#users/$link", "source": "a", "relationship": "manager", "target": "c"}],
            "@odata.deltaLink": "/users/delta?$deltatoken=d"}"#,
    )]);
    let changed: Changed = host.get::<ListChanges>("/changes").json();
    let expected = [
        "-People('a') changed",
        "-b deleted",
        "false a manager b",
        "true a manager c",
    ];
    assert_eq!(changed.changes, expected);
}

#[test]
fn a_token_that_the_source_no_longer_knows_starts_over_and_says_so() {
    let host = users(&[
        (200, LAST),
        (410, r#"{"error": {"code": "syncStateNotFound", "message": "m"}}"#),
        (
            200,
            r#"{"value": [{"id": 5}], "@odata.deltaLink": "/users/delta?$deltatoken=d3"}"#,
        ),
    ]);
    let first: Changed = host.get::<ListChanges>("/changes").json();
    let second: Changed = host.get::<ListChanges>(&first.next.unwrap()).json();
    assert_eq!((second.changes, second.from_start), (vec!["5".to_owned()], true));
    assert_eq!(queries(&host), ["$select=id", "$deltatoken=d2", "$select=id"]);
}

#[test]
fn changes_without_a_link_or_with_one_to_elsewhere_are_an_error() {
    let check = |body: &str, why: &str| {
        let host = users(&[(200, body)]);
        assert_eq!(
            host.get::<ListChanges>("/changes").error().error.code,
            ErrorCode::SourceInvalid
        );
        assert!(host.log()[0].contains(why), "{:?}", host.log());
    };
    check(r#"{"value": []}"#, "neither a delta link nor a next link");
    check(
        r#"{"value": [], "@odata.deltaLink": "https://evil.test/users/delta?x"}"#,
        "its host or port is not the source's",
    );
    check(
        r#"{"value": [{"no": 1}], "@odata.deltaLink": "/users/delta?x"}"#,
        "a change: missing field `id`",
    );
    check(
        r#"{"value": [{"@removed": {}}], "@odata.deltaLink": "/users/delta?x"}"#,
        "something that is gone has no id",
    );
}

#[test]
fn changes_without_end_are_ended_and_go_on_with_the_next_token() {
    let pages: Vec<_> = (1..=101)
        .map(|page| format!(r#"{{"value": [{{"id": {page}}}], "@odata.nextLink": "/users/delta?$skiptoken={page}"}}"#))
        .collect();
    let host = users(&pages.iter().map(|page| (200, page.as_str())).collect::<Vec<_>>());
    let first: Changed = host.get::<ListChanges>("/changes").json();
    assert_eq!((first.changes.len(), first.more), (100, true));
    assert_eq!(host.get::<ListChanges>(&first.next.unwrap()).status(), 200);
    assert_eq!(queries(&host)[100], "$skiptoken=100");
}

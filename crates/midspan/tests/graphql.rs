//! GraphQL sources: variables, partial results, persisted queries, mutations and connections.

use std::time::Duration;

use midspan::{
    Operation,
    cache::Cache,
    prelude::*,
    source::{Paging, graphql::Partial},
    testing::{Recorded, Reply, TestHost},
};
use serde_json::{Value, json};

static DIRECTORY: Source = Source::graphql("directory").titled("People directory");

const PERSON: &str = "query Person($id: ID!) { person(id: $id) { name manager { name } } }";
const RENAME: &str = "mutation Rename($id: ID!) { rename(id: $id) { name } }";
const PEOPLE: &str = "query People($after: String) {
    people(first: 2, after: $after) { edges { node { name } } pageInfo { hasNextPage endCursor } } }";

/// Whom to find.
#[input]
struct PersonInput {
    /// Person
    #[query(default = "E1")]
    id: String,
}

#[derive(Debug, PartialEq, Data)]
struct Found {
    person: Option<Person>,
}

#[derive(Debug, PartialEq, Data)]
struct Person {
    name: String,
    manager: Option<Manager>,
}

#[derive(Debug, PartialEq, Data)]
struct Manager {
    name: String,
}

/// Find a person
#[operation(get = "/person", auth = none, sources = [DIRECTORY])]
async fn find_person(ctx: Context, input: PersonInput) -> Result<Found> {
    ctx.source(&DIRECTORY)
        .graphql(PERSON)
        .variable("id", &input.id)
        .data()
        .await
}

/// Find a person and keep the answer
#[operation(get = "/kept", auth = none, sources = [DIRECTORY])]
async fn find_kept(ctx: Context, input: PersonInput) -> Result<Found> {
    let request = ctx.source(&DIRECTORY).graphql(PERSON).variable("id", &input.id);
    request
        .with(|call| call.cached(Cache::ttl(Duration::from_mins(1)).ignoring_source_headers()))
        .partial()
        .await
        .map(|found| found.data)
}

/// What was found.
#[derive(Debug, PartialEq, Data)]
struct View {
    name: Option<String>,
    missing: Vec<String>,
}

/// Find what there is of a person
#[operation(get = "/part", auth = none, sources = [DIRECTORY])]
async fn find_part(ctx: Context, input: PersonInput) -> Result<View> {
    let found: Partial<Found> = ctx
        .source(&DIRECTORY)
        .graphql(PERSON)
        .variable("id", &input.id)
        .partial()
        .await?;
    Ok(View {
        missing: found.missing().into_iter().map(Into::into).collect(),
        name: found.data.person.map(|person| person.name),
    })
}

/// Find a person by a persisted query
#[operation(get = "/persisted", auth = none, sources = [DIRECTORY])]
async fn find_persisted(ctx: Context, input: PersonInput) -> Result<Found> {
    let request = ctx
        .source(&DIRECTORY)
        .graphql(PERSON)
        .operation("Person")
        .variable("id", &input.id);
    request.persisted().data().await
}

/// Rename a person
#[operation(get = "/rename", auth = none, sources = [DIRECTORY])]
async fn rename_person(ctx: Context, input: PersonInput) -> Result<bool> {
    let request = ctx
        .source(&DIRECTORY)
        .graphql(RENAME)
        .variable("id", &input.id)
        .persisted();
    request.at("/api").data::<Value>().await?;
    Ok(true)
}

/// Listen
#[operation(get = "/listen", auth = none, sources = [DIRECTORY])]
async fn listen(ctx: Context) -> Result<bool> {
    ctx.source(&DIRECTORY).graphql("subscription { changed }").data().await
}

/// List people
#[operation(get = "/people", auth = none, sources = [DIRECTORY])]
async fn list_people(ctx: Context) -> Result<Vec<String>> {
    #[derive(Deserialize)]
    struct Node {
        name: String,
    }
    let pages = ctx
        .source(&DIRECTORY)
        .graphql(PEOPLE)
        .pages::<Node>(Paging::connection("/people"));
    let collected = pages.collect_up_to(9).await?;
    Ok(collected.items.into_iter().map(|node| node.name).collect())
}

fn directory(bodies: &[&str]) -> TestHost {
    let host = TestHost::new();
    for body in bodies {
        host.on("directory", "POST /graphql", Reply::json(200, *body));
    }
    host
}

fn sent(host: &TestHost) -> Vec<Value> {
    let body = |sent: Recorded| serde_json::from_slice(sent.request.body()).unwrap_or_default();
    host.requests("directory").into_iter().map(body).collect()
}

fn code<O: Operation>(host: &TestHost, path: &str) -> (ErrorCode, Option<u16>) {
    let error = host.get::<O>(path).error().error;
    assert_eq!(error.source.as_deref(), Some("directory"));
    (error.code, error.source_status)
}

const ADA: &str = r#"{"data": {"person": {"name": "Ada", "manager": null}}}"#;
const IN_PART: &str = r#"{"data": {"person": {"name": "Ada", "manager": null}}, "errors": [
    {"message": "secret", "path": ["person", "manager"], "extensions": {"code": "DOWN"}}]}"#;

#[test]
fn what_a_caller_gives_goes_in_a_variable() {
    let host = directory(&[ADA]);
    let found: Found = host.get::<FindPerson>("/person?id=%22)%7Bx%7D").json();
    assert_eq!(found.person.map(|person| person.name).as_deref(), Some("Ada"));
    assert_eq!(sent(&host), [json!({"query": PERSON, "variables": {"id": "\"){x}"}})]);
    let headers = host.requests("directory")[0].request.headers().clone();
    assert_eq!(
        headers["accept"],
        "application/graphql-response+json, application/json;q=0.9"
    );
    assert_eq!(headers["content-type"], "application/json");
}

#[test]
fn errors_beside_data_are_a_partial_result_or_a_failure_as_the_author_says() {
    let host = directory(&[IN_PART]);
    let view: View = host.get::<FindPart>("/part").json();
    assert_eq!(
        view,
        View {
            name: Some("Ada".into()),
            missing: vec!["person.manager".into()]
        }
    );
    assert!(
        host.log()[0].contains("source `directory` answered in part: \\\"secret\\\" at person.manager, code DOWN"),
        "{:?}",
        host.log()
    );
    assert_eq!(
        code::<FindPerson>(&host, "/person"),
        (ErrorCode::SourceFailed, Some(200))
    );
}

#[test]
fn errors_without_data_are_a_failure_whose_words_are_in_the_log_alone() {
    let check = |body: &str, expected: ErrorCode, message: &str| {
        let host = directory(&[body]);
        let answer = host.get::<FindPart>("/part");
        assert_eq!(answer.error().error.code, expected);
        assert_eq!(answer.error().message, message);
        assert!(!answer.text().contains("secret"), "{}", answer.text());
        assert!(host.log()[0].contains("\\\"secret\\\""), "{:?}", host.log());
        assert_eq!(host.log().len(), 1);
    };
    let failed = "People directory answered with an error. Try again later.";
    check(
        r#"{"errors": [{"message": "secret"}]}"#,
        ErrorCode::SourceFailed,
        failed,
    );
    check(
        r#"{"data": null, "errors": [{"message": "secret"}]}"#,
        ErrorCode::SourceFailed,
        failed,
    );
    // A null that went up to where it is not expected.
    check(
        r#"{"data": {"person": {"name": null}}, "errors": [{"message": "secret"}]}"#,
        ErrorCode::SourceFailed,
        failed,
    );
    check(
        r#"{"errors": [{"message": "secret", "extensions": {"code": "UNAUTHENTICATED"}}]}"#,
        ErrorCode::SourceFailed,
        "People directory refused this operation's credentials. Tell the connector's owner.",
    );
    check(
        r#"{"errors": [{"message": "secret", "extensions": {"code": "RATE_LIMITED"}}]}"#,
        ErrorCode::SourceThrottled,
        "People directory asks us to slow down. Try again in a moment.",
    );
}

#[test]
fn a_status_counts_where_the_media_type_does_not_say_that_it_is_graphql() {
    let check = |status: u16, media_type: &str, body: &str, expected: (ErrorCode, Option<u16>)| {
        let host = TestHost::new();
        host.on(
            "directory",
            "POST /graphql",
            Reply::json(status, body).header("content-type", media_type),
        );
        assert_eq!(
            code::<FindPerson>(&host, "/person"),
            expected,
            "{status} {media_type} {body}"
        );
    };
    let errors = r#"{"errors": [{"message": "m"}]}"#;
    check(
        400,
        "application/graphql-response+json; charset=utf-8",
        errors,
        (ErrorCode::SourceFailed, Some(400)),
    );
    check(401, "application/json", errors, (ErrorCode::SourceFailed, Some(401)));
    check(500, "application/json", ADA, (ErrorCode::SourceFailed, Some(500)));
    check(429, "application/json", "{}", (ErrorCode::SourceThrottled, Some(429)));
    check(200, "application/json", "{}", (ErrorCode::SourceInvalid, Some(200)));
    check(200, "text/html", "<html>", (ErrorCode::SourceInvalid, Some(200)));
    check(
        200,
        "application/json",
        r#"{"data": {"person": 5}}"#,
        (ErrorCode::SourceInvalid, Some(200)),
    );
}

#[test]
fn a_query_is_tried_again_and_a_mutation_is_not() {
    let flaky = |route: &str, body: &str| {
        let host = TestHost::new();
        host.on("directory", route, Reply::json(503, ""));
        host.on("directory", route, Reply::json(200, body));
        host
    };
    let host = flaky("POST /graphql", ADA);
    assert_eq!(host.get::<FindPerson>("/person").status(), 200);
    assert_eq!(host.requests("directory").len(), 2);

    let host = flaky("POST /api", r#"{"data": {"rename": {}}}"#);
    assert_eq!(host.get::<RenamePerson>("/rename").status(), 502);
    assert_eq!(host.requests("directory").len(), 1);
}

#[test]
fn a_persisted_query_goes_by_get_without_its_text() {
    let host = TestHost::new();
    host.on("directory", "GET /graphql", Reply::json(200, ADA));
    assert_eq!(host.get::<FindPersisted>("/persisted?id=a%26b").status(), 200);
    let request = host.requests("directory")[0].request.clone();
    assert!(request.body().is_empty());
    assert_eq!(request.headers()["apollo-require-preflight"], "true");
    let query: Vec<(String, String)> = form_urlencoded::parse(request.uri().query().unwrap().as_bytes())
        .into_owned()
        .collect();
    let names: Vec<_> = query.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["operationName", "variables", "extensions"]);
    assert_eq!(query[1].1, r#"{"id":"a&b"}"#);
    let extensions: Value = serde_json::from_str(&query[2].1).unwrap();
    assert_eq!(extensions["persistedQuery"]["version"], 1);
    assert_eq!(
        extensions["persistedQuery"]["sha256Hash"].as_str().map(str::len),
        Some(64)
    );
}

#[test]
fn a_source_that_does_not_know_the_query_gets_its_text() {
    let check = |status: u16, refusal: &str, with_hash: bool| {
        let host = directory(&[ADA]);
        host.on("directory", "GET /graphql", Reply::json(status, refusal));
        assert_eq!(host.get::<FindPersisted>("/persisted").status(), 200, "{refusal}");
        let posted = sent(&host).remove(1);
        assert_eq!(
            (&posted["query"], &posted["operationName"]),
            (&json!(PERSON), &json!("Person"))
        );
        assert_eq!(
            posted["extensions"]["persistedQuery"]["sha256Hash"].is_string(),
            with_hash,
            "{refusal}"
        );
    };
    check(200, r#"{"errors": [{"message": "PersistedQueryNotFound"}]}"#, true);
    check(
        400,
        r#"{"errors": [{"message": "Not found", "extensions": {"code": "PERSISTED_QUERY_NOT_FOUND"}}]}"#,
        true,
    );
    check(
        200,
        r#"{"errors": [{"message": "PersistedQueryNotFound", "extensions": {"code": "INTERNAL_SERVER_ERROR"}}]}"#,
        true,
    );
    check(200, r#"{"errors": [{"message": "PersistedQueryNotSupported"}]}"#, false);
}

#[test]
fn variables_too_long_for_a_url_go_by_post_at_once() {
    let host = directory(&[ADA]);
    let id = "x".repeat(5000);
    assert_eq!(host.get::<FindPersisted>(&format!("/persisted?id={id}")).status(), 200);
    assert_eq!(sent(&host)[0]["variables"]["id"], json!(id));
}

#[test]
fn a_mutation_never_goes_by_get() {
    let host = TestHost::new();
    host.on(
        "directory",
        "POST /api",
        Reply::json(200, r#"{"data": {"rename": {"name": "Ada"}}}"#),
    );
    assert_eq!(host.get::<RenamePerson>("/rename").status(), 200);
    assert_eq!(sent(&host)[0]["query"], json!(RENAME));
}

#[test]
fn a_subscription_is_a_defect_that_the_log_names() {
    let host = TestHost::new();
    assert_eq!(host.get::<Listen>("/listen").status(), 500);
    assert!(
        host.log()[0].contains("a GraphQL subscription has no single answer"),
        "{:?}",
        host.log()
    );
}

#[test]
fn a_connection_is_read_to_its_end_by_its_cursor() {
    let host = directory(&[
        r#"{"data": {"people": {"edges": [{"node": {"name": "Ada"}}, {"node": {"name": "Bob"}}],
            "pageInfo": {"hasNextPage": true, "endCursor": "c1"}}}}"#,
        r#"{"data": {"people": {"edges": [{"node": {"name": "Eve"}}],
            "pageInfo": {"hasNextPage": false, "endCursor": "c2"}}}}"#,
    ]);
    let names: Vec<String> = host.get::<ListPeople>("/people").json();
    assert_eq!(names, ["Ada", "Bob", "Eve"]);
    let variables: Vec<_> = sent(&host).into_iter().map(|body| body["variables"].clone()).collect();
    assert_eq!(variables, [Value::Null, json!({"after": "c1"})]);
}

#[test]
fn an_answer_with_errors_is_not_kept_whatever_its_status() {
    let host = TestHost::new();
    let in_part = r#"{"data": {"person": {"name": "Ada", "manager": null}}, "errors": [{"message": "down"}]}"#;
    host.on("directory", "POST /graphql", Reply::json(200, in_part));
    host.on(
        "directory",
        "POST /graphql",
        Reply::json(200, r#"{"data": {"person": null}}"#),
    );
    let status = || {
        let answer = host.get::<FindKept>("/kept");
        answer.header("cache-status").unwrap_or_default().to_owned()
    };
    assert_eq!(status(), "directory; fwd=uri-miss; fwd-status=200; detail=errors");
    assert_eq!(status(), "directory; fwd=uri-miss; fwd-status=200; ttl=60; stored");
    assert_eq!(status(), "directory; hit; ttl=60");
}

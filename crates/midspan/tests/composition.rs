//! One operation with a required and two optional sources, under every fault that a source can have.

use std::time::Duration;

use midspan::{
    part::Status,
    prelude::*,
    testing::{Reply, Response, TestHost},
};

static PEOPLE: Source = Source::rest("people")
    .titled("People")
    .timeout(Duration::from_millis(800))
    .bearer("people_token");
static NEWS: Source = Source::rest("news")
    .titled("News")
    .timeout(Duration::from_mins(1))
    .max_body(1000);
static TASKS: Source = Source::rest("tasks").titled("Tasks");
static STRANGER: Source = Source::rest("stranger");

/// Whose screen to build.
#[input]
struct ScreenInput {
    /// Person
    #[path]
    id: String,
}

/// What the screen shows.
#[derive(Debug, Data)]
struct Screen {
    name: String,
    news: Part<Vec<String>>,
    tasks: Part<u32>,
}

#[derive(Debug, Data)]
struct Name {
    name: String,
}

/// Get the screen
#[operation(get = "/screen/{id}", auth = none, sources = [PEOPLE, NEWS, TASKS], deadline = "2s")]
async fn get_screen(ctx: Context, input: ScreenInput) -> Result<Screen> {
    let (person, news, tasks) = try_join!(
        ctx.source(&PEOPLE)
            .get("/people/{id}")
            .path("id", &input.id)
            .json::<Name>(),
        ctx.source(&NEWS).get("/news").json().optional(),
        ctx.source(&TASKS).post("/count").body(&input.id).json().optional(),
    )?;
    Ok(Screen {
        name: person.name,
        news,
        tasks,
    })
}

/// Call a source that is not declared
#[operation(get = "/stranger", auth = none)]
async fn get_stranger(ctx: Context) -> Result<Name> {
    ctx.source(&STRANGER).get("/").json().await
}

/// Do nothing for a long time
#[operation(get = "/idle", auth = none, deadline = "300ms")]
async fn get_idle(ctx: Context) -> Result<Name> {
    ctx.sleep(Duration::from_hours(1)).await;
    Err(Error::not_found("never reached"))
}

fn ok(delay_ms: u64, json: &str) -> Reply {
    Reply::json(200, json).after(Duration::from_millis(delay_ms))
}

fn host(people: Reply, news: Reply, tasks: Reply) -> TestHost {
    let host = TestHost::new();
    host.on("people", "GET /people/7", people);
    host.on("news", "GET /news", news);
    host.on("tasks", "POST /count", tasks);
    host
}

fn screen(people: Reply, news: Reply, tasks: Reply) -> (TestHost, Response) {
    let host = host(people, news, tasks);
    let answer = host.get::<GetScreen>("/screen/7");
    (host, answer)
}

fn send(host: &TestHost, headers: &[(&str, &str)]) -> Response {
    host.get_with::<GetScreen>("/screen/7", headers)
}

const ADA: &str = r#"{"name": "Ada"}"#;

#[test]
fn sources_are_called_at_once() {
    let (host, answer) = screen(ok(300, ADA), ok(500, r#"["a", "b"]"#), ok(400, "3"));
    assert_eq!(answer.status(), 200, "{}", answer.text());
    assert_eq!(
        answer.json::<serde_json::Value>(),
        serde_json::json!({
            "name": "Ada",
            "news": {"status": "fresh", "value": ["a", "b"], "code": null, "message": null},
            "tasks": {"status": "fresh", "value": 3, "code": null, "message": null},
        })
    );
    assert_eq!(host.elapsed(), Duration::from_millis(500));
    assert_eq!(
        answer.header("server-timing"),
        Some("people;dur=300.0, tasks;dur=400.0, news;dur=500.0, total;dur=500.0")
    );
}

#[test]
fn a_required_source_that_hangs_fails_the_operation_at_its_own_timeout() {
    let (host, answer) = screen(Reply::hang(), ok(0, "[]"), ok(0, "0"));
    let error = answer.error();
    assert_eq!(answer.status(), 502);
    assert_eq!(error.error.code, ErrorCode::SourceTimeout);
    assert_eq!(error.error.source.as_deref(), Some("people"));
    assert_eq!(
        error.message,
        "People did not answer within 800 ms. Try again; nothing was changed."
    );
    assert_eq!(host.elapsed(), Duration::from_millis(800));
}

#[test]
fn an_optional_source_that_hangs_is_missing_before_the_deadline() {
    let (host, answer) = screen(ok(10, ADA), Reply::hang(), ok(20, "3"));
    let screen: Screen = answer.json();
    assert_eq!(screen.news.status, Status::Missing);
    assert_eq!(screen.news.code, Some(ErrorCode::SourceTimeout));
    assert_eq!(
        screen.news.message.as_deref(),
        Some("News did not answer within 1980 ms. Try again; nothing was changed.")
    );
    assert_eq!(screen.tasks.value, Some(3));
    assert_eq!(host.elapsed(), Duration::from_millis(1980));
}

#[test]
fn a_caller_can_shorten_the_deadline_and_not_lengthen_it() {
    let elapsed = |wait: &str| {
        let host = host(ok(10, ADA), Reply::hang(), ok(20, "3"));
        let answer = send(&host, &[("prefer", wait)]);
        assert_eq!(answer.status(), 200, "{}", answer.text());
        host.elapsed().as_millis()
    };
    assert_eq!(elapsed("respond-async, wait=1"), 980);
    assert_eq!(elapsed("wait=60"), 1980);
}

#[test]
fn every_failure_of_a_source_has_its_code_and_says_whose_it_is() {
    let check = |reply: Reply, status: u16, code: ErrorCode, source_status: Option<u16>, message: &str| {
        let (host, answer) = screen(reply, ok(0, "[]"), ok(0, "0"));
        let error = answer.error();
        assert_eq!((answer.status(), error.error.code), (status, code), "{}", answer.text());
        assert_eq!(error.error.source_status, source_status);
        assert_eq!(error.message, message);
        assert_eq!(error.error.source.as_deref(), Some("people"));
        assert!(!answer.text().contains("secret"), "{}", answer.text());
        assert_eq!(host.log().len(), 1, "{:?}", host.log());
    };
    check(
        Reply::json(500, "secret stack trace"),
        502,
        ErrorCode::SourceFailed,
        Some(500),
        "People answered with an error (500). Try again later.",
    );
    check(
        Reply::json(404, "{}"),
        502,
        ErrorCode::SourceFailed,
        Some(404),
        "People answered with an error (404). Try again later.",
    );
    check(
        Reply::json(401, "{}"),
        502,
        ErrorCode::SourceFailed,
        Some(401),
        "People refused this operation's credentials (401). Tell the connector's owner.",
    );
    check(
        Reply::json(429, "{}").header("retry-after", "17"),
        503,
        ErrorCode::SourceThrottled,
        Some(429),
        "People asks us to slow down (429). Try again in a moment.",
    );
    check(
        Reply::json(200, "<html>secret"),
        502,
        ErrorCode::SourceInvalid,
        Some(200),
        "People answered in a form that this operation does not understand. Tell the connector's owner.",
    );
    check(
        Reply::reset(),
        502,
        ErrorCode::SourceUnreachable,
        None,
        "People could not be reached. Try again; nothing was changed.",
    );
    check(
        Reply::denied(),
        500,
        ErrorCode::OperationFailed,
        None,
        "This operation has a defect or is not set up. Give its owner the correlation id.",
    );
}

#[test]
fn a_throttled_source_passes_on_how_long_to_wait() {
    let (_, answer) = screen(
        Reply::json(429, "{}").header("retry-after", "17"),
        ok(0, "[]"),
        ok(0, "0"),
    );
    assert_eq!(answer.header("retry-after"), Some("17"));
    let (_, answer) = screen(Reply::json(429, "{}"), ok(0, "[]"), ok(0, "0"));
    assert_eq!(answer.header("retry-after"), Some("5"));
}

#[test]
fn an_unsafe_call_that_broke_does_not_claim_that_nothing_changed() {
    let (_, answer) = screen(ok(0, ADA), ok(0, "[]"), Reply::reset());
    assert_eq!(
        answer.json::<Screen>().tasks.message.as_deref(),
        Some("Tasks could not be reached. Look whether it took effect before you try again.")
    );
}

#[test]
fn an_answer_over_the_sources_limit_is_not_taken() {
    let long = format!("[\"{}\"]", "x".repeat(1000));
    let (_, answer) = screen(ok(0, ADA), ok(0, &long), ok(0, "0"));
    let news = answer.json::<Screen>().news;
    assert_eq!(news.code, Some(ErrorCode::SourceInvalid));
    assert_eq!(
        news.message.as_deref(),
        Some("News answered with more than this operation takes.")
    );
}

#[test]
fn a_required_failure_does_not_wait_for_the_other_sources() {
    let failing = Reply::json(500, "{}").after(Duration::from_millis(5));
    let (host, answer) = screen(failing, Reply::hang(), Reply::hang());
    assert_eq!(answer.status(), 502);
    assert_eq!(host.elapsed(), Duration::from_millis(5));
}

#[test]
fn a_source_that_is_not_set_up_names_the_variable_in_the_log_alone() {
    let host = host(ok(0, ADA), ok(0, "[]"), ok(0, "0"));
    host.variable("people_url", None);
    let answer = host.get::<GetScreen>("/screen/7");
    assert_eq!(answer.status(), 500);
    assert!(!answer.text().contains("people_url"), "{}", answer.text());
    let log = host.log();
    assert!(log[0].contains("variable `people_url`: it has no value"), "{log:?}");
    host.variable("people_url", Some("/relative"));
    assert_eq!(host.get::<GetScreen>("/screen/7").status(), 500);
    let log = host.log();
    assert!(log[1].contains("is not the absolute URL of a source"), "{log:?}");
}

#[test]
fn a_source_that_the_operation_does_not_declare_is_not_called() {
    let host = TestHost::new();
    let answer = host.get::<GetStranger>("/stranger");
    assert_eq!(answer.status(), 500);
    let log = host.log();
    assert!(log[0].contains("source `stranger` is not among"), "{log:?}");
    assert!(host.requests("stranger").is_empty());
}

#[test]
fn an_operation_that_does_not_end_is_ended_at_its_deadline() {
    let host = TestHost::new();
    let answer = host.get::<GetIdle>("/idle");
    assert_eq!(answer.status(), 504);
    assert_eq!(answer.error().message, "GetIdle did not end within 300 ms. Try again.");
    assert_eq!(host.elapsed(), Duration::from_millis(300));
}

#[test]
fn another_method_is_refused_with_the_one_that_is_there() {
    let host = TestHost::new();
    let request = http::Request::delete("/idle").body(bytes::Bytes::new()).unwrap();
    let answer = host.send::<GetIdle>(request);
    assert_eq!(answer.status(), 405);
    assert_eq!(answer.header("allow"), Some("GET"));
    assert_eq!(answer.error().message, "GetIdle takes GET, not DELETE.");
}

#[test]
fn ids_of_the_gateway_go_through_to_the_sources_and_back() {
    let host = host(ok(0, ADA), ok(0, "[]"), ok(0, "0"));
    let id = "0D6F24C4-8E0E-4B8C-A3F6-0C4A4E3F7B21";
    let answer = send(&host, &[("x-ms-correlation-id", id)]);
    assert_eq!(answer.header("x-ms-correlation-id"), Some(id));
    let sent = |source| host.requests(source)[0].request.headers()["traceparent"].clone();
    let to_people = sent("people").to_str().unwrap().to_owned();
    assert!(
        to_people.starts_with("00-0d6f24c48e0e4b8ca3f60c4a4e3f7b21-"),
        "{to_people}"
    );
    assert_ne!(sent("news"), to_people, "each call has a parent id of its own");
}

#[test]
fn a_callers_trace_wins_over_its_correlation_id() {
    let host = host(ok(0, ADA), ok(0, "[]"), ok(0, "0"));
    let answer = send(
        &host,
        &[
            ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"),
            ("tracestate", "vendor=1"),
            ("x-ms-correlation-id", "0d6f24c4-8e0e-4b8c-a3f6-0c4a4e3f7b21"),
        ],
    );
    assert_eq!(answer.status(), 200, "{}", answer.text());
    let sent = &host.requests("people")[0].request;
    let traceparent = sent.headers()["traceparent"].to_str().unwrap();
    assert!(
        traceparent.starts_with("00-4bf92f3577b34da6a3ce929d0e0e4736-"),
        "{traceparent}"
    );
    assert!(traceparent.ends_with("-00"), "{traceparent}");
    assert!(!traceparent.contains("00f067aa0ba902b7"), "{traceparent}");
    assert_eq!(sent.headers()["tracestate"], "vendor=1");
}

#[test]
fn an_id_that_could_break_a_log_line_is_replaced() {
    let host = host(ok(0, ADA), ok(0, "[]"), ok(0, "0"));
    let answer = send(&host, &[("x-ms-correlation-id", "two words")]);
    let id = answer.header("x-ms-correlation-id").unwrap();
    assert_eq!(id.len(), 36);
    assert_eq!(&id[14..15], "4", "{id}");
}

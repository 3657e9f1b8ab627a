//! What an operation tells of a request: the line of the log with a span for each call, and the trace that sources see.

use std::time::Duration;

use midspan::{
    cache::Cache,
    prelude::*,
    source::{Breaker, Retry},
    testing::{CallSpan, Recorded, Reply, RequestSpan, TestHost},
};

static PEOPLE: Source = Source::rest("people")
    .retry(Retry::times(1).base(Duration::ZERO))
    .breaker(Breaker::after(2));
static NEWS: Source = Source::rest("news").timeout(Duration::from_millis(300));
static CRM: Source = Source::odata("crm");

/// Whose page to read.
#[input]
struct Whose {
    /// Person
    #[path]
    id: String,
}

/// Read a page
#[operation(get = "/page/{id}", auth = none, sources = [PEOPLE, NEWS], deadline = "2s")]
async fn read_page(ctx: Context, input: Whose) -> Result<u32> {
    let (people, news) = join!(
        ctx.source(&PEOPLE)
            .get("/people/{id}")
            .path("id", &input.id)
            .query("secret", &input.id)
            .json::<u32>(),
        ctx.source(&NEWS)
            .get("/news")
            .cached(Cache::ttl(Duration::from_mins(1)))
            .json::<u32>()
            .optional(),
    );
    Ok(people? + news?.value.unwrap_or(0))
}

/// Read two at once; one that fails is the end of both
#[operation(get = "/both", auth = none, sources = [PEOPLE, NEWS], deadline = "2s")]
async fn read_both(ctx: Context) -> Result<u32> {
    let (people, news) = try_join!(
        ctx.source(&PEOPLE).get("/people").json::<u32>(),
        ctx.source(&NEWS).get("/news").json::<u32>(),
    )?;
    Ok(people + news)
}

/// Send two requests as one
#[operation(get = "/batch", auth = none, sources = [CRM], deadline = "2s")]
async fn send_batch(ctx: Context) -> Result<u32> {
    let mut batch = ctx.source(&CRM).batch("/api/$batch");
    batch.add::<u32>(ctx.source(&CRM).get("/api/a"));
    batch.add::<u32>(ctx.source(&CRM).get("/api/b"));
    batch.send().await;
    Ok(0)
}

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";

fn ok(after: u64) -> Reply {
    Reply::json(200, "1").after(Duration::from_millis(after))
}

fn only(host: &TestHost) -> RequestSpan<'static> {
    let mut reports = host.reports();
    assert_eq!(reports.len(), 1, "one line a request: {reports:?}");
    reports.remove(0)
}

fn header<'r>(request: &'r Recorded, name: &str) -> Option<&'r str> {
    request.request.headers().get(name)?.to_str().ok()
}

#[test]
fn a_request_is_one_line_with_its_calls_and_their_times() {
    let host = TestHost::new();
    host.on(
        "people",
        "GET /people/ada",
        Reply::json(503, "").after(Duration::from_millis(40)),
    );
    host.on("people", "GET /people/ada", ok(60));
    host.on("news", "GET /news", ok(50));
    let headers = [
        ("traceparent", format!("00-{TRACE}-{PARENT}-01")),
        ("tracestate", "a=1".into()),
        ("x-ms-correlation-id", "11111111-2222-4333-8444-555555555555".into()),
        ("x-ms-workflow-run-id", "08585012345678901234567890123CU01".into()),
    ];
    let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(host.get_with::<ReadPage>("/page/ada", &headers).status(), 200);

    let line = only(&host);
    assert_eq!(line.message, "ReadPage answered 200 in 100 ms");
    assert_eq!((&*line.level, &*line.operation, line.status), ("info", "ReadPage", 200));
    assert_eq!((&*line.method, &*line.route), ("GET", "/page/{id}"));
    assert_eq!((line.duration_ms, &*line.timestamp), (100.0, "2026-01-01T00:00:00Z"));
    assert_eq!((&*line.trace_id, line.parent_span_id.as_deref()), (TRACE, Some(PARENT)));
    assert_eq!(line.correlation_id, "11111111-2222-4333-8444-555555555555");
    assert_eq!(line.run_id.as_deref(), Some("08585012345678901234567890123CU01"));
    assert!(line.sampled && line.cold_start);

    let [people, news] = line.sources.as_slice() else {
        panic!("two calls: {line:?}");
    };
    assert_eq!((&*people.source, &*people.path), ("people", "/people/{id}"));
    assert_eq!((people.start_ms, people.duration_ms, people.attempts), (0.0, 100.0, 2));
    assert_eq!((people.status, people.breaker.as_deref()), (Some(200), Some("closed")));
    let sent: Vec<_> = people
        .requests
        .iter()
        .map(|sent| (&*sent.server, sent.start_ms, sent.duration_ms, sent.status))
        .collect();
    assert_eq!(
        sent,
        [
            ("people.test", 0.0, 40.0, Some(503)),
            ("people.test", 40.0, 60.0, Some(200))
        ]
    );
    assert_eq!((news.cache.as_deref(), news.attempts), (Some("miss"), 1));
}

#[test]
fn every_source_gets_the_span_of_the_very_request_as_its_parent() {
    let host = TestHost::new();
    host.on("people", "GET /people/ada", Reply::json(503, ""));
    host.on("people", "GET /people/ada", ok(0));
    host.on("news", "GET /news", ok(0));
    let parent = format!("00-{TRACE}-{PARENT}-01");
    let headers = [("traceparent", parent.as_str()), ("tracestate", "a=1, b@sys=2")];
    let _ = host.get_with::<ReadPage>("/page/ada", &headers);

    let line = only(&host);
    let told: Vec<_> = line.sources.iter().flat_map(|call| &call.requests).collect();
    let requests = [host.requests("people"), host.requests("news")].concat();
    assert_eq!((told.len(), requests.len()), (3, 3));
    for (sent, request) in told.iter().zip(&requests) {
        let expected = format!("00-{TRACE}-{}-01", sent.span_id);
        assert_eq!(header(request, "traceparent"), Some(expected.as_str()));
        assert_eq!(header(request, "tracestate"), Some("a=1,b@sys=2"));
    }
}

#[test]
fn a_flows_correlation_id_is_the_trace_where_the_caller_has_none() {
    let host = TestHost::new();
    host.on("people", "GET /people/ada", ok(0));
    host.on("news", "GET /news", ok(0));
    let id = "0D6F24C4-8E0E-4B8C-A3F6-0C4A4E3F7B21";
    let headers = [("x-ms-client-request-id", id), ("tracestate", "a=1")];
    let _ = host.get_with::<ReadPage>("/page/ada", &headers);
    let line = only(&host);
    assert_eq!(line.trace_id, "0d6f24c48e0e4b8ca3f60c4a4e3f7b21");
    assert_eq!(line.parent_span_id, None);
    let request = &host.requests("people")[0];
    assert_eq!(
        header(request, "tracestate"),
        None,
        "it means nothing without a traceparent"
    );
}

#[test]
fn the_second_request_of_an_instance_is_no_cold_start() {
    let host = TestHost::new();
    host.on("people", "GET /people", ok(0));
    host.on("news", "GET /news", ok(0));
    let _ = (host.get::<ReadBoth>("/both"), host.get::<ReadBoth>("/both"));
    let _ = host.other_instance().get::<ReadBoth>("/both");
    let cold: Vec<_> = host.reports().iter().map(|line| line.cold_start).collect();
    assert_eq!(cold, [true, false, true]);
}

#[test]
fn what_nobody_waited_for_is_told_as_cancelled() {
    let host = TestHost::new();
    host.on(
        "people",
        "GET /people",
        Reply::json(500, "").after(Duration::from_millis(30)),
    );
    host.on("news", "GET /news", Reply::hang());
    let answer = host.get::<ReadBoth>("/both");
    assert_eq!(answer.status(), 502);
    let line = only(&host);
    assert_eq!((&*line.level, line.error.as_deref()), ("error", Some("SourceFailed")));
    let ends: Vec<_> = line
        .sources
        .iter()
        .map(|call| (&*call.source, call.error.as_deref(), call.duration_ms))
        .collect();
    assert_eq!(
        ends,
        [
            ("people", Some("SourceFailed"), 30.0),
            ("news", Some("Cancelled"), 30.0)
        ]
    );
    assert_eq!(line.sources[1].requests[0].error.as_deref(), Some("Cancelled"));
    assert!(
        answer
            .header("server-timing")
            .unwrap()
            .contains("news;dur=30.0;desc=Cancelled")
    );
}

#[test]
fn what_the_cache_and_the_breaker_did_is_told() {
    let host = TestHost::new();
    host.on("news", "GET /news", ok(0));
    host.on("people", "GET /people/ada", Reply::json(500, ""));
    for _ in 0..4 {
        let _ = host.get::<ReadPage>("/page/ada");
    }
    let of = |source: &str, tell: fn(&CallSpan<'_>) -> Option<String>| -> Vec<_> {
        let reports = host.reports();
        let calls = reports.iter().flat_map(|line| &line.sources);
        calls.filter(|call| call.source == source).map(tell).collect()
    };
    let told = |texts: [&str; 4]| texts.map(|text| Some(text.to_owned()));
    let cache = of("news", |call| call.cache.as_deref().map(Into::into));
    assert_eq!(cache, told(["miss", "hit", "hit", "hit"]));
    let breaker = of("people", |call| call.breaker.as_deref().map(Into::into));
    assert_eq!(breaker, told(["closed", "closed", "open", "open"]));
    assert!(
        host.reports()[3]
            .sources
            .iter()
            .all(|call| call.attempts == 0 && call.requests.is_empty())
    );
}

#[test]
fn a_batch_says_how_many_requests_it_stands_for() {
    let host = TestHost::new();
    host.on("crm", "POST /api/$batch", Reply::status(500));
    let _ = host.get::<SendBatch>("/batch");
    assert_eq!(only(&host).sources[0].batch, Some(2));
}

#[test]
fn whether_spans_are_wanted_is_decided_by_the_caller_or_else_by_the_environment() {
    let check = |sampler: Option<&str>, parent: Option<&str>, expected: bool| {
        let host = TestHost::new();
        if let Some(sampler) = sampler {
            host.environment("OTEL_TRACES_SAMPLER", sampler);
        }
        host.on("people", "GET /people/ada", ok(0));
        host.on("news", "GET /news", ok(0));
        let traceparent = parent.map(|flags| format!("00-{TRACE}-{PARENT}-{flags}"));
        let headers: Vec<_> = traceparent
            .iter()
            .map(|value| ("traceparent", value.as_str()))
            .collect();
        let _ = host.get_with::<ReadPage>("/page/ada", &headers);
        assert_eq!(only(&host).sampled, expected, "{sampler:?} {parent:?}");
        let sent = host.requests("people")[0].clone();
        let flags = header(&sent, "traceparent")
            .unwrap()
            .rsplit('-')
            .next()
            .unwrap()
            .to_owned();
        assert_eq!(flags == "01", expected, "sources hear of it: {flags}");
    };
    check(None, None, true);
    check(None, Some("01"), true);
    check(None, Some("00"), false);
    check(Some("always_off"), Some("01"), false);
    check(Some("parentbased_always_off"), None, false);
    check(Some("parentbased_always_off"), Some("01"), true);
}

#[test]
fn no_value_of_the_caller_or_of_a_source_is_in_the_line() {
    let host = TestHost::new();
    let secret = "AdaLovelaceHunter2";
    host.on(
        "people",
        &format!("GET /people/{secret}"),
        Reply::json(200, format!("\"{secret}\"")),
    );
    host.on("news", "GET /news", ok(0));
    host.variable("people_url", Some(&format!("https://user:{secret}@people.test")));
    let path = format!("/page/{secret}?x={secret}");
    let headers = [
        ("x-ms-workflow-run-id", "Ada Lovelace"),
        ("authorization", secret),
        ("cookie", secret),
    ];
    let _ = host.get_with::<ReadPage>(&path, &headers);
    let line = only(&host);
    assert!(!format!("{line:?}").contains(secret), "{line:?}");
    assert_eq!(line.run_id, None, "that is no id");
}

#[test]
fn what_a_source_says_of_a_failure_is_only_logged_where_it_is_asked_for() {
    let refusal = r#"{"error": {"code": "Request_NotFound", "message": "No user Ada Lovelace."}}"#;
    let wrong = r#"{"name": "Ada Lovelace"}"#;
    let check = |asked: bool, status: u16, body: &str, always: &str| {
        let host = TestHost::new();
        host.environment("MIDSPAN_LOG_SOURCES", if asked { "true" } else { "false" });
        host.on("people", "GET /people", Reply::json(status, body));
        host.on("news", "GET /news", ok(0));
        let _ = host.get::<ReadBoth>("/both");
        let log = host.log().concat();
        assert!(log.contains(always), "{log}");
        assert_eq!(log.contains("Lovelace"), asked, "{log}");
    };
    for asked in [true, false] {
        check(asked, 404, refusal, "code Request_NotFound; it answered");
        check(asked, 200, wrong, "invalid type: map, expected u32");
        check(asked, 200, "\"Ada Lovelace\"", "invalid type: string");
    }
}

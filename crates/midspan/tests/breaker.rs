//! A source that fails again and again is left alone for a while, by all instances that share the store.

use std::time::Duration;

use midspan::{
    prelude::*,
    source::{Breaker, Retry},
    testing::{Reply, Response, TestHost},
};

const OPEN_FOR: Duration = Duration::from_secs(10);

static ILL: Source = Source::rest("ill")
    .titled("The patient")
    .timeout(Duration::from_secs(1))
    .retry(Retry::times(1).base(Duration::ZERO))
    .breaker(Breaker::after(3).open_for(OPEN_FOR));
static SOAP: Source = Source::soap("soap").retry(Retry::times(0)).breaker(Breaker::after(1));
static SLOW: Source = Source::rest("slow")
    .timeout(Duration::from_secs(10))
    .breaker(Breaker::after(1));

/// When to read.
#[input]
struct When {
    /// Milliseconds to wait before it
    #[query(default = 0)]
    after: u32,
}

/// Read from the source that fails
#[operation(get = "/ill", auth = none, sources = [ILL], deadline = "2s")]
async fn read_ill(ctx: Context, input: When) -> Result<u32> {
    ctx.sleep(Duration::from_millis(input.after.into())).await;
    ctx.source(&ILL).get("/").json().await
}

/// Read from it, and fail beside it
#[operation(get = "/beside", auth = none, sources = [ILL], deadline = "2s")]
async fn fail_beside(ctx: Context) -> Result<u32> {
    let soon = async {
        ctx.sleep(Duration::from_millis(600)).await;
        Err(Error::not_found("There is no such thing."))
    };
    let (value, ()): (u32, ()) = try_join!(ctx.source(&ILL).get("/").json(), soon)?;
    Ok(value)
}

/// Read from the SOAP source
#[operation(get = "/soap", auth = none, sources = [SOAP], deadline = "2s")]
async fn read_soap(ctx: Context) -> Result<u32> {
    ctx.source(&SOAP).get("/").json().await
}

/// Read from the source whose time-out is longer than the deadline
#[operation(get = "/slow", auth = none, sources = [SLOW], deadline = "1500ms")]
async fn read_slow(ctx: Context) -> Result<u32> {
    ctx.source(&SLOW).get("/").json().await
}

fn read(host: &TestHost) -> Response {
    host.get::<ReadIll>("/ill")
}

fn is_refused(answer: &Response) -> bool {
    answer.status() == 503 && answer.error().error.code == ErrorCode::SourceUnavailable
}

/// A host whose source gives these replies in turn.
fn host(replies: impl IntoIterator<Item = Reply>) -> TestHost {
    let host = TestHost::new();
    for reply in replies {
        host.on("ill", "GET /", reply);
    }
    host
}

fn ok() -> Reply {
    Reply::json(200, "1")
}

fn status(status: u16) -> Reply {
    Reply::json(status, "{}")
}

/// A host whose source has failed three times, and then gives these replies.
fn opened(replies: impl IntoIterator<Item = Reply>) -> TestHost {
    let failures = std::iter::repeat_n(status(500), 3);
    let host = host(failures.chain(replies));
    for _ in 0..3 {
        assert_eq!(read(&host).error().error.code, ErrorCode::SourceFailed);
    }
    host.settle();
    host
}

fn lines_with(host: &TestHost, text: &str) -> usize {
    host.log().iter().filter(|line| line.contains(text)).count()
}

#[test]
fn after_failures_in_a_row_calls_fail_at_once_and_say_for_how_long() {
    let host = opened([ok()]);
    host.pass(Duration::from_millis(3500));
    let answer = read(&host);
    assert!(is_refused(&answer), "{}", answer.text());
    assert_eq!(answer.header("retry-after"), Some("7"));
    assert_eq!(answer.error().error.source.as_deref(), Some("ill"));
    assert_eq!(
        answer.error().message,
        "The patient failed again and again and is left alone for a while. Try again in 7 s; nothing was changed."
    );
    assert_eq!(host.requests("ill").len(), 3);
}

#[test]
fn one_call_goes_through_after_a_while_and_closes_it() {
    let host = opened([ok()]);
    host.pass(OPEN_FOR);
    assert_eq!(read(&host).json::<u32>(), 1);
    assert_eq!(read(&host).json::<u32>(), 1);
    host.settle();
    assert!(host.stored_keys().is_empty(), "{:?}", host.stored_keys());
    assert_eq!(
        lines_with(&host, "source `ill` is not asked for 10000 ms: 3 calls in a row failed"),
        1
    );
    assert_eq!(lines_with(&host, "source `ill` is well again"), 1);
}

#[test]
fn the_call_that_goes_through_is_the_only_one_and_is_not_repeated() {
    let host = opened([status(503).after(Duration::from_millis(100)), ok()]);
    host.pass(OPEN_FOR);
    let request = |path: &str| http::Request::get(path).body(bytes::Bytes::new()).unwrap();
    let answers = TestHost::send_at_once::<ReadIll>(vec![
        (host.clone(), request("/ill")),
        (host.clone(), request("/ill")),
        (host.other_instance(), request("/ill?after=50")),
    ]);
    assert_eq!(answers[0].error().error.source_status, Some(503));
    assert!(answers[1..].iter().all(is_refused), "{answers:?}");
    assert_eq!(host.requests("ill").len(), 4, "nobody tried it twice");
    assert!(is_refused(&read(&host)), "it is open for as long again");
    host.pass(OPEN_FOR);
    assert_eq!(read(&host).json::<u32>(), 1);
    assert_eq!(lines_with(&host, "is not asked for"), 1);
}

#[test]
fn another_instance_knows_of_it_and_counts_along() {
    let host = host(std::iter::repeat_n(status(500), 3).chain([ok()]));
    for _ in 0..3 {
        assert_eq!(read(&host.other_instance()).error().error.code, ErrorCode::SourceFailed);
        host.settle();
    }
    assert!(is_refused(&read(&host.other_instance())));
    assert_eq!(host.requests("ill").len(), 3);
    assert_eq!(lines_with(&host, "is not asked for"), 1, "{:?}", host.log());
}

#[test]
fn an_instance_hears_of_it_within_a_second() {
    let host = opened([]);
    let other = host.other_instance();
    // It has its copy from before.
    let early = TestHost::new();
    early.on("ill", "GET /", ok());
    assert_eq!(read(&early).status(), 200);
    let key = host.stored_keys().pop().unwrap();
    early.overwrite(&key, host.stored(&key).unwrap());
    assert_eq!(read(&early).status(), 200, "its copy is not a second old");
    early.pass(Duration::from_millis(1001));
    assert!(is_refused(&read(&early)));
    assert!(is_refused(&read(&other)));
}

#[test]
fn a_source_that_is_well_costs_one_look_into_the_store_a_second() {
    let host = host([ok()]);
    for _ in 0..20 {
        assert_eq!(read(&host).status(), 200);
        host.pass(Duration::from_millis(100));
    }
    assert_eq!(host.store_uses(), 2);
}

#[test]
fn what_is_no_failure_of_the_source_does_not_open_it() {
    for reply in [
        status(400),
        status(404),
        status(429),
        Reply::json(200, "<"),
        Reply::denied(),
    ] {
        let host = host([reply.clone()]);
        for _ in 0..6 {
            assert!(!is_refused(&read(&host)), "{reply:?}");
        }
    }
    // A success in between begins the count again, and what a retry mends is a success.
    let host = host([
        status(500),
        status(500),
        ok(),
        status(500),
        Reply::reset(),
        ok(),
        status(500),
    ]);
    for _ in 0..6 {
        assert!(!is_refused(&read(&host)));
    }
}

#[test]
fn what_is_a_failure_of_the_source_opens_it() {
    for reply in [status(500), status(503), Reply::reset(), Reply::hang()] {
        let host = host([reply.clone()]);
        for _ in 0..3 {
            assert!(!is_refused(&read(&host)), "{reply:?}");
        }
        assert!(is_refused(&read(&host)), "{reply:?}");
    }
}

#[test]
fn a_soap_fault_is_no_failure_of_its_source() {
    let host = TestHost::new();
    host.on("soap", "GET /", status(500));
    for _ in 0..3 {
        assert_eq!(
            host.get::<ReadSoap>("/soap").error().error.code,
            ErrorCode::SourceFailed
        );
    }
    let host = TestHost::new();
    host.on("soap", "GET /", status(502));
    let _ = host.get::<ReadSoap>("/soap");
    assert!(is_refused(&host.get::<ReadSoap>("/soap")));
}

#[test]
fn a_caller_without_patience_opens_nothing() {
    let impatient = |wait: &str| {
        let host = TestHost::new();
        host.on("slow", "GET /", Reply::hang());
        let answer = host.get_with::<ReadSlow>("/slow", &[("prefer", wait)]);
        assert_eq!(answer.error().error.code, ErrorCode::SourceTimeout);
        is_refused(&host.get::<ReadSlow>("/slow"))
    };
    assert!(!impatient("wait=0"));
    assert!(impatient("wait=1"), "that is more than half of what there is");
    assert!(impatient("wait=9"));
}

#[test]
fn a_call_that_nobody_waits_for_says_nothing_and_gives_its_turn_back() {
    let host = opened([Reply::hang(), ok()]);
    host.pass(OPEN_FOR);
    assert_eq!(host.get::<FailBeside>("/beside").status(), 404);
    assert_eq!(host.requests("ill").len(), 4);
    assert_eq!(read(&host).json::<u32>(), 1);
}

#[test]
fn without_a_store_each_instance_goes_by_what_it_has_seen() {
    let host = host(std::iter::repeat_n(status(500), 4).chain([ok()]));
    host.store_is_down(true);
    for _ in 0..3 {
        assert_eq!(read(&host).error().error.code, ErrorCode::SourceFailed);
    }
    assert!(is_refused(&read(&host)));
    assert_eq!(read(&host.other_instance()).error().error.code, ErrorCode::SourceFailed);
    assert_eq!(
        lines_with(&host, "is this instance's alone: the test took it down"),
        2,
        "once an instance"
    );
    host.store_is_down(false);
    host.pass(Duration::from_secs(2));
    assert!(is_refused(&read(&host)), "the store knows less than this instance");
    host.pass(OPEN_FOR);
    assert_eq!(read(&host).json::<u32>(), 1);
}

#[test]
fn a_slow_store_holds_a_call_up_for_a_moment_only() {
    let host = host([ok()]);
    host.store_takes(Duration::from_mins(1));
    for _ in 0..10 {
        assert_eq!(read(&host).status(), 200);
    }
    assert_eq!(host.elapsed(), Duration::from_millis(50));
}

#[test]
fn what_stands_in_the_store_by_mistake_is_as_nothing() {
    let host = opened([ok()]);
    let key = host.stored_keys().pop().unwrap();
    assert!(key.len() < 256 && key.starts_with("midspan/breaker/"), "{key}");
    for rubbish in ["", "1", "2 3 4 5", "1 a b c", "\u{7f}"] {
        host.overwrite(&key, rubbish);
        assert_eq!(read(&host.other_instance()).status(), 200, "{rubbish}");
    }
}

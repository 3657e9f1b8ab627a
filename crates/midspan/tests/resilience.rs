//! What a source's policy does about faults: retry, back-off, budget, hedge, limit; all of it on the virtual clock.

use std::time::Duration;

use midspan::{
    Operation,
    prelude::*,
    source::Retry,
    testing::{Reply, Response, TestHost},
};

static PLAIN: Source = Source::rest("plain").titled("Plain");
static EAGER: Source = Source::rest("eager").titled("Eager").retry(
    Retry::times(3)
        .base(Duration::from_millis(100))
        .max_delay(Duration::from_millis(150))
        .idempotent_writes(),
);
static NEVER: Source = Source::rest("never").retry(Retry::times(0));
static SLOW: Source = Source::rest("slow")
    .titled("Slow")
    .timeout(Duration::from_millis(900))
    .hedge_after(Duration::from_millis(200));
static NARROW: Source = Source::rest("narrow")
    .titled("Narrow")
    .timeout(Duration::from_secs(1))
    .retry(Retry::times(0))
    .max_concurrent(2);

/// Read from each source, as its policy has it
#[operation(get = "/plain", auth = none, sources = [PLAIN], deadline = "2s")]
async fn read_plain(ctx: Context) -> Result<u32> {
    ctx.source(&PLAIN).get("/").json().await
}

/// Read from the source that is asked four times
#[operation(get = "/eager", auth = none, sources = [EAGER], deadline = "2s")]
async fn read_eager(ctx: Context) -> Result<u32> {
    ctx.source(&EAGER).get("/").json().await
}

/// Read from the source that is asked once
#[operation(get = "/never", auth = none, sources = [NEVER], deadline = "2s")]
async fn read_never(ctx: Context) -> Result<u32> {
    ctx.source(&NEVER).get("/").json().await
}

/// Read from the source with a slow tail
#[operation(get = "/slow", auth = none, sources = [SLOW], deadline = "2s")]
async fn read_slow(ctx: Context) -> Result<u32> {
    ctx.source(&SLOW).get("/").json().await
}

/// Write to the source with a slow tail
#[operation(get = "/slow-write", auth = none, sources = [SLOW], deadline = "2s")]
async fn write_slow(ctx: Context) -> Result<u32> {
    ctx.source(&SLOW).post("/").json().await
}

/// Ask the source that takes two requests at once
#[operation(get = "/narrow", auth = none, sources = [NARROW], deadline = "2s")]
async fn read_narrow(ctx: Context) -> Result<Vec<Part<u32>>> {
    let read = |path| ctx.source(&NARROW).get(path).json().optional();
    let (a, b, c, d) = try_join!(read("/a"), read("/b"), read("/c"), read("/d"))?;
    Ok(vec![a, b, c, d])
}

/// What a write is done with.
#[input]
struct WriteInput {
    /// Method
    #[path]
    method: String,
    /// Key
    #[query]
    key: Option<String>,
}

/// Write to the source that is asked once more
#[operation(get = "/plain/{method}", auth = none, sources = [PLAIN], deadline = "2s")]
async fn write_plain(ctx: Context, input: WriteInput) -> Result<u32> {
    write(&ctx, &PLAIN, input).await
}

/// Write to the source that is asked four times
#[operation(get = "/eager/{method}", auth = none, sources = [EAGER], deadline = "2s")]
async fn write_eager(ctx: Context, input: WriteInput) -> Result<u32> {
    write(&ctx, &EAGER, input).await
}

async fn write(ctx: &Context, source: &'static Source, input: WriteInput) -> Result<u32> {
    let method = http::Method::from_bytes(input.method.as_bytes()).expect("the test gives a method");
    let call = ctx.source(source).call(method, "/");
    match &input.key {
        Some(key) => call.idempotency_key(key).json().await,
        None => call.json().await,
    }
}

fn ok(delay_ms: u64) -> Reply {
    Reply::json(200, "1").after(Duration::from_millis(delay_ms))
}

fn status(status: u16) -> Reply {
    Reply::json(status, "{}")
}

/// An operation's answer when `source` gives these replies to `route` in turn.
fn answer<O: Operation>(path: &str, source: &str, route: &str, replies: &[Reply]) -> (TestHost, Response) {
    let host = TestHost::new();
    for reply in replies {
        host.on(source, route, reply.clone());
    }
    let answer = host.get::<O>(path);
    (host, answer)
}

#[test]
fn a_read_that_fails_in_passing_is_tried_once_more_without_being_told() {
    for fault in [Reply::reset(), status(429), status(502), status(503), status(504)] {
        let (host, answer) = answer::<ReadPlain>("/plain", "plain", "GET /", &[fault.clone(), ok(0)]);
        assert_eq!(answer.status(), 200, "{fault:?}: {}", answer.text());
        assert_eq!(host.requests("plain").len(), 2, "{fault:?}");
        assert!(host.elapsed() <= Duration::from_millis(50), "{:?}", host.elapsed());

        let (host, answer) = self::answer::<ReadPlain>("/plain", "plain", "GET /", &[fault]);
        assert_ne!(answer.status(), 200);
        assert_eq!(host.requests("plain").len(), 2, "and not a third time");
    }
}

#[test]
fn what_a_repetition_would_not_mend_is_not_repeated() {
    for fault in [
        status(400),
        status(404),
        status(500),
        Reply::denied(),
        Reply::hang(),
        Reply::json(200, "<"),
    ] {
        let (host, answer) = answer::<ReadEager>("/eager", "eager", "GET /", &[fault.clone(), ok(0)]);
        assert_ne!(answer.status(), 200, "{fault:?}");
        assert_eq!(host.requests("eager").len(), 1, "{fault:?}");
    }
    let (host, _) = answer::<ReadNever>("/never", "never", "GET /", &[status(503)]);
    assert_eq!(host.requests("never").len(), 1);
}

#[test]
fn a_write_is_repeated_only_where_that_is_safe() {
    let check = |method: &str, key: &str, plain: usize, eager: usize| {
        let route = format!("{method} /");
        let (host, _) = answer::<WritePlain>(&format!("/plain/{method}{key}"), "plain", &route, &[Reply::reset()]);
        assert_eq!(host.requests("plain").len(), plain, "{method}{key}");
        let (host, _) = answer::<WriteEager>(&format!("/eager/{method}{key}"), "eager", &route, &[Reply::reset()]);
        assert_eq!(host.requests("eager").len(), eager, "{method}{key}");
    };
    check("POST", "", 1, 1);
    check("PATCH", "", 1, 1);
    check("PUT", "", 1, 4);
    check("DELETE", "", 1, 4);
    check("POST", "?key=k-1", 2, 4);
    check("PATCH", "?key=k-1", 2, 4);
}

#[test]
fn every_attempt_carries_the_same_key_and_a_parent_id_of_its_own() {
    let (host, _) = answer::<WritePlain>("/plain/POST?key=k-1", "plain", "POST /", &[status(503), ok(0)]);
    let header = |attempt: usize, name: &str| host.requests("plain")[attempt].request.headers()[name].clone();
    assert_eq!(header(0, "idempotency-key"), "k-1");
    assert_eq!(header(1, "idempotency-key"), "k-1");
    assert_ne!(header(0, "traceparent"), header(1, "traceparent"));
}

#[test]
fn the_waits_between_attempts_grow_up_to_their_limit() {
    let (host, answer) = answer::<ReadEager>("/eager", "eager", "GET /", &[status(503)]);
    assert_eq!(answer.error().error.source_status, Some(503));
    assert_eq!(host.requests("eager").len(), 4);
    let most = Duration::from_millis(100 + 150 + 150);
    assert!(
        host.elapsed() > Duration::ZERO && host.elapsed() < most,
        "{:?}",
        host.elapsed()
    );
}

#[test]
fn a_source_that_says_when_to_come_back_is_obeyed_in_both_forms() {
    // The virtual clock starts on this second of 2026.
    for when in ["1", "Thu, 01 Jan 2026 00:00:01 GMT"] {
        let busy = status(503).header("retry-after", when);
        let (host, answer) = answer::<ReadPlain>("/plain", "plain", "GET /", &[busy, ok(100)]);
        assert_eq!(answer.status(), 200, "{when}");
        assert_eq!(host.elapsed(), Duration::from_millis(1100), "{when}");
    }
}

#[test]
fn a_source_that_asks_for_more_time_than_there_is_fails_the_call_at_once() {
    let check = |status: u16, when: &str, code: ErrorCode, passed_on: &str| {
        let busy = self::status(status).header("retry-after", when);
        let (host, answer) = answer::<ReadPlain>("/plain", "plain", "GET /", &[busy, ok(0)]);
        assert_eq!(answer.error().error.code, code);
        assert_eq!(answer.header("retry-after"), Some(passed_on));
        assert_eq!(host.requests("plain").len(), 1);
        assert_eq!(host.elapsed(), Duration::ZERO);
    };
    check(429, "2", ErrorCode::SourceThrottled, "2");
    check(503, "30", ErrorCode::SourceFailed, "30");
    check(429, "Thu, 01 Jan 2026 00:01:00 GMT", ErrorCode::SourceThrottled, "60");
    check(429, "99999999999999999999", ErrorCode::SourceThrottled, "4294967295");
}

#[test]
fn the_time_out_holds_for_all_attempts_together() {
    let (host, answer) = answer::<ReadSlow>("/slow", "slow", "GET /", &[Reply::reset(), Reply::hang()]);
    assert_eq!(answer.error().error.code, ErrorCode::SourceTimeout);
    assert_eq!(host.elapsed(), Duration::from_millis(900));
}

#[test]
fn how_many_attempts_it_took_is_in_the_timing_and_in_the_log() {
    let (host, answer) = answer::<ReadPlain>("/plain", "plain", "GET /", &[status(503), ok(0)]);
    let timing = answer.header("server-timing").unwrap();
    assert!(timing.contains(";desc=\"2 attempts\","), "{timing}");
    assert_eq!(host.log().len(), 1, "{:?}", host.log());
    assert!(host.log()[0].contains("\"attempts\":2"), "{:?}", host.log());

    let (host, answer) = self::answer::<ReadPlain>("/plain", "plain", "GET /", &[status(503)]);
    let timing = answer.header("server-timing").unwrap();
    assert!(timing.contains(";desc=\"SourceFailed, 2 attempts\","), "{timing}");
    assert_eq!(host.log().len(), 1, "{:?}", host.log());
    assert!(host.log()[0].contains("\"attempts\":2"), "{:?}", host.log());
}

#[test]
fn a_source_in_trouble_gets_little_more_than_its_usual_load() {
    let host = TestHost::new();
    host.on("plain", "GET /", status(503));
    for _ in 0..112 {
        assert_eq!(host.get::<ReadPlain>("/plain").status(), 502);
    }
    // Ten retries saved up, two that the first twelve calls brought in, and one for every five of the other hundred.
    assert_eq!(host.requests("plain").len(), 112 + 12 + 20);
}

#[test]
fn a_slow_read_is_sent_a_second_time_and_the_first_answer_wins() {
    let (host, answer) = answer::<ReadSlow>("/slow", "slow", "GET /", &[Reply::hang(), ok(100)]);
    assert_eq!(answer.status(), 200, "{}", answer.text());
    assert_eq!(host.elapsed(), Duration::from_millis(300));
    assert_eq!(host.requests("slow").len(), 2);

    let (host, answer) = self::answer::<ReadSlow>("/slow", "slow", "GET /", &[ok(250), Reply::hang()]);
    assert_eq!(answer.status(), 200);
    assert_eq!(host.elapsed(), Duration::from_millis(250));
    assert_eq!(host.requests("slow").len(), 2);
}

#[test]
fn a_read_that_is_answered_in_time_is_sent_once() {
    let (host, _) = answer::<ReadSlow>("/slow", "slow", "GET /", &[ok(199)]);
    assert_eq!(host.requests("slow").len(), 1);
}

#[test]
fn a_request_that_breaks_does_not_win_over_one_under_way() {
    let breaks = Reply::reset().after(Duration::from_millis(250));
    let (host, answer) = answer::<ReadSlow>("/slow", "slow", "GET /", &[breaks, ok(200)]);
    assert_eq!(answer.status(), 200, "{}", answer.text());
    assert_eq!(host.elapsed(), Duration::from_millis(400));
    assert_eq!(host.requests("slow").len(), 2);
}

#[test]
fn a_write_is_not_hedged() {
    let (host, answer) = answer::<WriteSlow>("/slow-write", "slow", "POST /", &[Reply::hang()]);
    assert_eq!(answer.error().error.code, ErrorCode::SourceTimeout);
    assert_eq!(host.requests("slow").len(), 1);
}

#[test]
fn hedges_stop_when_the_budget_is_spent() {
    let host = TestHost::new();
    host.on("slow", "GET /", ok(500));
    for _ in 0..112 {
        assert_eq!(host.get::<ReadSlow>("/slow").status(), 200);
    }
    assert_eq!(host.requests("slow").len(), 112 + 12 + 20);
}

fn narrow(host: &TestHost, delays_ms: [u64; 4]) {
    for (route, delay) in ["GET /a", "GET /b", "GET /c", "GET /d"].into_iter().zip(delays_ms) {
        host.on("narrow", route, ok(delay));
    }
}

#[test]
fn requests_over_the_limit_wait_for_their_turn_in_order() {
    let host = TestHost::new();
    narrow(&host, [100, 300, 100, 100]);
    let parts: Vec<Part<u32>> = host.get::<ReadNarrow>("/narrow").json();
    assert!(parts.iter().all(|part| part.value == Some(1)), "{parts:?}");
    let sent = host.requests("narrow");
    let order: Vec<_> = sent.iter().map(|sent| sent.request.uri().path()).collect();
    assert_eq!(order, ["/a", "/b", "/c", "/d"]);
    // a and b at once, c after a, d after c.
    assert_eq!(host.elapsed(), Duration::from_millis(300));
}

#[test]
fn who_does_not_get_a_turn_within_the_time_out_is_told_so() {
    let host = TestHost::new();
    narrow(&host, [1100, 1100, 0, 0]);
    narrow(&host, [0, 0, 0, 0]);
    let parts: Vec<Part<u32>> = host.get::<ReadNarrow>("/narrow").json();
    assert_eq!(parts[2].code, Some(ErrorCode::SourceTimeout));
    assert_eq!(
        parts[2].message.as_deref(),
        Some("Narrow could not be asked within 1000 ms. Try again; nothing was changed.")
    );
    assert_eq!(host.requests("narrow").len(), 2);
    // Who gave up keeps neither a place nor a turn.
    let parts: Vec<Part<u32>> = host.get::<ReadNarrow>("/narrow").json();
    assert!(parts.iter().all(|part| part.value == Some(1)), "{parts:?}");
}

//! Stale answers (RFC 5861).

use midspan::part::Status;

use super::*;

fn part(response: &Response) -> Part<String> {
    response.json()
}

#[test]
fn if_the_source_fails_a_stale_answer_does_and_the_part_says_why() {
    let failures = [
        (
            Reply::json(503, "{}"),
            "api; fwd=stale; fwd-status=503; ttl=-60; detail=stale-if-error",
            "SourceFailed",
        ),
        (
            Reply::json(429, "{}"),
            "api; fwd=stale; fwd-status=429; ttl=-60; detail=stale-if-error",
            "SourceThrottled",
        ),
        (
            Reply::reset(),
            "api; fwd=stale; ttl=-60; detail=stale-if-error",
            "SourceUnreachable",
        ),
        (
            Reply::hang(),
            "api; fwd=stale; ttl=-65; detail=stale-if-error",
            "SourceTimeout",
        ),
    ];
    for (failure, status, code) in failures {
        let host = host([numbered(1), failure]);
        assert_eq!(part(&host.get::<Stale>("/stale/1")).status, Status::Fresh);
        host.pass(MINUTE * 2);
        let answer = host.get::<Stale>("/stale/1");
        let part = part(&answer);
        assert_eq!(part.status, Status::Stale, "{code}");
        assert_eq!(part.value.as_deref(), Some("1"));
        assert_eq!(part.code.map(ErrorCode::name), Some(code));
        assert!(part.message.unwrap().starts_with("The API "));
        assert_eq!(cache_status(&answer), status);
        assert!(host.log().iter().any(|line| line.contains(code)), "{:?}", host.log());
    }
}

#[test]
fn what_is_too_old_or_must_be_validated_is_missing_instead() {
    let too_old = host([numbered(1), Reply::json(503, "{}")]);
    let _ = too_old.get::<Stale>("/stale/1");
    too_old.pass(MINUTE * 3);
    assert_eq!(part(&too_old.get::<Stale>("/stale/1")).status, Status::Missing);

    for strict in [
        "max-age=60, must-revalidate",
        "max-age=60, proxy-revalidate",
        "s-maxage=60",
        "no-cache",
    ] {
        let host = host([with(strict).header("etag", "\"a\""), Reply::json(503, "{}")]);
        let _ = host.get::<Stale>("/stale/1");
        host.pass(MINUTE);
        assert_eq!(part(&host.get::<Stale>("/stale/1")).status, Status::Missing, "{strict}");
    }
}

#[test]
fn a_client_s_mistake_is_no_failure_of_the_source() {
    let host = host([numbered(1), Reply::json(404, "{}")]);
    let _ = host.get::<Stale>("/stale/1");
    host.pass(MINUTE);
    assert_eq!(part(&host.get::<Stale>("/stale/1")).status, Status::Missing);
}

#[test]
fn the_source_can_allow_stale_answers_itself() {
    let host = host([with("max-age=60, stale-if-error=60"), Reply::json(500, "{}")]);
    let _ = host.get::<AsTold>("/told/1");
    host.pass(MINUTE + Duration::from_secs(59));
    assert_eq!(part(&host.get::<AsTold>("/told/1")).status, Status::Stale);
    host.pass(Duration::from_secs(1));
    assert_eq!(part(&host.get::<AsTold>("/told/1")).status, Status::Missing);
}

#[test]
fn within_its_window_a_stale_answer_is_given_at_once_and_read_again_afterwards() {
    let host = host([numbered(1), numbered(2).after(Duration::from_secs(4))]);
    let _ = host.get::<Swr>("/swr/1");
    host.pass(MINUTE * 2);
    let before = host.elapsed();
    let answer = host.get::<Swr>("/swr/1");
    assert_eq!(host.elapsed(), before);
    assert_eq!(value(&answer), "1");
    assert_eq!(part(&answer).status, Status::Fresh);
    assert_eq!(
        cache_status(&answer),
        "api; hit; ttl=-60; detail=stale-while-revalidate"
    );
    host.settle();
    assert_eq!(calls(&host), 2);
    let answer = host.get::<Swr>("/swr/1");
    assert_eq!(
        (value(&answer).as_str(), cache_status(&answer)),
        ("2", "api; hit; ttl=60")
    );
}

#[test]
fn a_refresh_is_told_as_a_span_below_the_operation_that_gave_what_was_stale() {
    let host = host([numbered(1), numbered(2).after(Duration::from_secs(4))]);
    let _ = host.get::<Swr>("/swr/1");
    host.pass(MINUTE);
    let _ = host.get::<Swr>("/swr/1");
    host.settle();
    let refreshes: Vec<serde_json::Value> = host
        .log()
        .iter()
        .filter(|line| line.starts_with("{\"event\":\"midspan.refresh\","))
        .map(|line| serde_json::from_str(line).expect("a line of JSON"))
        .collect();
    let [refresh] = refreshes.as_slice() else {
        panic!("one was refreshed: {refreshes:?}");
    };
    let answered = &host.reports()[1];
    assert_eq!(refresh["traceId"], *answered.trace_id);
    assert_eq!(refresh["parentSpanId"], *answered.span_id);
    assert_eq!(refresh["timestamp"], "2026-01-01T00:01:00Z");
    let call = &refresh["call"];
    assert_eq!(
        (&call["cache"], &call["status"], &call["durationMs"]),
        (&"refresh".into(), &200.into(), &4000.0.into())
    );
    let requests = host.requests("api");
    let traceparent = requests[1].request.headers()["traceparent"].to_str();
    assert_eq!(
        traceparent.ok().and_then(|value| value.split('-').nth(2)),
        call["requests"][0]["spanId"].as_str()
    );
}

#[test]
fn many_who_are_given_a_stale_answer_have_it_read_again_once() {
    let host = host([numbered(1), numbered(2).after(Duration::from_secs(1))]);
    let _ = host.get::<Swr>("/swr/1");
    host.pass(MINUTE);
    let other = host.other_instance();
    let requests = (0..50).map(|n| {
        (
            if n % 2 == 0 { host.clone() } else { other.clone() },
            request("/swr/1", ""),
        )
    });
    let answers = TestHost::send_at_once::<Swr>(requests.collect());
    assert!(answers.iter().all(|answer| value(answer) == "1"));
    host.settle();
    assert_eq!(calls(&host), 2);
}

#[test]
fn a_refresh_that_fails_is_logged_and_tried_again_by_the_next_call() {
    let host = host([numbered(1), Reply::reset(), numbered(3)]);
    let _ = host.get::<Swr>("/swr/1");
    host.pass(MINUTE);
    assert_eq!(value(&host.get::<Swr>("/swr/1")), "1");
    host.settle();
    assert!(
        host.log().iter().any(|line| line.contains("SourceUnreachable")),
        "{:?}",
        host.log()
    );
    assert_eq!(value(&host.get::<Swr>("/swr/1")), "1");
    host.pass(Duration::from_secs(1));
    host.settle();
    assert_eq!(value(&host.get::<Swr>("/swr/1")), "3");
}

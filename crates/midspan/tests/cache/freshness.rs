//! What is stored and for how long (RFC 9111 s. 3 and 4.2).

use super::*;

const SECOND: Duration = Duration::from_secs(1);

/// Whether the second call, so much later, is answered by the cache.
fn check<O: Operation>(path: &str, reply: &Reply, apart: Duration, from_cache: bool) {
    let calls = asked_twice::<O>(path, reply, apart);
    assert_eq!(calls, if from_cache { 1 } else { 2 }, "{reply:?} after {apart:?}");
}

fn told(reply: &Reply, apart: Duration, from_cache: bool) {
    check::<AsTold>("/told/1", reply, apart, from_cache);
}

#[test]
fn an_answer_is_fresh_for_as_long_as_its_source_says() {
    told(&with("max-age=60"), SECOND * 59, true);
    told(&with("max-age=60"), SECOND * 60, false);
    told(&with("max-age=10, s-maxage=60"), SECOND * 59, true);
    told(&with("max-age=60, s-maxage=10"), SECOND * 11, false);
    told(&with("max-age=0"), Duration::ZERO, false);
    told(&with("public"), Duration::ZERO, false);
    told(&numbered(1), Duration::ZERO, false);
    told(&with("max-age=soon"), Duration::ZERO, false);
    let expires = |date| {
        numbered(1)
            .header("date", "Thu, 01 Jan 2026 00:00:00 GMT")
            .header("expires", date)
    };
    told(&expires("Thu, 01 Jan 2026 00:01:00 GMT"), SECOND * 59, true);
    told(&expires("Thu, 01 Jan 2026 00:01:00 GMT"), SECOND * 60, false);
    told(&expires("0"), Duration::ZERO, false);
    told(&expires("0").header("cache-control", "max-age=60"), SECOND * 59, true);
}

#[test]
fn age_counts_from_the_source_of_the_source() {
    told(&with("max-age=60").header("age", "50"), SECOND * 9, true);
    told(&with("max-age=60").header("age", "50"), SECOND * 10, false);
    told(&with("max-age=60").header("age", "nonsense"), SECOND * 59, true);
    told(
        &with("max-age=60").header("date", "Wed, 31 Dec 2025 23:59:30 GMT"),
        SECOND * 31,
        false,
    );
    told(&with("max-age=60").after(SECOND * 2), SECOND * 57, true);
    told(&with("max-age=60").after(SECOND * 2), SECOND * 58, false);
}

#[test]
fn what_must_not_be_stored_is_not() {
    told(&with("no-store, max-age=60"), Duration::ZERO, false);
    told(&with("private, max-age=60"), Duration::ZERO, false);
    told(&with("private=\"x-user\", max-age=60"), Duration::ZERO, false);
    told(&with("max-age=60").header("vary", "*"), Duration::ZERO, false);
    told(
        &with("max-age=60").header("set-cookie", "session=1"),
        Duration::ZERO,
        false,
    );
    told(&with("max-age=60, public").header("set-cookie", "a=1"), SECOND, true);
    told(&with("no-cache, max-age=60"), Duration::ZERO, false);
    told(&with("no-store, must-understand, max-age=60"), SECOND, true);
}

#[test]
fn no_lifetime_is_guessed_unless_the_call_wants_it() {
    let old = numbered(1).header("last-modified", "Wed, 31 Dec 2025 00:00:00 GMT");
    told(&old, Duration::ZERO, false);
    check::<Guessed>("/guessed/1", &old, SECOND * 8639, true);
    check::<Guessed>("/guessed/1", &old, SECOND * 8640, false);
    check::<Guessed>("/guessed/1", &numbered(1), Duration::ZERO, false);
}

#[test]
fn a_call_s_own_lifetime_is_for_sources_that_say_nothing() {
    check::<Minute>("/minute/1", &numbered(1), SECOND * 59, true);
    check::<Minute>("/minute/1", &numbered(1), SECOND * 60, false);
    check::<Minute>("/minute/1", &with("max-age=5"), SECOND * 6, false);
    check::<Minute>("/minute/1", &with("no-store"), Duration::ZERO, false);
    check::<Forced>(
        "/forced/1",
        &with("no-store, private, max-age=5").header("vary", "*"),
        SECOND * 59,
        true,
    );
    check::<Forced>("/forced/1", &with("no-store"), SECOND * 60, false);
}

#[test]
fn that_there_is_no_such_thing_is_kept_as_long_as_the_call_says() {
    let missing = Reply::json(404, "{}");
    check::<Minute>("/minute/1", &missing, SECOND * 9, true);
    check::<Minute>("/minute/1", &missing, SECOND * 10, false);
    check::<Forced>("/forced/1", &missing, Duration::ZERO, false);
    told(&missing, Duration::ZERO, false);
    told(
        &missing.clone().header("cache-control", "max-age=60"),
        SECOND * 59,
        true,
    );
}

#[test]
fn failures_are_not_stored_for_a_call_s_own_lifetime() {
    for status in [201, 302, 400, 401, 403, 429, 500, 503] {
        let from_cache = status == 201;
        check::<Minute>("/minute/1", &Reply::json(status, "\"1\""), Duration::ZERO, from_cache);
    }
}

#[test]
fn a_call_can_ask_for_more_than_the_source_promises() {
    let host = host([with("max-age=60")]);
    let get = |ask: &str| cache_status(&host.get::<AsTold>(&format!("/told/1?ask={ask}"))).to_owned();
    assert_eq!(get("only-if-cached"), "api; hit; detail=only-if-cached");
    assert_eq!(get(""), "api; fwd=uri-miss; fwd-status=200; ttl=60; stored");
    host.pass(SECOND * 30);
    assert_eq!(get("max-age%3D30"), "api; hit; ttl=30");
    assert_eq!(get("min-fresh%3D30"), "api; hit; ttl=30");
    assert_eq!(get("only-if-cached"), "api; hit; ttl=30");
    assert_eq!(get("max-age%3D29"), "api; fwd=stale; fwd-status=200; ttl=60; stored");
    assert_eq!(get("no-cache"), "api; fwd=request; fwd-status=200; ttl=60; stored");
    assert_eq!(get("min-fresh%3D61"), "api; fwd=stale; fwd-status=200; ttl=60; stored");
    assert_eq!(get("no-store"), "");
}

#[test]
fn a_call_can_take_what_is_stale_where_the_source_lets_it() {
    let get = |control: &str, ask: &str| {
        let host = host([with(control)]);
        let _ = host.get::<AsTold>("/told/1");
        host.pass(SECOND * 90);
        cache_status(&host.get::<AsTold>(&format!("/told/1?ask={ask}"))).to_owned()
    };
    let (hit, asked) = (
        "api; hit; ttl=-30; detail=max-stale",
        "api; fwd=stale; fwd-status=200; ttl=60; stored",
    );
    assert_eq!(get("max-age=60", "max-stale"), hit);
    assert_eq!(get("max-age=60", "max-stale%3D31"), hit);
    assert_eq!(get("max-age=60", "max-stale%3D30"), asked);
    assert_eq!(get("max-age=60", "max-stale%3D31,max-age%3D89"), asked);
    assert_eq!(get("max-age=60", "max-stale%3D31,min-fresh%3D1"), asked);
    for strict in ["must-revalidate", "proxy-revalidate", "s-maxage=60"] {
        assert_eq!(get(&format!("max-age=60, {strict}"), "max-stale"), asked, "{strict}");
    }
}

#[test]
fn calls_that_differ_have_answers_of_their_own() {
    let host = host([numbered(1), numbered(2), numbered(3)]);
    host.on("api", "GET /things/2", numbered(9));
    let get = |path: &str| value(&host.get::<Minute>(path));
    assert_eq!(get("/minute/1"), "1");
    assert_eq!(get("/minute/1?language=de"), "2");
    assert_eq!(get("/minute/2"), "9");
    assert_eq!(get("/minute/1"), "1");
    assert_eq!(get("/minute/1?language=de"), "2");
}

#[test]
fn where_the_call_says_so_headers_count_if_the_source_varies_by_them() {
    let varied = |number| {
        numbered(number)
            .header("cache-control", "max-age=60")
            .header("vary", "Accept-Language")
    };
    let host = host([varied(1), varied(2)]);
    let get = |language: &str| {
        let answer = host.get::<ByVary>(&format!("/vary/1?language={language}"));
        (value(&answer), cache_status(&answer).to_owned())
    };
    assert_eq!(get("de").1, "api; fwd=uri-miss; fwd-status=200; ttl=60; stored");
    assert_eq!(get("en,%20fr").1, "api; fwd=vary-miss; fwd-status=200; ttl=60; stored");
    assert_eq!(get("de"), ("1".into(), "api; hit; ttl=60".into()));
    assert_eq!(get("en,fr"), ("2".into(), "api; hit; ttl=60".into()));

    let host = super::host([with("max-age=60")]);
    let _ = host.get::<ByVary>("/vary/1?language=de");
    let _ = host.get::<ByVary>("/vary/1?language=en");
    assert_eq!(calls(&host), 1);
}

//! Answers that a redirect led to. They are kept under the first URL, for as long as all that led there may be kept.

use super::*;

/// A source that sends `/things/1` on to `/elsewhere`.
fn moved(redirect: Reply, target: Reply) -> TestHost {
    let host = TestHost::new();
    host.on("api", "GET /things/1", redirect.header("location", "/elsewhere"));
    host.on("api", "GET /elsewhere", target);
    host.on("api", "POST /elsewhere", Reply::json(200, "1"));
    host
}

/// Change what was moved
#[operation(post = "/elsewhere", auth = none, sources = [API])]
async fn change_elsewhere(ctx: Context) -> Result<bool> {
    ctx.source(&API).post("/elsewhere").success().await?;
    Ok(true)
}

/// For how many seconds it is a hit.
fn kept<O: Operation>(path: &str, redirect: Reply, target: Reply) -> Option<u32> {
    let host = moved(redirect, target);
    let _ = host.get::<O>(path);
    let again = host.get::<O>(path);
    let seconds = cache_status(&again).strip_prefix("api; hit; ttl=").map(str::parse);
    seconds.map(|seconds| seconds.expect("a number"))
}

#[test]
fn they_are_fresh_for_as_long_as_what_led_to_them() {
    let redirect = |control: &str| Reply::status(302).header("cache-control", control);
    let told = |redirect: Reply| kept::<AsTold>("/told/1", redirect, with("max-age=60"));
    // A 302 that says nothing may not be used again (RFC 9110 s. 15.4.3), so neither may what it led to.
    assert_eq!(told(Reply::status(302)), None);
    assert_eq!(told(redirect("max-age=20")), Some(20));
    assert_eq!(told(redirect("max-age=600")), Some(60));
    assert_eq!(told(redirect("max-age=20").header("age", "15")), Some(5));
    assert_eq!(told(redirect("no-store, max-age=20")), None);
    assert_eq!(told(redirect("private, max-age=20")), None);
    assert_eq!(told(redirect("no-cache, max-age=20")), None);
}

#[test]
fn the_call_s_own_lifetime_is_about_where_it_leads_too() {
    let minute = |redirect: Reply| kept::<Minute>("/minute/1", redirect, numbered(1));
    assert_eq!(minute(Reply::status(307)), Some(60));
    assert_eq!(
        minute(Reply::status(307).header("cache-control", "max-age=20")),
        Some(20)
    );
    assert_eq!(minute(Reply::status(307).header("cache-control", "no-store")), None);
    let forced = Reply::status(307).header("cache-control", "no-store");
    assert_eq!(kept::<Forced>("/forced/1", forced, numbered(1)), Some(60));
}

#[test]
fn what_changes_where_they_came_from_takes_them_away() {
    let host = moved(Reply::status(307), numbered(1));
    let _ = host.get::<Minute>("/minute/1");
    let changed = host.send::<ChangeElsewhere>(http::Request::post("/elsewhere").body(Bytes::new()).unwrap());
    assert_eq!(changed.status(), 200);
    let again = host.get::<Minute>("/minute/1");
    assert!(
        cache_status(&again).starts_with("api; fwd=miss"),
        "{}",
        cache_status(&again)
    );
    // It changed a moment ago, so that nobody knows whether that was before or after the answer.
    assert!(
        cache_status(&again).ends_with("detail=store"),
        "{}",
        cache_status(&again)
    );
    host.pass(MINUTE);
    let _ = host.get::<Minute>("/minute/1");
    assert_eq!(cache_status(&host.get::<Minute>("/minute/1")), "api; hit; ttl=60");
}

#[test]
fn their_validators_are_not_those_of_the_first_url() {
    let target = with("max-age=60").header("etag", "\"a\"");
    let host = moved(Reply::status(302).header("cache-control", "max-age=60"), target);
    let _ = host.get::<Stale>("/stale/1");
    host.pass(MINUTE);
    let _ = host.get::<Stale>("/stale/1");
    for sent in host.requests("api") {
        assert!(!sent.request.headers().contains_key("if-none-match"));
    }
}

#[test]
fn a_304_from_elsewhere_does_not_make_what_is_stored_fresh() {
    let host = TestHost::new();
    host.on("api", "GET /things/1", with("max-age=60").header("etag", "\"a\""));
    host.on(
        "api",
        "GET /things/1",
        Reply::status(307).header("location", "/elsewhere"),
    );
    host.answer("api", "GET /elsewhere", |request| {
        if request.headers().contains_key("if-none-match") {
            Reply::status(304).header("etag", "\"a\"")
        } else {
            numbered(2)
        }
    });
    let _ = host.get::<AsTold>("/told/1");
    host.pass(MINUTE);
    assert_eq!(value(&host.get::<AsTold>("/told/1")), "2");
}

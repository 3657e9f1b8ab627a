//! The layer in the instance.

use super::*;

const BOUND: Duration = Duration::from_secs(1);

/// Read from the instance, then from the store, then from the source
#[operation(get = "/near/{id}", auth = none, sources = [API])]
async fn near(ctx: Context, input: NearInput) -> Result<String> {
    if input.change {
        ctx.cache().invalidate("things").await;
    }
    let call = ctx.source(&API).get("/things/{id}").path("id", &input.id);
    call.cached(Cache::ttl(MINUTE).in_instance(BOUND))
        .tag("things")
        .json()
        .await
}

/// Read what is the caller's
#[operation(get = "/near-mine", auth = none, sources = [MINE])]
async fn near_mine(ctx: Context) -> Result<String> {
    let call = ctx.source(&MINE).get("/things/1");
    call.cached(Cache::ttl(MINUTE).in_instance(BOUND)).json().await
}

/// What to read.
#[input]
struct NearInput {
    /// Thing
    #[path]
    id: String,
    /// Whether to invalidate it first
    #[query(default = false)]
    change: bool,
}

fn read(host: &TestHost, path: &str) -> (String, String) {
    let answer = host.get::<Near>(path);
    (answer.json(), cache_status(&answer).to_owned())
}

#[test]
fn what_was_just_seen_is_given_without_the_store() {
    let host = host([numbered(1), numbered(2)]);
    let _ = read(&host, "/near/1");
    host.settle();
    let uses = host.store_uses();
    assert_eq!(
        read(&host, "/near/1"),
        ("1".into(), "api; hit; ttl=60; detail=instance".into())
    );
    assert_eq!(host.store_uses(), uses);
    host.pass(BOUND);
    assert_eq!(read(&host, "/near/1"), ("1".into(), "api; hit; ttl=59".into()));
    assert!(host.store_uses() > uses);
    host.pass(MINUTE);
    assert_eq!(read(&host, "/near/1").0, "2");
}

#[test]
fn another_s_invalidation_is_seen_within_the_bound_and_one_s_own_at_once() {
    let host = host([numbered(1), numbered(2), numbered(3)]);
    let other = host.other_instance();
    assert_eq!(read(&host, "/near/1").0, "1");
    assert_eq!(read(&other, "/near/1?change=true").0, "2");
    assert_eq!(read(&host, "/near/1").0, "1");
    host.pass(BOUND);
    assert_eq!(read(&host, "/near/1").0, "2");
    assert_eq!(read(&host, "/near/1?change=true").0, "3");
}

#[test]
fn it_is_bounded_and_has_nothing_of_a_user() {
    let host = TestHost::new();
    for n in 0..100 {
        host.on("api", &format!("GET /things/{n}"), numbered(n));
        let _ = read(&host, &format!("/near/{n}"));
    }
    let from_instance = (0..100).filter(|n| read(&host, &format!("/near/{n}")).1.ends_with("instance"));
    assert_eq!(
        from_instance.count(),
        0,
        "each read of one that is gone takes the place of the next"
    );
    let newest = (90..100).filter(|n| read(&host, &format!("/near/{n}")).1.ends_with("instance"));
    assert_eq!(newest.count(), 10);

    host.on("mine", "GET /things/1", Reply::json(200, "\"m\""));
    for _ in 0..3 {
        let answer = host.send::<NearMine>(request("/near-mine", "Bearer ada"));
        assert!(
            !cache_status(&answer).ends_with("instance"),
            "{}",
            cache_status(&answer)
        );
    }
}

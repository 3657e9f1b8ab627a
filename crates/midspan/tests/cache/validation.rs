//! Validation of what is stale (RFC 9111 s. 4.3).

use super::*;

fn sent(host: &TestHost, call: usize, header: &str) -> Option<String> {
    let request = host.requests("api")[call].request.clone();
    Some(request.headers().get(header)?.to_str().unwrap().to_owned())
}

fn tagged(number: u32, etag: &str) -> Reply {
    numbered(number)
        .header("etag", etag)
        .header("cache-control", "max-age=60")
}

fn not_modified() -> Reply {
    Reply::json(304, "")
}

#[test]
fn what_is_stale_is_validated_and_fresh_again() {
    let host = host([
        tagged(1, "\"a\"")
            .header("last-modified", "Wed, 31 Dec 2025 00:00:00 GMT")
            .header("x-kept", "1"),
        not_modified().header("cache-control", "max-age=120"),
        tagged(2, "\"b\""),
    ]);
    let _ = host.get::<AsTold>("/told/1");
    assert_eq!(sent(&host, 0, "if-none-match"), None);
    host.pass(MINUTE);
    let validated = host.get::<AsTold>("/told/1");
    assert_eq!(sent(&host, 1, "if-none-match").as_deref(), Some("\"a\""));
    assert_eq!(
        sent(&host, 1, "if-modified-since").as_deref(),
        Some("Wed, 31 Dec 2025 00:00:00 GMT")
    );
    assert_eq!(value(&validated), "1");
    assert_eq!(
        cache_status(&validated),
        "api; fwd=stale; fwd-status=304; ttl=120; stored"
    );
    host.pass(Duration::from_secs(119));
    assert_eq!(cache_status(&host.get::<AsTold>("/told/1")), "api; hit; ttl=1");
    host.pass(Duration::from_secs(1));
    assert_eq!(value(&host.get::<AsTold>("/told/1")), "2");
    assert_eq!(calls(&host), 3);
}

#[test]
fn no_cache_and_a_validator_alone_are_validated_every_time() {
    for first in [
        with("no-cache, max-age=60").header("etag", "\"a\""),
        numbered(1).header("etag", "\"a\""),
    ] {
        let host = host([first, not_modified()]);
        for _ in 0..3 {
            assert_eq!(value(&host.get::<AsTold>("/told/1")), "1");
        }
        assert_eq!(calls(&host), 3);
        assert_eq!(sent(&host, 2, "if-none-match").as_deref(), Some("\"a\""));
    }
}

#[test]
fn a_304_about_another_answer_is_not_believed() {
    let host = host([
        tagged(1, "\"a\""),
        not_modified().header("etag", "\"other\""),
        tagged(2, "\"b\""),
    ]);
    let _ = host.get::<AsTold>("/told/1");
    host.pass(MINUTE);
    assert_eq!(value(&host.get::<AsTold>("/told/1")), "2");
    assert_eq!(sent(&host, 2, "if-none-match"), None);
    assert_eq!(value(&host.get::<AsTold>("/told/1")), "2");
    assert_eq!(calls(&host), 3);
}

#[test]
fn a_weak_and_a_strong_form_of_one_tag_are_about_one_answer() {
    let host = host([tagged(1, "\"a\""), not_modified().header("etag", "W/\"a\"")]);
    let _ = host.get::<AsTold>("/told/1");
    host.pass(MINUTE);
    assert_eq!(value(&host.get::<AsTold>("/told/1")), "1");
    assert_eq!(calls(&host), 2);
}

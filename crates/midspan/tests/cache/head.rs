//! HEAD: answered from what is stored for a GET, and what is stored learns from its answer (RFC 9111 s. 4 and 4.3.5).

use super::*;

/// Ask for the head of a thing
#[operation(get = "/head/{id}", auth = none, sources = [API])]
async fn head(ctx: Context, input: ReadInput) -> Result<String> {
    let call = ctx.source(&API).head("/things/{id}").path("id", &input.id);
    let answer = call.cached(Cache::http()).send().await?;
    let header = |name: &str| answer.header(name).unwrap_or_default().to_owned();
    let (status, body) = (answer.status().as_u16(), answer.body().len());
    Ok(format!("{status} {body} {}", header("x-version")))
}

fn whole(version: &str) -> Reply {
    with("max-age=60").header("x-version", version)
}

fn host_with(head: Reply) -> TestHost {
    let host = host([whole("a"), whole("z")]);
    host.on("api", "HEAD /things/1", head);
    host
}

#[test]
fn a_stored_get_answers_a_head_and_a_head_no_get() {
    let host = host_with(Reply::status(200).header("cache-control", "max-age=60"));
    let first = host.get::<Head>("/head/1");
    assert_eq!(first.json::<String>(), "200 0 ");
    assert_eq!(cache_status(&first), "api; fwd=uri-miss; fwd-status=200");
    assert_eq!(host.get::<AsTold>("/told/1").status(), 200);
    assert_eq!(calls(&host), 2);
    let hit = host.get::<Head>("/head/1");
    assert_eq!(hit.json::<String>(), "200 0 a");
    assert_eq!(cache_status(&hit), "api; hit; ttl=60");
    assert_eq!(calls(&host), 2);
}

#[test]
fn a_tag_counts_for_calls_that_do_not_name_it_too() {
    let host = host_with(Reply::status(404));
    let _ = host.get::<AsTold>("/told/1");
    assert_eq!(host.get::<Head>("/head/1").json::<String>(), "200 0 a");
    change::say(&host, "things");
    assert_eq!(host.get::<Head>("/head/1").json::<String>(), "404 0 ");
}

#[test]
fn the_answer_to_a_head_makes_what_is_stored_fresh_again() {
    let host = host_with(
        Reply::status(200)
            .header("cache-control", "max-age=100")
            .header("content-length", "3")
            .header("x-version", "b"),
    );
    let _ = host.get::<AsTold>("/told/1");
    host.pass(MINUTE);
    let asked = host.get::<Head>("/head/1");
    assert_eq!(asked.json::<String>(), "200 0 b");
    assert_eq!(cache_status(&asked), "api; fwd=stale; fwd-status=200; stored");
    host.pass(Duration::from_secs(99));
    assert_eq!(host.get::<Head>("/head/1").json::<String>(), "200 0 b");
    assert_eq!(cache_status(&host.get::<AsTold>("/told/1")), "api; hit; ttl=1");
    assert_eq!(calls(&host), 2);
}

#[test]
fn what_a_head_shows_to_be_overtaken_is_not_used_again() {
    for (name, value) in [
        ("etag", "\"other\""),
        ("last-modified", "Wed, 31 Dec 2025 00:00:00 GMT"),
        ("content-length", "4"),
    ] {
        let host = host_with(
            Reply::status(200)
                .header("cache-control", "max-age=60")
                .header(name, value),
        );
        let _ = host.get::<AsTold>("/told/1");
        host.pass(MINUTE);
        assert_eq!(host.get::<Head>("/head/1").json::<String>(), "200 0 ");
        let read = host.get::<AsTold>("/told/1");
        assert!(
            cache_status(&read).starts_with("api; fwd=stale; fwd-status=200"),
            "{name}"
        );
        assert_eq!(calls(&host), 3);
    }
}

#[test]
fn a_head_that_finds_nothing_changes_nothing() {
    for status in [404, 410, 503] {
        let host = host_with(Reply::status(status).header("cache-control", "max-age=60"));
        let _ = host.get::<AsTold>("/told/1");
        host.pass(MINUTE);
        let asked = host.get::<Head>("/head/1").json::<String>();
        assert!(asked.starts_with(&status.to_string()), "{asked}");
        let read = host.get::<AsTold>("/told/1");
        assert!(
            cache_status(&read).starts_with("api; fwd=stale"),
            "{}",
            cache_status(&read)
        );
    }
}

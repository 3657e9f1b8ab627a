//! What changes makes entries stale or takes them away.

use super::*;

/// How to change a thing.
#[input]
struct ChangeInput {
    /// Thing
    #[path]
    id: String,
    /// Method
    #[query]
    method: String,
}

/// Change a thing
#[operation(post = "/change/{id}", auth = none, sources = [API])]
async fn change(ctx: Context, input: ChangeInput) -> Result<u32> {
    let method = http::Method::from_bytes(input.method.as_bytes()).expect("the test gives a method");
    let answer = ctx
        .source(&API)
        .call(method, "/things/{id}")
        .path("id", &input.id)
        .send()
        .await?;
    Ok(answer.status().as_u16().into())
}

/// Add a thing
#[operation(post = "/add", auth = none, sources = [API])]
async fn add(ctx: Context) -> Result<u32> {
    let call = ctx.source(&API).post("/add").invalidates("things");
    Ok(call.send().await?.status().as_u16().into())
}

/// Say that things have changed
#[operation(post = "/say/{id}", auth = none, sources = [API])]
async fn announce(ctx: Context, input: SayInput) -> Result<bool> {
    Ok(match input.id.as_str() {
        "gone" => ctx.cache().purge("things").await,
        tag => ctx.cache().invalidate(tag).await,
    })
}

/// What has changed.
#[input]
struct SayInput {
    /// Tag, or `gone`
    #[path]
    id: String,
}

fn post<O: Operation>(host: &TestHost, path: &str) {
    let request = http::Request::post(path).body(Bytes::new()).expect("a path");
    assert_eq!(host.send::<O>(request).status(), 200);
}

/// Invalidates a tag.
pub(super) fn say(host: &TestHost, tag: &str) {
    post::<Announce>(host, &format!("/say/{tag}"));
}

fn numbers() -> TestHost {
    host([numbered(1), numbered(2), numbered(3)])
}

fn read<O: Operation>(host: &TestHost, path: &str) -> String {
    value(&host.get::<O>(path))
}

#[test]
fn an_unsafe_call_that_went_well_takes_away_what_was_read_there() {
    for (method, status, gone) in [
        ("PUT", 200, true),
        ("PATCH", 204, true),
        ("DELETE", 303, true),
        ("POST", 404, false),
        ("POST", 500, false),
    ] {
        let host = numbers();
        host.on("api", "GET /things/2", numbered(9));
        host.on(
            "api",
            &format!("{method} /things/1"),
            Reply::json(status, "").header("location", "/things/2"),
        );
        assert_eq!(read::<Minute>(&host, "/minute/1"), "1");
        post::<Change>(&host.other_instance(), &format!("/change/1?method={method}"));
        assert_eq!(
            read::<Minute>(&host, "/minute/1"),
            if gone { "2" } else { "1" },
            "{method} {status}"
        );
    }
}

#[test]
fn what_the_answer_names_at_the_same_origin_is_taken_away_too() {
    for (name, named, gone) in [
        ("location", "/things/2", true),
        ("content-location", "2", true),
        ("location", "https://API.test:443/things/2", true),
        ("location", "https://other.test/things/2", false),
        ("content-location", "http://api.test/things/2", false),
        ("content-location", "/things/3", false),
    ] {
        let host = TestHost::new();
        host.on("api", "GET /things/2", numbered(1));
        host.on("api", "GET /things/2", numbered(2));
        host.on("api", "POST /things/1", Reply::json(201, "").header(name, named));
        assert_eq!(read::<Minute>(&host, "/minute/2"), "1");
        post::<Change>(&host.other_instance(), "/change/1?method=POST");
        assert_eq!(
            read::<Minute>(&host, "/minute/2"),
            if gone { "2" } else { "1" },
            "{name}: {named}"
        );
    }
}

#[test]
fn what_is_invalidated_by_a_tag_is_read_again_whoever_it_is_for() {
    let host = numbers();
    host.on("api", "POST /add", Reply::json(201, ""));
    assert_eq!(read::<Minute>(&host, "/minute/1"), "1");
    post::<Add>(&host.other_instance(), "/add");
    assert_eq!(read::<Minute>(&host, "/minute/1"), "2");
    assert_eq!(read::<Minute>(&host, "/minute/1"), "2");
    post::<Announce>(&host, "/say/things");
    assert_eq!(read::<Minute>(&host, "/minute/1"), "3");
    post::<Announce>(&host, "/say/other");
    assert_eq!(read::<Minute>(&host, "/minute/1"), "3");
    assert_eq!(calls(&host), 4, "three reads and what was added");
}

#[test]
fn stale_entries_stand_in_for_a_source_that_fails_and_purged_ones_do_not() {
    for (say, expected) in [
        ("/say/things", "1"),
        ("/say/gone", "Some(\"The API answered with an error (500)."),
    ] {
        let host = host([numbered(1), Reply::json(500, "{}")]);
        assert_eq!(read::<Stale>(&host, "/stale/1"), "1");
        post::<Announce>(&host, say);
        assert!(read::<Stale>(&host, "/stale/1").starts_with(expected), "{say}");
    }
}

#[test]
fn an_answer_that_was_under_way_when_its_tag_was_invalidated_is_not_kept() {
    let host = host([numbered(1).after(Duration::from_secs(2)), numbered(2)]);
    host.on("api", "POST /add", Reply::json(201, "").after(Duration::from_secs(1)));
    let add = http::Request::post("/add").body(Bytes::new()).expect("a path");
    let both = TestHost::send_both::<Minute, Add>((&host, request("/minute/1", "")), (&host.other_instance(), add));
    assert_eq!(value(&both.0), "1");
    assert_eq!(read::<Minute>(&host, "/minute/1"), "2");
}

#[test]
fn if_it_can_t_be_said_the_log_has_it() {
    let host = numbers();
    host.store_is_down(true);
    let request = http::Request::post("/say/things").body(Bytes::new()).expect("a path");
    assert!(!host.send::<Announce>(request).json::<bool>());
    assert!(
        host.log()
            .iter()
            .any(|line| line.contains("about `things` stay as they are")),
        "{:?}",
        host.log()
    );
}

use std::time::Duration;

use midspan::{
    cache::Cache,
    testing::{Reply, Response, TestHost},
};
use serde_json::{Value, json};

use super::*;

const KEY: &str = "the operator's key, which is long enough";
/// Its SHA-256.
const HASH: &str = "eb332d59cee9ff35afb90519c8232e986f690334d684d8d32509102822b738f3";

static HR: Source = Source::rest("hr").forward_authorization_or_bearer("token");

/// What to read.
#[input]
struct FillInput {
    /// Thing
    #[path]
    id: String,
}

/// Read a thing
#[operation(get = "/fill/{id}", auth = none, sources = [HR], export = false)]
async fn fill(ctx: Context, input: FillInput) -> Result<String> {
    let call = ctx.source(&HR).get("/things/{id}").path("id", &input.id);
    let cache = Cache::ttl(Duration::from_mins(5)).stale_if_error(Duration::from_hours(1));
    let call = call.query("secret", "x").cached(cache).tag("things");
    call.tag(format!("thing:{}", input.id)).json().await
}

/// With one entry for everybody and one for Ada.
fn filled() -> TestHost {
    let host = TestHost::new();
    host.variable("cache_admin_keys", Some(&format!("ops:{HASH}")));
    for id in ["1", "2"] {
        let route = format!("GET /things/{id}");
        host.on("hr", &route, Reply::json(200, format!("\"thing {id}\"")));
    }
    let _ = host.get::<Fill>("/fill/1");
    let _ = host.get_with::<Fill>("/fill/2", &[("authorization", "Bearer ada")]);
    host.settle();
    host
}

fn send(host: &TestHost, method: &str, query: &str, body: &str) -> Response {
    let request = http::Request::builder()
        .method(method)
        .uri(format!("/operator/cache?{query}"))
        .header("x-api-key", KEY);
    let request = request.body(body.to_owned().into()).unwrap();
    host.send_to::<(ListCache, InvalidateCache, PurgeCache)>(request)
}

fn told(host: &TestHost, method: &str, query: &str) -> Value {
    let answer = send(host, method, query, "");
    assert_eq!(answer.status(), 200, "{}", answer.text());
    answer.json()
}

fn entries(host: &TestHost, query: &str) -> Vec<Value> {
    told(host, "GET", query)["entries"].as_array().unwrap().clone()
}

fn only(host: &TestHost, query: &str) -> Value {
    let entries = entries(host, query);
    assert_eq!(entries.len(), 1, "{entries:?}");
    entries[0].clone()
}

fn key_of(entry: &Value) -> &str {
    entry["key"].as_str().unwrap()
}

#[test]
fn a_list_says_for_whom_without_saying_who() {
    let host = filled();
    host.pass(Duration::from_secs(10));
    let public = only(&host, "scope=public");
    assert_eq!(
        (&public["source"], &public["tags"]),
        (&json!("hr"), &json!(["things", "thing:1"]))
    );
    assert_eq!(
        (&public["state"], &public["age"], &public["ttl"]),
        (&json!("fresh"), &json!(10), &json!(290))
    );
    let user = only(&host, "scope=user")["scope"].as_str().unwrap().to_owned();
    assert!(
        user.starts_with("user:") && user.len() == "user:01234567".len(),
        "{user}"
    );
    let all = told(&host, "GET", "").to_string();
    assert!(!all.contains("secret") && !all.contains("thing 1"), "{all}");
    for query in ["source=other", "tag=other", "scope=tenant"] {
        assert_eq!(entries(&host, query), [""; 0], "{query}");
    }
}

#[test]
fn a_list_goes_on_where_it_stopped() {
    let host = filled();
    let first = told(&host, "GET", "limit=1");
    let next = first["next"].as_str().unwrap();
    let second = told(&host, "GET", &format!("limit=1&after={next}"));
    assert_ne!(key_of(&first["entries"][0]), key_of(&second["entries"][0]));
    assert_eq!(second["next"], Value::Null);
}

#[test]
fn what_is_somebody_s_own_is_shown_only_if_it_is_asked_for_in_so_many_words() {
    let host = filled();
    let entry = only(&host, "scope=user");
    let query = format!("key={}", key_of(&entry));
    let shown = only(&host, &query);
    assert_eq!((&shown["target"], &shown["content"]), (&Value::Null, &Value::Null));
    let refused = send(&host, "GET", &format!("{query}&body=true"), "");
    assert_eq!(refused.error().error.target.as_deref(), Some("userData"));
    let read = only(&host, &format!("{query}&body=true&userData=true"));
    assert_eq!(read["content"], BASE64_STANDARD.encode("\"thing 2\""));
    let log = host.log().join("\n");
    assert!(
        log.contains("operator `ops` reads the body of") && !log.contains("thing 2"),
        "{log}"
    );
}

#[test]
fn what_everybody_may_read_is_shown_by_the_start_of_its_key() {
    let host = filled();
    let entry = only(&host, "scope=public");
    let shown = only(&host, &format!("key={}&body=true", &key_of(&entry)[..8]));
    assert_eq!(shown["target"], "/things/1?secret=x");
    assert_eq!(shown["content"], BASE64_STANDARD.encode("\"thing 1\""));
    let unknown = send(&host, "GET", "key=none", "");
    assert_eq!(
        (unknown.status(), unknown.error().error.target.as_deref()),
        (404, Some("key"))
    );
}

#[test]
fn what_is_invalidated_is_seen_to_be_and_what_is_purged_is_gone() {
    let host = filled();
    let states = || -> Vec<Value> { entries(&host, "").iter().map(|entry| entry["state"].clone()).collect() };
    let done = send(&host, "POST", "", r#"{"tags": ["things", "other"]}"#);
    assert_eq!(done.status(), 204, "{}", done.text());
    assert_eq!(states(), ["invalidated", "invalidated"]);
    assert_eq!(told(&host, "DELETE", "tag=thing:1")["count"], Value::Null);
    assert_eq!(states(), ["invalidated"]);
    assert_eq!(told(&host, "DELETE", "which=all")["count"], 2);
    assert_eq!(states(), [""; 0]);
    let log = host.log().join("\n");
    assert!(log.contains("operator `ops` has purged `thing:1`"), "{log}");
}

#[test]
fn nothing_is_taken_away_unless_it_is_said_what() {
    let host = filled();
    for query in ["", "tag=things&which=all"] {
        assert_eq!(
            send(&host, "DELETE", query, "").error().error.target.as_deref(),
            Some("tag")
        );
    }
    let none = send(&host, "POST", "", r#"{"tags": []}"#);
    assert_eq!(none.error().error.code, ErrorCode::BadInput);
    assert_eq!(entries(&host, "").len(), 2);
}

#[test]
fn what_is_dead_is_collected() {
    let host = filled();
    assert_eq!(told(&host, "DELETE", "which=dead")["count"], 0);
    host.pass(Duration::from_hours(48));
    assert_eq!(told(&host, "DELETE", "which=dead")["count"], 2);
}

#[test]
fn an_operator_hears_that_the_store_is_down() {
    let host = filled();
    host.store_is_down(true);
    for (method, query, body) in [
        ("GET", "", ""),
        ("POST", "", r#"{"tags": ["things"]}"#),
        ("DELETE", "tag=things", ""),
        ("DELETE", "which=all", ""),
    ] {
        let answer = send(&host, method, query, body);
        assert_eq!(
            answer.error().error.code,
            ErrorCode::OperationFailed,
            "{method} {query}"
        );
    }
}

#[test]
fn whoever_has_no_key_is_not_an_operator() {
    let host = filled();
    for method in ["GET", "POST", "DELETE"] {
        for key in [None, Some("another key, which is long enough")] {
            let mut request = http::Request::builder().method(method).uri("/operator/cache?which=all");
            if let Some(key) = key {
                request = request.header("x-api-key", key);
            }
            let request = request.body(r#"{"tags": ["things"]}"#.into()).unwrap();
            let answer = host.send_to::<(ListCache, InvalidateCache, PurgeCache)>(request);
            assert_eq!(answer.status(), 401, "{}", answer.text());
        }
    }
    assert!(entries(&host, "").iter().all(|entry| entry["state"] == "fresh"));
}

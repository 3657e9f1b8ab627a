//! API keys.

use midspan::{
    prelude::*,
    testing::{Response, TestHost},
};

use crate::support::{Who, hash, who};

static PARTNERS: Scheme = Scheme::api_key_header("partners", "x-api-key").titled("Partners");
static FEEDS: Scheme = Scheme::api_key_query("feeds", "key");
static SLOW: Source = Source::rest("slow");

/// What is written.
#[input]
struct Note {
    /// Note
    #[body]
    text: Text,
}

#[derive(Data)]
struct Text {
    #[data(max_length = 5)]
    text: String,
}

/// Who am I?
#[operation(get = "/me", auth = [PARTNERS, FEEDS])]
async fn me(ctx: Context) -> Result<Who> {
    Ok(who(&ctx))
}

/// Write
#[operation(post = "/note", id = "NoteOperation", auth = [PARTNERS], sources = [SLOW])]
async fn note(ctx: Context, input: Note) -> Result<Text> {
    ctx.source(&SLOW).get("/").json::<serde_json::Value>().await?;
    Ok(input.text)
}

/// Who is everybody?
#[operation(get = "/all", auth = none)]
async fn all(ctx: Context) -> Result<Who> {
    Ok(who(&ctx))
}

const OLD: &str = "old-key-0123456789abcdef";
const NEW: &str = "new-key-0123456789abcdef";

fn host() -> TestHost {
    let host = TestHost::new();
    let keys = format!("fabrikam:{}, {}", hash(OLD), hash(NEW));
    host.variable("partners_keys", Some(&keys));
    host.variable("feeds_keys", Some(&format!("reader:{}:News.Read", hash(OLD))));
    host
}

fn with_key(host: &TestHost, key: &str) -> Response {
    host.get_with::<Me>("/me", &[("x-api-key", key)])
}

fn challenges(response: &Response) -> Vec<&str> {
    response.header_values("www-authenticate")
}

#[test]
fn every_active_key_lets_in_and_its_name_is_the_caller() {
    let host = host();
    let who: Who = with_key(&host, OLD).json();
    assert_eq!((who.kind.as_str(), who.id.as_str()), ("Application", "fabrikam"));
    assert_eq!(who.scheme.as_deref(), Some("partners"));
    let who: Who = with_key(&host, NEW).json();
    assert_eq!(who.id, hash(NEW)[..8], "one without a name is told apart by its hash");
    let who: Who = host.get::<Me>(&format!("/me?key={OLD}")).json();
    assert_eq!((who.scheme.as_deref(), who.id.as_str()), (Some("feeds"), "reader"));
    assert_eq!(who.roles, ["News.Read"]);
}

#[test]
fn a_key_that_is_taken_from_the_list_is_a_stranger_at_once() {
    let host = host();
    assert_eq!(with_key(&host, OLD).status(), 200);
    host.variable("partners_keys", Some(&hash(NEW)));
    assert_eq!(with_key(&host, OLD).status(), 401);
}

#[test]
fn without_a_key_the_answer_says_which_are_wanted() {
    let answer = host().get::<Me>("/me");
    assert_eq!(answer.status(), 401);
    assert_eq!(
        answer.error().message,
        "Me wants a key in the header \"x-api-key\", or a key in the query parameter \"key\". Sign in to the connection."
    );
    assert_eq!(
        challenges(&answer),
        [
            "ApiKey realm=\"partners\", name=\"x-api-key\"",
            "ApiKey realm=\"feeds\", name=\"key\""
        ]
    );
}

#[test]
fn a_wrong_key_is_refused_in_the_same_words_whatever_is_wrong_with_it() {
    let host = host();
    let wrong = [
        "",
        "x",
        "old-key-0123456789abcdeX",
        &OLD[1..],
        &OLD.to_uppercase(),
        &hash(OLD),
    ];
    let messages: Vec<_> = wrong[1..]
        .iter()
        .map(|key| with_key(&host, key).error().message)
        .collect();
    assert!(messages.iter().all(|message| *message == messages[0]), "{messages:?}");
    assert_eq!(
        messages[0],
        "The key is not accepted. Check it, or ask its owner for a new one."
    );
    assert_eq!(
        with_key(&host, wrong[0]).error().message.split(' ').nth(1),
        Some("wants"),
        "an empty one is none"
    );
    let log = host.log().join("\n");
    assert!(
        log.contains("scheme `partners`: it is none of the 2 that are active"),
        "{log}"
    );
    assert!(wrong[2..].iter().all(|key| !log.contains(key)), "{log}");
}

#[test]
fn one_of_two_keys_can_not_be_chosen_by_whoever_adds_a_second() {
    let host = host();
    let twice = [("x-api-key", OLD), ("x-api-key", "another")];
    assert_eq!(host.get_with::<Me>("/me", &twice).status(), 401);
    assert_eq!(host.get::<Me>(&format!("/me?key={OLD}&key=other")).status(), 401);
    // A key that is not accepted leaves the other scheme its own.
    let answer = host.get_with::<Me>(&format!("/me?key={OLD}"), &[("x-api-key", "another")]);
    assert_eq!(answer.json::<Who>().id, "reader");
}

#[test]
fn a_stranger_costs_no_source_call_and_no_decoding() {
    let host = host();
    let request = |key: &str| {
        let request = http::Request::post("/note")
            .header("content-type", "application/json")
            .header("x-api-key", key);
        request
            .body(bytes::Bytes::from_static(b"{\"text\": \"much too long\"}"))
            .unwrap()
    };
    assert_eq!(host.send::<NoteOperation>(request("wrong")).status(), 401);
    assert_eq!(host.send::<NoteOperation>(request(OLD)).status(), 400);
    assert_eq!((host.requests("slow").len(), host.store_uses()), (0, 0));
}

#[test]
fn a_scheme_without_its_variable_is_the_operators_mistake() {
    let host = host();
    host.variable("partners_keys", None);
    let answer = with_key(&host, OLD);
    assert_eq!(answer.status(), 500);
    assert!(host.log().join("\n").contains("partners_keys"));
    // Who comes by another scheme does not notice.
    assert_eq!(host.get::<Me>(&format!("/me?key={OLD}")).status(), 200);
}

#[test]
fn where_everybody_may_call_nobody_is_known() {
    let who: Who = host()
        .get_with::<All>("/all", &[("x-api-key", OLD), ("x-ms-client-object-id", "7")])
        .json();
    assert_eq!(
        (who.kind.as_str(), who.id.as_str(), who.scheme),
        ("Anonymous", "", None)
    );
}

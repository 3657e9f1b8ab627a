//! Schemes whose credentials stand in variables as they are sent.

use http::HeaderMap;
use midspan::{
    prelude::*,
    source::Auth,
    testing::{Reply, Response, TestHost},
};

static BASIC: Source = Source::rest("basic").auth(Auth::basic("user", "password"));
static BEARER: Source = Source::rest("bearer").bearer("token");
static HEADER: Source = Source::rest("header").auth(Auth::api_key("X-Api-Key", "key"));
static QUERY: Source = Source::rest("query").auth(Auth::api_key_query("api-key", "key"));
static CALLER: Source = Source::rest("caller").titled("The files").auth(Auth::caller());

/// Which source to ask.
#[input]
struct AskInput {
    /// Source
    #[path]
    source: String,
}

/// Ask
#[operation(get = "/ask/{source}", auth = none, sources = [BASIC, BEARER, HEADER, QUERY, CALLER])]
async fn ask(ctx: Context, input: AskInput) -> Result<String> {
    let source: &'static Source = match input.source.as_str() {
        "basic" => &BASIC,
        "bearer" => &BEARER,
        "header" => &HEADER,
        "query" => &QUERY,
        _ => &CALLER,
    };
    ctx.source(source).get("/thing").query("a", "1 2").json().await
}

/// What each source got, and what the caller got for it.
fn asked(
    source: &str,
    variables: &[(&str, &str)],
    headers: &[(&str, &str)],
) -> (Option<(String, HeaderMap)>, Response, TestHost) {
    let host = TestHost::new();
    host.on(source, "GET /thing", Reply::json(200, "\"done\""));
    for (name, value) in variables {
        host.variable(name, Some(value));
    }
    let answer = host.get_with::<Ask>(&format!("/ask/{source}"), headers);
    let sent = host.requests(source).first().map(|sent| {
        let query = sent.request.uri().query().unwrap_or_default().to_owned();
        (query, sent.request.headers().clone())
    });
    (sent, answer, host)
}

#[test]
fn each_scheme_puts_its_secret_where_the_source_looks_for_it() {
    let header = |source: &str, variables: &[(&str, &str)], name: &str| {
        let (sent, answer, _) = asked(source, variables, &[("authorization", "Bearer the-callers")]);
        assert_eq!(answer.status(), 200, "{}", answer.text());
        let (query, headers) = sent.unwrap();
        assert_eq!(query, "a=1%202");
        assert!(headers[name].is_sensitive(), "{name}");
        headers[name].to_str().unwrap().to_owned()
    };
    // RFC 7617 s. 2.1 has this user and password, in UTF-8.
    let basic = header("basic", &[("user", "test"), ("password", "123\u{a3}")], "authorization");
    assert_eq!(basic, "Basic dGVzdDoxMjPCow==");
    assert_eq!(
        header("bearer", &[("token", "mF_9.B5f-4.1JqM")], "authorization"),
        "Bearer mF_9.B5f-4.1JqM"
    );
    assert_eq!(header("header", &[("key", "k-1")], "x-api-key"), "k-1");
}

#[test]
fn a_key_in_the_query_is_escaped_and_stands_beside_the_calls_own() {
    let (sent, answer, _) = asked("query", &[("key", "k&1=/")], &[]);
    assert_eq!(answer.status(), 200);
    let (query, headers) = sent.unwrap();
    assert_eq!(query, "a=1%202&api-key=k%261%3D/");
    assert!(!headers.contains_key("authorization"));
}

#[test]
fn a_caller_is_forwarded_as_it_came_and_one_without_a_token_is_told_to_sign_in() {
    let (sent, answer, _) = asked("caller", &[], &[("authorization", "Bearer the-callers")]);
    assert_eq!(answer.status(), 200);
    assert_eq!(sent.unwrap().1["authorization"], "Bearer the-callers");

    let (sent, answer, _) = asked("caller", &[], &[]);
    assert!(sent.is_none(), "nothing is sent");
    assert_eq!(answer.status(), 401);
    assert_eq!(
        answer.error().message,
        "Ask asks The files as whoever calls it, but this call has no token. Sign in to the connection."
    );
}

#[test]
fn no_secret_is_in_a_log_or_an_error_whatever_goes_wrong() {
    for (source, variables) in [
        ("basic", [("user", "s3cret:1"), ("password", "s3cret")]),
        ("basic", [("user", "ada"), ("password", "s3cret")]),
        ("bearer", [("token", "s3cret\n"), ("", "")]),
        ("header", [("key", "s3cret\0"), ("", "")]),
        ("header", [("key", "s3cret"), ("", "")]),
        ("query", [("key", "s3cret"), ("", "")]),
    ] {
        for reply in [
            Reply::json(401, "{}"),
            Reply::json(200, "{"),
            Reply::reset(),
            Reply::denied(),
            Reply::hang(),
        ] {
            let host = TestHost::new();
            host.on(source, "GET /thing", reply);
            for (name, value) in variables {
                host.variable(name, Some(value));
            }
            let answer = host.get::<Ask>(&format!("/ask/{source}"));
            assert!(answer.status() >= 500, "{source}");
            let said = format!(
                "{}{:?}{}",
                answer.text(),
                host.requests(source).first().map(|sent| sent.request.headers().clone()),
                host.log().concat()
            );
            assert!(host.log().concat().contains(source), "the log names it: {said}");
            assert!(!said.contains("s3cret"), "{said}");
        }
    }
}

#[test]
fn a_variable_without_a_value_fails_the_call_and_the_log_names_it() {
    let host = TestHost::new();
    host.variable("password", None);
    let answer = host.get::<Ask>("/ask/basic");
    assert_eq!(
        (answer.status(), answer.error().error.source.as_deref()),
        (500, Some("basic"))
    );
    assert!(
        host.log().concat().contains("variable `password`: it has no value"),
        "{:?}",
        host.log()
    );
}

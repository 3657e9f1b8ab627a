//! What is too much of a request is refused with the code of that limit, and named.

use midspan::testing::{Response, TestHost};

use crate::{Count, Echo, EchoSmall, post};

#[track_caller]
fn check(answer: &Response, status: u16, code: &str, target: &str, message: &str) {
    let error = answer.error();
    let found = (answer.status(), error.error.code.name(), error.error.target.as_deref());
    assert_eq!(found, (status, code, Some(target)));
    assert_eq!(error.message, message);
}

#[test]
fn a_body_as_large_as_the_gateway_lets_through_is_taken_and_one_beyond_the_limit_is_not() {
    let of = |bytes: usize| format!("\"{}\"", "x".repeat(bytes - 2));
    assert_eq!(post::<Echo>("/echo", of(3_182_218)).status(), 200);
    assert_eq!(post::<Echo>("/echo", of(4_194_304)).status(), 200);
    let message = "The body is larger than 4194304 bytes. Send less at once.";
    check(
        &post::<Echo>("/echo", of(4_194_305)),
        413,
        "BodyTooLarge",
        "body",
        message,
    );
    let message = "The body is larger than 1000 bytes. Send less at once.";
    check(
        &post::<EchoSmall>("/echo-small", of(1001)),
        413,
        "BodyTooLarge",
        "body",
        message,
    );
}

#[test]
fn what_is_too_much_in_a_document_is_named() {
    let refused = |body: &str, target: &str, message: &str| {
        check(
            &post::<EchoSmall>("/echo-small", body.to_owned()),
            400,
            "BadInput",
            target,
            message,
        );
    };
    refused(
        r#"{"order": {"lines": [0, {"deep": [[1]]}]}}"#,
        "order.lines[1].deep[0]",
        "\"order.lines[1].deep[0]\" must be nested no deeper than 5 levels.",
    );
    refused(
        r#"{"order": {"lines": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]}}"#,
        "order.lines",
        "\"order.lines\" must have at most 10 items.",
    );
    refused(
        r#"{"a": {"b": 1, "c": 2, "d": 3, "e": 4, "f": 5}}"#,
        "a",
        "\"a\" must have at most 4 fields.",
    );
    refused(
        r#"{"order": {"note": "more than twenty bytes"}}"#,
        "order.note",
        "\"order.note\" must have at most 20 bytes.",
    );
    // Numbers have no limit of their own: they are as long as the body at most, and are doubles at last.
    assert_eq!(post::<EchoSmall>("/echo-small", "9".repeat(300)).status(), 200);
}

#[test]
fn documents_as_they_are_usual_are_within_the_limits() {
    let list = format!("[{}]", vec!["1"; 100_000].join(","));
    assert_eq!(post::<Echo>("/echo", list).status(), 200);
    let deep = format!("{}{}", "[".repeat(64), "]".repeat(64));
    assert_eq!(post::<Echo>("/echo", deep).status(), 200);
    let too_deep = post::<Echo>("/echo", "[".repeat(65)).error();
    assert!(
        too_deep.message.ends_with("must be nested no deeper than 64 levels."),
        "{}",
        too_deep.message
    );
}

#[test]
fn a_text_that_looks_like_the_json_readers_own_is_not_read_once_more() {
    let body = r#"{"a": {"$serde_json::private::RawValue": "[[[["}}"#;
    let message = "\"a.$serde_json::private::RawValue\" must have another name.";
    check(
        &post::<Echo>("/echo", body),
        400,
        "BadInput",
        "a.$serde_json::private::RawValue",
        message,
    );
}

#[test]
fn an_error_is_not_as_long_as_the_value_that_it_is_about() {
    let body = format!(r#"{{"count": "{}"}}"#, "x".repeat(4_000_000));
    let error = post::<Count>("/count", body).error();
    assert_eq!(error.error.target.as_deref(), Some("count"));
    assert!(
        error
            .message
            .starts_with("\"count\" in the body is wrong: invalid type: string \"xxx"),
        "{}",
        error.message
    );
    assert!(
        error.message.ends_with("expected u32 at line 1 column 4000012."),
        "{}",
        error.message
    );
    assert!(error.message.len() < 400);
}

#[test]
fn a_url_that_is_too_long_is_refused() {
    let with_query = |length: usize| {
        let url = format!("/echo?{}", "q".repeat(length - "/echo?".len()));
        post::<Echo>(&url, "1")
    };
    assert_eq!(with_query(16_384).status(), 200);
    let message = "The URL has 16385 bytes; at most 16384 are taken. Send less in the query.";
    check(&with_query(16_385), 414, "UriTooLong", "url", message);
}

#[test]
fn headers_that_are_too_many_or_too_large_are_refused_and_the_largest_is_named() {
    let send = |headers: &[(String, String)]| {
        let headers = headers
            .iter()
            .fold(http::Request::post("/echo"), |request, (name, value)| {
                request.header(name.as_str(), value.as_str())
            });
        TestHost::new().send::<Echo>(headers.body("1".into()).expect("a request"))
    };
    let many = |count: usize| -> Vec<_> { (0..count).map(|n| (format!("x-{n}"), "1".to_owned())).collect() };
    assert_eq!(send(&many(128)).status(), 200);
    let message = "The request has 129 headers; at most 128 are taken.";
    check(&send(&many(129)), 431, "HeadersTooLarge", "headers", message);
    let large = [
        ("x-small".to_owned(), "1".to_owned()),
        ("x-large".to_owned(), "x".repeat(70_000)),
    ];
    let message = "The headers have 70015 bytes, \"x-large\" alone 70000; at most 65536 are taken.";
    check(&send(&large), 431, "HeadersTooLarge", "x-large", message);
    // The host writes the URL into headers of its own.
    let from_host = [(
        "spin-full-url".to_owned(),
        format!("http://a.test/?{}", "x".repeat(70_000)),
    )];
    assert_eq!(send(&from_host).status(), 200);
}

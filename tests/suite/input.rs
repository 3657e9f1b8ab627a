//! Every bad input is a 400 that names the field and says what was expected.

use midspan_sources::System;
use midspan_tests::Tier;

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_input_names_the_field_and_no_source_is_called() {
    let tier = Tier::start().await;
    let check = async |path: &str, target: &str, message: &str| {
        let answer = tier.get(path).await;
        assert_eq!(
            (answer.status(), answer.error_code().as_str()),
            (400, "BadInput"),
            "{path}"
        );
        let json = answer.json();
        assert_eq!(json["error"]["target"], target, "{path}");
        assert_eq!(json["message"], message, "{path}");
    };
    check(
        "/home/E000042?news=0",
        "news",
        "\"news\" must be between 1 and 50, got 0.",
    )
    .await;
    check(
        "/home/E000042?news=51",
        "news",
        "\"news\" must be between 1 and 50, got 51.",
    )
    .await;
    check(
        "/home/E000042?news=many",
        "news",
        "\"news\" must be a whole number, not negative, got \"many\".",
    )
    .await;
    check(
        "/home/E000042?news=1&news=2",
        "news",
        "\"news\" must be a whole number, not negative, given once.",
    )
    .await;
    check(
        "/home/E00000000000000000042",
        "employee_id",
        "\"employee_id\" must have at most 20 characters, got 21.",
    )
    .await;
    check(
        "/home/%ff",
        "employee_id",
        "\"employee_id\" in the path is not UTF-8 once its %-escapes are read.",
    )
    .await;
    check("/news?top=101", "top", "\"top\" must be between 1 and 100, got 101.").await;
    check(
        "/people/.%2E",
        "id",
        "\"id\" must not be empty, and not hold \".\" or \"..\" as a part of a path.",
    )
    .await;
    for system in System::ALL {
        assert_eq!(tier.sources.count(system), 0, "{system}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blank_parameter_counts_as_left_out() {
    let tier = Tier::start().await;
    let view = tier.get("/home/E000042?news=").await.json();
    assert_eq!(view["news"]["value"].as_array().map(Vec::len), Some(5), "{view}");
}

#[tokio::test(flavor = "multi_thread")]
async fn text_that_is_syntax_elsewhere_is_only_text() {
    let tier = Tier::start().await;
    let answer = tier.get("/home/x'%20or%20'a'%20eq%20'a").await;
    assert_eq!(answer.status(), 404, "{}", answer.text());
    let sent = &tier.sources.requests(System::Graph)[0];
    assert!(
        sent.query
            .starts_with("$filter=employeeId%20eq%20'x''%20or%20''a''%20eq%20''a'&"),
        "{}",
        sent.query
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn another_method_is_refused_with_the_one_that_is_there() {
    let tier = Tier::start().await;
    let answer = tier.client.send(http::Request::post("/news"), "{}").await;
    assert_eq!(
        (answer.status(), answer.error_code().as_str()),
        (405, "MethodNotAllowed")
    );
    assert_eq!(answer.header("allow"), Some("GET"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_body_names_the_place_in_it() {
    let tier = Tier::start_test_operations().await;
    let check = async |body: &str, target: &str, message: &str| {
        let request = http::Request::post("/patient").header("content-type", "application/json");
        let answer = tier.client.send(request, body.to_owned()).await;
        assert_eq!(
            (answer.status(), answer.error_code().as_str()),
            (400, "BadInput"),
            "{body}"
        );
        let json = answer.json();
        assert_eq!(json["error"]["target"], target, "{body}: {json}");
        assert!(json["message"].as_str().unwrap().starts_with(message), "{body}: {json}");
    };
    check("", "body", "The request has no body. Send a JSON object.").await;
    check("{", "body", "The body is not JSON: EOF while parsing an object").await;
    check("[]", "body", "The body is wrong: ").await;
    check(
        r#"{"days": [1]}"#,
        "body",
        "The body is wrong: missing field `employeeId`",
    )
    .await;
    check(
        r#"{"employeeId": "E000042", "days": [1, "two"]}"#,
        "days[1]",
        "\"days[1]\" in the body is wrong: invalid type: string \"two\"",
    )
    .await;
    check(
        r#"{"employeeId": "E000042", "days": [1, 32]}"#,
        "days[1]",
        "\"days[1]\" must be between 1 and 31, got 32.",
    )
    .await;
    check(
        r#"{"employeeId": "E000042", "days": [1, 2, 3, 4]}"#,
        "days",
        "\"days\" must have at most 3 items, got 4.",
    )
    .await;
    check(
        r#"{"employeeId": "E000042", "days": [], "since": "yesterday"}"#,
        "since",
        "\"since\" in the body is wrong: ",
    )
    .await;
    check(
        r#"{"employeeId": "E000042", "days": [], "form": "tall"}"#,
        "form",
        "\"form\" in the body is wrong: ",
    )
    .await;
    check(
        r#"{"employeeId": "E000042", "days": []} {}"#,
        "body",
        "The body goes on after its JSON value, at line 1 column 39. Send one JSON object.",
    )
    .await;
    assert_eq!(tier.sources.count(System::Graph), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_good_body_is_decoded_with_its_defaults() {
    let tier = Tier::start_test_operations().await;
    let request = http::Request::post("/patient").header("content-type", "application/json; charset=utf-8");
    let body = r#"{"employeeId": "E000042", "days": [1, 31], "since": "2026-11-23", "somethingNew": {}}"#;
    let answer = tier.client.send(request, body).await;
    assert_eq!(answer.status(), 200, "{}", answer.text());
    assert_eq!(
        answer.json()["order"],
        serde_json::json!({"employeeId": "E000042", "days": [1, 31], "since": "2026-11-23", "form": "short"})
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_of_another_media_type_is_refused() {
    let tier = Tier::start_test_operations().await;
    let request = http::Request::post("/patient").header("content-type", "text/plain");
    let answer = tier.client.send(request, "{}").await;
    assert_eq!(
        (answer.status(), answer.error_code().as_str()),
        (415, "UnsupportedMediaType")
    );
}

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
    check("/people/.%2E", "id", "\"id\" must not be empty, \".\" or \"..\".").await;
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
        sent.query.contains("employeeId eq 'x'' or ''a'' eq ''a'"),
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

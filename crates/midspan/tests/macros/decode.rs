//! Requests become inputs, or errors that name the field.

use bytes::Bytes;
use midspan::{
    input::{Parts, Place},
    prelude::*,
};
use midspan_definition::Constraints;

use crate::contract::{IsUp, Line, NewsInput, Order, OrderInput, OrderNow, Page, Sort};

fn decode<T: midspan::Input>(request: http::request::Builder, template: &'static str, body: &'static str) -> Result<T> {
    let request = request.body(Bytes::from(body)).expect("a request");
    T::decode(&Parts::new(&request, template)?)
}

fn news(path_and_query: &str) -> Result<NewsInput> {
    decode(http::Request::get(path_and_query), "/news/{employee_id}", "")
}

fn order(body: &'static str) -> Result<OrderInput> {
    decode(http::Request::post("/orders"), "/orders", body)
}

#[test]
fn a_request_becomes_the_input() {
    let request =
        http::Request::get("/news/E%2042?$top=7&sort=a-z&since=2026-11-23&topics=hr,it&type=true&rating=4.5&unknown=1")
            .header("If-Modified-Since", "2026-11-23T08:00:00Z");
    let input: NewsInput = decode(request, "/news/{employee_id}", "").expect("a good request");
    let expected = NewsInput {
        employee_id: "E 42".into(),
        top: 7,
        sort: Sort::Alphabetical,
        since: Some(jiff::civil::date(2026, 11, 23)),
        topics: vec!["hr".into(), "it".into()],
        r#type: true,
        rating: 4.5,
        if_modified_since: Some("2026-11-23T08:00:00Z".parse().expect("a time")),
    };
    assert_eq!(input, expected);
}

#[test]
fn what_is_left_out_is_the_default_nothing_or_empty() {
    let input = news("/news/E1?type=false&sort=").expect("a good request");
    let expected = NewsInput {
        employee_id: "E1".into(),
        top: 5,
        sort: Sort::Newest,
        since: None,
        topics: vec![],
        r#type: false,
        rating: -1.5,
        if_modified_since: None,
    };
    assert_eq!(input, expected);
}

#[test]
fn each_wrong_input_names_its_field_and_says_what_was_expected() {
    #[track_caller]
    fn check(query: &str, target: &str, message: &str) {
        let error = news(&format!("/news/E1?{query}")).expect_err("a wrong request");
        assert_eq!(
            (error.code(), error.target(), error.message()),
            (ErrorCode::BadInput, Some(target), message),
        );
    }
    check("", "type", "\"type\" is missing. Give it \"true\" or \"false\".");
    check("type=1", "type", "\"type\" must be \"true\" or \"false\", got \"1\".");
    check(
        "type=true&$top=ten",
        "$top",
        "\"$top\" must be a whole number, not negative, got \"ten\".",
    );
    check(
        "type=true&$top=200",
        "$top",
        "\"$top\" must be between 1 and 50, got 200.",
    );
    check(
        "type=true&$top=1&$top=2",
        "$top",
        "\"$top\" must be a whole number, not negative, given once.",
    );
    check(
        "type=true&sort=oldest",
        "sort",
        "\"sort\" must be one of \"newest\", \"mostRead\", \"a-z\", got \"oldest\".",
    );
    check(
        "type=true&since=23.11.2026",
        "since",
        "\"since\" must be a date such as 2026-11-23, got \"23.11.2026\".",
    );
    check(
        "type=true&topics=hr,it,me",
        "topics",
        "\"topics\" must have at most 2 items, got 3.",
    );
    check(
        "type=true&topics=hr,i",
        "topics[1]",
        "\"topics[1]\" must have at least 2 characters, got 1.",
    );
    check(
        "type=true&rating=NaN",
        "rating",
        "\"rating\" must be a number, got \"NaN\".",
    );
}

#[test]
fn a_wrong_header_is_named_as_in_the_request() {
    let request = http::Request::get("/news/E1?type=true").header("if-modified-since", "yesterday");
    let error = decode::<NewsInput>(request, "/news/{employee_id}", "").expect_err("a wrong request");
    assert_eq!(error.target(), Some("if-modified-since"));
    assert_eq!(
        error.message(),
        "\"if-modified-since\" must be a date and time such as 2026-11-23T08:00:00Z, got \"yesterday\".",
    );
}

#[test]
fn a_body_becomes_a_field_of_the_input() {
    let input = order(r#"{"orderNo": "A-7", "lines": [{"quantity": 2, "type": "pen", "unknown": 1}], "sort": null}"#);
    let expected = OrderInput {
        trace_id: None,
        order: Order {
            number: "A-7".into(),
            lines: vec![Line {
                quantity: 2,
                r#type: "pen".into(),
                boxes: 1,
            }],
            ship_on: None,
            sort: Sort::Newest,
        },
    };
    assert_eq!(input.expect("a good request"), expected);
}

#[test]
fn each_wrong_body_names_the_innermost_field() {
    #[track_caller]
    fn check(body: &'static str, target: &str, message: &str) {
        let error = order(body).expect_err("a wrong body");
        assert_eq!(error.code(), ErrorCode::BadInput);
        assert_eq!(error.target(), Some(target));
        let found = error.message();
        assert!(found.starts_with(message), "{found}");
    }
    check("", "body", "The request has no body. Send a JSON object.");
    check("[]", "body", "The body is wrong: ");
    check(
        "7",
        "body",
        "The body is wrong: invalid type: integer `7`, expected an object",
    );
    check(
        r#"{"orderNo": 7, "lines": []}"#,
        "orderNo",
        "\"orderNo\" in the body is wrong: invalid type: integer `7`",
    );
    check(r#"{"lines": []}"#, "body", "The body is wrong: missing field `orderNo`");
    check(
        r#"{"orderNo": "A", "lines": []}"#,
        "orderNo",
        "\"orderNo\" must have at least 3 characters, got 1.",
    );
    check(
        r#"{"orderNo": "A-7", "lines": [], "sort": "oldest"}"#,
        "sort",
        "\"sort\" in the body is wrong: invalid value: string \"oldest\", expected one of \"newest\", \"mostRead\"",
    );
    check(
        r#"{"orderNo": "A-7", "lines": [{"quantity": 1, "type": "pen"}, {"quantity": 10, "type": "ink"}]}"#,
        "lines[1].quantity",
        "\"lines[1].quantity\" must be between 1 and 9, got 10.",
    );
    check(
        r#"{"orderNo": "A-7", "lines": [{"quantity": 1, "type": []}]}"#,
        "lines[0].type",
        "\"lines[0].type\" in the body is wrong: invalid type: sequence, expected a string",
    );
}

#[test]
fn data_is_the_same_after_a_way_through_json() {
    let page = Page {
        items: vec![Line {
            quantity: 2,
            r#type: "pen".into(),
            boxes: 3,
        }],
        next: None,
    };
    let json = serde_json::to_string(&page).expect("data is JSON");
    assert_eq!(json, r#"{"items":[{"quantity":2,"type":"pen","boxes":3}],"next":null}"#);
    assert_eq!(serde_json::from_str::<Page<Line>>(&json).expect("the same"), page);
}

#[test]
fn data_in_generic_data_is_checked() {
    let page = Page {
        items: vec![],
        next: Some(Line {
            quantity: 0,
            r#type: String::new(),
            boxes: 0,
        }),
    };
    let error = page
        .check(&Place::root("page"), &Constraints::NONE)
        .expect_err("no quantity");
    assert_eq!(error.target(), Some("page.next.quantity"));
}

#[test]
fn an_operation_runs_through_all_stages() {
    let host = midspan::testing::TestHost::new();
    let answer = host.get::<IsUp>("/");
    assert_eq!(
        (answer.status(), answer.text().as_str()),
        (200, r#"{"items":[],"next":"mostRead"}"#)
    );
    let order = http::Request::post("/orders")
        .body(Bytes::from(r#"{"orderNo": "A-7"}"#))
        .expect("a request");
    let error = host.send::<OrderNow>(order).error();
    assert_eq!((error.status_code, error.error.target.as_deref()), (400, Some("body")));
}

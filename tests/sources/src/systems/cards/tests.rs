//! The card system as its callers see it.

use ring::hmac;

use super::*;
use crate::authority::now;
use crate::call::tests::send;
use crate::hex::hex;
use crate::population::Moment;
use crate::systems::tests::world;

fn ask(cards: &Cards, method: &str, target: &str, body: &Value) -> (u16, Value, Reply) {
    let headers = [("x-api-key", CARDS_KEY), ("content-type", "application/json")];
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    let reply = cards.answer(&send(method, target, &headers, body));
    let json = serde_json::from_slice(reply.body()).unwrap_or_default();
    (reply.status().as_u16(), json, reply)
}

fn get(cards: &Cards, target: &str) -> Value {
    let (status, body, _) = ask(cards, "GET", target, &Value::Null);
    assert_eq!(status, 200, "{target}: {body}");
    body
}

fn ids(page: &Value) -> Vec<&str> {
    let cards = page["cards"].as_array().expect("cards");
    cards.iter().map(|card| card["id"].as_str().expect("an id")).collect()
}

#[test]
fn the_newest_come_first_and_older_ones_by_the_link() {
    let cards = Cards::new(&world());
    let first = get(&cards, "/v1/cards?limit=2");
    assert_eq!(ids(&first), ["card-000500", "card-000499"]);
    let second = get(&cards, first["next"].as_str().expect("a link"));
    assert_eq!(ids(&second), ["card-000498", "card-000497"]);
    insta::assert_json_snapshot!(first["cards"][0]);
    let (mut count, mut next) = (4, second["next"].clone());
    while let Some(link) = next.as_str() {
        let page = get(&cards, &link.replace("limit=2", "limit=100"));
        count += ids(&page).len();
        next = page["next"].clone();
    }
    assert_eq!(count, 500);
}

#[test]
fn since_a_cursor_only_what_changed_is_told() {
    let cards = Cards::new(&world());
    let start = get(&cards, "/v1/cards?limit=1");
    let since = format!("/v1/cards?since={}", start["cursor"].as_str().expect("a cursor"));
    assert_eq!(ids(&get(&cards, &since)), Vec::<&str>::new());
    let (status, made, reply) = ask(&cards, "POST", "/v1/cards", &json!({"title": "Ü", "text": "x"}));
    assert_eq!(
        (status, &reply.headers()["location"]),
        (201, &"/v1/cards/card-000501".parse().expect("a value"))
    );
    assert_eq!(get(&cards, "/v1/cards/card-000501"), made);
    assert_eq!(ask(&cards, "DELETE", "/v1/cards/card-000007", &Value::Null).0, 204);
    let page = get(&cards, &since);
    assert_eq!(ids(&page), ["card-000007", "card-000501"]);
    assert_eq!(page["cards"][0]["status"], "withdrawn");
    let again = format!("/v1/cards?since={}", page["cursor"].as_str().expect("a cursor"));
    assert_eq!(ids(&get(&cards, &again)), Vec::<&str>::new());
}

#[test]
fn a_caller_who_knows_the_latest_gets_a_304() {
    let cards = Cards::new(&world());
    let (_, page, reply) = ask(&cards, "GET", "/v1/cards?limit=1", &Value::Null);
    let tag = reply.headers()["etag"].to_str().expect("text").to_owned();
    let since = format!("/v1/cards?since={}", page["cursor"].as_str().expect("a cursor"));
    let headers = [("x-api-key", CARDS_KEY), ("if-none-match", tag.as_str())];
    let status = |cards: &Cards| cards.answer(&send("GET", &since, &headers, "")).status();
    assert_eq!(status(&cards), StatusCode::NOT_MODIFIED);
    ask(&cards, "POST", "/v1/cards", &json!({"title": "a", "text": "b"}));
    assert_eq!(status(&cards), StatusCode::OK);
}

#[test]
fn what_is_published_twice_under_one_key_is_one_card() {
    let cards = Cards::new(&world());
    let headers = [
        ("x-api-key", CARDS_KEY),
        ("content-type", "application/json"),
        ("idempotency-key", "k"),
    ];
    let publish = || cards.answer(&send("POST", "/v1/cards", &headers, r#"{"title": "a", "text": "b"}"#));
    let [first, second] = [publish(), publish()];
    assert_eq!((first.status().as_u16(), second.status().as_u16()), (201, 200));
    assert_eq!(first.body(), second.body());
    assert_eq!(ids(&get(&cards, "/v1/cards?limit=2")), ["card-000501", "card-000500"]);
}

#[test]
fn a_subscription_is_made_and_ended() {
    let cards = Cards::new(&world());
    let (status, made, reply) = ask(
        &cards,
        "POST",
        "/v1/subscriptions",
        &json!({"callbackUrl": "http://127.0.0.1:9/hook"}),
    );
    assert_eq!(status, 201);
    let location = reply.headers()["location"].to_str().expect("text").to_owned();
    assert_eq!(get(&cards, "/v1/subscriptions")["subscriptions"], json!([made]));
    assert_eq!(ask(&cards, "DELETE", &location, &Value::Null).0, 204);
    assert_eq!(ask(&cards, "DELETE", &location, &Value::Null).0, 404);
    assert_eq!(get(&cards, "/v1/subscriptions")["subscriptions"], json!([]));
}

#[test]
fn a_signed_request_needs_no_key_in_it() {
    let cards = Cards::new(&world());
    let body = r#"{"title": "Ü", "text": "x"}"#;
    let sign = |method: &str, target: &str, date: &str, body: &str| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, CARDS_KEY.as_bytes());
        hex(hmac::sign(&key, format!("{method}\n{target}\n{date}\n{body}").as_bytes()).as_ref())
    };
    let date = |age: i64| imf_fixdate(now() - age);
    let post = |date: &str, signature: &str, client: &str| {
        let headers = [
            ("date", date),
            ("x-signature", signature),
            ("x-client-id", client),
            ("content-type", "application/json"),
        ];
        cards
            .answer(&send("POST", "/v1/cards?a=%C3%BC", &headers, body))
            .status()
            .as_u16()
    };
    let today = date(0);
    let good = format!("sha256={}", sign("POST", "/v1/cards?a=%C3%BC", &today, body));
    assert_eq!(post(&today, &good, CARDS_CLIENT_ID), 201);
    assert_eq!(post(&today, &good, "somebody"), 401);
    let of_another_body = format!("sha256={}", sign("POST", "/v1/cards?a=%C3%BC", &today, "{}"));
    assert_eq!(post(&today, &of_another_body, CARDS_CLIENT_ID), 401);
    let old = date(3_600);
    let of_old = format!("sha256={}", sign("POST", "/v1/cards?a=%C3%BC", &old, body));
    assert_eq!(post(&old, &of_old, CARDS_CLIENT_ID), 401);
}

/// As HTTP writes a time; the name of the day is not looked at.
fn imf_fixdate(unix: i64) -> String {
    let [year, month, day, hour, minute, second] = Moment::NOW.plus_seconds(unix - Moment::NOW.unix()).fields();
    let start = usize::try_from(month - 1).expect("a month") * 3;
    let month = &"JanFebMarAprMayJunJulAugSepOctNovDec"[start..start + 3];
    format!("Mon, {day:02} {month} {year} {hour:02}:{minute:02}:{second:02} GMT")
}

#[test]
fn what_is_wrong_is_told_as_a_problem() {
    let cards = Cards::new(&world());
    let old = stream::cursor(1);
    for (method, target, body, status) in [
        ("GET", "/v1/cards?limit=0", Value::Null, 400),
        ("GET", "/v1/cards?since=x", Value::Null, 400),
        ("GET", &format!("/v1/cards?since={old}"), Value::Null, 410),
        ("GET", "/v1/cards/card-999999", Value::Null, 404),
        ("GET", "/v2/cards", Value::Null, 404),
        ("PUT", "/v1/cards", json!({}), 405),
        ("POST", "/v1/cards", json!({"title": "a"}), 422),
        ("POST", "/v1/subscriptions", json!({"callbackUrl": "nowhere"}), 400),
    ] {
        let (found, problem, reply) = ask(&cards, method, target, &body);
        assert_eq!(
            (found, &problem["status"]),
            (status, &json!(status)),
            "{method} {target}"
        );
        assert_eq!(reply.headers()["content-type"], "application/problem+json");
    }
    insta::assert_json_snapshot!(ask(&cards, "GET", &format!("/v1/cards?since={old}"), &Value::Null).1);
    let nobody = cards.answer(&send("GET", "/v1/cards", &[], ""));
    assert_eq!(nobody.status(), StatusCode::UNAUTHORIZED);
}

//! What a repetition is given.

use super::*;

const NOW: Duration = Duration::ZERO;

#[test]
fn a_repetition_is_given_the_first_answer_on_whichever_host() {
    let host = shop(NOW);
    let first = host.send::<PlaceOrder>(soup("a"));
    let second = host.other_instance().send::<PlaceOrder>(soup("a"));
    for answer in [&first, &second] {
        assert_eq!((answer.status(), answer.text().as_str()), (201, "1"));
        assert_eq!(answer.header("content-type"), Some("application/json"));
    }
    assert_eq!(first.header("location"), second.header("location"));
    assert_eq!((replayed(&first), replayed(&second)), (false, true));
    assert_ne!(
        first.header("x-ms-correlation-id"),
        second.header("x-ms-correlation-id")
    );
    assert_eq!(orders(&host), 1);
}

#[test]
fn without_a_key_each_call_is_a_call() {
    let host = shop(NOW);
    for _ in 0..2 {
        assert!(!replayed(&host.send::<PlaceOrder>(request("/orders", &[], SOUP))));
    }
    assert_eq!(orders(&host), 2);
    let ours = |key: &String| key.starts_with("midspan-idempotency:");
    assert!(!host.stored_keys().iter().any(ours));
}

#[test]
fn a_key_is_a_string_with_or_without_its_quotes_or_the_flows_request_id() {
    let host = shop(NOW);
    let check = |header, value: &str, expected: &str| {
        let answer = host.send::<PlaceOrder>(request("/orders", &[(header, value)], SOUP));
        assert_eq!(answer.text(), expected, "{header}: {value}");
    };
    check("idempotency-key", "\"a\"", "1");
    check("idempotency-key", "a", "1");
    check("idempotency-key", "b", "2");
    check("x-ms-client-request-id", "a", "3");
    check("x-ms-client-request-id", "a", "3");
    let both = [("x-ms-client-request-id", "other"), ("idempotency-key", "b")];
    assert_eq!(host.send::<PlaceOrder>(request("/orders", &both, SOUP)).text(), "2");
}

#[test]
fn what_is_no_key_is_a_mistake_that_names_the_header() {
    let host = shop(NOW);
    let long = "x".repeat(256);
    for wrong in ["", "\"\"", &long] {
        let answer = host.send::<PlaceOrder>(soup(wrong));
        assert_eq!(code(&answer), ErrorCode::BadInput);
        assert_eq!(answer.error().error.target.as_deref(), Some("Idempotency-Key"));
    }
    assert_eq!(orders(&host), 0);
}

#[test]
fn a_key_that_is_used_for_another_call_is_refused() {
    let host = shop(NOW);
    let _ = host.send::<PlaceOrder>(soup("a"));
    let others = [
        request("/orders", &[("idempotency-key", "a")], r#"{"dish": "cake"}"#),
        request("/orders?x=1", &[("idempotency-key", "a")], SOUP),
        request("/orders", &[("idempotency-key", "a"), ("accept-language", "de")], SOUP),
    ];
    for other in others {
        let answer = host.send::<PlaceOrder>(other);
        assert_eq!((answer.status(), code(&answer)), (422, ErrorCode::IdempotencyKeyReused));
    }
    assert_eq!(orders(&host), 1);
}

#[test]
fn a_key_of_one_caller_or_operation_is_nothing_to_another() {
    let host = shop(NOW);
    let of = |user| request("/orders", &[("idempotency-key", "a"), ("authorization", user)], SOUP);
    assert_eq!(host.send::<PlaceOrder>(of("Bearer ada")).text(), "1");
    assert_eq!(host.send::<PlaceOrder>(of("Bearer bob")).text(), "2");
    assert_eq!(host.send::<PlaceOrder>(soup("a")).text(), "3");
    assert_eq!(host.send::<PlaceOrder>(of("Bearer ada")).text(), "1");
    let careful = request("/careful/orders", &[("idempotency-key", "a")], SOUP);
    assert_eq!(host.send::<OrderCarefully>(careful).text(), "4");
}

#[test]
fn a_refusal_is_final_and_is_told_again_under_the_repetitions_own_id() {
    let host = TestHost::new();
    host.on("shop", "POST /orders", Reply::json(409, ""));
    let first = host.send::<PlaceOrder>(soup("a"));
    let second = host.send::<PlaceOrder>(soup("a"));
    for answer in [&first, &second] {
        assert_eq!((answer.status(), code(answer)), (409, ErrorCode::Conflict));
        assert_eq!(answer.error().error.target.as_deref(), Some("dish"));
        assert_eq!(answer.error().message, "It is sold out.");
        let id = answer.header("x-ms-correlation-id").map(ToOwned::to_owned);
        assert_eq!(Some(answer.error().error.correlation_id), id);
    }
    assert!(replayed(&second));
    assert_eq!(orders(&host), 1);
}

#[test]
fn a_bad_input_needs_no_record() {
    let host = shop(NOW);
    let bad = request("/orders", &[("idempotency-key", "a")], "{}");
    assert_eq!(code(&host.send::<PlaceOrder>(bad)), ErrorCode::BadInput);
    assert_eq!(host.store_uses(), 0);
    assert_eq!(host.send::<PlaceOrder>(soup("a")).status(), 201);
}

#[test]
fn what_a_source_surely_did_not_do_is_done_when_it_is_called_again() {
    let host = TestHost::new();
    host.on("shop", "POST /orders", Reply::status(429));
    host.on("shop", "POST /orders", Reply::json(201, "1"));
    assert_eq!(code(&host.send::<PlaceOrder>(soup("a"))), ErrorCode::SourceThrottled);
    let again = host.send::<PlaceOrder>(soup("a"));
    assert_eq!((again.status(), replayed(&again)), (201, false));
    assert_eq!(orders(&host), 2);
}

#[test]
fn what_a_source_may_have_done_is_not_done_again_unless_that_does_no_harm() {
    for failure in [Reply::status(500), Reply::reset(), Reply::hang()] {
        let host = TestHost::new();
        host.on("shop", "POST /orders", failure);
        host.on("shop", "POST /orders", Reply::json(201, "1"));
        assert_eq!(host.send::<PlaceOrder>(soup("a")).status(), 502);
        let again = host.send::<PlaceOrder>(soup("a"));
        assert_eq!((again.status(), code(&again)), (409, ErrorCode::OutcomeUnknown));
        assert_eq!(orders(&host), 1);
        let careful = || request("/careful/orders", &[("idempotency-key", "a")], SOUP);
        assert_eq!(host.send::<OrderCarefully>(careful()).status(), 201);
    }
    let host = TestHost::new();
    host.on("shop", "POST /orders", Reply::hang());
    host.on("shop", "POST /orders", Reply::json(201, "1"));
    let careful = || request("/careful/orders", &[("idempotency-key", "a")], SOUP);
    assert_eq!(host.send::<OrderCarefully>(careful()).status(), 502);
    assert_eq!(host.send::<OrderCarefully>(careful()).status(), 201);
}

#[test]
fn an_outcome_is_kept_for_as_long_as_declared() {
    let host = shop(NOW);
    let _ = host.send::<PlaceOrder>(soup("a"));
    host.pass(Duration::from_mins(24 * 60 - 1));
    assert_eq!(host.send::<PlaceOrder>(soup("a")).text(), "1");
    host.pass(Duration::from_mins(1));
    assert_eq!(host.send::<PlaceOrder>(soup("a")).text(), "2");
}

#[test]
fn the_key_for_sources_is_the_same_each_time_and_of_one_caller_alone() {
    let host = TestHost::new();
    let key = |headers: &[(&str, &str)]| {
        let answer = host.send::<KeyForSources>(request("/key", headers, ""));
        answer.json::<Option<String>>()
    };
    let anonymous = key(&[("idempotency-key", "a")]).expect("a key");
    assert_eq!(key(&[("idempotency-key", "a")]), Some(anonymous.clone()));
    assert_ne!(
        key(&[("idempotency-key", "a"), ("authorization", "Bearer ada")]),
        Some(anonymous.clone())
    );
    assert_eq!(key(&[]), None);
    let parts: Vec<_> = anonymous.split('-').map(str::len).collect();
    assert_eq!(parts, [8, 4, 4, 4, 12]);
    assert!(anonymous[14..].starts_with('8'), "{anonymous}");
}

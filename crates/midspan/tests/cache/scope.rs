//! For whom an answer is.

use proptest::prelude::*;

use super::*;

/// A host on which `mine` answers each caller with that caller's own token.
fn echoing() -> TestHost {
    let host = TestHost::new();
    let echo = |request: &http::Request<Bytes>| {
        let token = request.headers()["authorization"].to_str().unwrap();
        Reply::json(200, format!("\"{token}\"")).after(Duration::from_millis(token.len() as u64 % 7))
    };
    host.answer("mine", "GET /things/1", echo);
    host.answer("mine", "GET /things/2", echo);
    host
}

fn get<O: Operation>(host: &TestHost, path: &str, authorization: &str) -> Response {
    host.send::<O>(request(path, authorization))
}

#[test]
fn what_is_asked_for_with_the_caller_s_credentials_is_for_that_caller_alone() {
    let host = echoing();
    for token in ["Bearer ada", "Bearer bob", "Bearer ada"] {
        assert_eq!(value(&get::<Mine>(&host, "/mine/1", token)), token);
    }
    assert_eq!(host.requests("mine").len(), 2);
}

#[test]
fn callers_without_credentials_share_those_of_the_service() {
    let host = echoing();
    for _ in 0..2 {
        assert_eq!(value(&get::<Mine>(&host, "/mine/1", "")), "Bearer token");
    }
    assert_eq!(host.requests("mine").len(), 1);
}

#[test]
fn an_author_can_say_that_it_is_for_all() {
    let host = echoing();
    assert_eq!(value(&get::<Ours>(&host, "/ours/1", "Bearer ada")), "Bearer ada");
    assert_eq!(value(&get::<Ours>(&host, "/ours/1", "Bearer bob")), "Bearer ada");
}

#[test]
fn nothing_is_kept_for_a_user_whom_nobody_knows() {
    let host = host([numbered(1)]);
    for _ in 0..2 {
        assert_eq!(get::<Personal>(&host, "/personal/1", "").status(), 200);
    }
    assert_eq!(calls(&host), 2);
    assert_eq!(host.stored_keys(), [""; 0]);
}

#[test]
fn private_answers_are_kept_for_a_user_and_for_nobody_else() {
    let host = host([with("private, max-age=60, s-maxage=0")]);
    for user in ["ada", "ada", "bob"] {
        let _ = get::<Personal>(&host, "/personal/1", user);
    }
    assert_eq!(calls(&host), 2);
}

#[test]
fn nothing_in_the_store_or_in_a_key_holds_a_token() {
    let host = echoing();
    let _ = get::<Mine>(&host, "/mine/1", "Bearer hunter2-hunter2");
    for key in host.stored_keys() {
        assert!(!key.contains("hunter2"), "{key}");
    }
    assert!(!host.log().concat().contains("hunter2"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Two users and callers without credentials, at the same moments, in the same and in other instances, with the store
    /// there, slow or gone.
    #[test]
    fn nothing_crosses_between_users(
        rounds in proptest::collection::vec(
            (proptest::collection::vec((0..3_usize, 0..3_usize, 1..3_u8), 1..80), 0..4_u8, 0..100_u64),
            1..6,
        ),
    ) {
        let host = echoing();
        let instances = [host.clone(), host.other_instance(), host.other_instance()];
        for (requests, weather, pause) in rounds {
            host.store_is_down(weather == 1);
            host.store_takes(Duration::from_millis(if weather == 2 { 30 } else { 0 }));
            let tokens = ["Bearer ada", "Bearer bob", ""];
            let wanted: Vec<_> = requests.iter().map(|(_, user, _)| tokens[*user]).collect();
            let sent = requests
                .iter()
                .map(|(instance, user, id)| (instances[*instance].clone(), request(&format!("/mine/{id}"), tokens[*user])));
            let answers = TestHost::send_at_once::<Mine>(sent.collect());
            for (answer, token) in answers.iter().zip(wanted) {
                let token = if token.is_empty() { "Bearer token" } else { token };
                prop_assert_eq!(value(answer), token);
            }
            host.pass(Duration::from_secs(pause));
        }
    }
}

//! Tokens of the connector itself: got, kept, renewed, shared.

use std::time::Duration;

use futures_util::future::join_all;
use midspan::{
    prelude::*,
    source::{Auth, OAuth},
    testing::{Reply, TestHost},
};

const APP: OAuth = OAuth::at("login_url").client_secret("client_id", "client_secret");

static CRM: Source = Source::rest("crm")
    .titled("The CRM")
    .timeout(Duration::from_secs(3))
    .auth(Auth::client_credentials(APP.scope("{{ crm_url }}/.default")));
/// The same client and server, for something else.
static HR: Source = Source::rest("hr").auth(Auth::client_credentials(
    OAuth::at("login_url")
        .client_secret_basic("client_id", "client_secret")
        .resource("urn:hr")
        .audience("hr people"),
));

/// What to ask.
#[input]
struct AskInput {
    /// Calls at once
    #[query(default = 1)]
    calls: u32,
    /// Whether to change something
    #[query(default = false)]
    change: bool,
}

/// Ask
#[operation(get = "/ask", auth = none, sources = [CRM], deadline = "100s")]
async fn ask(ctx: Context, input: AskInput) -> Result<Vec<String>> {
    let calls = (0..input.calls).map(|number| {
        // Each is another call, which is not made once for all.
        let call = if input.change {
            ctx.source(&CRM).post("/thing")
        } else {
            ctx.source(&CRM).get("/thing")
        };
        call.query("number", number).json::<String>()
    });
    join_all(calls).await.into_iter().collect()
}

/// Ask for people
#[operation(get = "/people", auth = none, sources = [HR])]
async fn people(ctx: Context, _input: ()) -> Result<String> {
    ctx.source(&HR).get("/people").json().await
}

fn issued(token: &str, seconds: u32) -> Reply {
    Reply::json(
        200,
        format!(r#"{{"access_token": "{token}", "token_type": "Bearer", "expires_in": {seconds}}}"#),
    )
}

/// Tokens come in order, each for an hour; the CRM takes any.
fn host() -> TestHost {
    let host = TestHost::new();
    host.variable("token_key", Some("0123456789abcdef0123456789abcdef"));
    for number in 1..9 {
        host.on("login", "POST /", issued(&format!("t-{number}"), 3600));
    }
    host.on("crm", "GET /thing", Reply::json(200, "\"done\""));
    host
}

/// As [`host`], but the CRM takes none of them.
fn strict() -> TestHost {
    let host = TestHost::new();
    for number in 1..9 {
        host.on("login", "POST /", issued(&format!("t-{number}"), 3600));
    }
    host.on(
        "crm",
        "GET /thing",
        Reply::json(401, "{}").after(Duration::from_millis(10)),
    );
    host
}

fn sent(host: &TestHost, source: &str) -> Vec<String> {
    let all = host.requests(source);
    all.iter()
        .map(|sent| sent.request.headers()["authorization"].to_str().unwrap().to_owned())
        .collect()
}

fn tokens_asked_for(host: &TestHost) -> usize {
    host.requests("login").len()
}

#[test]
fn the_client_asks_in_the_form_of_the_rfc_and_the_source_gets_the_token() {
    let host = host();
    host.variable("client_id", Some("id&1"));
    host.variable("client_secret", Some("s3cret=+"));
    assert_eq!(host.get::<Ask>("/ask").status(), 200);
    let asked = &host.requests("login")[0].request;
    assert_eq!(asked.method(), "POST");
    assert_eq!(asked.headers()["content-type"], "application/x-www-form-urlencoded");
    assert_eq!(
        asked.body(),
        "grant_type=client_credentials&scope=https%3A%2F%2Fcrm.test%2F.default&client_id=id%261&client_secret=s3cret%3D%2B"
    );
    assert_eq!(sent(&host, "crm"), ["Bearer t-1"]);
}

#[test]
fn a_client_in_the_authorization_header_is_encoded_before_it_is_joined() {
    let host = host();
    host.variable("client_id", Some("id:1"));
    host.variable("client_secret", Some("a b%\u{e4}"));
    host.on("hr", "GET /people", Reply::json(200, "\"Ada\""));
    assert_eq!(host.get::<People>("/people").status(), 200);
    let asked = &host.requests("login")[0].request;
    // RFC 6749 s. 2.3.1 and appendix B: "id%3A1:a+b%25%C3%A4".
    assert_eq!(asked.headers()["authorization"], "Basic aWQlM0ExOmErYiUyNSVDMyVBNA==");
    assert!(asked.headers()["authorization"].is_sensitive());
    assert_eq!(
        asked.body(),
        "grant_type=client_credentials&resource=urn%3Ahr&audience=hr+people"
    );
}

#[test]
fn a_token_serves_all_calls_until_it_is_renewed_beside_one_of_them() {
    let host = host();
    let _ = host.get::<Ask>("/ask?calls=2");
    host.pass(Duration::from_mins(50));
    let _ = host.get::<Ask>("/ask");
    host.settle();
    assert_eq!(tokens_asked_for(&host), 1);
    // From 3,240 to 3,390 seconds on; it holds until 3,570.
    host.pass(Duration::from_mins(8));
    let _ = host.get::<Ask>("/ask");
    assert_eq!(
        sent(&host, "crm").last().unwrap(),
        "Bearer t-1",
        "the call does not wait for the renewal"
    );
    host.settle();
    assert_eq!(tokens_asked_for(&host), 2);
    let _ = host.get::<Ask>("/ask");
    assert_eq!(sent(&host, "crm").last().unwrap(), "Bearer t-2");
}

#[test]
fn a_token_that_is_about_to_end_is_not_used() {
    let host = host();
    let _ = host.get::<Ask>("/ask");
    host.pass(Duration::from_secs(3571));
    let _ = host.get::<Ask>("/ask");
    assert_eq!(sent(&host, "crm"), ["Bearer t-1", "Bearer t-2"]);
}

#[test]
fn a_renewal_that_fails_harms_no_call_and_is_tried_again_later() {
    let host = TestHost::new();
    host.on("login", "POST /", issued("t-1", 3600));
    host.on("login", "POST /", Reply::json(500, "{}"));
    host.on("login", "POST /", issued("t-2", 3600));
    host.on("crm", "GET /thing", Reply::json(200, "\"done\""));
    let _ = host.get::<Ask>("/ask");
    for wait in [3480, 1, 1] {
        host.pass(Duration::from_secs(wait));
        assert_eq!(host.get::<Ask>("/ask").status(), 200);
        host.settle();
    }
    assert_eq!(
        tokens_asked_for(&host),
        2,
        "a server in trouble is not asked by every call"
    );
    host.pass(Duration::from_secs(20));
    let _ = host.get::<Ask>("/ask");
    host.settle();
    let _ = host.get::<Ask>("/ask");
    assert_eq!(
        sent(&host, "crm"),
        [
            "Bearer t-1",
            "Bearer t-1",
            "Bearer t-1",
            "Bearer t-1",
            "Bearer t-1",
            "Bearer t-2"
        ]
    );
    assert!(host.log().concat().contains("was not renewed"), "{:?}", host.log());
}

#[test]
fn fifty_calls_at_once_ask_for_one_token() {
    let host = TestHost::new();
    host.on("login", "POST /", issued("t-1", 3600).after(Duration::from_millis(300)));
    host.on("crm", "GET /thing", Reply::json(200, "\"done\""));
    assert_eq!(host.get::<Ask>("/ask?calls=50").status(), 200);
    assert_eq!((tokens_asked_for(&host), sent(&host, "crm").len()), (1, 50));
}

#[test]
fn fifty_calls_at_once_share_the_failure_too() {
    let host = TestHost::new();
    host.on(
        "login",
        "POST /",
        Reply::json(401, r#"{"error": "invalid_client"}"#).after(Duration::from_millis(300)),
    );
    assert_eq!(host.get::<Ask>("/ask?calls=50").status(), 502);
    assert_eq!(tokens_asked_for(&host), 1);
}

#[test]
fn a_call_that_gives_up_leaves_the_token_to_the_next() {
    let host = TestHost::new();
    host.on("login", "POST /", Reply::hang());
    host.on("login", "POST /", issued("t-2", 3600));
    host.on("crm", "GET /thing", Reply::json(200, "\"done\""));
    let answer = host.get::<Ask>("/ask");
    assert_eq!(
        answer.error().message,
        "The CRM could not be asked within 3000 ms. Try again; nothing was changed."
    );
    assert_eq!(host.get::<Ask>("/ask").status(), 200);
    assert_eq!(sent(&host, "crm"), ["Bearer t-2"]);
}

#[test]
fn a_401_forces_one_renewal_and_one_more_request_for_unsafe_methods_too() {
    for (method, path) in [("GET", "/ask"), ("POST", "/ask?change=true")] {
        let host = TestHost::new();
        host.on("login", "POST /", issued("t-1", 3600));
        host.on("login", "POST /", issued("t-2", 3600));
        let route = format!("{method} /thing");
        host.on("crm", &route, Reply::json(401, "{}"));
        host.on("crm", &route, Reply::json(200, "\"done\""));
        assert_eq!(host.get::<Ask>(path).status(), 200, "{method}");
        assert_eq!(sent(&host, "crm"), ["Bearer t-1", "Bearer t-2"], "{method}");
    }
}

#[test]
fn a_source_that_refuses_the_new_token_too_is_not_asked_a_third_time() {
    let host = strict();
    let answer = host.get::<Ask>("/ask");
    assert_eq!((answer.status(), answer.error().error.source_status), (502, Some(401)));
    assert_eq!(
        answer.error().message,
        "The CRM refused this operation's credentials (401). Tell the connector's owner."
    );
    assert_eq!(tokens_asked_for(&host), 2);
}

#[test]
fn fifty_calls_that_are_refused_at_once_renew_the_token_once() {
    let host = strict();
    let _ = host.get::<Ask>("/ask?calls=50");
    assert_eq!(tokens_asked_for(&host), 2);
    assert_eq!(host.requests("crm").len(), 100);
}

#[test]
fn another_instance_takes_the_token_from_the_store_in_which_nobody_can_read_it() {
    let host = host();
    let _ = host.get::<Ask>("/ask");
    host.settle();
    let [key] = &host.stored_keys()[..] else {
        panic!("{:?}", host.stored_keys())
    };
    let entry = host.stored(key).unwrap();
    assert!(!entry.windows(3).any(|part| part == b"t-1"), "{entry:?}");
    assert!(!key.contains("client_id") && key.len() <= 256, "{key}");

    let _ = host.other_instance().get::<Ask>("/ask");
    assert_eq!(sent(&host, "crm"), ["Bearer t-1", "Bearer t-1"]);
    assert_eq!(tokens_asked_for(&host), 1);
}

#[test]
fn a_token_is_for_its_source_server_client_and_scope_alone() {
    let host = host();
    let _ = host.get::<Ask>("/ask");
    host.settle();
    for (variable, value) in [
        ("client_id", "another"),
        ("crm_url", "https://crm2.test"),
        ("login_url", "https://login.test/tenant2"),
    ] {
        host.on("crm", "GET /thing", Reply::json(200, "\"done\""));
        host.on("login", "POST /tenant2", issued("t-9", 3600));
        let host = host.other_instance();
        host.variable(variable, Some(value));
        let before = tokens_asked_for(&host);
        let _ = host.get::<Ask>("/ask");
        host.settle();
        assert_eq!(tokens_asked_for(&host), before + 1, "{variable}");
    }
}

#[test]
fn an_entry_that_was_tampered_with_or_put_there_by_others_is_a_miss_and_is_logged() {
    let host = host();
    let _ = host.get::<Ask>("/ask");
    host.settle();
    let key = host.stored_keys()[0].clone();
    let whole = host.stored(&key).unwrap();
    let mut entries = vec![Vec::new(), b"Bearer evil".to_vec(), whole[..whole.len() - 1].to_vec()];
    for at in 0..whole.len() {
        let mut changed = whole.to_vec();
        changed[at] ^= 1;
        entries.push(changed);
    }
    for entry in entries {
        host.overwrite(&key, entry.clone());
        let host = host.other_instance();
        let (asked, logged) = (tokens_asked_for(&host), host.log().len());
        assert_eq!(host.get::<Ask>("/ask").status(), 200);
        host.settle();
        assert_eq!(tokens_asked_for(&host), asked + 1, "{entry:?}");
        let log = host.log()[logged..].concat();
        assert!(log.contains("is not a token for source `crm`"), "{log}");
        assert_ne!(host.stored(&key).unwrap(), entry, "it is replaced");
    }
    // Nor does it open with another key.
    let host = host.other_instance();
    host.variable("token_key", Some("another key of at least 32 characters"));
    let asked = tokens_asked_for(&host);
    let _ = host.get::<Ask>("/ask");
    assert_eq!(tokens_asked_for(&host), asked + 1);
}

#[test]
fn a_store_that_fails_costs_a_token_request_and_no_call() {
    let host = host();
    host.store_is_down(true);
    assert_eq!(host.get::<Ask>("/ask").status(), 200);
    host.settle();
    let _ = host.get::<Ask>("/ask");
    assert_eq!(tokens_asked_for(&host), 1, "memory serves the next one");
    assert!(
        host.log()
            .concat()
            .contains("a token is not shared through the store: the test took it down")
    );
}

#[test]
fn without_a_key_nothing_is_stored_and_the_log_says_so_once() {
    for key in [None, Some(""), Some("too short")] {
        let host = host();
        host.variable("token_key", key);
        let _ = host.get::<Ask>("/ask");
        host.pass(Duration::from_secs(3571));
        let _ = host.get::<Ask>("/ask");
        host.settle();
        assert_eq!(tokens_asked_for(&host), 2);
        assert_eq!(host.stored_keys(), Vec::<String>::new());
        let log = host.log();
        let said: Vec<_> = log.iter().filter(|line| line.contains("token_key")).collect();
        assert_eq!(said.len(), 1, "{said:?}");
    }
}

#[test]
fn an_instance_waits_for_another_that_fetches_the_token_but_not_for_long() {
    let lease = |host: &TestHost| {
        let _ = host.get::<Ask>("/ask");
        host.settle();
        // The note's name is not for others to know; it is what is there while the token comes.
        host.stored_keys()[0].replace("midspan/token/", "midspan/token-lease/")
    };
    let (host, before) = (host(), 3_600_000_i64);
    let name = lease(&host);
    let now = 1_767_225_600_000_i64 + i64::try_from(host.elapsed().as_millis()).unwrap();
    let check = |until: i64, waited: Duration| {
        let host = host.other_instance();
        for key in host.stored_keys() {
            host.overwrite(&key, "");
        }
        let (now, started) = (now + i64::try_from(host.elapsed().as_millis()).unwrap(), host.elapsed());
        host.overwrite(&name, (now + until).to_be_bytes().to_vec());
        assert_eq!(host.get::<Ask>("/ask").status(), 200);
        host.settle();
        assert_eq!(host.elapsed().checked_sub(started).unwrap(), waited, "{until}");
    };
    check(1000, Duration::from_secs(1));
    // Half of the call's time-out, which is three seconds.
    check(2000, Duration::from_millis(1500));
    check(-1, Duration::ZERO);
    // Nobody of us would hold it for an hour.
    check(before, Duration::ZERO);
}

#[test]
fn what_the_server_says_of_its_refusal_is_in_the_log_without_secrets() {
    let check = |status: u16, body: &str, expected: (u16, &str, &str), logged: &str| {
        let host = TestHost::new();
        host.variable("client_secret", Some("s3cret"));
        host.on("login", "POST /", Reply::json(status, body));
        let answer = host.get::<Ask>("/ask");
        let error = answer.error();
        assert_eq!(
            (answer.status(), error.error.code.name(), error.message.as_str()),
            expected
        );
        assert_eq!(error.error.source.as_deref(), Some("crm"));
        let log = host.log().concat();
        assert!(log.contains(logged), "{log}");
        assert!(!log.contains("s3cret") && !log.contains("t0ken"), "{log}");
    };
    let refused = "The authorization server for The CRM refused this connector (401). Tell the connector's owner.";
    check(
        401,
        r#"{"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret: s3cret", "error_codes": [7000215]}"#,
        (502, "SourceFailed", refused),
        "error_description: AADSTS7000215: Invalid client secret: ***",
    );
    let failed = "The authorization server for The CRM failed (503). Try again later; nothing was changed.";
    check(503, "<html>", (502, "SourceFailed", failed), "answered 503");
    let slow = "The authorization server for The CRM asks us to slow down. Try again in a moment.";
    check(429, "", (503, "SourceThrottled", slow), "answered 429");
    let invalid =
        "The authorization server for The CRM answered in a form that is not understood. Tell the connector's owner.";
    check(
        200,
        r#"{"access_token": 5, "id_token": "t0ken"}"#,
        (502, "SourceInvalid", invalid),
        "no JSON object with `access_token`",
    );
    check(
        200,
        r#"{"access_token": "t0ken", "token_type": "mac"}"#,
        (502, "SourceInvalid", invalid),
        "`token_type` is not `Bearer`",
    );
    check(
        200,
        r#"{"access_token": "t0ken\n"}"#,
        (502, "SourceInvalid", invalid),
        "a control character",
    );
}

#[test]
fn a_server_that_fails_in_passing_is_asked_again_once() {
    for first in [Reply::reset(), Reply::json(503, "{}")] {
        let host = TestHost::new();
        host.on("login", "POST /", first);
        host.on("login", "POST /", issued("t-1", 3600));
        host.on("crm", "GET /thing", Reply::json(200, "\"done\""));
        assert_eq!(host.get::<Ask>("/ask").status(), 200);
        assert_eq!(tokens_asked_for(&host), 2);
    }
}

#[test]
fn a_server_that_the_manifest_does_not_allow_is_named_in_the_log() {
    let host = TestHost::new();
    host.on("login", "POST /", Reply::denied());
    assert_eq!(host.get::<Ask>("/ask").status(), 500);
    assert!(
        host.log()
            .concat()
            .contains("may not call `https://login.test`; add its host to allowed_outbound_hosts")
    );
}

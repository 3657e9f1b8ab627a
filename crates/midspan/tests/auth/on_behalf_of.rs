//! Tokens on behalf of the caller: nobody gets what another may see.

use std::time::Duration;

use bytes::Bytes;
use midspan::{
    prelude::*,
    source::{Auth, OAuth},
    testing::{Reply, TestHost},
};

static GRAPH: Source = Source::rest("graph").titled("Microsoft Graph").auth(Auth::on_behalf_of(
    OAuth::at("login_url")
        .client_secret("client_id", "client_secret")
        .scope("https://graph.test/.default"),
));

/// Whose calendar it is, for the test to see at Graph.
#[input]
struct CalendarInput {
    /// Who
    #[query(default = "")]
    who: String,
}

/// Get my calendar
#[operation(get = "/calendar", auth = none, sources = [GRAPH], deadline = "10s")]
async fn get_calendar(ctx: Context, input: CalendarInput) -> Result<String> {
    let events = || ctx.source(&GRAPH).get("/me/events").query("who", &input.who);
    let (first, _second) = try_join!(events().json::<String>(), events().query("$skip", 10).json::<String>())?;
    Ok(first)
}

fn host() -> TestHost {
    let host = TestHost::new();
    host.variable("token_key", Some("0123456789abcdef0123456789abcdef"));
    for number in 1..9 {
        let issued =
            format!(r#"{{"access_token": "for-graph-{number}", "token_type": "bearer", "expires_in": "3600"}}"#);
        host.on(
            "login",
            "POST /",
            Reply::json(200, issued).after(Duration::from_millis(100)),
        );
    }
    host.on(
        "graph",
        "GET /me/events",
        Reply::json(200, "\"done\"").after(Duration::from_millis(100)),
    );
    host
}

fn as_user(token: &str) -> http::Request<Bytes> {
    let request =
        http::Request::get(format!("/calendar?who={token}")).header("authorization", format!("Bearer {token}"));
    request.body(Bytes::new()).unwrap()
}

/// Which token each request to Graph had, for which token of a caller, in the order of the token requests.
fn tokens_asked_for(host: &TestHost) -> Vec<String> {
    let asked = host.requests("login").into_iter().map(|asked| {
        let form: Vec<(String, String)> = form_urlencoded::parse(asked.request.body()).into_owned().collect();
        form.into_iter().find(|(name, _)| name == "assertion").unwrap().1
    });
    asked.collect()
}

fn sent(host: &TestHost) -> Vec<String> {
    let all = host.requests("graph");
    all.iter()
        .map(|sent| sent.request.headers()["authorization"].to_str().unwrap().to_owned())
        .collect()
}

#[test]
fn the_callers_token_is_exchanged_in_entra_ids_form_and_never_sent_to_the_source() {
    let host = host();
    assert_eq!(host.send::<GetCalendar>(as_user("a.b-c_d")).status(), 200);
    assert_eq!(
        host.requests("login")[0].request.body(),
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&requested_token_use=on_behalf_of\
         &assertion=a.b-c_d&scope=https%3A%2F%2Fgraph.test%2F.default&client_id=client_id&client_secret=client_secret"
    );
    assert_eq!(
        sent(&host),
        ["Bearer for-graph-1"; 2],
        "the calls of a request share it"
    );
    assert_eq!(tokens_asked_for(&host).len(), 1);
}

#[test]
fn two_users_never_share_a_token_whoever_comes_when() {
    let host = host();
    let other = host.other_instance();
    let users = ["ada", "bob", "ada", "cyd", "bob", "ada"];
    let at_once = users.iter().enumerate().map(|(at, user)| {
        let instance = if at % 2 == 0 { host.clone() } else { other.clone() };
        (instance, as_user(user))
    });
    for answer in TestHost::send_at_once::<GetCalendar>(at_once.collect()) {
        assert_eq!(answer.status(), 200);
    }
    host.settle();
    for user in users {
        assert_eq!(other.send::<GetCalendar>(as_user(user)).status(), 200);
    }
    let asked = tokens_asked_for(&host);
    for sent in host.requests("graph") {
        let token = sent.request.headers()["authorization"].to_str().unwrap();
        let number: usize = token.strip_prefix("Bearer for-graph-").unwrap().parse().unwrap();
        let query = sent.request.uri().query().unwrap();
        let who = query.split(['=', '&']).nth(1).unwrap();
        assert_eq!(asked[number - 1], who);
    }
    // One for each user, however many of them came at once and to which instance.
    let mut each = asked;
    each.sort();
    assert_eq!(each, ["ada", "bob", "cyd"]);
    assert_eq!(host.requests("graph").len(), 2 * 2 * users.len());
}

#[test]
fn the_entry_of_one_user_is_useless_in_the_place_of_another() {
    let host = host();
    let _ = host.send::<GetCalendar>(as_user("ada"));
    host.settle();
    let of_ada = host.stored_keys()[0].clone();
    let _ = host.send::<GetCalendar>(as_user("bob"));
    host.settle();
    let of_bob = host.stored_keys().into_iter().find(|key| *key != of_ada).unwrap();
    host.overwrite(&of_bob, host.stored(&of_ada).unwrap());
    let other = host.other_instance();
    let _ = other.send::<GetCalendar>(as_user("bob"));
    assert_eq!(tokens_asked_for(&host), ["ada", "bob", "bob"]);
    assert_eq!(sent(&host).last().unwrap(), "Bearer for-graph-3");
    assert!(host.log().concat().contains("is not a token for source `graph`"));
}

#[test]
fn the_memory_of_an_instance_keeps_no_token_of_a_user_beyond_the_request() {
    let host = host();
    host.variable("token_key", None);
    let _ = host.send::<GetCalendar>(as_user("ada"));
    let _ = host.send::<GetCalendar>(as_user("ada"));
    assert_eq!(tokens_asked_for(&host), ["ada", "ada"]);
    // While they are under way at once they share it.
    let at_once = (0..10).map(|_| (host.clone(), as_user("ada"))).collect();
    let _ = TestHost::send_at_once::<GetCalendar>(at_once);
    assert_eq!(tokens_asked_for(&host), ["ada", "ada", "ada"]);
}

#[test]
fn however_many_users_come_the_store_stays_bounded() {
    let host = host();
    for number in 0..300 {
        let _ = host.send::<GetCalendar>(as_user(&format!("user-{number}")));
        host.settle();
    }
    // Of 65,536 places for the source; the notes about who fetches are gone.
    for key in host.stored_keys() {
        let place = key.strip_prefix("midspan/token/graph/").unwrap();
        assert!(place.len() == 4 && u16::from_str_radix(place, 16).is_ok(), "{key}");
    }
}

#[test]
fn a_caller_without_a_bearer_token_is_told_to_sign_in() {
    for authorization in [None, Some("Basic YTpi"), Some("Bearer "), Some("Bearer")] {
        let host = host();
        let headers: Vec<_> = authorization
            .map(|value| ("authorization", value))
            .into_iter()
            .collect();
        let answer = host.get_with::<GetCalendar>("/calendar", &headers);
        assert_eq!(
            (answer.status(), answer.error().error.code.name()),
            (401, "Unauthorized")
        );
        assert_eq!(
            answer.error().message,
            "GetCalendar asks Microsoft Graph as whoever calls it, but this call has no token. Sign in to the connection."
        );
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
        assert!(host.requests("login").is_empty() && host.requests("graph").is_empty());
    }
}

#[test]
fn what_entra_id_wants_of_the_user_is_said_to_the_user_and_the_codes_to_the_log() {
    let check = |status: u16, body: &str, code: (u16, &str), message: &str, logged: &str| {
        let host = TestHost::new();
        host.on("login", "POST /", Reply::json(status, body));
        let answer = host.send::<GetCalendar>(as_user("the.callers.token"));
        let error = answer.error();
        assert_eq!((answer.status(), error.error.code.name()), code, "{body}");
        assert_eq!(error.message, message);
        assert!(!answer.text().contains("AADSTS"), "{}", answer.text());
        let log = host.log().concat();
        assert!(log.contains(logged), "{log}");
        assert!(!log.contains("the.callers.token"), "{log}");
    };
    check(
        400,
        r#"{"error": "invalid_grant", "suberror": "consent_required", "error_description": "AADSTS65001: The user or administrator has not consented"}"#,
        (403, "Forbidden"),
        "This connector has no consent to act for you at Microsoft Graph. Ask an administrator to give it.",
        "AADSTS65001",
    );
    check(
        400,
        r#"{"error": "interaction_required", "error_description": "AADSTS50076: Due to a configuration change ...", "claims": "{\"access_token\":{\"polids\":{\"essential\":true}}}"}"#,
        (401, "Unauthorized"),
        "Microsoft Graph wants more proof of who you are, such as a second factor. Sign in to the connection again.",
        "polids",
    );
    check(
        400,
        r#"{"error": "invalid_grant", "error_description": "AADSTS500133: Assertion is not within its valid time range: the.callers.token"}"#,
        (401, "Unauthorized"),
        "Your sign-in does not hold for Microsoft Graph any more. Sign in to the connection again.",
        "AADSTS500133: Assertion is not within its valid time range: ***",
    );
    check(
        401,
        r#"{"error": "invalid_client", "error_description": "AADSTS7000222: The provided client secret keys are expired."}"#,
        (502, "SourceFailed"),
        "The authorization server for Microsoft Graph refused this connector (401). Tell the connector's owner.",
        "AADSTS7000222",
    );
}

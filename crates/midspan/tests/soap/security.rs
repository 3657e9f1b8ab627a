//! WS-Security: a user name and a password in the envelope.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use midspan::{
    cache::Cache,
    prelude::*,
    source::soap::{self, UsernameToken},
    testing::{Reply, TestHost},
};
use sha1::{Digest as _, Sha1};

const WSSE: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
const WSU: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
const PROFILE: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0";

static DIGEST: Source = Source::soap("safe").username_token(UsernameToken::digest("safe_user", "safe_password"));
static TEXT: Source =
    Source::soap("plain").username_token(UsernameToken::text("plain_user", "plain_password").with_timestamp());

const PING: soap::Operation<(), ()> = soap::Operation::new("").read_only();

/// Ping both
#[operation(get = "/ping", auth = none, sources = [DIGEST, TEXT])]
async fn ping(ctx: Context) -> Result<bool> {
    ctx.source(&DIGEST).soap(&PING, &()).answer().await?;
    ctx.source(&TEXT).soap(&PING, &()).answer().await?;
    Ok(true)
}

/// What a server reads, by the names of the specification.
#[derive(Xml)]
#[xml(namespace = WSSE, name = "Security")]
struct Security {
    #[xml(name = "Timestamp", namespace = WSU)]
    timestamp: Option<Timed>,
    #[xml(name = "UsernameToken")]
    token: Token,
}

#[derive(Xml)]
#[xml(namespace = WSU, rename_all = "PascalCase")]
struct Timed {
    created: String,
    expires: String,
}

#[derive(Xml)]
#[xml(namespace = WSSE, rename_all = "PascalCase")]
struct Token {
    username: String,
    password: Password,
    nonce: Option<soap::Base64>,
    #[xml(namespace = WSU)]
    created: Option<String>,
}

#[derive(Xml)]
struct Password {
    #[xml(attribute, name = "Type")]
    of_type: String,
    #[xml(text)]
    value: String,
}

fn security(request: &midspan::testing::Recorded) -> Security {
    request.soap_header().expect("a security header")
}

#[test]
fn the_digest_is_over_nonce_time_and_password_and_new_each_time() {
    let host = TestHost::new();
    host.variable("safe_user", Some("midspan"));
    host.variable("safe_password", Some("a<&\"secret"));
    host.on("safe", "POST /", Reply::reset());
    host.on("safe", "POST /", Reply::soap(&()));
    host.on("plain", "POST /", Reply::soap(&()));
    assert_eq!(host.get::<Ping>("/ping").status(), 200);
    let nonces: Vec<_> = host
        .requests("safe")
        .iter()
        .map(|request| {
            let Token {
                username,
                password,
                nonce,
                created,
            } = security(request).token;
            let (nonce, created) = (nonce.unwrap().0, created.unwrap());
            let hash = Sha1::new()
                .chain_update(&nonce)
                .chain_update(&created)
                .chain_update("a<&\"secret");
            assert_eq!(username, "midspan");
            assert_eq!(password.of_type, format!("{PROFILE}#PasswordDigest"));
            assert_eq!(password.value, STANDARD.encode(hash.finalize()));
            assert!(
                created.starts_with("2026-01-01T00:00:00.") && created.ends_with('Z'),
                "{created}"
            );
            assert_eq!(nonce.len(), 16);
            nonce
        })
        .collect();
    assert_ne!(nonces[0], nonces[1], "a service that saw the first one refuses it");
}

/// Ping, from the cache where it is there
#[operation(get = "/cached", auth = none, sources = [DIGEST])]
async fn ping_cached(ctx: Context) -> Result<bool> {
    let cache = Cache::ttl(std::time::Duration::from_mins(1));
    let call = ctx.source(&DIGEST).soap(&PING, &());
    call.http(|call| call.cached(cache)).answer().await?;
    Ok(true)
}

#[test]
fn an_answer_can_be_cached_though_every_request_is_another_one() {
    let host = TestHost::new();
    host.on("safe", "POST /", Reply::soap(&()));
    for _ in 0..3 {
        assert_eq!(host.get::<PingCached>("/cached").status(), 200);
        host.settle();
    }
    assert_eq!(host.requests("safe").len(), 1);
}

#[test]
fn a_password_in_clear_is_said_to_be_one_and_the_message_may_expire() {
    let host = TestHost::new();
    host.on("safe", "POST /", Reply::soap(&()));
    host.on("plain", "POST /", Reply::soap(&()));
    assert_eq!(host.get::<Ping>("/ping").status(), 200);
    let Security { timestamp, token } = security(&host.requests("plain")[0]);
    let timestamp = timestamp.unwrap();
    assert_eq!(timestamp.created, "2026-01-01T00:00:00.000Z");
    assert_eq!(timestamp.expires, "2026-01-01T00:05:00.000Z");
    assert_eq!(token.username, "plain_user");
    assert_eq!(
        (token.password.of_type, token.password.value),
        (format!("{PROFILE}#PasswordText"), "plain_password".into())
    );
    assert!(token.nonce.is_none());
    let body = host.requests("plain")[0].request.body().clone();
    assert!(String::from_utf8_lossy(&body).contains("soap:mustUnderstand=\"1\""));
}

#[test]
fn a_password_that_is_missing_or_cant_be_written_is_named_by_its_variable_alone() {
    let check = |value: Option<&str>, expected: &str| {
        let host = TestHost::new();
        host.variable("safe_password", value);
        host.variable("safe_user", Some("u"));
        let answer = host.get::<Ping>("/ping");
        assert_eq!(answer.error().error.code.name(), "OperationFailed");
        assert!(host.log().concat().contains(expected), "{:?}", host.log());
        assert!(!host.log().concat().contains("hunter2"));
    };
    check(None, "variable `safe_password`: it has no value");
    let host = TestHost::new();
    host.variable("plain_password", Some("hunter2\u{1}"));
    host.on("safe", "POST /", Reply::soap(&()));
    assert_eq!(host.get::<Ping>("/ping").status(), 500);
    let log = host.log().concat();
    assert!(
        log.contains("variable `plain_password` has a character that XML can't hold"),
        "{log}"
    );
    assert!(!log.contains("hunter2"), "{log}");
}

//! Tokens: of any provider and of Entra ID, their keys, and the classic attacks.

use std::{cell::RefCell, rc::Rc, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::Signer as _;
use midspan::{
    Algorithm,
    prelude::*,
    testing::{Reply, Response, TestHost},
};
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};

use crate::support::{Who, who};

static STAFF: Scheme = Scheme::oidc("staff").algorithms(&[Algorithm::ES256, Algorithm::EDDSA]);
static EMPLOYEES: Scheme = Scheme::entra_id("employees")
    .algorithms(&[Algorithm::ES256])
    .scopes(&["access_as_user"]);

/// Who am I?
#[operation(get = "/me", auth = [STAFF])]
async fn me(ctx: Context) -> Result<Who> {
    Ok(who(&ctx))
}

/// Who am I in Entra ID?
#[operation(get = "/employee", auth = [EMPLOYEES])]
async fn employee(ctx: Context) -> Result<Who> {
    Ok(who(&ctx))
}

const ISSUER: &str = "https://staff.test/";
const NOW: i64 = 1_767_225_600;
const TENANT: &str = "0a0a0a0a-0000-0000-0000-000000000001";

fn encode(part: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(part)
}

/// A key of the issuer's.
struct Key(SigningKey, &'static str);

impl Key {
    fn new(byte: u8, id: &'static str) -> Self {
        Self(SigningKey::from_slice(&[byte; 32]).unwrap(), id)
    }

    fn public(&self) -> Value {
        let point = self.0.verifying_key().to_sec1_point(false);
        json!({ "kty": "EC", "crv": "P-256", "use": "sig", "kid": self.1,
            "x": encode(point.x().unwrap()), "y": encode(point.y().unwrap()) })
    }

    fn sign_parts(&self, header: &str, claims: &str) -> String {
        let text = format!("{}.{}", encode(header), encode(claims));
        let signature: Signature = self.0.sign(text.as_bytes());
        format!("{text}.{}", encode(signature.to_bytes()))
    }

    fn sign(&self, claims: &Value) -> String {
        self.sign_parts(
            &json!({ "alg": "ES256", "kid": self.1 }).to_string(),
            &claims.to_string(),
        )
    }
}

fn claims() -> Value {
    json!({ "iss": ISSUER, "sub": "u-7", "aud": "api://suite", "exp": NOW + 3600, "name": "Ada", "scope": "news leave" })
}

fn with(mut claims: Value, name: &str, value: Value) -> Value {
    claims[name] = value;
    claims
}

/// A host whose issuer has these keys, which may change.
fn host(keys: &[&Key]) -> (TestHost, Rc<RefCell<Value>>) {
    let host = TestHost::new();
    host.variable("staff_url", Some("https://staff.test"));
    host.variable("staff_issuer", Some(ISSUER));
    host.variable("staff_audience", Some("api://other, api://suite"));
    host.variable("token_key", Some("a secret that all hosts of the application share"));
    let metadata = json!({ "issuer": ISSUER, "jwks_uri": "https://staff.test/keys" });
    host.on(
        "staff",
        "GET /.well-known/openid-configuration",
        Reply::json(200, metadata.to_string()),
    );
    let published = Rc::new(RefCell::new(set(keys)));
    let answer = published.clone();
    host.answer("staff", "GET /keys", move |_| {
        Reply::json(200, answer.borrow().to_string()).after(Duration::from_millis(20))
    });
    (host, published)
}

fn set(keys: &[&Key]) -> Value {
    json!({ "keys": keys.iter().map(|key| key.public()).collect::<Vec<_>>() })
}

fn call(host: &TestHost, token: &str) -> Response {
    host.get_with::<Me>("/me", &[("authorization", &format!("Bearer {token}"))])
}

fn fetches(host: &TestHost) -> usize {
    let requests = host.requests("staff");
    requests
        .iter()
        .filter(|request| request.request.uri().path() == "/keys")
        .count()
}

#[test]
fn a_token_says_who_calls_and_its_keys_are_asked_for_once() {
    let key = Key::new(7, "a");
    let (host, _) = host(&[&key]);
    let answer = call(&host, &key.sign(&claims()));
    let who: Who = answer.json();
    assert_eq!(
        (who.kind.as_str(), who.id.as_str(), who.name.as_deref()),
        ("User", "u-7", Some("Ada"))
    );
    assert_eq!(
        (who.scheme.as_deref(), who.scopes),
        (Some("staff"), vec!["news".to_owned(), "leave".to_owned()])
    );
    assert_eq!(
        call(&host, &key.sign(&with(claims(), "aud", json!(["x", "api://suite"])))).status(),
        200
    );
    // Another instance has them from the store.
    assert_eq!(call(&host.other_instance(), &key.sign(&claims())).status(), 200);
    assert_eq!(fetches(&host), 1);
    let program = with(with(claims(), "sub", json!("flow")), "client_id", json!("flow"));
    assert_eq!(call(&host, &key.sign(&program)).json::<Who>().kind, "Application");
}

#[test]
fn a_signature_over_curve25519_is_taken() {
    let key = ed25519_dalek::SigningKey::from_bytes(&[9; 32]);
    let (host, published) = host(&[]);
    let public = encode(key.verifying_key().as_bytes());
    *published.borrow_mut() = json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "kid": "ed", "x": public }] });
    let text = format!(
        "{}.{}",
        encode(r#"{"alg":"EdDSA","kid":"ed","typ":"at+jwt"}"#),
        encode(claims().to_string())
    );
    let token = format!("{text}.{}", encode(key.sign(text.as_bytes()).to_bytes()));
    assert_eq!(call(&host, &token).status(), 200);
}

#[test]
fn claims_that_do_not_hold_are_refused_before_anybody_is_asked() {
    let key = Key::new(7, "a");
    let (host, _) = host(&[&key]);
    let wrong = [
        with(claims(), "iss", json!("https://staff.test")),
        with(claims(), "aud", json!("api://suite/")),
        with(claims(), "aud", json!(["api://nobody"])),
        with(claims(), "exp", json!(NOW - 61)),
        with(claims(), "exp", json!("tomorrow")),
        with(claims(), "nbf", json!(NOW + 61)),
        with(claims(), "nbf", json!("now")),
        with(claims(), "sub", json!(7)),
        with(claims(), "sub", json!("")),
    ];
    for claims in &wrong {
        let answer = call(&host, &key.sign(claims));
        assert_eq!(answer.status(), 401, "{claims}");
        assert_eq!(
            answer.header("www-authenticate"),
            Some("Bearer realm=\"staff\", error=\"invalid_token\"")
        );
        assert!(answer.error().message.starts_with("The token "), "{}", answer.text());
    }
    let expired = call(&host, &key.sign(&wrong[3])).error().message;
    assert_eq!(expired, "The token has expired. Sign in to the connection again.");
    assert_eq!(fetches(&host), 0);
    // Clocks differ by a minute.
    for claims in [
        with(claims(), "exp", json!(NOW - 59)),
        with(claims(), "nbf", json!(NOW + 59)),
    ] {
        assert_eq!(call(&host, &key.sign(&claims)).status(), 200, "{claims}");
    }
    let none = host.get::<Me>("/me");
    assert_eq!(none.header("www-authenticate"), Some("Bearer realm=\"staff\""));
}

#[test]
fn the_classic_attacks_fail() {
    let (key, stranger) = (Key::new(7, "a"), Key::new(8, "a"));
    let (host, published) = host(&[&key]);
    let body = claims().to_string();
    let header = |text: &str| key.sign_parts(text, &body);
    let public = key.public();
    let good = key.sign(&claims());
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let double = body.replacen('{', "{\"sub\":\"admin\",", 1);
    let escaped = body.replacen('{', "{\"\\u0073ub\":\"admin\",", 1);
    let attacks = [
        ("none", format!("{}.{}.", encode(r#"{"alg":"none"}"#), encode(&body))),
        ("None", header(r#"{"alg":"None","kid":"a"}"#)),
        ("no signature", format!("{signed}.")),
        ("key confusion", header(r#"{"alg":"HS256","kid":"a"}"#)),
        ("another algorithm's key", header(r#"{"alg":"EdDSA","kid":"a"}"#)),
        ("an algorithm that is not taken", header(r#"{"alg":"RS256","kid":"a"}"#)),
        ("a path as key id", header(r#"{"alg":"ES256","kid":"../../dev/null"}"#)),
        ("a query as key id", header(r#"{"alg":"ES256","kid":"a' OR '1'='1"}"#)),
        ("a list as key id", header(r#"{"alg":"ES256","kid":["a"]}"#)),
        ("two key ids", header(r#"{"alg":"ES256","kid":"b","kid":"a"}"#)),
        (
            "a key in the header",
            stranger.sign_parts(
                &json!({ "alg": "ES256", "kid": "a", "jwk": stranger.public() }).to_string(),
                &body,
            ),
        ),
        (
            "a set by its URL",
            stranger.sign_parts(r#"{"alg":"ES256","kid":"a","jku":"https://evil.test/keys"}"#, &body),
        ),
        (
            "a certificate by its URL",
            stranger.sign_parts(r#"{"alg":"ES256","kid":"a","x5u":"https://evil.test/x"}"#, &body),
        ),
        (
            "what is critical",
            header(r#"{"alg":"ES256","kid":"a","crit":["b64"],"b64":false}"#),
        ),
        (
            "another type",
            header(r#"{"alg":"ES256","kid":"a","typ":"logout+jwt"}"#),
        ),
        ("a claim twice", key.sign_parts(r#"{"alg":"ES256","kid":"a"}"#, &double)),
        (
            "a claim twice, escaped",
            key.sign_parts(r#"{"alg":"ES256","kid":"a"}"#, &escaped),
        ),
        ("no claims", key.sign_parts(r#"{"alg":"ES256","kid":"a"}"#, "[]")),
        ("four parts", format!("{good}.{signature}")),
        ("padding", format!("{good}=")),
        ("a blank", format!("{signed}. {signature}")),
        ("a stranger's signature", stranger.sign(&claims())),
        ("a signature of zeros", format!("{signed}.{}", encode([0; 64]))),
        ("a signature in DER", format!("{signed}.{}", encode([0x30; 70]))),
        (
            "oversized",
            format!(
                "{}.{}.{signature}",
                encode(r#"{"alg":"ES256","kid":"a"}"#),
                "A".repeat(17_000)
            ),
        ),
        ("nothing", String::new()),
    ];
    for (name, token) in &attacks {
        let answer = call(&host, token);
        assert_eq!(answer.status(), 401, "{name}");
        assert_eq!(host.requests("evil").len(), 0, "{name}");
    }
    assert_eq!(call(&host, &good).status(), 200);
    // Keys that say they are for something else, or are on another curve, or off theirs.
    let changes = [
        ("use", json!("enc")),
        ("alg", json!("ES384")),
        ("key_ops", json!(["sign"])),
        ("crv", json!("P-384")),
        ("crv", json!("secp256k1")),
        ("kty", json!("RSA")),
        ("x", json!(encode([0; 32]))),
        ("x", json!(encode([1; 31]))),
        ("y", Value::Null),
    ];
    for (name, value) in changes {
        let (host, published) = (self::host(&[]).0, &published);
        let wrong = json!({ "keys": [with(public.clone(), name, value.clone())] });
        *published.borrow_mut() = wrong.clone();
        host.answer("staff", "GET /keys", move |_| Reply::json(200, wrong.to_string()));
        assert_ne!(call(&host, &good).status(), 200, "{name} = {value}");
    }
    let log = host.log().join("\n");
    assert!(!log.contains(signature) && !log.contains("u-7"), "{log}");
}

#[test]
fn a_new_key_is_found_at_once_and_made_up_ones_bring_no_flood() {
    let (old, new) = (Key::new(7, "old"), Key::new(8, "new"));
    let (host, published) = host(&[&old]);
    assert_eq!(call(&host, &old.sign(&claims())).status(), 200);
    *published.borrow_mut() = set(&[&new]);
    assert_eq!(call(&host, &new.sign(&claims())).status(), 200);
    assert_eq!(
        call(&host, &old.sign(&claims())).status(),
        401,
        "the issuer has taken it back"
    );
    let before = fetches(&host);
    let made_up = ["x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9"];
    for id in made_up.iter().cycle().take(200) {
        assert_eq!(call(&host, &Key::new(9, id).sign(&claims())).status(), 401);
    }
    assert!(fetches(&host) - before <= 2, "{}", fetches(&host) - before);
    host.pass(Duration::from_mins(10));
    let before = fetches(&host);
    let at_once = made_up.map(|id| {
        let token = format!("Bearer {}", Key::new(9, id).sign(&claims()));
        let request = http::Request::get("/me").header("authorization", token);
        (host.clone(), request.body(bytes::Bytes::new()).unwrap())
    });
    let answers = TestHost::send_at_once::<Me>(at_once.into());
    assert!(answers.iter().all(|answer| answer.status() == 401));
    assert_eq!(fetches(&host) - before, 1, "those at the same moment ask once");
}

#[test]
fn made_up_keys_bring_no_flood_however_many_instances_they_reach() {
    let key = Key::new(7, "a");
    let (host, published) = host(&[&key]);
    assert_eq!(call(&host, &key.sign(&claims())).status(), 200);
    let instances: Vec<_> = (0..20).map(|_| host.other_instance()).collect();
    let before = fetches(&host);
    for instance in &instances {
        for id in ["x1", "x2", "x3", "x4"] {
            assert_eq!(call(instance, &Key::new(9, id).sign(&claims())).status(), 401);
        }
    }
    assert_eq!(fetches(&host) - before, 3, "so many in a row, on all of them");
    // Nor is a new key lost: it is found as soon as it is time to look again.
    let new = Key::new(8, "new");
    *published.borrow_mut() = set(&[&new]);
    host.pass(Duration::from_secs(31));
    assert_eq!(call(&instances[0], &new.sign(&claims())).status(), 200);
    // What somebody has put there instead of the time is passed over.
    let stored = host.stored_keys();
    let looks = stored
        .iter()
        .find(|name| name.starts_with("midspan/issuer-looks/"))
        .unwrap();
    for (byte, nonsense) in [(10, "9223372036854775807"), (11, "soon"), (12, "-9223372036854775808")] {
        host.overwrite(looks, nonsense.as_bytes().to_vec());
        let newer = Key::new(byte, nonsense);
        *published.borrow_mut() = set(&[&newer]);
        let answer = call(&host.other_instance(), &newer.sign(&claims()));
        assert_eq!(answer.status(), 200, "{nonsense}");
    }
}

#[test]
fn keys_hold_for_a_day_without_the_issuer_and_then_nobody_is_let_in_unseen() {
    let key = Key::new(7, "a");
    let (host, _) = host(&[&key]);
    let token = |hours: i64| key.sign(&with(claims(), "exp", json!(NOW + hours * 3600 + 60)));
    assert_eq!(call(&host, &token(1)).status(), 200);
    host.answer("staff", "GET /keys", |_| Reply::json(503, ""));
    host.on("staff", "GET /.well-known/openid-configuration", Reply::json(503, ""));
    host.pass(Duration::from_hours(23));
    assert_eq!(call(&host, &token(23)).status(), 200);
    host.settle();
    assert!(host.log().join("\n").contains("the issuer's keys can't be had"));
    host.pass(Duration::from_hours(1));
    let answer = call(&host, &token(24));
    assert_eq!(answer.error().error.code, ErrorCode::SourceUnavailable);
    assert_eq!(
        (answer.header("retry-after"), answer.error().error.source.as_deref()),
        (Some("5"), Some("staff"))
    );
}

#[test]
fn keys_that_somebody_else_has_put_into_the_store_are_none() {
    let (key, stranger) = (Key::new(7, "a"), Key::new(8, "b"));
    let (host, _) = host(&[&key]);
    assert_eq!(call(&host, &key.sign(&claims())).status(), 200);
    let stored = host
        .stored_keys()
        .into_iter()
        .find(|name| name.starts_with("midspan/issuer-keys/"))
        .unwrap();
    let entry = host.stored(&stored).unwrap();
    let forged = json!({ "fetched": NOW, "keys": [stranger.public()] }).to_string();
    host.overwrite(&stored, [&entry[..32], forged.as_bytes()].concat());
    let other = host.other_instance();
    assert_eq!(call(&other, &stranger.sign(&claims())).status(), 401);
    assert_eq!(call(&other, &key.sign(&claims())).status(), 200);
    host.store_is_down(true);
    assert_eq!(call(&host.other_instance(), &key.sign(&claims())).status(), 200);
}

#[test]
fn an_issuer_that_is_another_one_has_no_keys_here() {
    let key = Key::new(7, "a");
    for metadata in [
        json!({ "issuer": "https://evil.test/", "jwks_uri": "https://staff.test/keys" }),
        json!({ "issuer": ISSUER, "jwks_uri": "http://staff.test/keys" }),
        json!({ "issuer": ISSUER }),
    ] {
        let host = TestHost::new();
        host.variable("staff_url", Some("https://staff.test"));
        host.variable("staff_issuer", Some(ISSUER));
        host.variable("staff_audience", Some("api://suite"));
        host.on(
            "staff",
            "GET /.well-known/openid-configuration",
            Reply::json(200, metadata.to_string()),
        );
        let keys = set(&[&key]).to_string();
        host.on("staff", "GET /keys", Reply::json(200, keys));
        assert_eq!(call(&host, &key.sign(&claims())).status(), 503, "{metadata}");
        assert_eq!(fetches(&host), 0);
    }
}

#[test]
fn entra_ids_tokens_are_taken_of_the_tenants_that_are_named() {
    let key = Key::new(7, "a");
    let host = TestHost::new();
    host.variable("employees_url", Some("https://login.test/"));
    host.variable("employees_tenants", Some(TENANT));
    host.variable("employees_audience", Some("6f6f, api://6f6f"));
    let name = format!("https://login.test/{TENANT}/v2.0");
    let metadata = json!({ "issuer": name, "jwks_uri": "https://login.test/keys" }).to_string();
    let path = format!("GET /{TENANT}/v2.0/.well-known/openid-configuration");
    host.on("employees", &path, Reply::json(200, metadata));
    host.on("employees", "GET /keys", Reply::json(200, set(&[&key]).to_string()));
    let user = || {
        json!({ "iss": name, "tid": TENANT, "oid": "o-7", "sub": "pairwise", "aud": "6f6f", "exp": NOW + 3600,
        "scp": "access_as_user mail", "azp": "c-1", "roles": ["Leave.Read"] })
    };
    let call = |claims: &Value| {
        let token = format!("Bearer {}", key.sign(claims));
        host.get_with::<Employee>("/employee", &[("authorization", &token)])
    };
    let who: Who = call(&user()).json();
    assert_eq!(
        (who.kind.as_str(), who.id.as_str(), who.tenant.as_deref()),
        ("User", "o-7", Some(TENANT))
    );
    assert_eq!(
        (who.client.as_deref(), who.roles),
        (Some("c-1"), vec!["Leave.Read".to_owned()])
    );
    let first_version = with(user(), "iss", json!(format!("https://sts.windows.net/{TENANT}/")));
    assert_eq!(call(&with(first_version, "aud", json!("api://6f6f"))).status(), 200);
    let program = || json!({ "iss": name, "tid": TENANT, "oid": "o-8", "aud": "6f6f", "exp": NOW + 3600, "azp": "c-2", "idtyp": "app" });
    assert_eq!(
        call(&program()).status(),
        403,
        "any program of the tenant can get such a token"
    );
    assert_eq!(
        call(&with(program(), "roles", json!(["Leave.Read"])))
            .json::<Who>()
            .kind,
        "Application"
    );
    assert_eq!(
        call(&with(user(), "scp", json!("mail"))).status(),
        403,
        "the scheme's own scope was not granted"
    );
    let stranger = "0b0b0b0b-0000-0000-0000-000000000002";
    assert_eq!(call(&with(user(), "tid", json!(stranger))).status(), 401);
    let theirs = with(user(), "iss", json!(format!("https://login.test/{stranger}/v2.0")));
    assert_eq!(call(&theirs).status(), 401);
    assert_eq!(call(&with(theirs, "tid", json!(stranger))).status(), 401);
    let asked = host.requests("employees").len();
    assert_eq!(asked, 2, "a stranger's tenant brings no request");
}

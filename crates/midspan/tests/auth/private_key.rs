//! `private_key_jwt`: what the client signs, as a server checks it.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use midspan::{
    prelude::*,
    source::{Auth, OAuth},
    testing::{Reply, TestHost},
};
use rsa::{PrivateKey, pkcs1::EncodeRsaPrivateKey, pkcs8::DecodePrivateKey};
use serde_json::{Value, json};
use sha2::Sha256;

/// A certificate and its key that are good for nothing but these tests.
const PEM: &str = include_str!("client.pem");

static PS256: Source = Source::rest("modern").auth(Auth::client_credentials(
    OAuth::at("login_url").private_key_jwt("client_id", "pem"),
));
static RS256: Source = Source::rest("older").auth(Auth::client_credentials(
    OAuth::at("login_url")
        .private_key_jwt_rs256("client_id", "pem")
        .key_id("k-1"),
));

/// Which source to ask.
#[input]
struct AskInput {
    /// Source
    #[path]
    source: String,
}

/// Ask
#[operation(get = "/ask/{source}", auth = none, sources = [PS256, RS256])]
async fn ask(ctx: Context, input: AskInput) -> Result<String> {
    let source = if input.source == "modern" { &PS256 } else { &RS256 };
    ctx.source(source).get("/thing").json().await
}

fn asked(source: &str, pem: &str) -> (TestHost, u16) {
    let host = TestHost::new();
    host.variable("pem", Some(pem));
    host.variable("login_url", Some("https://login.test/tenant/oauth2/v2.0/token"));
    let issued = r#"{"access_token": "t", "token_type": "Bearer", "expires_in": 3600}"#;
    host.on("login", "POST /tenant/oauth2/v2.0/token", Reply::json(200, issued));
    host.on(source, "GET /thing", Reply::json(200, "\"done\""));
    let status = host.get::<Ask>(&format!("/ask/{source}")).status();
    (host, status)
}

/// The assertion's header, claims, what is signed and the signature.
fn assertion(source: &str, pem: &str) -> (Value, Value, String, Vec<u8>) {
    let (host, status) = asked(source, pem);
    assert_eq!(status, 200, "{:?}", host.log());
    let body = host.requests("login")[0].request.body().clone();
    let form: Vec<(String, String)> = form_urlencoded::parse(&body).into_owned().collect();
    let field = |name: &str| form.iter().find(|(known, _)| known == name).unwrap().1.clone();
    assert_eq!(
        field("client_assertion_type"),
        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    );
    assert_eq!(
        (field("grant_type"), field("client_id")),
        ("client_credentials".into(), "client_id".into())
    );
    let jwt = field("client_assertion");
    let (signed, signature) = jwt.rsplit_once('.').unwrap();
    let (header, claims) = signed.split_once('.').unwrap();
    let json = |part: &str| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
    (
        json(header),
        json(claims),
        signed.to_owned(),
        URL_SAFE_NO_PAD.decode(signature).unwrap(),
    )
}

fn key() -> PrivateKey {
    let (_, rest) = PEM.split_at(PEM.find("-----BEGIN PRIVATE KEY").unwrap());
    PrivateKey::from_pkcs8_pem(rest).unwrap()
}

#[test]
fn an_assertion_has_the_claims_of_the_rfc_and_entra_ids_header_and_verifies() {
    let (header, claims, signed, signature) = assertion("modern", PEM);
    // As openssl computes them of the certificate.
    let sha256 = "6g2dGMzXCiI3mQ-StnaSXQGHYlRnAi07GaiftQnQUHs";
    assert_eq!(header, json!({ "alg": "PS256", "typ": "JWT", "x5t#S256": sha256 }));
    let jti = claims["jti"].as_str().unwrap();
    let now = 1_767_225_600;
    let expected = json!({
        "iss": "client_id", "sub": "client_id", "aud": "https://login.test/tenant/oauth2/v2.0/token",
        "jti": jti, "iat": now, "nbf": now, "exp": now + 300,
    });
    assert_eq!(claims, expected);
    assert_eq!(jti.len(), 36);
    key()
        .as_public_key()
        .pss_verify::<Sha256>(signed.as_bytes(), &signature)
        .unwrap();

    let (header, _, signed, signature) = assertion("older", PEM);
    let sha1 = "HLq1o6hIzpkEAnc9LlI0b1UkTPQ";
    assert_eq!(
        header,
        json!({ "alg": "RS256", "typ": "JWT", "kid": "k-1", "x5t#S256": sha256, "x5t": sha1 })
    );
    key()
        .as_public_key()
        .pkcs1v15_verify::<Sha256>(signed.as_bytes(), &signature)
        .unwrap();
}

#[test]
fn a_key_alone_in_either_form_and_on_one_line_will_do() {
    let (_, pkcs8) = PEM.split_at(PEM.find("-----BEGIN PRIVATE KEY").unwrap());
    let pkcs1 = key().to_pkcs1_pem(rsa::pkcs8::LineEnding::LF).unwrap().to_string();
    for pem in [pkcs8, &pkcs1, &pkcs8.replace('\n', "\\n"), &pkcs8.replace('\n', " ")] {
        let (header, _, signed, signature) = assertion("modern", pem);
        assert_eq!(header, json!({ "alg": "PS256", "typ": "JWT" }));
        key()
            .as_public_key()
            .pss_verify::<Sha256>(signed.as_bytes(), &signature)
            .unwrap();
    }
}

#[test]
fn a_key_that_is_not_one_is_said_in_the_log_and_nothing_is_sent() {
    let broken = PEM.replace("MII", "MIJ");
    for (pem, why) in [
        ("", "it has no PEM block `PRIVATE KEY` or `RSA PRIVATE KEY`"),
        (
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----",
            "its private key is encrypted: give it without a password",
        ),
        (&broken, "its private key is not a whole RSA key"),
    ] {
        let (host, status) = asked("modern", pem);
        assert_eq!(status, 500);
        let log = host.log().concat();
        assert!(log.contains(&format!("variable `pem`: {why}")), "{log}");
        assert!(host.requests("login").is_empty());
    }
}

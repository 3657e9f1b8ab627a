//! Signatures, as a source checks them.

use hmac::{Hmac, KeyInit, Mac};
use midspan::{
    prelude::*,
    source::{Auth, AwsSigV4, HmacSignature},
    testing::{Reply, TestHost},
};
use sha2::Sha256;

static PLAIN: Source = Source::rest("plain").auth(Auth::hmac(HmacSignature::with_key("key")));
static HOOK: Source = Source::rest("hook").auth(Auth::hmac(
    HmacSignature::with_key("key")
        .over("{body}")
        .headers(&[("X-Hub-Signature-256", "sha256={signature_hex}")]),
));
static AZURE: Source = Source::rest("azure").auth(Auth::hmac(
    HmacSignature::with_base64_key("key")
        .over("{method}\n{path_and_query}\n{header:x-ms-date};{host};{body_sha256}")
        .headers(&[
            ("Authorization", "HMAC-SHA256 Credential={{ id }}&Signature={signature}"),
            ("x-ms-date", "{date}"),
            ("x-ms-content-sha256", "{body_sha256}"),
        ]),
));
static AWS: Source = Source::rest("aws").auth(Auth::aws_sigv4(
    AwsSigV4::new("access_key", "secret_key", "{{ region }}", "execute-api").session_token("session_token"),
));

/// Which source to ask.
#[input]
struct AskInput {
    /// Source
    #[path]
    source: String,
}

/// Ask
#[operation(get = "/ask/{source}", auth = none, sources = [PLAIN, HOOK, AZURE, AWS], deadline = "60s")]
async fn ask(ctx: Context, input: AskInput) -> Result<String> {
    let source: &'static Source = match input.source.as_str() {
        "plain" => &PLAIN,
        "hook" => &HOOK,
        "azure" => &AZURE,
        _ => &AWS,
    };
    let call = match input.source.as_str() {
        "hook" => ctx.source(source).put("/a%20b").bytes("text/plain", "Hello, World!"),
        _ => ctx.source(source).get("/a/{b}").path("b", "c d").query("q", "x y&z"),
    };
    call.json().await
}

fn asked(source: &str, variables: &[(&str, &str)]) -> TestHost {
    let host = TestHost::new();
    for route in ["GET /a/c%20d", "PUT /a%20b"] {
        host.on(source, route, Reply::json(503, "{}"));
        host.on(source, route, Reply::json(200, "\"done\""));
    }
    for (name, value) in variables {
        host.variable(name, Some(value));
    }
    let _ = host.get::<Ask>(&format!("/ask/{source}"));
    host
}

fn header(host: &TestHost, source: &str, at: usize, name: &str) -> String {
    host.requests(source)[at].request.headers()[name]
        .to_str()
        .unwrap()
        .to_owned()
}

fn base64_hmac(key: &[u8], text: &str) -> String {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let mac = Hmac::<Sha256>::new_from_slice(key).unwrap().chain_update(text);
    STANDARD.encode(mac.finalize().into_bytes())
}

/// Of nothing, in base64 and hexadecimal.
const EMPTY: [&str; 2] = [
    "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
];

#[test]
fn unless_told_method_path_date_and_body_are_signed() {
    let host = asked("plain", &[("key", "k")]);
    let date = header(&host, "plain", 0, "date");
    assert_eq!(date, "Thu, 01 Jan 2026 00:00:00 GMT");
    let signature = base64_hmac(b"k", &format!("GET\n/a/c%20d?q=x%20y%26z\n{date}\n{}", EMPTY[1]));
    assert_eq!(
        header(&host, "plain", 0, "authorization"),
        format!("HMAC-SHA256 {signature}")
    );
}

#[test]
fn a_body_is_signed_as_github_documents_it() {
    let host = asked("hook", &[("key", "It's a Secret to Everybody")]);
    let documented = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    assert_eq!(header(&host, "hook", 0, "x-hub-signature-256"), documented);
}

#[test]
fn headers_that_the_signature_sets_can_be_signed_too_in_any_order() {
    let host = asked("azure", &[("key", "c2VjcmV0"), ("id", "app-1")]);
    assert_eq!(header(&host, "azure", 0, "x-ms-content-sha256"), EMPTY[0]);
    let date = header(&host, "azure", 0, "x-ms-date");
    let signature = base64_hmac(
        b"secret",
        &format!("GET\n/a/c%20d?q=x%20y%26z\n{date};azure.test;{}", EMPTY[0]),
    );
    let expected = format!("HMAC-SHA256 Credential=app-1&Signature={signature}");
    assert_eq!(header(&host, "azure", 0, "authorization"), expected);
}

#[test]
fn a_key_that_is_not_base64_is_said_in_the_log_without_it() {
    let host = asked("azure", &[("key", "!s3cret!")]);
    assert!(host.requests("azure").is_empty());
    let log = host.log().concat();
    assert!(
        log.contains("the value of variable `key` is not base64") && !log.contains("s3cret"),
        "{log}"
    );
}

#[test]
fn every_attempt_is_signed_for_its_own_time() {
    let host = TestHost::new();
    host.on(
        "plain",
        "GET /a/c%20d",
        Reply::json(503, "{}").header("retry-after", "5"),
    );
    host.on("plain", "GET /a/c%20d", Reply::json(200, "\"done\""));
    assert_eq!(host.get::<Ask>("/ask/plain").status(), 200);
    assert_eq!(header(&host, "plain", 1, "date"), "Thu, 01 Jan 2026 00:00:05 GMT");
    let (first, second) = (
        header(&host, "plain", 0, "authorization"),
        header(&host, "plain", 1, "authorization"),
    );
    assert_ne!(first, second);
}

#[test]
fn an_aws_request_has_its_scope_its_token_and_a_signed_hash() {
    let variables = [
        ("access_key", "AKIDEXAMPLE"),
        ("secret_key", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
        ("region", "eu-west-1"),
        ("session_token", "s-1"),
    ];
    let host = asked("aws", &variables);
    assert_eq!(header(&host, "aws", 0, "x-amz-date"), "20260101T000000Z");
    assert_eq!(header(&host, "aws", 0, "x-amz-security-token"), "s-1");
    assert_eq!(header(&host, "aws", 0, "x-amz-content-sha256"), EMPTY[1]);
    let authorization = header(&host, "aws", 0, "authorization");
    let start = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/eu-west-1/execute-api/aws4_request, \
                 SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token, Signature=";
    assert!(authorization.starts_with(start), "{authorization}");
    assert!(host.requests("aws")[0].request.headers()["authorization"].is_sensitive());
}

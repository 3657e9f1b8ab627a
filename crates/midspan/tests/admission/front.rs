//! User names and passwords, and gateways.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use midspan::{
    prelude::*,
    testing::{Response, TestHost},
};

use crate::support::{Who, hash, who};

static SERVICES: Scheme = Scheme::basic("services");
static FRONT: Scheme = Scheme::gateway("front", "x-front-key");
static MUTUAL: Scheme = Scheme::gateway("mutual", "x-front-key").client_certificate("x-client-cert");

/// By password
#[operation(get = "/basic", auth = [SERVICES])]
async fn by_password(ctx: Context) -> Result<Who> {
    Ok(who(&ctx))
}

/// Through the gateway
#[operation(get = "/front", auth = [FRONT])]
async fn through_gateway(ctx: Context) -> Result<Who> {
    Ok(who(&ctx))
}

/// By certificate
#[operation(get = "/mutual", auth = [MUTUAL])]
async fn by_certificate(ctx: Context) -> Result<Who> {
    Ok(who(&ctx))
}

const SECRET: &str = "a-secret-of-28-characters-ok";

fn host() -> TestHost {
    let host = TestHost::new();
    let users = format!(
        "ada:{}:Leave.Read, bob:{}",
        hash(SECRET),
        hash("another-secret-of-any-length")
    );
    host.variable("services_users", Some(&users));
    host.variable("front_secrets", Some(&format!("apim:{}", hash(SECRET))));
    host.variable("mutual_secrets", Some(&format!("envoy:{}", hash(SECRET))));
    host.variable(
        "mutual_certificates",
        Some(&format!("fabrikam:{}", hash("certificate"))),
    );
    host
}

fn basic(host: &TestHost, pair: &str) -> Response {
    let value = format!("basic {}", STANDARD.encode(pair));
    host.get_with::<ByPassword>("/basic", &[("authorization", &value)])
}

#[test]
fn a_password_is_its_users_alone() {
    let host = host();
    let who: Who = basic(&host, &format!("ada:{SECRET}")).json();
    assert_eq!((who.id.as_str(), who.roles), ("ada", vec!["Leave.Read".to_owned()]));
    let wrong = [
        format!("bob:{SECRET}"),
        format!("ada:{SECRET}x"),
        "ada:".to_owned(),
        format!(":{SECRET}"),
        "ada".to_owned(),
    ];
    for pair in &wrong {
        let answer = basic(&host, pair);
        assert_eq!(answer.status(), 401, "{pair}");
        assert_eq!(
            answer.header("www-authenticate"),
            Some("Basic realm=\"services\", charset=\"UTF-8\"")
        );
    }
    assert!(host.log().iter().all(|line| !line.contains(SECRET)));
    let other = host.get_with::<ByPassword>("/basic", &[("authorization", "Basic %%%")]);
    assert_eq!(other.status(), 401);
}

#[test]
fn who_calls_through_a_gateway_is_believed_only_with_its_secret() {
    let host = host();
    let identity = [("x-ms-client-object-id", "o-7"), ("x-ms-client-tenant-id", "t-1")];
    let call = |headers: &[(&str, &str)]| host.get_with::<ThroughGateway>("/front", &[headers, &identity].concat());
    assert_eq!(call(&[]).status(), 401);
    assert_eq!(call(&[("x-front-key", "a-secret-of-28-characters-no")]).status(), 401);
    assert_eq!(call(&[("x-front-key", SECRET), ("x-front-key", SECRET)]).status(), 401);
    let who: Who = call(&[("x-front-key", SECRET)]).json();
    assert_eq!(
        (who.kind.as_str(), who.id.as_str(), who.tenant.as_deref()),
        ("User", "o-7", Some("t-1"))
    );
    let itself: Who = host
        .get_with::<ThroughGateway>("/front", &[("x-front-key", SECRET)])
        .json();
    assert_eq!((itself.kind.as_str(), itself.id.as_str()), ("Application", "apim"));
    // Of two identities one may be the caller's own.
    let two: Who = call(&[("x-front-key", SECRET), ("x-ms-client-object-id", "o-8")]).json();
    assert_eq!(two.kind, "Application");
}

#[test]
fn a_certificate_counts_only_as_the_gateway_says_it() {
    let host = host();
    let own = hash("certificate");
    let call = |headers: &[(&str, &str)]| host.get_with::<ByCertificate>("/mutual", headers);
    assert_eq!(call(&[("x-client-cert", &own)]).status(), 401);
    assert_eq!(call(&[("x-front-key", SECRET)]).status(), 401);
    assert_eq!(
        call(&[("x-front-key", SECRET), ("x-client-cert", &hash("other"))]).status(),
        401
    );
    assert_eq!(
        call(&[
            ("x-front-key", SECRET),
            ("x-client-cert", &own),
            ("x-client-cert", &own)
        ])
        .status(),
        401
    );
    assert_eq!(
        call(&[("x-front-key", SECRET), ("x-client-cert", &own)])
            .json::<Who>()
            .id,
        "fabrikam"
    );
}

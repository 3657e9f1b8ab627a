//! `POST /{tenant}/oauth2/v2.0/token`: client credentials (RFC 6749 s. 4.4) and on-behalf-of (RFC 7523, in Entra ID's form).

use serde_json::{Value, json};
use url::form_urlencoded;

use super::Entra;
use super::error::EntraError;
use crate::authority::{BadToken, CLIENT_ID, Subject};
use crate::call::Call;

const ON_BEHALF_OF: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// What the application may call; Azure Resource Manager has a name with a slash at its end, too.
const RESOURCES: &[&str] = &[
    "https://graph.microsoft.com",
    "https://management.azure.com",
    "https://management.azure.com/",
    "https://contoso.crm4.dynamics.com",
];

/// The fields of the form that was sent.
struct Form(Vec<(String, String)>);

impl Form {
    fn read(call: &Call) -> Self {
        let is_form = call.header("content-type").is_some_and(|media| {
            media
                .to_ascii_lowercase()
                .starts_with("application/x-www-form-urlencoded")
        });
        // Anything else has no fields, which is what Entra ID says of it.
        let body = if is_form { call.body.as_ref() } else { &[] };
        Self(form_urlencoded::parse(body).into_owned().collect())
    }

    fn required(&self, name: &str) -> Result<&str, EntraError> {
        let found = self.0.iter().find(|(key, value)| key == name && !value.is_empty());
        found
            .map(|(_, value)| value.as_str())
            .ok_or_else(|| EntraError::missing(name))
    }
}

impl Entra {
    pub(super) fn token(&self, call: &Call) -> Result<Value, EntraError> {
        let form = Form::read(call);
        let grant = form.required("grant_type")?;
        self.client.authenticate(call, &form.0)?;
        match grant {
            "client_credentials" => self.client_credentials(call, &form),
            ON_BEHALF_OF => self.on_behalf_of(call, &form),
            other => Err(EntraError::unsupported_grant(other)),
        }
    }

    fn client_credentials(&self, call: &Call, form: &Form) -> Result<Value, EntraError> {
        let scope = form.required("scope")?;
        let resource = scope
            .strip_suffix("/.default")
            .filter(|resource| !resource.contains(' '));
        let resource = resource.ok_or_else(|| EntraError::bad_scope(scope))?;
        Ok(self.answer_with(&self.issue(call, resource, Subject::Application)?, None))
    }

    fn on_behalf_of(&self, call: &Call, form: &Form) -> Result<Value, EntraError> {
        let assertion = form.required("assertion")?;
        match form.required("requested_token_use")? {
            "on_behalf_of" => {}
            other => return Err(EntraError::unsupported_grant(other)),
        }
        let scope = form.required("scope")?;
        let claims = self
            .authority
            .verify(assertion, &[CLIENT_ID, &format!("api://{CLIENT_ID}")])
            .map_err(bad_assertion)?;
        let upn = claims["upn"].as_str().unwrap_or_default();
        let employee = self.population.by_upn(upn).ok_or_else(|| {
            EntraError::bad_assertion(
                50_013,
                "Assertion is of an application, which nobody can act on behalf of.",
            )
        })?;
        let (resource, scopes) = delegated(scope)?;
        let subject = Subject::User {
            employee: &employee,
            scopes: &scopes,
        };
        Ok(self.answer_with(&self.issue(call, resource, subject)?, Some(&scopes)))
    }

    fn issue(&self, call: &Call, resource: &str, subject: Subject<'_>) -> Result<String, EntraError> {
        let known = RESOURCES.iter().find(|known| **known == resource);
        let audience = known.ok_or_else(|| EntraError::no_resource(resource))?;
        Ok(self.authority.issue(&call.base(), audience, subject))
    }

    fn answer_with(&self, token: &str, scopes: Option<&str>) -> Value {
        let lifetime = self.authority.lifetime();
        let mut body = json!({
            "token_type": "Bearer",
            "expires_in": lifetime,
            "ext_expires_in": lifetime,
            "access_token": token,
        });
        if let Some(scopes) = scopes {
            body["scope"] = scopes.into();
        }
        body
    }
}

/// The resource of `https://graph.microsoft.com/User.Read https://graph.microsoft.com/Calendars.Read` and the scopes there. Scopes without
/// a resource are Graph's; those of `OpenID` Connect belong to none.
fn delegated(scope: &str) -> Result<(&str, String), EntraError> {
    let mut resource = None;
    let mut scopes = Vec::new();
    for one in scope.split_whitespace() {
        if matches!(one, "openid" | "profile" | "email" | "offline_access") {
            continue;
        }
        let (of, name) = match one.rsplit_once('/') {
            Some((of, name)) => (of, name),
            None => ("https://graph.microsoft.com", one),
        };
        if resource.is_some_and(|resource| resource != of) {
            return Err(EntraError::bad_scope(scope));
        }
        resource = Some(of);
        scopes.push(if name == ".default" {
            "User.Read Calendars.Read"
        } else {
            name
        });
    }
    let resource = resource.ok_or_else(|| EntraError::bad_scope(scope))?;
    Ok((resource, scopes.join(" ")))
}

fn bad_assertion(why: BadToken) -> EntraError {
    let (code, text) = match why {
        BadToken::Signature => (
            50_013,
            "Assertion failed signature validation. [Reason - The key was not found.]".to_owned(),
        ),
        BadToken::Expired(_) => (
            500_133,
            "Assertion is not within its valid time range. Ensure that the access token is not expired before using it for user assertion, \
             or request a new token."
                .to_owned(),
        ),
        BadToken::Revoked => (
            50_173,
            "The provided grant has expired due to it being revoked, a fresh auth token is needed.".to_owned(),
        ),
        BadToken::Audience(audience) => (
            500_131,
            format!(
                "Assertion audience does not match the Client app presenting the assertion. The audience in the assertion was '{audience}' \
                 and the expected audience is 'api://{CLIENT_ID}' or one of the Application Uris of this application with App ID \
                 '{CLIENT_ID}'(employee-suite)."
            ),
        ),
    };
    EntraError::bad_assertion(code, text)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use base64::Engine;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    use http::StatusCode;

    use super::*;
    use crate::authority::{CLIENT_CERTIFICATE, CLIENT_KEY, CLIENT_SECRET, now};
    use crate::call::tests::send;
    use crate::jwt::{self, Key};
    use crate::population::{DOMAIN, TENANT_ID};
    use crate::systems::tests::world;
    use crate::systems::{BackEnd, World};

    const GRAPH: (&str, &str) = ("scope", "https://graph.microsoft.com/.default");
    const ID: (&str, &str) = ("client_id", CLIENT_ID);
    const SECRET: (&str, &str) = ("client_secret", CLIENT_SECRET);
    const CREDENTIALS: (&str, &str) = ("grant_type", "client_credentials");
    const OBO: (&str, &str) = ("grant_type", ON_BEHALF_OF);
    const USE: (&str, &str) = ("requested_token_use", "on_behalf_of");

    fn post_with(world: &World, headers: &[(&str, &str)], form: &[(&str, &str)]) -> (StatusCode, Value) {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        let mut all = vec![("content-type", "application/x-www-form-urlencoded")];
        all.extend(headers);
        let target = format!("/{TENANT_ID}/oauth2/v2.0/token");
        let reply = Entra::new(world).answer(&send("POST", &target, &all, body));
        (reply.status(), serde_json::from_slice(reply.body()).expect("JSON"))
    }

    fn post(world: &World, form: &[(&str, &str)]) -> (StatusCode, Value) {
        post_with(world, &[], form)
    }

    /// Error, number and status of a refusal.
    fn refusal((status, body): &(StatusCode, Value)) -> (u16, String, u64) {
        let error = body["error"].as_str().unwrap_or_else(|| panic!("{body}"));
        (
            status.as_u16(),
            error.to_owned(),
            body["error_codes"][0].as_u64().expect("a number"),
        )
    }

    fn users_token(world: &World) -> String {
        let employee = world.population.employee(42).expect("employee 42");
        let scopes = "access_as_user";
        let subject = Subject::User {
            employee: &employee,
            scopes,
        };
        world
            .authority
            .issue("http://source", &format!("api://{CLIENT_ID}"), subject)
    }

    fn assertion(change: impl FnOnce(&mut Value)) -> String {
        let certificate = jwt::der(CLIENT_CERTIFICATE).expect("PEM");
        let [thumbprint, _] = jwt::thumbprints(&certificate);
        let mut claims = json!({
            "aud": format!("http://source/{DOMAIN}/oauth2/v2.0/token"),
            "iss": CLIENT_ID,
            "sub": CLIENT_ID,
            "jti": "1",
            "exp": now() + 60,
        });
        change(&mut claims);
        Key::embedded(CLIENT_KEY, URL_SAFE_NO_PAD.encode(thumbprint)).sign(&claims)
    }

    #[test]
    fn a_secret_gets_a_token_for_the_resource_of_the_scope() {
        let world = world();
        let (status, body) = post(&world, &[CREDENTIALS, ID, SECRET, GRAPH]);
        assert_eq!((status, &body["expires_in"]), (StatusCode::OK, &json!(3_599)));
        let token = body["access_token"].as_str().expect("a token");
        let claims = world
            .authority
            .verify(token, &["https://graph.microsoft.com"])
            .expect("it holds");
        assert_eq!((&claims["idtyp"], &claims["tid"]), (&json!("app"), &json!(TENANT_ID)));

        let basic = format!(
            "Basic {}",
            STANDARD.encode(format!("{CLIENT_ID}:{}", CLIENT_SECRET.replace('~', "%7E")))
        );
        let azure = ("scope", "https://management.azure.com//.default");
        let (status, body) = post_with(&world, &[("authorization", &basic)], &[CREDENTIALS, azure]);
        assert_eq!(status, StatusCode::OK, "{body}");
        let token = body["access_token"].as_str().expect("a token");
        assert!(
            world
                .authority
                .verify(token, &["https://management.azure.com/"])
                .is_ok()
        );
    }

    #[test]
    fn an_assertion_signed_with_the_registered_key_gets_a_token() {
        let of = |change: fn(&mut Value)| {
            let assertion = assertion(change);
            let form = [
                CREDENTIALS,
                ID,
                (
                    "client_assertion_type",
                    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                ),
                ("client_assertion", &assertion),
                GRAPH,
            ];
            post(&world(), &form)
        };
        assert_eq!(of(|_| {}).0, StatusCode::OK);
        for (change, code) in [
            (
                (|claims| claims["aud"] = "https://example.com".into()) as fn(&mut Value),
                700_023,
            ),
            (|claims| claims["sub"] = "somebody".into(), 700_021),
            (|claims| claims["exp"] = now().into(), 700_024),
            (|claims| claims["nbf"] = (now() + 3_600).into(), 700_024),
        ] {
            assert_eq!(refusal(&of(change)), (401, "invalid_client".into(), code));
        }
    }

    #[test]
    fn an_assertion_of_another_key_is_refused() {
        let bearer = (
            "client_assertion_type",
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        );
        let signing = include_str!("keys/signing.pem");
        let known = URL_SAFE_NO_PAD.encode(&jwt::thumbprints(&jwt::der(CLIENT_CERTIFICATE).expect("PEM"))[0]);
        for (id, code) in [("another", 700_027), (known.as_str(), 700_027)] {
            let assertion = Key::embedded(signing, id).sign(&json!({}));
            let form = [CREDENTIALS, ID, bearer, ("client_assertion", &assertion), GRAPH];
            assert_eq!(refusal(&post(&world(), &form)), (401, "invalid_client".into(), code));
        }
        let form = [CREDENTIALS, ID, bearer, ("client_assertion", "none"), GRAPH];
        assert_eq!(refusal(&post(&world(), &form)), (401, "invalid_client".into(), 50_027));
    }

    #[test]
    fn on_behalf_of_somebody_gets_a_token_that_speaks_for_them() {
        let world = world();
        let token = users_token(&world);
        let scope = (
            "scope",
            "https://graph.microsoft.com/User.Read https://graph.microsoft.com/Calendars.Read offline_access",
        );
        let (status, body) = post(&world, &[OBO, ID, SECRET, USE, ("assertion", &token), scope]);
        assert_eq!(
            (status, &body["scope"]),
            (StatusCode::OK, &json!("User.Read Calendars.Read")),
            "{body}"
        );
        let token = body["access_token"].as_str().expect("a token");
        let claims = world
            .authority
            .verify(token, &["https://graph.microsoft.com"])
            .expect("it holds");
        assert_eq!(claims["upn"], format!("e000042@{DOMAIN}"));
    }

    #[test]
    fn an_assertion_that_does_not_hold_says_why() {
        let world = world();
        let ask = |assertion: &str| refusal(&post(&world, &[OBO, ID, SECRET, USE, ("assertion", assertion), GRAPH]));
        let bad = |code: u64| (400, "invalid_grant".to_owned(), code);
        assert_eq!(ask("opaque"), bad(50_013));
        let audience = format!("api://{CLIENT_ID}");
        assert_eq!(
            ask(&world.authority.issue("http://source", &audience, Subject::Application)),
            bad(50_013)
        );
        assert_eq!(
            ask(&world
                .authority
                .issue("http://source", "api://other", Subject::Application)),
            bad(500_131)
        );
        let token = users_token(&world);
        world.authority.revoke_all();
        assert_eq!(ask(&token), bad(50_173));
        world.authority.set_lifetime(Duration::ZERO);
        assert_eq!(ask(&users_token(&world)), bad(500_133));
    }

    #[test]
    fn a_request_that_lacks_something_says_what() {
        for (form, expected) in [
            (&[][..], (400, "invalid_request", 900_144)),
            (&[CREDENTIALS], (400, "invalid_request", 900_144)),
            (
                &[CREDENTIALS, ("client_id", "somebody")],
                (400, "unauthorized_client", 700_016),
            ),
            (&[CREDENTIALS, ID, GRAPH], (401, "invalid_client", 7_000_218)),
            (
                &[CREDENTIALS, ID, ("client_secret", "guess"), GRAPH],
                (401, "invalid_client", 7_000_215),
            ),
            (&[CREDENTIALS, ID, SECRET], (400, "invalid_request", 900_144)),
            (
                &[CREDENTIALS, ID, SECRET, ("scope", "User.Read")],
                (400, "invalid_scope", 1_002_012),
            ),
            (
                &[CREDENTIALS, ID, SECRET, ("scope", "https://example.com/.default")],
                (400, "invalid_resource", 500_011),
            ),
            (
                &[("grant_type", "password"), ID, SECRET, GRAPH],
                (400, "unsupported_grant_type", 70_003),
            ),
        ] {
            let (status, error, code) = refusal(&post(&world(), form));
            assert_eq!((status, error.as_str(), code), expected, "{form:?}");
        }
        insta::assert_json_snapshot!(post(&world(), &[CREDENTIALS, ID, ("client_secret", "guess"), GRAPH]).1);
    }

    #[test]
    fn a_fault_of_400_is_a_user_who_has_to_prove_more() {
        let refusal = crate::reply::Refusal {
            status: StatusCode::BAD_REQUEST,
            retry_after: None,
        };
        let reply = Entra::new(&world()).refuse(&send("POST", "/", &[], ""), refusal);
        insta::assert_json_snapshot!(serde_json::from_slice::<Value>(reply.body()).expect("JSON"));
    }
}

//! Who asks for a token: a secret in the body or in Basic, or an assertion signed with the key of a registered certificate.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use url::form_urlencoded;

use super::error::EntraError;
use crate::authority::{CLIENT_CERTIFICATE, CLIENT_ID, CLIENT_KEY, CLIENT_SECRET, issuer, now};
use crate::call::Call;
use crate::hex::hex;
use crate::jwt::{self, Key, Token};
use crate::population::{DOMAIN, TENANT_ID};

const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The registered application.
pub(super) struct Client {
    key: Key,
    /// What an assertion may call its key: the certificate's thumbprints.
    key_ids: [String; 4],
}

impl Client {
    pub(super) fn registered() -> Self {
        let certificate = jwt::der(CLIENT_CERTIFICATE).expect("the embedded certificate is PEM");
        let [sha1, sha256] = jwt::thumbprints(&certificate);
        let key_ids = [
            URL_SAFE_NO_PAD.encode(&sha1),
            URL_SAFE_NO_PAD.encode(&sha256),
            hex(&sha1).to_uppercase(),
            hex(&sha256).to_uppercase(),
        ];
        Self {
            key: Key::embedded(CLIENT_KEY, "client"),
            key_ids,
        }
    }

    /// Whether it is the application that is calling.
    pub(super) fn authenticate(&self, call: &Call, form: &[(String, String)]) -> Result<(), EntraError> {
        let field = |name: &str| {
            form.iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.as_str())
        };
        let basic = basic(call);
        let client = match (field("client_id"), &basic) {
            (Some(client), _) => client,
            (None, Some((client, _))) => client,
            (None, None) => return Err(EntraError::missing("client_id")),
        };
        if client != CLIENT_ID {
            return Err(EntraError::no_application(client));
        }
        if let Some(assertion) = field("client_assertion") {
            return match field("client_assertion_type") {
                Some(JWT_BEARER) => self.assertion(call, assertion),
                _ => Err(EntraError::missing("client_assertion_type")),
            };
        }
        let secret = field("client_secret").or(basic.as_ref().map(|(_, secret)| secret.as_str()));
        match secret {
            Some(CLIENT_SECRET) => Ok(()),
            Some(_) => Err(EntraError::wrong_secret(CLIENT_ID)),
            None => Err(EntraError::no_credential()),
        }
    }

    /// RFC 7523 s. 3, as Entra ID has it.
    fn assertion(&self, call: &Call, assertion: &str) -> Result<(), EntraError> {
        let malformed = || EntraError::bad_client(50_027, "JWT token is invalid or malformed.");
        let token = Token::parse(assertion).ok_or_else(malformed)?;
        let named = ["x5t#S256", "x5t", "kid"].map(|name| token.header[name].as_str());
        if !named
            .iter()
            .flatten()
            .any(|id| self.key_ids.iter().any(|known| known == id))
        {
            return Err(bad_signature("The key was not found."));
        }
        if !self.key.signed(&token) {
            return Err(bad_signature(
                "The key was used to sign the assertion but the signature does not match.",
            ));
        }
        let claims = &token.claims;
        if claims["iss"] != CLIENT_ID || claims["sub"] != CLIENT_ID {
            let text = "Client assertion application identifier doesn't match 'client_id' parameter.";
            return Err(EntraError::bad_client(700_021, text));
        }
        let base = call.base();
        let end_points = [TENANT_ID, DOMAIN].map(|tenant| format!("{base}/{tenant}/oauth2/v2.0/token"));
        let audience = claims["aud"].as_str().unwrap_or_default();
        if audience != issuer(&base) && !end_points.iter().any(|end_point| end_point == audience) {
            let text = "Client assertion audience claim does not match Realm issuer.";
            return Err(EntraError::bad_client(700_023, text));
        }
        let now = now();
        let begun = claims["nbf"].as_i64().is_none_or(|start| start <= now + 300);
        if !begun || claims["exp"].as_i64().is_none_or(|end| end <= now) {
            let text = "Client assertion is not within its valid time range. Current time: now, assertion valid from and expiry time of \
                        assertion are not.";
            return Err(EntraError::bad_client(700_024, text));
        }
        Ok(())
    }
}

fn bad_signature(reason: &str) -> EntraError {
    let text = format!(
        "The certificate with identifier used to sign the client assertion is not registered on application. [Reason - {reason}]"
    );
    EntraError::bad_client(700_027, text)
}

/// Client id and secret of `Authorization: Basic`, each form-urlencoded before (RFC 6749 s. 2.3.1).
fn basic(call: &Call) -> Option<(String, String)> {
    let (scheme, encoded) = call.header("authorization")?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (client, secret) = text.split_once(':')?;
    let decoded = |text: &str| {
        let mut pairs = form_urlencoded::parse(text.as_bytes());
        pairs.next().map(|(name, _)| name.into_owned()).unwrap_or_default()
    };
    Some((decoded(client), decoded(secret)))
}

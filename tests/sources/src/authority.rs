//! Who issues tokens and knows which ones hold: shared by Entra ID, which issues them, and by the systems that are called with them.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::jwt::{Key, Token};
use crate::population::{Employee, TENANT_ID};

/// The one application that is registered: its `client_id`, and the audience of the tokens that callers of it have.
pub const CLIENT_ID: &str = "5c1d9e4f-8a76-4c0b-9a53-2f0e6d7b8c91";
/// The registered application's secret.
pub const CLIENT_SECRET: &str = "emulated~secret-of-the-suite";
/// The registered application's private key (PKCS #8, PEM), to sign client assertions with.
pub const CLIENT_KEY: &str = include_str!("systems/entra/keys/client.pem");
/// The certificate (PEM) of [`CLIENT_KEY`]; its thumbprint names the key in a client assertion.
pub const CLIENT_CERTIFICATE: &str = include_str!("systems/entra/keys/client.crt");

/// The service principal's own object id.
const SERVICE_PRINCIPAL: &str = "e3b0f9a7-6b1d-4c27-8f2e-90d5a1c4b736";
/// One after the other.
const SIGNING_KEY_IDS: [&str; 2] = ["emulated-entra-id-1", "emulated-entra-id-2"];
/// What Entra ID says without a policy for token lifetimes.
const LIFETIME: u64 = 3_599;

/// Why a token does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum BadToken {
    /// No JSON Web Token, or not signed by this authority.
    Signature,
    /// Since a time in seconds of Unix.
    Expired(i64),
    Revoked,
    /// It is for somebody else.
    Audience(String),
}

/// Whom a token speaks for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Subject<'a> {
    /// The registered application itself.
    Application,
    /// A person, by way of the application.
    User { employee: &'a Employee, scopes: &'a str },
}

pub(crate) struct Authority {
    keys: [Key; 2],
    /// Whether the second key signs, and the first is gone.
    is_rotated: AtomicBool,
    /// Seconds.
    lifetime: AtomicU64,
    issued: AtomicU64,
    /// Tokens with a serial number up to this one hold no more.
    revoked: AtomicU64,
}

impl Default for Authority {
    fn default() -> Self {
        Self {
            keys: [
                Key::embedded(include_str!("systems/entra/keys/signing.pem"), SIGNING_KEY_IDS[0]),
                Key::embedded(CLIENT_KEY, SIGNING_KEY_IDS[1]),
            ],
            is_rotated: AtomicBool::new(false),
            lifetime: AtomicU64::new(LIFETIME),
            issued: AtomicU64::new(0),
            revoked: AtomicU64::new(0),
        }
    }
}

impl Authority {
    /// The key that signs now.
    pub(crate) fn key(&self) -> &Key {
        &self.keys[usize::from(self.is_rotated.load(Ordering::Relaxed))]
    }

    pub(crate) fn rotate_key(&self) {
        self.is_rotated.store(true, Ordering::Relaxed);
    }

    /// Seconds that a token issued now holds.
    pub(crate) fn lifetime(&self) -> u64 {
        self.lifetime.load(Ordering::Relaxed)
    }

    pub(crate) fn set_lifetime(&self, lifetime: Duration) {
        self.lifetime.store(lifetime.as_secs(), Ordering::Relaxed);
    }

    pub(crate) fn revoke_all(&self) {
        self.revoked
            .store(self.issued.load(Ordering::Relaxed), Ordering::Relaxed);
    }

    /// A token for an audience, from the issuer of a base URL.
    pub(crate) fn issue(&self, base: &str, audience: &str, subject: Subject<'_>) -> String {
        self.key().sign(&self.claims(base, audience, subject))
    }

    /// What such a token says.
    pub(crate) fn claims(&self, base: &str, audience: &str, subject: Subject<'_>) -> Value {
        let serial = self.issued.fetch_add(1, Ordering::Relaxed) + 1;
        let now = now();
        let mut claims = json!({
            "aud": audience,
            "iss": issuer(base),
            "iat": now,
            "nbf": now,
            "exp": now + i64::try_from(self.lifetime()).unwrap_or(i64::MAX / 2),
            "appid": CLIENT_ID,
            "azp": CLIENT_ID,
            "tid": TENANT_ID,
            "uti": serial.to_string(),
            "ver": "2.0",
        });
        let own = match subject {
            Subject::Application => json!({
                "idtyp": "app",
                "oid": SERVICE_PRINCIPAL,
                "sub": SERVICE_PRINCIPAL,
                "roles": ["User.Read.All", "Calendars.Read"],
            }),
            Subject::User { employee, scopes } => json!({
                "idtyp": "user",
                "name": employee.display_name(),
                "oid": employee.id.to_string(),
                "sub": format!("subject-of-{}", employee.id),
                "preferred_username": employee.mail(),
                "upn": employee.mail(),
                // By a claims mapping of the application: `user.employeeid`.
                "employeeid": employee.employee_id(),
                "scp": scopes,
            }),
        };
        if let (Value::Object(claims), Value::Object(own)) = (&mut claims, own) {
            claims.extend(own);
        }
        claims
    }

    /// The claims of a token that holds for one of some audiences.
    pub(crate) fn verify(&self, token: &str, audiences: &[&str]) -> Result<Value, BadToken> {
        let token = Token::parse(token).ok_or(BadToken::Signature)?;
        if !self.keys.iter().any(|key| key.signed(&token)) {
            return Err(BadToken::Signature);
        }
        let claims = token.claims;
        match claims["exp"].as_i64() {
            Some(end) if end > now() => {}
            end => return Err(BadToken::Expired(end.unwrap_or_default())),
        }
        let serial = claims["uti"].as_str().and_then(|serial| serial.parse::<u64>().ok());
        if serial.is_some_and(|serial| serial <= self.revoked.load(Ordering::Relaxed)) {
            return Err(BadToken::Revoked);
        }
        let audience = claims["aud"].as_str().unwrap_or_default();
        if audiences.contains(&audience) {
            Ok(claims)
        } else {
            Err(BadToken::Audience(audience.to_owned()))
        }
    }

    /// Why a caller with this token is turned away, by a system that takes any token that is not of this authority as one that holds.
    pub(crate) fn refused(&self, token: &str, audiences: &[&str]) -> Option<BadToken> {
        let ours = |token: Token<'_>| SIGNING_KEY_IDS.iter().any(|id| token.header["kid"] == *id);
        if Token::parse(token).is_some_and(ours) {
            self.verify(token, audiences).err()
        } else {
            None
        }
    }
}

/// The `iss` of a base URL.
pub(crate) fn issuer(base: &str) -> String {
    format!("{base}/{TENANT_ID}/v2.0")
}

/// Tokens live in real time: whoever gets one looks at a real clock.
pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_holds_for_its_audience_until_it_is_revoked() {
        let authority = Authority::default();
        let issue = || authority.issue("http://login", "api", Subject::Application);
        let (first, audience) = (issue(), ["other", "api"]);
        assert_eq!(
            authority.verify(&first, &audience).expect("it holds")["iss"],
            issuer("http://login")
        );
        assert_eq!(
            authority.verify(&first, &["other"]),
            Err(BadToken::Audience("api".into()))
        );
        authority.revoke_all();
        assert_eq!(authority.verify(&first, &audience), Err(BadToken::Revoked));
        assert!(authority.verify(&issue(), &audience).is_ok());
    }

    #[test]
    fn a_token_of_no_lifetime_is_expired() {
        let authority = Authority::default();
        authority.set_lifetime(Duration::ZERO);
        let token = authority.issue("http://login", "api", Subject::Application);
        assert!(matches!(authority.verify(&token, &["api"]), Err(BadToken::Expired(_))));
    }

    #[test]
    fn a_token_of_somebody_else_is_not_looked_at_where_any_will_do() {
        let authority = Authority::default();
        for token in ["opaque", "e30.e30.e30"] {
            assert_eq!(authority.refused(token, &["api"]), None, "{token}");
            assert_eq!(authority.verify(token, &["api"]), Err(BadToken::Signature), "{token}");
        }
        let ours = authority.issue("http://login", "api", Subject::Application);
        assert_eq!(authority.refused(&ours, &["api"]), None);
        assert_eq!(authority.refused(&ours, &[]), Some(BadToken::Audience("api".into())));
    }
}

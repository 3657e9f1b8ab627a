//! WS-Security (OASIS Web Services Security: SOAP Message Security 1.1.1, `UsernameToken` Profile 1.1.1).

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha1::{Digest as _, Sha1};

use super::{
    Source,
    xml::{Name, Writer},
};
use crate::{Context, Result, Timestamp, source::auth::secret::Secret};

const WSSE: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
const WSU: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
const TEXT: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordText";
const DIGEST: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest";
const BASE64: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary";

/// How long a message is valid, if it says so: what WCF and Apache CXF take as their own default.
const VALID_FOR: Duration = Duration::from_mins(5);

/// A user's name and password in the envelope of each call.
///
/// ```
/// use midspan::source::{Source, soap::UsernameToken};
///
/// static PAYROLL: Source =
///     Source::soap("payroll").username_token(UsernameToken::digest("payroll_user", "payroll_password"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UsernameToken {
    user: &'static str,
    password: &'static str,
    digest: bool,
    timestamp: bool,
}

impl UsernameToken {
    /// With the password as it is (`PasswordText`): only over TLS. User and password stand in these variables.
    #[must_use]
    pub const fn text(user: &'static str, password: &'static str) -> Self {
        Self {
            user,
            password,
            digest: false,
            timestamp: false,
        }
    }

    /// With a digest of the password, the time and a nonce (`PasswordDigest`), new in every request.
    #[must_use]
    pub const fn digest(user: &'static str, password: &'static str) -> Self {
        Self {
            digest: true,
            ..Self::text(user, password)
        }
    }

    /// Says too when the message was made and that it is valid for five minutes, which WCF asks for.
    #[must_use]
    pub const fn with_timestamp(mut self) -> Self {
        self.timestamp = true;
        self
    }
}

/// The header block for one request.
pub(super) async fn header(ctx: &Context, source: &'static Source, token: UsernameToken) -> Result<String> {
    let user = Secret::read(ctx, source, token.user).await?;
    let password = Secret::read(ctx, source, token.password).await?;
    let nonce = [ctx.port().random().to_le_bytes(), ctx.port().random().to_le_bytes()].concat();
    let block = write(source, token, user.expose(), password.expose(), &nonce, ctx.now());
    block.map_err(|(place, _)| {
        let variable = if place == "Username" {
            token.user
        } else {
            token.password
        };
        source.misconfigured(format!("variable `{variable}` has a character that XML can't hold"))
    })
}

fn write(
    source: &Source,
    token: UsernameToken,
    user: &str,
    password: &str,
    nonce: &[u8],
    now: Timestamp,
) -> Result<String, (&'static str, char)> {
    let soap = super::envelope::namespace(source.soap.version);
    let created = moment(now);
    let mut writer = Writer::with_prefixes(&[(soap, "soap")]);
    writer.element(Name::new(WSSE, "Security"), |security| {
        security.attribute(Name::new(soap, "mustUnderstand"), "1");
        if token.timestamp {
            security.element(Name::new(WSU, "Timestamp"), |timestamp| {
                timestamp.element(Name::new(WSU, "Created"), |element| element.text(&created));
                let expires = moment(now.saturating_add(VALID_FOR).unwrap_or(now));
                timestamp.element(Name::new(WSU, "Expires"), |element| element.text(&expires));
            });
        }
        security.element(Name::new(WSSE, "UsernameToken"), |element| {
            element.element(Name::new(WSSE, "Username"), |element| element.text(user));
            let kind = if token.digest { DIGEST } else { TEXT };
            element.element(Name::new(WSSE, "Password"), |element| {
                element.attribute(Name::new("", "Type"), kind);
                if token.digest {
                    element.text(&password_digest(nonce, &created, password));
                } else {
                    element.text(password);
                }
            });
            if token.digest {
                element.element(Name::new(WSSE, "Nonce"), |element| {
                    element.attribute(Name::new("", "EncodingType"), BASE64);
                    element.text(&STANDARD.encode(nonce));
                });
                element.element(Name::new(WSU, "Created"), |element| element.text(&created));
            }
        });
    });
    writer.finish()
}

/// In UTC, with milliseconds, as all implementations read it.
fn moment(time: Timestamp) -> String {
    format!("{time:.3}")
}

/// Base64 ( SHA-1 ( nonce + created + password ) ), `UsernameToken` Profile 1.1.1 s. 3.1. The hash is what the profile
/// has; what it protects, against whoever reads the message, is no more than that.
fn password_digest(nonce: &[u8], created: &str, password: &str) -> String {
    let hash = Sha1::new()
        .chain_update(nonce)
        .chain_update(created)
        .chain_update(password);
    STANDARD.encode(hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The profile's own example does not say its password. This one is ONVIF's (Application Programmer's Guide 1.0
    /// s. 6.1.1.3).
    #[test]
    fn the_digest_is_the_one_that_is_published() {
        let nonce = STANDARD.decode("LKqI6G/AikKCQrN0zqZFlg==").unwrap();
        let digest = password_digest(&nonce, "2010-09-16T07:50:45Z", "userpassword");
        assert_eq!(digest, "tuOSpGlFlIXsozq4HFNeeGeFLEI=");
    }
}

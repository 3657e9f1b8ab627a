//! Who is calling: a user name and a password in the message, as text or as a digest.
//!
//! OASIS, "Web Services Security: `UsernameToken` Profile 1.1": the digest is Base64(SHA-1(nonce + created + password)); a nonce counts once.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use roxmltree::{Document, Node};

use super::envelope::{Fault, Version, WSSE, child};
use crate::authority::now;
use crate::population::Moment;

/// The user that the payroll system lets in.
pub const PAYROLL_USER: &str = "svc-midspan";
/// The password of [`PAYROLL_USER`].
pub const PAYROLL_PASSWORD: &str = "emulated & <secret>";

const WSU: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
const PROFILE: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0";
/// Seconds that a token's time may lie off.
const TOLERANCE: i64 = 300;

/// Nonces that were used.
#[derive(Debug, Default)]
pub(super) struct Nonces(Mutex<HashSet<Vec<u8>>>);

pub(super) fn authenticate(document: &Document<'_>, version: Version, nonces: &Nonces) -> Result<(), Fault> {
    let token = token(document, version).ok_or_else(|| {
        let text = "An error occurred when verifying security for the message.";
        Fault::security("InvalidSecurity", text)
    })?;
    let failed = || {
        let text = "At least one security token in the message could not be validated.";
        Fault::security("FailedAuthentication", text)
    };
    let text = |namespace: &str, name: &str| child(token, namespace, name).and_then(|node| node.text());
    let password = child(token, WSSE, "Password").ok_or_else(failed)?;
    let sent = password.text().unwrap_or_default();
    let kind = password.attribute("Type").and_then(|kind| kind.strip_prefix(PROFILE));
    let holds = match kind {
        None | Some("#PasswordText") => sent == PAYROLL_PASSWORD,
        Some("#PasswordDigest") => {
            let nonce = text(WSSE, "Nonce").and_then(|nonce| STANDARD.decode(nonce.trim()).ok());
            let (Some(nonce), Some(created)) = (nonce, text(WSU, "Created")) else {
                return Err(failed());
            };
            let made = [nonce.as_slice(), created.as_bytes(), PAYROLL_PASSWORD.as_bytes()].concat();
            let made = STANDARD.encode(digest(&SHA1_FOR_LEGACY_USE_ONLY, &made));
            made == sent && is_now(created) && nonces.take(nonce)
        }
        Some(_) => false,
    };
    if holds && text(WSSE, "Username") == Some(PAYROLL_USER) {
        Ok(())
    } else {
        Err(failed())
    }
}

impl Nonces {
    /// True the first time.
    fn take(&self, nonce: Vec<u8>) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(nonce)
    }
}

fn token<'a>(document: &'a Document<'a>, version: Version) -> Option<Node<'a, 'a>> {
    let header = child(document.root_element(), version.namespace(), "Header")?;
    child(child(header, WSSE, "Security")?, WSSE, "UsernameToken")
}

fn is_now(created: &str) -> bool {
    let created = created.parse::<Moment>();
    created.is_ok_and(|created| (created.unix() - now()).abs() <= TOLERANCE)
}

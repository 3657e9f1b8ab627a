//! Public keys of an issuer (RFC 7517).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::verify::Algorithm;

/// How many keys of a set are looked at.
const MOST: usize = 64;

/// A key, with what it may be used for. What it holds of a private key is not read.
#[derive(Clone, Deserialize, Serialize)]
pub(crate) struct Jwk {
    kty: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::admit) kid: Option<String>,
    #[serde(default, rename = "use", skip_serializing_if = "Option::is_none")]
    usage: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key_ops: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    alg: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    crv: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    n: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    e: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    x: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    y: Option<String>,
}

/// The keys of a set that can check signatures. Others, and those that this doesn't know, are passed over (RFC 7517 s. 5).
///
/// # Errors
/// What is wrong with the set, for the log.
pub(in crate::admit) fn read_set(json: &[u8]) -> Result<Vec<Jwk>, &'static str> {
    #[derive(Deserialize)]
    struct Set {
        keys: Vec<Value>,
    }

    let set: Set = serde_json::from_slice(json).map_err(|_| "it is not a JSON Web Key Set")?;
    if set.keys.len() > MOST {
        return Err("it has more than 64 keys");
    }
    let keys = set
        .keys
        .into_iter()
        .filter_map(|key| serde_json::from_value::<Jwk>(key).ok());
    let keys: Vec<_> = keys.filter(|key| key.kty != "oct" && key.checks_signatures()).collect();
    // Which of two is meant, two readers might not agree on.
    let twice =
        |(index, key): (usize, &Jwk)| key.kid.is_some() && keys[..index].iter().any(|earlier| earlier.kid == key.kid);
    if keys.iter().enumerate().any(twice) {
        return Err("two of its keys have the same `kid`");
    }
    Ok(keys)
}

impl Jwk {
    /// Whether this algorithm's signatures are checked with it: its type and curve are right, and it says nothing else of
    /// itself (RFC 8725 s. 3.1).
    pub(in crate::admit) fn fits(&self, algorithm: &Algorithm) -> bool {
        self.kty == algorithm.key_type
            && algorithm.curve.is_none_or(|curve| self.crv.as_deref() == Some(curve))
            && self.alg.as_deref().is_none_or(|alg| alg == algorithm.name)
            && self.checks_signatures()
    }

    fn checks_signatures(&self) -> bool {
        let may_verify = |operations: &Vec<String>| operations.iter().any(|operation| operation == "verify");
        self.usage.as_deref().is_none_or(|usage| usage == "sig") && self.key_ops.as_ref().is_none_or(may_verify)
    }

    /// The modulus and the exponent of an RSA key.
    pub(super) fn rsa(&self) -> Option<(Vec<u8>, Vec<u8>)> {
        Some((bytes(self.n.as_ref()?)?, bytes(self.e.as_ref()?)?))
    }

    /// A coordinate of 32 bytes (RFC 7518 s. 6.2.1.2, RFC 8037 s. 2).
    pub(super) fn x(&self) -> Option<[u8; 32]> {
        bytes(self.x.as_ref()?)?.try_into().ok()
    }

    /// The other coordinate.
    pub(super) fn y(&self) -> Option<[u8; 32]> {
        bytes(self.y.as_ref()?)?.try_into().ok()
    }
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

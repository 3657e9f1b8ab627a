//! JSON Web Tokens signed with RSA: making them and reading them (RFC 7515, RFC 7519).

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::digest;
use ring::rand::SystemRandom;
use ring::signature::{
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RSA_PSS_2048_8192_SHA256, RsaKeyPair, RsaPublicKeyComponents,
};
use serde_json::{Value, json};

/// An RSA key with the certificate thumbprint, or another name, that it is known by.
pub(crate) struct Key {
    pair: RsaKeyPair,
    pub(crate) id: String,
}

/// A token whose parts could be read; nothing of it is verified yet.
pub(crate) struct Token<'a> {
    pub(crate) header: Value,
    pub(crate) claims: Value,
    signed: &'a str,
    signature: Vec<u8>,
}

impl Key {
    /// A private key in PKCS #8 PEM that is part of this program.
    pub(crate) fn embedded(pem: &str, id: impl Into<String>) -> Self {
        let pair = der(pem).and_then(|der| RsaKeyPair::from_pkcs8(&der).ok());
        Self {
            pair: pair.expect("the embedded key is an RSA key in PKCS #8"),
            id: id.into(),
        }
    }

    /// A token with these claims, signed as RS256.
    pub(crate) fn sign(&self, claims: &Value) -> String {
        self.sign_as(&self.id, claims)
    }

    /// The same by another name of the key.
    pub(crate) fn sign_as(&self, id: &str, claims: &Value) -> String {
        let header = json!({"typ": "JWT", "alg": "RS256", "kid": id, "x5t": id});
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&header), part(claims));
        let mut signature = vec![0; self.pair.public().modulus_len()];
        let made = self.pair.sign(
            &RSA_PKCS1_SHA256,
            &SystemRandom::new(),
            signed.as_bytes(),
            &mut signature,
        );
        made.expect("a key of 2,048 bits signs a SHA-256 digest");
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// Whether a token is signed with this key, as RS256 or PS256.
    pub(crate) fn signed(&self, token: &Token<'_>) -> bool {
        let algorithm = match token.header["alg"].as_str() {
            Some("RS256") => &RSA_PKCS1_2048_8192_SHA256,
            Some("PS256") => &RSA_PSS_2048_8192_SHA256,
            _ => return false,
        };
        let public = self.public();
        public
            .verify(algorithm, token.signed.as_bytes(), &token.signature)
            .is_ok()
    }

    /// Its entry in a JSON Web Key Set (RFC 7517).
    pub(crate) fn to_jwk(&self) -> Value {
        let RsaPublicKeyComponents { n, e } = self.public();
        let [n, e] = [n, e].map(|number| URL_SAFE_NO_PAD.encode(number));
        json!({"kty": "RSA", "use": "sig", "kid": self.id, "x5t": self.id, "n": n, "e": e})
    }

    fn public(&self) -> RsaPublicKeyComponents<Vec<u8>> {
        self.pair.public().into()
    }
}

impl<'a> Token<'a> {
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let part = |text: &str| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok();
        Some(Self {
            header: part(header)?,
            claims: part(claims)?,
            signed,
            signature: URL_SAFE_NO_PAD.decode(signature).ok()?,
        })
    }
}

/// The bytes of the first block of a PEM file.
pub(crate) fn der(pem: &str) -> Option<Vec<u8>> {
    let lines = pem.lines().skip_while(|line| !line.starts_with("-----BEGIN")).skip(1);
    let text: String = lines.take_while(|line| !line.starts_with("-----END")).collect();
    STANDARD.decode(text).ok()
}

/// `x5t` and `x5t#S256` of a certificate: its SHA-1 and its SHA-256.
pub(crate) fn thumbprints(certificate: &[u8]) -> [Vec<u8>; 2] {
    [&digest::SHA1_FOR_LEGACY_USE_ONLY, &digest::SHA256]
        .map(|algorithm| digest::digest(algorithm, certificate).as_ref().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEM: &str = include_str!("systems/entra/keys/client.pem");

    #[test]
    fn what_a_key_signed_is_read_back_and_nothing_else() {
        let key = Key::embedded(PEM, "a");
        let text = key.sign(&json!({"sub": "ü"}));
        let token = Token::parse(&text).expect("a token");
        assert_eq!((&token.claims["sub"], &token.header["kid"]), (&json!("ü"), &json!("a")));
        assert!(key.signed(&token));
        let other = Key::embedded(include_str!("systems/entra/keys/signing.pem"), "a").sign(&json!({"sub": "ü"}));
        assert!(!key.signed(&Token::parse(&other).expect("a token")));
        let (head, _) = text.rsplit_once('.').expect("three parts");
        assert!(!key.signed(&Token::parse(&format!("{head}.AAAA")).expect("a token")));
    }

    #[test]
    fn what_is_no_token_is_not_read() {
        for text in ["", "opaque", "a.b.c", "e30.e30", "e30.bm90.e30"] {
            assert!(Token::parse(text).is_none(), "{text}");
        }
    }
}

//! The JWT with which a client shows that it has a private key (RFC 7523 s. 3), with the header that Entra ID wants.

use std::convert::Infallible;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use rsa::{
    PrivateKey,
    pkcs1::DecodeRsaPrivateKey,
    pkcs8::DecodePrivateKey,
    rand_core::{TryCryptoRng, TryRng},
};
use serde_json::json;
use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::pem;
use crate::{
    Context,
    admit::new_uuid,
    port::Port,
    source::auth::{secret::Secret, token::Wanted},
};

/// How long an assertion holds, in seconds. It is used once, at once; the rest is for clocks that differ.
const LIFETIME: i64 = 300;

/// A signature algorithm of RFC 7518 s. 3.1.
pub(super) struct Algorithm {
    name: &'static str,
    sign: fn(&PrivateKey, &mut Random<'_>, &[u8]) -> rsa::Result<Vec<u8>>,
    /// Whether to name the certificate by its SHA-1 thumbprint too, since what wants this algorithm may know no other.
    x5t: bool,
}

pub(super) const PS256: Algorithm = Algorithm {
    name: "PS256",
    sign: |key, random, text| key.pss_sign_with_rng::<Sha256, _>(random, text),
    x5t: false,
};

pub(super) const RS256: Algorithm = Algorithm {
    name: "RS256",
    sign: |key, random, text| key.pkcs1v15_sign_with_rng::<Sha256, _>(random, text),
    x5t: true,
};

/// A signed assertion for one token request.
///
/// # Errors
/// What is wrong with the PEM.
pub(super) fn sign(
    ctx: &Context,
    wanted: &Wanted,
    algorithm: &Algorithm,
    pem: &Secret,
    key_id: Option<&str>,
) -> Result<Secret, &'static str> {
    let key = private_key(pem.expose())?;
    let mut header = json!({ "alg": algorithm.name, "typ": "JWT" });
    if let Some(certificate) = pem::find(pem.expose(), "CERTIFICATE") {
        header["x5t#S256"] = URL_SAFE_NO_PAD.encode(Sha256::digest(&certificate)).into();
        if algorithm.x5t {
            header["x5t"] = URL_SAFE_NO_PAD.encode(Sha1::digest(&certificate)).into();
        }
    }
    if let Some(key_id) = key_id {
        header["kid"] = key_id.into();
    }
    let now = ctx.now().as_second();
    let claims = json!({
        "iss": wanted.client_id,
        "sub": wanted.client_id,
        "aud": wanted.token_url,
        "jti": new_uuid(ctx.port()),
        "iat": now,
        "nbf": now,
        "exp": now + LIFETIME,
    });
    let encode = |part: &serde_json::Value| URL_SAFE_NO_PAD.encode(part.to_string());
    let mut text = format!("{}.{}", encode(&header), encode(&claims));
    let signature = (algorithm.sign)(&key, &mut Random(ctx.port()), text.as_bytes())
        .map_err(|_| "its private key is too short to sign with")?;
    text.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut text);
    Ok(Secret::new(text))
}

fn private_key(text: &str) -> Result<PrivateKey, &'static str> {
    if text.contains("ENCRYPTED") {
        return Err("its private key is encrypted: give it without a password");
    }
    let broken = "its private key is not a whole RSA key";
    if let Some(der) = pem::find(text, "PRIVATE KEY") {
        return PrivateKey::from_pkcs8_der(&der).map_err(|_| broken);
    }
    if let Some(der) = pem::find(text, "RSA PRIVATE KEY") {
        return PrivateKey::from_pkcs1_der(&der).map_err(|_| broken);
    }
    Err("it has no PEM block `PRIVATE KEY` or `RSA PRIVATE KEY`")
}

/// The host's secure random source, for the salt and for blinding (a signature's time must not tell of the key).
struct Random<'p>(&'p dyn Port);

impl TryRng for Random<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        #[expect(clippy::cast_possible_truncation, reason = "half of the bits are as random as all")]
        Ok(self.0.random() as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.0.random())
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.0.random().to_le_bytes()[..chunk.len()]);
        }
        Ok(())
    }
}

impl TryCryptoRng for Random<'_> {}

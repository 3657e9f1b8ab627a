//! Signatures (RFC 7518 s. 3, RFC 8037 s. 3.1), with the crates of `RustCrypto`.

use rsa::{BoxedUint, PublicKey, pkcs1v15, pss, signature::Verifier};
use sha2::Sha256;

use super::Jwk;

/// A signature algorithm that a scheme takes. All others are refused, those with a shared secret and `none` among them.
#[derive(Debug, Clone, Copy)]
pub struct Algorithm {
    pub(in crate::admit) name: &'static str,
    pub(super) key_type: &'static str,
    pub(super) curve: Option<&'static str>,
    /// A pointer, so that a component links only those that its schemes take.
    pub(super) verify: fn(&Jwk, &[u8], &[u8]) -> bool,
}

impl Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256: what Entra ID signs with, and most others.
    pub const RS256: Self = Self {
        name: "RS256",
        key_type: "RSA",
        curve: None,
        verify: |key, text, signature| {
            rsa_key(key).is_some_and(|key| {
                let signature = pkcs1v15::Signature::try_from(signature);
                signature.is_ok_and(|signature| {
                    pkcs1v15::VerifyingKey::<Sha256>::new(key)
                        .verify(text, &signature)
                        .is_ok()
                })
            })
        },
    };

    /// RSASSA-PSS with SHA-256, with a salt as long as the hash.
    pub const PS256: Self = Self {
        name: "PS256",
        key_type: "RSA",
        curve: None,
        verify: |key, text, signature| {
            rsa_key(key).is_some_and(|key| {
                let key = pss::VerifyingKey::<Sha256>::new_with_salt_len(key, 32);
                pss::Signature::try_from(signature).is_ok_and(|signature| key.verify(text, &signature).is_ok())
            })
        },
    };

    /// ECDSA over P-256 with SHA-256.
    pub const ES256: Self = Self {
        name: "ES256",
        key_type: "EC",
        curve: Some("P-256"),
        verify: |key, text, signature| {
            use p256::ecdsa::{Signature, VerifyingKey};
            let Some((x, y)) = key.x().zip(key.y()) else {
                return false;
            };
            // SEC 1 s. 2.3.3: a point that is not on the curve is refused.
            let Ok(key) = VerifyingKey::from_sec1_bytes(&[&[4], &x[..], &y[..]].concat()) else {
                return false;
            };
            Signature::from_slice(signature).is_ok_and(|signature| key.verify(text, &signature).is_ok())
        },
    };

    /// `EdDSA` over Curve25519.
    pub const EDDSA: Self = Self {
        name: "EdDSA",
        key_type: "OKP",
        curve: Some("Ed25519"),
        verify: |key, text, signature| {
            use ed25519_dalek::{Signature, VerifyingKey};
            let key = key.x().and_then(|x| VerifyingKey::from_bytes(&x).ok());
            // Strictly: a key of small order would accept one signature for any text.
            key.is_some_and(|key| {
                Signature::from_slice(signature).is_ok_and(|signature| key.verify_strict(text, &signature).is_ok())
            })
        },
    };
}

/// A key of 2048 bits (RFC 7518 s. 3.3) to 4096 bits.
fn rsa_key(key: &Jwk) -> Option<PublicKey> {
    let (n, e) = key.rsa()?;
    if is_weak(&n) {
        return None;
    }
    PublicKey::new_with_size_limits(
        BoxedUint::from_be_slice_vartime(&n),
        BoxedUint::from_be_slice_vartime(&e),
        2048..=4096,
    )
    .ok()
}

/// Whether it is a modulus of chips whose keys can be computed from it ("ROCA", CVE-2017-15361): those are powers of 65537
/// modulo every small prime.
fn is_weak(n: &[u8]) -> bool {
    const PRIMES: [u32; 17] = [11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157];
    PRIMES.iter().all(|prime| {
        let rest = n.iter().fold(0, |rest, byte| (rest * 256 + u32::from(*byte)) % prime);
        let mut power = 1;
        (0..*prime).any(|_| {
            power = power * 65_537 % prime;
            power == rest
        })
    })
}

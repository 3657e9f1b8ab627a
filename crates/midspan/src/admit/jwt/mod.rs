//! JSON Web Tokens (RFC 7519) that are signed, in the compact form (RFC 7515 s. 7.1): read strictly, so that there is one
//! way to understand each.
//!
//! What a token says of where its key is (`jku`, `x5u`, `jwk`, `x5c`) is never looked at: keys come from the issuer.

mod jwk;
mod object;
pub(super) mod verify;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

pub(crate) use self::jwk::Jwk;
pub(super) use self::{jwk::read_set, object::Object, verify::Algorithm};

/// The longest token looked at, in bytes. Entra ID's are below 4 KiB, unless groups are in them.
const LONGEST: usize = 16 * 1024;

/// The largest signature: of an RSA key of 4096 bits.
const LONGEST_SIGNATURE: usize = 512;

/// A token whose signature nobody has looked at yet.
pub(super) struct Token<'t> {
    /// The signature algorithm that it claims.
    pub(super) algorithm: &'static Algorithm,
    /// The name of its key.
    pub(super) key_id: Option<String>,
    /// What it claims.
    pub(super) claims: Object,
    signed: &'t str,
    signature: Vec<u8>,
}

impl<'t> Token<'t> {
    /// Reads a token that is signed with one of these algorithms.
    ///
    /// # Errors
    /// What is wrong with it, for the log.
    pub(super) fn read(text: &'t str, algorithms: &'static [Algorithm]) -> Result<Self, &'static str> {
        let (signed, signature, header) = parts(text)?;
        // RFC 7515 s. 4.1.11: what is critical has to be understood, and nothing is.
        if header.has("crit") {
            return Err("its header has `crit`");
        }
        // RFC 7519 s. 5.1, RFC 9068 s. 2.1.
        let kind = header.text("typ").map(str::to_ascii_lowercase);
        if header.has("typ")
            && !matches!(
                kind.as_deref(),
                Some("jwt" | "at+jwt" | "application/jwt" | "application/at+jwt")
            )
        {
            return Err("its `typ` is not a JWT's");
        }
        let name = header.text("alg").ok_or("its header has no `alg`")?;
        let algorithm = algorithms.iter().find(|algorithm| algorithm.name == name);
        let (_, claims) = signed.split_once('.').ok_or("it has not three parts")?;
        let claims = Object::read(&decode(claims)?).ok_or("its claims are not a JSON object with each name once")?;
        Ok(Self {
            algorithm: algorithm.ok_or("its `alg` is not one of those that are taken")?,
            key_id: key_id(&header)?,
            claims,
            signed,
            signature,
        })
    }

    /// Whether it is signed with this key.
    pub(super) fn is_signed_with(&self, key: &Jwk) -> bool {
        key.fits(self.algorithm) && (self.algorithm.verify)(key, self.signed.as_bytes(), &self.signature)
    }
}

/// What is signed, its signature, and the header.
fn parts(text: &str) -> Result<(&str, Vec<u8>, Object), &'static str> {
    if text.len() > LONGEST {
        return Err("it is too long");
    }
    let (signed, signature) = text.rsplit_once('.').ok_or("it has not three parts")?;
    if signed.bytes().filter(|byte| *byte == b'.').count() != 1 {
        return Err("it has not three parts");
    }
    let (header, _) = signed.split_once('.').ok_or("it has not three parts")?;
    let header = Object::read(&decode(header)?).ok_or("its header is not a JSON object with each name once")?;
    let signature = decode(signature)?;
    if signature.is_empty() || signature.len() > LONGEST_SIGNATURE {
        return Err("its signature has no length that one can have");
    }
    Ok((signed, signature, header))
}

fn key_id(header: &Object) -> Result<Option<String>, &'static str> {
    match header.text("kid") {
        Some(id) if id.len() <= 256 => Ok(Some(id.to_owned())),
        None if !header.has("kid") => Ok(None),
        _ => Err("its `kid` is not a short text"),
    }
}

/// Base64url without padding (RFC 7515 s. 2), in its one form: no blanks, and no bits left over.
fn decode(text: &str) -> Result<Vec<u8>, &'static str> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| "it is not base64url")
}

#[cfg(test)]
mod tests;

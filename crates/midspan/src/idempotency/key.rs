//! What tells a call from others, and a repetition from another call.

use std::fmt::Write as _;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use bytes::Bytes;
use hkdf::Hkdf;
use http::HeaderMap;
use midspan_definition::Location;
use sha2::{Digest, Sha256};

use crate::{Context, Error, Result, cache};

/// The start of all that is kept in the shared store.
pub(super) const PREFIX: &str = "midspan-idempotency:";

const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// What a cloud flow names a request by.
const CLIENT_REQUEST_ID: &str = "x-ms-client-request-id";

const LONGEST: usize = 255;

/// A caller's key for one operation. All that is derived from it needs the caller's own key, so that what is in the store
/// can be neither found nor read without.
#[derive(Clone)]
pub(super) struct Key {
    /// The name of its record.
    name: [u8; 32],
    /// What its outcome is encrypted with.
    pub(super) secret: [u8; 32],
    source: [u8; 16],
    /// Of the request: the same key with another one is a mistake.
    pub(super) fingerprint: [u8; 32],
}

impl Key {
    /// Nothing where the call has no key: it is done each time.
    ///
    /// # Errors
    /// `BadInput` for an `Idempotency-Key` that is none.
    pub(super) fn of(ctx: &Context, request: &http::Request<Bytes>) -> Result<Option<Self>> {
        let headers = request.headers();
        let Some(given) = given(headers)? else {
            return Ok(None);
        };
        let mut input = Sha256::new_with_prefix("midspan idempotency 1");
        let identity = cache::identity(ctx, headers);
        let identity = identity.as_ref().map_or(&[][..], |identity| identity);
        for part in [ctx.operation().id.as_bytes(), identity, given.as_bytes()] {
            add(&mut input, part);
        }
        let derive = Hkdf::<Sha256>::new(None, &input.finalize());
        let mut key = Self {
            name: [0; 32],
            secret: [0; 32],
            source: [0; 16],
            fingerprint: [0; 32],
        };
        // 32 bytes are less than 255 hashes (RFC 5869 s. 2.3).
        let _ = derive.expand(b"name", &mut key.name);
        let _ = derive.expand(b"secret", &mut key.secret);
        let _ = derive.expand(b"source", &mut key.source);
        key.fingerprint = key.fingerprint(ctx, request);
        Ok(Some(key))
    }

    pub(super) fn text(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.name)
    }

    /// Under which the store has the record.
    pub(super) fn record(&self) -> String {
        format!("{PREFIX}r:{}", self.text())
    }

    /// As a UUID (version 8, RFC 9562 s. 5.8): many sources take nothing else.
    pub(super) fn for_sources(&self) -> String {
        let mut bytes = self.source;
        bytes[6] = (bytes[6] & 0x0f) | 0x80;
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        let mut text = String::with_capacity(36);
        for (at, byte) in bytes.iter().enumerate() {
            let dash = if matches!(at, 4 | 6 | 8 | 10) { "-" } else { "" };
            // A text takes all that is written to it.
            let _ = write!(text, "{dash}{byte:02x}");
        }
        text
    }

    /// With the secret, so that a short body can't be guessed from it.
    fn fingerprint(&self, ctx: &Context, request: &http::Request<Bytes>) -> [u8; 32] {
        let mut hash = Sha256::new_with_prefix(self.secret);
        for part in [
            request.method().as_str().as_bytes(),
            request.uri().to_string().as_bytes(),
            request.body(),
        ] {
            add(&mut hash, part);
        }
        let parameters = ctx.operation().parameters.iter();
        for parameter in parameters.filter(|parameter| parameter.location == Location::Header) {
            for value in request.headers().get_all(parameter.name) {
                add(&mut hash, parameter.name.as_bytes());
                add(&mut hash, value.as_bytes());
            }
        }
        hash.finalize().into()
    }
}

fn add(hash: &mut Sha256, bytes: &[u8]) {
    hash.update(bytes.len().to_le_bytes());
    hash.update(bytes);
}

/// The caller's key: a string (RFC 9651 s. 3.3.3) by the draft, and without its quotes as most callers write it.
fn given(headers: &HeaderMap) -> Result<Option<String>> {
    let is_key =
        |text: &str| !text.is_empty() && text.len() <= LONGEST && text.bytes().all(|b| matches!(b, b' '..=b'~'));
    if let Some(value) = headers.get(IDEMPOTENCY_KEY) {
        let text = value.to_str().unwrap_or_default().trim();
        let bare = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
        let text = bare.unwrap_or(text);
        if !is_key(text) {
            return Err(Error::bad_input(
                "Idempotency-Key",
                format!("\"Idempotency-Key\" must have 1 to {LONGEST} characters, all of them ASCII."),
            ));
        }
        return Ok(Some(format!("k{text}")));
    }
    let id = headers.get(CLIENT_REQUEST_ID).and_then(|value| value.to_str().ok());
    Ok(id.filter(|id| is_key(id)).map(|id| format!("r{id}")))
}

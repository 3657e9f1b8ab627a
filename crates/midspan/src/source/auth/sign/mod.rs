//! Signatures over a request: made anew for every attempt, since each holds for some minutes only.

mod hmac;
mod sigv4;
mod template;

use ::hmac::{Hmac, KeyInit, Mac};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use futures_util::future::LocalBoxFuture;
use http::{HeaderName, HeaderValue};
use sha2::Sha256;

pub use self::{hmac::HmacSignature, sigv4::AwsSigV4};
use crate::{Context, Result, Source};

/// Signs a request with what the scheme says. A pointer to one, so that what no source uses is not linked.
pub(super) type Sign<S> =
    for<'a> fn(&'a Context, &'static Source, S, &'a mut http::Request<Bytes>) -> LocalBoxFuture<'a, Result<()>>;

pub(super) use self::{hmac::sign as sign_hmac, sigv4::sign as sign_sigv4};

fn hmac_sha256(key: &[u8], text: &[u8]) -> [u8; 32] {
    // HMAC takes keys of any length (RFC 2104 s. 2), so that there is nothing to fail.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return [0; 32];
    };
    mac.update(text);
    mac.finalize().into_bytes().into()
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| char::from(DIGITS[usize::from(value & 15)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}

fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Sets a header to text that was put together from the caller's values as well.
fn set(source: &'static Source, request: &mut http::Request<Bytes>, name: &str, value: &[u8]) -> Result<()> {
    let (Ok(name), Ok(mut value)) = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_bytes(value)) else {
        return Err(source.misconfigured(format!("the value for header `{name}` has a control character")));
    };
    value.set_sensitive(true);
    request.headers_mut().insert(name, value);
    Ok(())
}

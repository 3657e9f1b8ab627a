//! The freshness of an operation's answer, which follows from its parts: as old as the oldest, fresh as long as all are,
//! and for everybody only if all are.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::{
    HeaderValue, StatusCode,
    header::{AGE, CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderName, IF_NONE_MATCH, VARY},
};
use midspan_definition::{Location, Operation};
use sha2::{Digest, Sha256};

use super::{conditions::matches, scope::is_of_caller};
use crate::Context;

/// Where a caller's key may stand besides `Authorization`: an answer to it is for that caller.
const KEYS: [&str; 4] = ["api-key", "ocp-apim-subscription-key", "x-api-key", "x-functions-key"];

/// Says in the headers what the cache did, how fresh the answer is and which it is; and says nothing else if the caller
/// has it already (RFC 9110 s. 15.4.5).
pub(super) fn finish(ctx: &Context, request: &http::Request<Bytes>, response: &mut http::Response<Bytes>) {
    set(
        response,
        HeaderName::from_static("cache-status"),
        &ctx.ledger().header(),
    );
    let Some(freshness) = ctx.ledger().freshness().filter(|_| is_whole(ctx, request, response)) else {
        return;
    };
    let has_key = KEYS.iter().any(|name| request.headers().contains_key(*name));
    let public = freshness.public && !has_key && !is_of_caller(ctx, request.headers());
    let audience = if public { "public" } else { "private" };
    let age = freshness.age / 1000;
    let control = match u64::try_from(freshness.time_to_live) {
        // What is left is counted from the answer's birth (RFC 9111 s. 4.2).
        Ok(left) if left > 0 => format!("{audience}, max-age={}", (freshness.age + left) / 1000),
        _ => format!("{audience}, no-cache"),
    };
    // A file has its source's own, and what was kept whole has had one.
    let own = response.headers().get(ETAG).and_then(|value| value.to_str().ok());
    let etag = own.map_or_else(|| etag(response.body()), ToOwned::to_owned);
    set(response, CACHE_CONTROL, &control);
    set(response, AGE, &age.to_string());
    set(response, ETAG, &etag);
    set(response, VARY, &varies_by(ctx.operation(), public));
    let wanted = request
        .headers()
        .get(IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok());
    if wanted.is_some_and(|wanted| matches(wanted, Some(&etag))) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.body_mut() = Bytes::new();
        response.headers_mut().remove(CONTENT_TYPE);
    }
}

/// Whether it is an answer that another request may have: to a GET, and with nothing missing because a source failed.
fn is_whole(ctx: &Context, request: &http::Request<Bytes>, response: &http::Response<Bytes>) -> bool {
    request.method() == http::Method::GET && response.status() == StatusCode::OK && !ctx.calls().any_failed()
}

/// The same bytes have the same tag, on every host.
pub(super) fn etag(body: &[u8]) -> String {
    let hash = Sha256::digest(body);
    format!("\"{}\"", BASE64_URL_SAFE_NO_PAD.encode(&hash[..12]))
}

fn varies_by(operation: &Operation, public: bool) -> String {
    let headers = operation
        .parameters
        .iter()
        .filter(|parameter| parameter.location == Location::Header);
    let mut names: Vec<_> = headers.map(|parameter| parameter.name).collect();
    if !public {
        names.push("Authorization");
    }
    names.join(", ")
}

fn set(response: &mut http::Response<Bytes>, name: HeaderName, value: &str) {
    if let Some(value) = HeaderValue::from_str(value).ok().filter(|value| !value.is_empty()) {
        response.headers_mut().insert(name, value);
    }
}

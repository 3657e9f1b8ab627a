//! Stage 5, answer: the body and the headers that say how it came about.

use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, StatusCode,
    header::{ALLOW, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE},
};

use crate::{Context, Error, Result, admit::CORRELATION_ID, telemetry};

/// Seconds to wait where nobody said how many.
const DEFAULT_RETRY_AFTER: u32 = 5;

/// The answer to `request`: its outcome, with the headers that every answer has.
pub(crate) fn answer(
    ctx: &Context,
    request: &http::Request<Bytes>,
    outcome: Result<http::Response<Bytes>>,
) -> http::Response<Bytes> {
    let failure = outcome.as_ref().err().map(Error::code);
    let mut response = outcome.unwrap_or_else(|error| refusal(ctx, &error));
    let headers = response.headers_mut();
    headers.extend(ctx.take_answer_headers());
    // Nothing between us and the maker may guess a lifetime (RFC 9111 s. 4.2.2); answers made of cached ones have one.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    identify(ctx, headers);
    ctx.ledger().finish(ctx, request, &mut response);
    telemetry::write_line(ctx, request.method(), response.status(), failure);
    response
}

/// The answer of a [`Relay`](crate::relay::Relay) to a request with `method`: what it says of its freshness is the source's
/// word.
pub(crate) fn relayed(ctx: &Context, method: &Method, outcome: Result<http::Response<Bytes>>) -> http::Response<Bytes> {
    let failure = outcome.as_ref().err().map(Error::code);
    let mut response = outcome.unwrap_or_else(|error| refusal(ctx, &error));
    let (length, headers) = (response.body().len(), response.headers_mut());
    identify(ctx, headers);
    set(headers, HeaderName::from_static("cache-status"), &ctx.ledger().header());
    if length > 0 {
        headers.insert(CONTENT_LENGTH, length.into());
    }
    telemetry::write_line(ctx, method, response.status(), failure);
    response
}

/// Which request it answers, and how long that took.
fn identify(ctx: &Context, headers: &mut HeaderMap) {
    set(headers, HeaderName::from_static(CORRELATION_ID), ctx.correlation_id());
    set(
        headers,
        HeaderName::from_static("server-timing"),
        &telemetry::server_timing(ctx),
    );
}

fn refusal(ctx: &Context, error: &Error) -> http::Response<Bytes> {
    // A source's failure was logged when it happened, with more detail.
    match error.source_name() {
        None if error.code().status() < 500 => ctx.log_refusal(error),
        None => ctx.log_error(error),
        Some(_) => {}
    }
    let body = error.body(ctx.correlation_id());
    let mut response = http::Response::new(serde_json::to_vec(&body).unwrap_or_default().into());
    *response.status_mut() = StatusCode::from_u16(body.status_code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    // RFC 9110 s. 10.2.3; the error contract asks for it with 429 and 503.
    if error.retry_after().is_some() || matches!(body.status_code, 429 | 503) {
        headers.insert(RETRY_AFTER, error.retry_after().unwrap_or(DEFAULT_RETRY_AFTER).into());
    }
    // RFC 9110 s. 15.5.2.
    if body.status_code == 401 && error.challenges().is_empty() {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    for challenge in error.challenges() {
        if let Ok(challenge) = HeaderValue::from_str(challenge) {
            headers.append(WWW_AUTHENTICATE, challenge);
        }
    }
    if let Some(methods) = error.allow() {
        set(headers, ALLOW, methods);
    }
    response
}

/// Values are built from checked parts; one that isn't a header all the same is left out, not sent broken.
fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

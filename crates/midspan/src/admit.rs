//! Stage 1, admit: which request this is, how long it may take, which trace it belongs to, and who calls.

mod api_key;
mod authenticate;
mod basic;
mod bearer;
mod caller;
mod credentials;
mod gateway;
mod jwt;
mod keys;
mod scheme;

use std::{rc::Rc, time::Duration};

use bytes::Bytes;
use midspan_definition::{ErrorCode, Operation};

pub(crate) use self::{authenticate::authenticate, keys::KeySets};
pub use self::{
    caller::{Caller, CallerKind},
    jwt::verify::Algorithm,
    scheme::Scheme,
};
use crate::{Error, Result, port::Port, telemetry::TraceContext};

/// The header that joins a request to a maker's error message and to every log.
pub(crate) const CORRELATION_ID: &str = "x-ms-correlation-id";

/// What is known of a request before its input is read.
#[derive(Clone)]
pub(crate) struct Admission {
    pub(crate) correlation_id: String,
    pub(crate) trace: TraceContext,
    /// The cloud flow's or Logic App's run that calls.
    pub(crate) run_id: Option<String>,
    /// This is the first request of its instance.
    pub(crate) cold_start: bool,
    /// The caller's own, for sources that shall see it.
    pub(crate) authorization: Option<http::HeaderValue>,
    /// All of it, for sources that are called as we are.
    pub(crate) request: Rc<http::Request<Bytes>>,
    /// On the port's monotonic clock.
    pub(crate) started: Duration,
    pub(crate) deadline: Duration,
    /// Where callers reach the application, without a trailing slash.
    pub(crate) public_base: String,
}

/// Identifies the request and sets its deadline.
pub(crate) fn admit(port: &dyn Port, request: &Rc<http::Request<Bytes>>, operation: &Operation) -> Admission {
    let correlation_id = correlation_id(port, request.headers());
    let started = port.monotonic();
    Admission {
        trace: TraceContext::of(port, request.headers(), &correlation_id),
        run_id: run_id(request.headers()),
        cold_start: port.instance().begins(),
        authorization: request.headers().get(http::header::AUTHORIZATION).cloned(),
        deadline: started + time_limit(request.headers(), operation),
        public_base: public_base(request, operation),
        request: request.clone(),
        correlation_id,
        started,
    }
}

/// The longest path and query, in bytes: what the gateway takes of a URL.
const MAX_URL: usize = 16_384;

/// Headers of a request, not counting those that the host adds.
const MAX_HEADERS: usize = 128;

/// Their names and values together, in bytes.
const MAX_HEADER_BYTES: usize = 64 * 1024;

/// A host may take more than an operation does. What the caller sent too much of is named.
///
/// # Errors
/// `UriTooLong` and `HeadersTooLarge` (RFC 6585 s. 5).
pub(crate) fn check_head(request: &http::Request<Bytes>) -> Result<()> {
    let url = request.uri().path_and_query().map_or(0, |path| path.as_str().len());
    if url > MAX_URL {
        let message = format!("The URL has {url} bytes; at most {MAX_URL} are taken. Send less in the query.");
        return Err(Error::new(ErrorCode::UriTooLong, message).with_target("url"));
    }
    let sent = || {
        request
            .headers()
            .iter()
            .filter(|(name, _)| !name.as_str().starts_with("spin-"))
    };
    let count = sent().count();
    if count > MAX_HEADERS {
        let message = format!("The request has {count} headers; at most {MAX_HEADERS} are taken.");
        return Err(Error::new(ErrorCode::HeadersTooLarge, message).with_target("headers"));
    }
    let size = |(name, value): &(&http::HeaderName, &http::HeaderValue)| name.as_str().len() + value.len();
    let bytes: usize = sent().map(|header| size(&header)).sum();
    match sent().max_by_key(size) {
        Some((name, value)) if bytes > MAX_HEADER_BYTES => {
            let message = format!(
                "The headers have {bytes} bytes, \"{name}\" alone {}; at most {MAX_HEADER_BYTES} are taken.",
                value.len()
            );
            Err(Error::new(ErrorCode::HeadersTooLarge, message).with_target(name.as_str()))
        }
        _ => Ok(()),
    }
}

/// What a caller hears who asks with a method that none of these operations, which stand on one path, has:
/// `MethodNotAllowed` with the `Allow` header (RFC 9110 s. 15.5.6).
pub(crate) fn method_not_allowed(request: &http::Request<Bytes>, operations: &[&Operation]) -> Error {
    let mut methods: Vec<_> = operations.iter().map(|operation| operation.method.name()).collect();
    methods.dedup();
    let methods = methods.join(", ");
    let subject = match operations {
        [only] => only.id,
        several => several.first().map_or("This path", |first| first.path),
    };
    let message = format!("{subject} takes {methods}, not {}.", request.method());
    Error::new(ErrorCode::MethodNotAllowed, message).with_allow(methods)
}

/// The caller's id, if it can't break a header or a log line; else a new one.
fn correlation_id(port: &dyn Port, headers: &http::HeaderMap) -> String {
    const LONGEST: usize = 128;
    ["x-ms-correlation-id", "x-ms-client-request-id"]
        .iter()
        .filter_map(|name| headers.get(*name)?.to_str().ok())
        .find(|id| !id.is_empty() && id.len() <= LONGEST && id.bytes().all(|byte| byte.is_ascii_graphic()))
        .map_or_else(|| new_uuid(port), ToOwned::to_owned)
}

/// A version 4 UUID (RFC 9562 s. 5.4), which is the form that Power Platform itself uses.
pub(crate) fn new_uuid(port: &dyn Port) -> String {
    let (high, low) = (port.random(), port.random());
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0x0fff,
        ((low >> 48) & 0x3fff) | 0x8000,
        low & 0xffff_ffff_ffff,
    )
}

/// Letters, digits and hyphens: what else would be written into the log is not an id.
fn run_id(headers: &http::HeaderMap) -> Option<String> {
    const LONGEST: usize = 64;
    let id = headers.get("x-ms-workflow-run-id")?.to_str().ok()?;
    let is_id = (1..=LONGEST).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    is_id.then(|| id.to_owned())
}

/// The operation's own deadline, or what the caller is ready to wait (`Prefer: wait=10`, RFC 7240 s. 4.3) if less.
fn time_limit(headers: &http::HeaderMap, operation: &Operation) -> Duration {
    let own = Duration::from_millis(operation.deadline_ms);
    headers
        .get_all("prefer")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(','))
        .filter_map(|preference| preference.trim().strip_prefix("wait=")?.trim().parse().ok())
        .map(Duration::from_secs)
        .fold(own, Duration::min)
}

/// Absolute links must lead back through the gateway, which says in a header where the caller reached it; without one
/// the caller reached us directly.
fn public_base(request: &http::Request<Bytes>, operation: &Operation) -> String {
    let text = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    if let Some(prefix) = text("x-ms-apim-referrer-prefix").filter(|prefix| is_http(prefix)) {
        return prefix.trim_end_matches('/').to_owned();
    }
    // Spin gives the full URL of the request; its end is the operation's path.
    let Some(full) = text("spin-full-url").filter(|url| is_http(url)) else {
        return String::new();
    };
    let url = full.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    let own_segments = operation.path.split('/').filter(|segment| !segment.is_empty()).count();
    url.rsplitn(own_segments + 1, '/').last().unwrap_or_default().to_owned()
}

fn is_http(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

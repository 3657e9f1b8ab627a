//! What an operation says of a request when it has answered it: one line of JSON on its standard error, with the times of
//! all calls to sources.
//!
//! On a host that knows nothing of it the line is the log of the request. A host that does (the embedded one) makes spans
//! and metrics of it. Nothing in it is a value that a caller or a source sent, but for ids and statuses: paths are
//! templates, and hosts are those of the sources.
//!
//! Ids are hexadecimal digits as in `traceparent`, times are milliseconds with three decimals; `start_ms` counts from the
//! start of the request.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// How every such line begins.
pub const LINE_START: &str = "{\"event\":\"midspan.request\",";

/// The value of `event` in every such line.
pub const EVENT: &str = "midspan.request";

/// How every line of a refresh begins.
pub const REFRESH_START: &str = "{\"event\":\"midspan.refresh\",";

/// The value of `event` in every line of a refresh.
pub const REFRESH: &str = "midspan.refresh";

/// A request to an operation, answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestSpan<'a> {
    /// Always [`EVENT`].
    pub event: Cow<'a, str>,
    /// When it began (RFC 3339).
    pub timestamp: Cow<'a, str>,
    /// `error` for a status of 500 and above, else `info`.
    pub level: Cow<'a, str>,
    /// The same in words.
    pub message: Cow<'a, str>,
    /// The operation's id.
    pub operation: Cow<'a, str>,
    /// Its HTTP method.
    pub method: Cow<'a, str>,
    /// Its path, with the names of parameters in braces.
    pub route: Cow<'a, str>,
    /// The status of the answer.
    pub status: u16,
    /// The code of the error, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Cow<'a, str>>,
    /// Until its answer was made.
    pub duration_ms: f64,
    /// The trace that it belongs to.
    pub trace_id: Cow<'a, str>,
    /// Its own span.
    pub span_id: Cow<'a, str>,
    /// The caller's span, where the caller sent a `traceparent`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_span_id: Option<Cow<'a, str>>,
    /// Whether its spans are wanted; metrics and logs are of all requests.
    pub sampled: bool,
    /// The id that the caller reads in its answer.
    pub correlation_id: Cow<'a, str>,
    /// The run of the cloud flow or Logic App that called (`x-ms-workflow-run-id`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_id: Option<Cow<'a, str>>,
    /// Whether its instance was made for it (`faas.coldstart`).
    pub cold_start: bool,
    /// The calls to sources, in the order in which they began.
    pub sources: Vec<CallSpan<'a>>,
}

/// A source asked again after the operation's answer, because what was given of it was stale (RFC 5861 s. 3).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RefreshSpan<'a> {
    /// Always [`REFRESH`].
    pub event: Cow<'a, str>,
    /// When it began (RFC 3339).
    pub timestamp: Cow<'a, str>,
    /// `error` where it failed, else `info`.
    pub level: Cow<'a, str>,
    /// The same in words.
    pub message: Cow<'a, str>,
    /// The operation's id.
    pub operation: Cow<'a, str>,
    /// The trace of the request that was given what was stale.
    pub trace_id: Cow<'a, str>,
    /// The span of the operation that answered it.
    pub parent_span_id: Cow<'a, str>,
    /// Whether its spans are wanted.
    pub sampled: bool,
    /// The id that the caller of that request reads in its answer.
    pub correlation_id: Cow<'a, str>,
    /// The call, with times from its own beginning.
    pub call: CallSpan<'a>,
}

/// A call to a source: all that it took, from the cache or from the source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CallSpan<'a> {
    /// The source's name.
    pub source: Cow<'a, str>,
    /// Its own span, whose parent is the request's.
    pub span_id: Cow<'a, str>,
    /// When it began.
    pub start_ms: f64,
    /// How long it took.
    pub duration_ms: f64,
    /// Its HTTP method.
    pub method: Cow<'a, str>,
    /// Its path below the source's URL, with the names of parameters in braces.
    pub path: Cow<'a, str>,
    /// The status of the answer, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The code of the error, or `Cancelled` where the operation did not wait for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Cow<'a, str>>,
    /// How often the source was asked: more than once with retries or a hedge, never where the cache had the answer.
    pub attempts: u32,
    /// What the cache did: `hit`, `stale`, `miss`, `revalidated`, `collapsed`; in a [`RefreshSpan`]
    /// `refresh`; nothing where the call is not cached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache: Option<Cow<'a, str>>,
    /// The circuit breaker as the call found it: `closed`, `half_open` or `open`; nothing where the source has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub breaker: Option<Cow<'a, str>>,
    /// How many requests or keys the call stands for, where it is for many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<usize>,
    /// The HTTP requests that were sent for it: attempts, and what redirects and renewed credentials took.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requests: Vec<SentSpan<'a>>,
}

/// One HTTP request to a source; its `traceparent` names this span.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SentSpan<'a> {
    /// Its own span, whose parent is the call's.
    pub span_id: Cow<'a, str>,
    /// When it was sent.
    pub start_ms: f64,
    /// Until the last byte of the answer.
    pub duration_ms: f64,
    /// Its HTTP method.
    pub method: Cow<'a, str>,
    /// `host` or `host:port`.
    pub server: Cow<'a, str>,
    /// The status of the answer, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Why there is no answer: `Unreachable`, `Denied`, `TooLarge`, or `Cancelled` where nobody waited for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Cow<'a, str>>,
}

//! Names that OpenTelemetry's semantic conventions do not have.

/// The component that served a request.
pub(super) const COMPONENT: &str = "midspan.component";
/// The operation's id.
pub(super) const OPERATION: &str = "midspan.operation";
/// The source's name.
pub(super) const SOURCE: &str = "midspan.source";
/// What the cache did for a call.
pub(super) const CACHE: &str = "midspan.cache";
/// How often a source was asked for one call.
pub(super) const ATTEMPTS: &str = "midspan.attempts";
/// The circuit breaker as a call found it.
pub(super) const BREAKER: &str = "midspan.breaker";
/// How many requests or keys a call stood for.
pub(super) const BATCH_SIZE: &str = "midspan.batch.size";
/// The id under which a request stands in every log.
pub(super) const CORRELATION_ID: &str = "midspan.correlation_id";
/// The run of the cloud flow that called.
pub(super) const RUN_ID: &str = "midspan.workflow_run_id";

/// Methods that are not these are `_OTHER`, so that nobody from outside makes up values (HTTP semantic conventions).
pub(super) fn known_method(method: &str) -> &'static str {
    [
        "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "CONNECT", "TRACE", "QUERY",
    ]
    .into_iter()
    .find(|known| *known == method)
    .unwrap_or("_OTHER")
}

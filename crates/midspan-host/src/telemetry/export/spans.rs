//! Spans, with the names of OpenTelemetry's semantic conventions for HTTP and functions. The ids are those that went
//! over the wire already, so that the spans are built here and not by OpenTelemetry's tracer.
//!
//! Paths are always templates: `url.path` and `url.full` would hold personal data.

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use midspan_definition::telemetry::{CallSpan, RefreshSpan, RequestSpan, SentSpan};
use opentelemetry::trace::{SpanContext, SpanId, SpanKind, Status, TraceFlags, TraceId, TraceState};
use opentelemetry::{InstrumentationScope, KeyValue, Value};
use opentelemetry_sdk::trace::{SpanData, SpanEvents, SpanLinks};
use opentelemetry_semantic_conventions::attribute as of;

use super::names::{
    ATTEMPTS, BATCH_SIZE, BREAKER, CACHE, COMPONENT, CORRELATION_ID, OPERATION, RUN_ID, SOURCE, known_method,
};
use crate::options::RequestRecord;

/// A request that the host has served.
pub(crate) struct Served<'a> {
    pub(crate) trace_id: &'a str,
    pub(crate) span_id: &'a str,
    /// The caller's span.
    pub(crate) parent_id: Option<&'a str>,
    pub(crate) tracestate: TraceState,
    pub(crate) sampled: bool,
    pub(crate) at: SystemTime,
    pub(crate) record: &'a RequestRecord,
    /// What its operation says of it.
    pub(crate) operation: Option<&'a RequestSpan<'static>>,
}

/// The host's span of a request.
pub(super) fn server(served: &Served<'_>) -> SpanData {
    let record = served.record;
    let method = known_method(record.method.as_str());
    let status = record.status.as_u16();
    let mut attributes = vec![
        text(of::HTTP_REQUEST_METHOD, method),
        KeyValue::new(of::HTTP_RESPONSE_STATUS_CODE, i64::from(status)),
        text(of::URL_SCHEME, "http"),
        text(of::FAAS_TRIGGER, "http"),
        size(of::HTTP_REQUEST_BODY_SIZE, record.request_bytes),
        size(of::HTTP_RESPONSE_BODY_SIZE, record.response_bytes),
    ];
    attributes.extend(record.route.clone().map(|route| text(of::HTTP_ROUTE, route)));
    attributes.extend(record.component.clone().map(|component| text(COMPONENT, component)));
    attributes.extend(record.correlation_id.clone().map(|id| text(CORRELATION_ID, id)));
    if let Some(operation) = served.operation {
        attributes.push(text(OPERATION, operation.operation.to_string()));
        attributes.push(KeyValue::new(of::FAAS_COLDSTART, operation.cold_start));
    }
    let failed = status >= 500 || record.error.is_some();
    if failed {
        attributes.push(text(of::ERROR_TYPE, status.to_string()));
    }
    let name = match &record.route {
        Some(route) => format!("{method} {route}"),
        None => method.to_owned(),
    };
    Trace {
        id: hex(served.trace_id, TraceId::from_hex, TraceId::INVALID),
        state: served.tracestate.clone(),
        origin: served.at,
    }
    .span(Draft {
        id: served.span_id,
        parent: served.parent_id,
        parent_is_remote: true,
        kind: SpanKind::Server,
        name,
        start: Duration::ZERO,
        took: record.duration,
        attributes,
        failed,
    })
}

/// An operation's spans: its own, one for each call, and one for each HTTP request to a source. It has just said what it
/// took, so that it ends now; the host's clock counts for all.
pub(super) fn operation(
    component: &str,
    span: &RequestSpan<'static>,
    state: TraceState,
    now: SystemTime,
) -> Vec<SpanData> {
    let took = milliseconds(span.duration_ms);
    let trace = Trace {
        id: hex(&span.trace_id, TraceId::from_hex, TraceId::INVALID),
        state,
        origin: now.checked_sub(took).unwrap_or(now),
    };
    let mut attributes = vec![
        text(COMPONENT, component.to_owned()),
        text(OPERATION, span.operation.to_string()),
        text(of::HTTP_REQUEST_METHOD, known_method(&span.method)),
        text(of::HTTP_ROUTE, span.route.to_string()),
        KeyValue::new(of::HTTP_RESPONSE_STATUS_CODE, i64::from(span.status)),
        KeyValue::new(of::FAAS_COLDSTART, span.cold_start),
        text(CORRELATION_ID, span.correlation_id.to_string()),
    ];
    attributes.extend(span.run_id.as_deref().map(|id| text(RUN_ID, id.to_owned())));
    attributes.extend(error_type(span.error.as_deref()));
    let mut spans = vec![trace.span(Draft {
        id: &span.span_id,
        parent: span.parent_span_id.as_deref(),
        parent_is_remote: false,
        kind: SpanKind::Internal,
        name: span.operation.to_string(),
        start: Duration::ZERO,
        took,
        attributes,
        failed: span.status >= 500,
    })];
    let parent = (&*span.operation, &*span.span_id);
    spans.extend(span.sources.iter().flat_map(|call| with_sent(&trace, parent, call)));
    spans
}

/// A refresh's spans, below the operation's that has ended before: the call, and one for each HTTP request. It has just
/// said what it took.
pub(super) fn refresh(component: &str, refresh: &RefreshSpan<'static>, now: SystemTime) -> Vec<SpanData> {
    let took = milliseconds(refresh.call.duration_ms);
    let trace = Trace {
        id: hex(&refresh.trace_id, TraceId::from_hex, TraceId::INVALID),
        state: TraceState::default(),
        origin: now.checked_sub(took).unwrap_or(now),
    };
    let parent = (&*refresh.operation, &*refresh.parent_span_id);
    let mut spans = with_sent(&trace, parent, &refresh.call);
    for span in &mut spans {
        span.attributes.push(text(COMPONENT, component.to_owned()));
    }
    spans
}

/// A call, and its HTTP requests. `parent` is the operation's id, and its span's.
fn with_sent(trace: &Trace, parent: (&str, &str), call: &CallSpan<'static>) -> Vec<SpanData> {
    let sent = call.requests.iter().enumerate();
    let sent = sent.map(|(place, sent)| of_sent(trace, call, sent, place));
    std::iter::once(of_call(trace, parent, call)).chain(sent).collect()
}

fn of_call(trace: &Trace, (operation, parent): (&str, &str), call: &CallSpan<'static>) -> SpanData {
    let mut attributes = vec![
        text(OPERATION, operation.to_owned()),
        text(SOURCE, call.source.to_string()),
        text(of::HTTP_REQUEST_METHOD, known_method(&call.method)),
        text(of::URL_TEMPLATE, call.path.to_string()),
        KeyValue::new(ATTEMPTS, i64::from(call.attempts)),
    ];
    attributes.extend(
        call.status
            .map(|status| KeyValue::new(of::HTTP_RESPONSE_STATUS_CODE, i64::from(status))),
    );
    attributes.extend(call.cache.as_deref().map(|outcome| text(CACHE, outcome.to_owned())));
    attributes.extend(call.breaker.as_deref().map(|state| text(BREAKER, state.to_owned())));
    attributes.extend(
        call.batch
            .map(|size| KeyValue::new(BATCH_SIZE, i64::try_from(size).unwrap_or(i64::MAX))),
    );
    attributes.extend(error_type(call.error.as_deref()));
    trace.span(Draft {
        id: &call.span_id,
        parent: Some(parent),
        parent_is_remote: false,
        kind: SpanKind::Internal,
        name: format!("{} {} {}", call.source, call.method, call.path),
        start: milliseconds(call.start_ms),
        took: milliseconds(call.duration_ms),
        attributes,
        failed: call.error.is_some(),
    })
}

fn of_sent(trace: &Trace, call: &CallSpan<'static>, sent: &SentSpan<'static>, place: usize) -> SpanData {
    let method = known_method(&sent.method);
    let (host, port) = address(&sent.server);
    let mut attributes = vec![
        text(SOURCE, call.source.to_string()),
        text(of::SERVICE_PEER_NAME, call.source.to_string()),
        text(of::HTTP_REQUEST_METHOD, method),
        text(of::URL_TEMPLATE, call.path.to_string()),
        text(of::SERVER_ADDRESS, host.to_owned()),
    ];
    attributes.extend(port.map(|port| KeyValue::new(of::SERVER_PORT, i64::from(port))));
    attributes.extend(
        sent.status
            .map(|status| KeyValue::new(of::HTTP_RESPONSE_STATUS_CODE, i64::from(status))),
    );
    if place > 0 {
        let count = i64::try_from(place).unwrap_or(i64::MAX);
        attributes.push(KeyValue::new(of::HTTP_REQUEST_RESEND_COUNT, count));
    }
    // A status of 400 and above is an error of the client's span (HTTP semantic conventions, "Status").
    let refused = sent
        .status
        .filter(|status| *status >= 400)
        .map(|status| status.to_string());
    let error = sent.error.as_deref().map(str::to_owned).or(refused);
    attributes.extend(error_type(error.as_deref()));
    trace.span(Draft {
        id: &sent.span_id,
        parent: Some(&call.span_id),
        parent_is_remote: false,
        kind: SpanKind::Client,
        name: format!("{method} {}", call.path),
        start: milliseconds(sent.start_ms),
        took: milliseconds(sent.duration_ms),
        attributes,
        failed: error.is_some(),
    })
}

/// What all spans of a request have in common.
struct Trace {
    id: TraceId,
    state: TraceState,
    /// The start of the request.
    origin: SystemTime,
}

struct Draft<'a> {
    id: &'a str,
    parent: Option<&'a str>,
    parent_is_remote: bool,
    kind: SpanKind,
    name: String,
    start: Duration,
    took: Duration,
    attributes: Vec<KeyValue>,
    failed: bool,
}

impl Trace {
    fn span(&self, draft: Draft<'_>) -> SpanData {
        let span_id = |text| hex(text, SpanId::from_hex, SpanId::INVALID);
        let start_time = self.origin + draft.start;
        SpanData {
            span_context: SpanContext::new(
                self.id,
                span_id(draft.id),
                TraceFlags::SAMPLED,
                false,
                self.state.clone(),
            ),
            parent_span_id: draft.parent.map_or(SpanId::INVALID, span_id),
            parent_span_is_remote: draft.parent_is_remote && draft.parent.is_some(),
            span_kind: draft.kind,
            name: Cow::Owned(draft.name),
            start_time,
            end_time: start_time + draft.took,
            attributes: draft.attributes,
            dropped_attributes_count: 0,
            events: SpanEvents::default(),
            links: SpanLinks::default(),
            status: if draft.failed { Status::error("") } else { Status::Unset },
            instrumentation_scope: InstrumentationScope::builder("midspan")
                .with_version(env!("CARGO_PKG_VERSION"))
                .build(),
        }
    }
}

fn text(name: &'static str, value: impl Into<Value>) -> KeyValue {
    KeyValue::new(name, value)
}

fn size(name: &'static str, bytes: u64) -> KeyValue {
    KeyValue::new(name, i64::try_from(bytes).unwrap_or(i64::MAX))
}

fn error_type(error: Option<&str>) -> Option<KeyValue> {
    error.map(|error| text(of::ERROR_TYPE, error.to_owned()))
}

/// `host:port` or `host`; a host in brackets has colons of its own.
fn address(server: &str) -> (&str, Option<u16>) {
    match server.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => match port.parse() {
            Ok(port) => (host, Some(port)),
            Err(_) => (server, None),
        },
        _ => (server, None),
    }
}

/// A component may print any number.
fn milliseconds(number: f64) -> Duration {
    Duration::try_from_secs_f64(number / 1000.0).unwrap_or_default()
}

fn hex<T, E>(text: &str, parse: impl Fn(&str) -> Result<T, E>, invalid: T) -> T {
    parse(text).unwrap_or(invalid)
}

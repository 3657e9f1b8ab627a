//! One request's place in its trace, from its head to the end of its answer.

use std::str::FromStr;
use std::sync::Arc;
use std::time::SystemTime;

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use midspan_definition::trace_context::{SAMPLED, Traceparent, trace_id_of, tracestate};

use opentelemetry::trace::TraceState;

use super::export::{Export, Served};
use super::{Event, Open, RequestEnded, RequestStarted, Telemetry};
use crate::options::RequestRecord;
use crate::random::random;

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");

/// A request that is told of.
pub(crate) struct OpenRequest {
    telemetry: Arc<Telemetry>,
    id: u64,
    at: SystemTime,
    trace_id: String,
    span_id: String,
    /// The caller's span.
    parent_id: Option<String>,
    sampled: bool,
    is_told: bool,
}

impl OpenRequest {
    /// Puts the request into its trace: the caller's, else one of its correlation id, else a new one. From here on the
    /// host's span is the parent of what the component does.
    pub(crate) fn begin(telemetry: &Arc<Telemetry>, method: &Method, headers: &mut HeaderMap) -> Option<Self> {
        if !telemetry.is_active() {
            return None;
        }
        let lines = headers.get_all(TRACEPARENT);
        let parent = Traceparent::only(lines.iter().filter_map(|value| value.to_str().ok()));
        let trace_id = parent.map_or_else(|| new_trace_id(headers), |parent| parent.trace_id.to_owned());
        let export = telemetry.export.get();
        let sampled = match (export, parent) {
            (Some(export), parent) => export.samples(&trace_id, parent),
            (None, Some(parent)) => parent.flags & SAMPLED != 0,
            (None, None) => true,
        };
        let flags = parent.map_or(0, |parent| parent.flags & !SAMPLED) | if sampled { SAMPLED } else { 0 };
        let parent_id = parent.map(|parent| parent.parent_id.to_owned());
        if parent_id.is_none() {
            // Without its traceparent a tracestate means nothing (W3C Trace Context, s. 3.3).
            headers.remove(TRACESTATE);
        }
        let span_id = format!("{:016x}", random() | 1);
        if let Ok(value) = HeaderValue::from_str(&format!("00-{trace_id}-{span_id}-{flags:02x}")) {
            headers.insert(TRACEPARENT, value);
        }
        let open = Open {
            tracestate: state(headers),
            said: None,
        };
        telemetry.open().insert(span_id.clone(), open);
        if let Some(export) = export {
            export.began(method);
        }
        Some(Self {
            telemetry: Arc::clone(telemetry),
            id: telemetry.next_request(),
            at: SystemTime::now(),
            trace_id,
            span_id,
            parent_id,
            sampled,
            is_told: false,
        })
    }

    /// It is known where the request goes.
    pub(crate) fn started(&mut self, record: &RequestRecord) {
        if std::mem::replace(&mut self.is_told, true) {
            return;
        }
        self.telemetry.tell(Event::RequestStarted(Arc::new(RequestStarted {
            id: self.id,
            at: self.at,
            method: record.method.clone(),
            path: record.path.clone(),
            route: record.route.clone().zip(record.component.clone()),
            trace_id: self.trace_id.clone(),
        })));
    }

    /// The request is over.
    pub(crate) fn ended(mut self, record: &RequestRecord) {
        self.started(record);
        let open = self.telemetry.open().remove(&self.span_id).unwrap_or_default();
        if let Some(export) = self.telemetry.export.get() {
            self.export(export, record, &open);
        }
        self.telemetry.tell(Event::RequestEnded(Arc::new(RequestEnded {
            id: self.id,
            at: self.at,
            trace_id: std::mem::take(&mut self.trace_id),
            record: record.clone(),
            operation: open.said,
        })));
    }

    fn export(&self, export: &Export, record: &RequestRecord, open: &Open) {
        export.served(&Served {
            trace_id: &self.trace_id,
            span_id: &self.span_id,
            parent_id: self.parent_id.as_deref(),
            tracestate: open.tracestate.clone(),
            sampled: self.sampled,
            at: self.at,
            record,
            operation: open.said.as_ref(),
        });
    }
}

/// OpenTelemetry takes it only as a whole.
fn state(headers: &HeaderMap) -> TraceState {
    let lines = headers
        .get_all(TRACESTATE)
        .iter()
        .map(|value| value.to_str().unwrap_or("?"));
    let text = tracestate(lines).unwrap_or_default();
    TraceState::from_str(&text).unwrap_or_default()
}

fn new_trace_id(headers: &HeaderMap) -> String {
    ["x-ms-correlation-id", "x-ms-client-request-id"]
        .iter()
        .find_map(|name| trace_id_of(headers.get(*name)?.to_str().ok()?))
        .unwrap_or_else(|| format!("{:016x}{:016x}", random() | 1, random()))
}

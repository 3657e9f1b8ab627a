//! The trace that a request belongs to (W3C Trace Context).

use http::{HeaderMap, HeaderName, HeaderValue};
use midspan_definition::trace_context::{SAMPLED, Traceparent, trace_id_of, tracestate};

use super::sampler::Sampler;
use crate::port::Port;

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");

/// The place of a request in its trace.
#[derive(Debug, Clone)]
pub(crate) struct TraceContext {
    /// 32 hexadecimal digits.
    pub(crate) trace_id: String,
    /// The span of the request itself, as 16 hexadecimal digits.
    pub(crate) span_id: String,
    /// The caller's, where it named one.
    pub(crate) parent_id: Option<String>,
    flags: u8,
    tracestate: Option<HeaderValue>,
}

impl TraceContext {
    /// The caller's trace, where it sent a valid one; else one whose id is the correlation id, if that is a UUID, so that
    /// a cloud flow's run can be found in the trace store; else a new one.
    pub(crate) fn of(port: &dyn Port, headers: &HeaderMap, correlation_id: &str) -> Self {
        // What is no text is no valid line either.
        let lines = |name| headers.get_all(name).iter().map(|value| value.to_str().unwrap_or("?"));
        let parent = Traceparent::only(lines(TRACEPARENT));
        let trace_id = match &parent {
            Some(parent) => parent.trace_id.to_owned(),
            None => trace_id_of(correlation_id)
                .unwrap_or_else(|| format!("{:016x}{:016x}", port.random() | 1, port.random())),
        };
        let sampled = Sampler::of(port).samples(&trace_id, parent.as_ref().map(|parent| parent.flags & SAMPLED != 0));
        // Without its traceparent a tracestate means nothing (s. 3.3).
        let tracestate = parent.and_then(|_| HeaderValue::try_from(tracestate(lines(TRACESTATE))?).ok());
        Self {
            trace_id,
            span_id: new_span_id(port),
            parent_id: parent.map(|parent| parent.parent_id.to_owned()),
            flags: parent.map_or(0, |parent| parent.flags & !SAMPLED) | if sampled { SAMPLED } else { 0 },
            tracestate,
        }
    }

    pub(crate) fn is_sampled(&self) -> bool {
        self.flags & SAMPLED != 0
    }

    /// Lets a request to a source belong to the trace, as the span of this id.
    pub(crate) fn stamp(&self, span_id: &str, headers: &mut HeaderMap) {
        let traceparent = format!("00-{}-{span_id}-{:02x}", self.trace_id, self.flags);
        if let Ok(value) = HeaderValue::from_str(&traceparent) {
            headers.insert(TRACEPARENT, value);
        }
        if let Some(tracestate) = &self.tracestate {
            headers.insert(TRACESTATE, tracestate.clone());
        }
    }
}

pub(super) fn new_span_id(port: &dyn Port) -> String {
    format!("{:016x}", port.random() | 1)
}

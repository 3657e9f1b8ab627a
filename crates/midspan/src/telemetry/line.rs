//! The line that an operation writes for each request when it has answered it.

use std::{borrow::Cow, rc::Rc, time::Duration};

use http::{Method, StatusCode};
use midspan_definition::{
    ErrorCode,
    telemetry::{CallSpan, EVENT, REFRESH, RefreshSpan, RequestSpan, SentSpan},
};

use super::{
    call::{CANCELLED, Span},
    milliseconds,
};
use crate::Context;

/// Says what the request took, and what each call took.
pub(crate) fn write(ctx: &Context, method: &Method, status: StatusCode, error: Option<ErrorCode>) {
    let (operation, admission, took) = (ctx.operation(), ctx.admission(), ctx.elapsed());
    let trace = &admission.trace;
    let calls = ctx.calls().all();
    let now = ctx.now();
    let span = RequestSpan {
        event: EVENT.into(),
        timestamp: now.checked_sub(took).unwrap_or(now).to_string().into(),
        level: if status.is_server_error() { "error" } else { "info" }.into(),
        message: format!(
            "{} answered {} in {} ms",
            operation.id,
            status.as_u16(),
            took.as_millis()
        )
        .into(),
        operation: operation.id.into(),
        method: method.as_str().into(),
        route: operation.path.into(),
        status: status.as_u16(),
        error: error.map(|code| code.name().into()),
        duration_ms: milliseconds(took),
        trace_id: trace.trace_id.as_str().into(),
        span_id: trace.span_id.as_str().into(),
        parent_span_id: trace.parent_id.as_deref().map(Into::into),
        sampled: trace.is_sampled(),
        correlation_id: ctx.correlation_id().into(),
        run_id: admission.run_id.as_deref().map(Into::into),
        cold_start: admission.cold_start,
        sources: calls.iter().map(|call| call_span(call, admission.started)).collect(),
    };
    // It is a tree of texts and finite numbers, which always are JSON.
    ctx.port().report(&serde_json::to_string(&span).unwrap_or_default());
}

/// Says what a call after the answer took. One for which nothing was sent is not told: somebody else was at it.
pub(crate) fn write_refresh(ctx: &Context, span: &Rc<Span>) {
    if span.sent.borrow().is_empty() {
        return;
    }
    let (trace, now) = (&ctx.admission().trace, ctx.now());
    let call = call_span(span, span.began);
    let took = Duration::from_secs_f64(call.duration_ms / 1000.0);
    let refresh = RefreshSpan {
        event: REFRESH.into(),
        timestamp: now.checked_sub(took).unwrap_or(now).to_string().into(),
        level: if call.error.is_some() { "error" } else { "info" }.into(),
        message: format!("{} was asked again in {} ms", span.source, took.as_millis()).into(),
        operation: ctx.operation().id.into(),
        trace_id: trace.trace_id.as_str().into(),
        parent_span_id: trace.span_id.as_str().into(),
        sampled: trace.is_sampled(),
        correlation_id: ctx.correlation_id().into(),
        call,
    };
    ctx.port().log(&serde_json::to_string(&refresh).unwrap_or_default());
}

fn call_span(call: &Rc<Span>, since: Duration) -> CallSpan<'_> {
    let end = call.end.get();
    let ended = end.map_or(call.began, |end| end.at);
    let sent = call.sent.borrow();
    let requests = sent.iter().map(|sent| {
        let (at, outcome) = sent.end.unwrap_or((ended, Err(CANCELLED)));
        SentSpan {
            span_id: Cow::Owned(sent.span_id.clone()),
            start_ms: milliseconds(sent.began.saturating_sub(since)),
            duration_ms: milliseconds(at.saturating_sub(sent.began)),
            method: Cow::Owned(sent.method.as_str().to_owned()),
            server: Cow::Owned(sent.server.clone()),
            status: outcome.ok(),
            error: outcome.err().map(Into::into),
        }
    });
    CallSpan {
        source: call.source.into(),
        span_id: call.id.as_str().into(),
        start_ms: milliseconds(call.began.saturating_sub(since)),
        duration_ms: milliseconds(ended.saturating_sub(call.began)),
        method: call.method.as_str().into(),
        path: call.path.into(),
        status: end.and_then(|end| end.status),
        error: end.and_then(|end| end.failure).map(Into::into),
        attempts: end.map_or(0, |end| end.attempts),
        cache: call.cache.get().map(Into::into),
        breaker: call.breaker.get().map(Into::into),
        batch: call.batch,
        requests: requests.collect(),
    }
}

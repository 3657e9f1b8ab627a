//! What a call to a source took, while it goes on.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};

use http::{Method, Uri};
use midspan_definition::ErrorCode;

use super::trace_context::new_span_id;
use crate::{
    Context,
    port::{Port, SendError},
};

/// What nobody waited for.
pub(super) const CANCELLED: &str = "Cancelled";

/// The calls of a request, in the order in which they began.
#[derive(Default)]
pub(crate) struct Calls(RefCell<Vec<Rc<Span>>>);

/// A call to a source. Times are on the port's monotonic clock.
pub(crate) struct Span {
    pub(super) source: &'static str,
    pub(super) method: Method,
    pub(super) path: &'static str,
    pub(super) id: String,
    pub(super) batch: Option<usize>,
    pub(super) began: Duration,
    pub(super) end: Cell<Option<End>>,
    pub(super) cache: Cell<Option<&'static str>>,
    pub(super) breaker: Cell<Option<&'static str>>,
    pub(super) sent: RefCell<Vec<Sent>>,
}

/// How a call ended.
#[derive(Debug, Clone, Copy)]
pub(crate) struct End {
    pub(super) at: Duration,
    /// An error code's name, or nothing if it went well.
    pub(super) failure: Option<&'static str>,
    pub(super) status: Option<u16>,
    /// How many requests were sent for it: more than one with retries or a hedge.
    pub(super) attempts: u32,
    /// The source said what there is, or that there is nothing.
    settled: bool,
}

/// An HTTP request to a source.
pub(super) struct Sent {
    pub(super) span_id: String,
    pub(super) method: Method,
    pub(super) server: String,
    pub(super) began: Duration,
    /// When, with which status or why with none; nothing while it is under way, and where nobody waited for it.
    pub(super) end: Option<(Duration, Result<u16, &'static str>)>,
}

/// A call that has begun; if it is dropped before it has ended, it was cancelled.
pub(crate) struct OpenCall<'c> {
    ctx: &'c Context,
    pub(crate) span: Rc<Span>,
}

/// Begins a call, as one of the request's.
pub(crate) fn begin<'c>(
    ctx: &'c Context,
    source: &'static str,
    method: &Method,
    path: &'static str,
    batch: Option<usize>,
) -> OpenCall<'c> {
    let span = Rc::new(Span::new(ctx.port(), source, method, path, batch));
    ctx.calls().0.borrow_mut().push(span.clone());
    OpenCall { ctx, span }
}

impl Calls {
    /// Whether one of them had no good answer, or one from the cache after its time.
    pub(crate) fn any_failed(&self) -> bool {
        let failed = |call: &Rc<Span>| call.end.get().is_some_and(|end| !end.settled);
        self.0.borrow().iter().any(failed)
    }

    pub(super) fn all(&self) -> Vec<Rc<Span>> {
        self.0.borrow().clone()
    }
}

impl OpenCall<'_> {
    /// It ended with this status or this error.
    pub(crate) fn end(self, status: Option<u16>, failure: Option<ErrorCode>, attempts: u32, settled: bool) {
        self.span.end.set(Some(End {
            at: self.ctx.port().monotonic(),
            failure: failure.map(ErrorCode::name),
            status,
            attempts,
            settled,
        }));
    }
}

impl Drop for OpenCall<'_> {
    fn drop(&mut self) {
        if self.span.end.get().is_none() {
            let sent = u32::try_from(self.span.sent.borrow().len()).unwrap_or(u32::MAX);
            self.span.end.set(Some(End {
                at: self.ctx.port().monotonic(),
                failure: Some(CANCELLED),
                status: None,
                attempts: sent,
                settled: false,
            }));
        }
    }
}

impl Span {
    fn new(port: &dyn Port, source: &'static str, method: &Method, path: &'static str, batch: Option<usize>) -> Self {
        Self {
            source,
            method: method.clone(),
            path,
            id: new_span_id(port),
            batch,
            began: port.monotonic(),
            end: Cell::new(None),
            cache: Cell::new(None),
            breaker: Cell::new(None),
            sent: RefCell::default(),
        }
    }

    /// The same after the operation's answer, when nobody counts it any more.
    pub(crate) fn afterwards(&self, port: &dyn Port) -> Rc<Self> {
        Rc::new(Self::new(port, self.source, &self.method, self.path, self.batch))
    }

    /// It ended, and nobody counts it.
    pub(crate) fn ended(&self, port: &dyn Port, outcome: Result<u16, ErrorCode>, attempts: u32) {
        self.end.set(Some(End {
            at: port.monotonic(),
            failure: outcome.err().map(ErrorCode::name),
            status: outcome.ok(),
            attempts,
            settled: outcome.is_ok(),
        }));
    }

    /// What the cache did for it.
    pub(crate) fn cached(&self, outcome: &'static str) {
        self.cache.set(Some(outcome));
    }

    /// The source's breaker, as the call found it.
    pub(crate) fn breaker(&self, state: &'static str) {
        self.breaker.set(Some(state));
    }

    /// A request goes out; its place among the call's, and its span's id.
    pub(crate) fn sends(&self, port: &dyn Port, method: &Method, uri: &Uri) -> (usize, String) {
        let host = uri.host().unwrap_or_default();
        let span_id = new_span_id(port);
        let mut sent = self.sent.borrow_mut();
        sent.push(Sent {
            span_id: span_id.clone(),
            method: method.clone(),
            server: uri
                .port()
                .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")),
            began: port.monotonic(),
            end: None,
        });
        (sent.len() - 1, span_id)
    }

    /// What came of the request at this place.
    pub(crate) fn answered(&self, port: &dyn Port, place: usize, outcome: Result<u16, &SendError>) {
        let outcome = outcome.map_err(|error| match error {
            SendError::Denied => "Denied",
            SendError::TooLarge => "TooLarge",
            SendError::Unreachable(_) => "Unreachable",
        });
        if let Some(sent) = self.sent.borrow_mut().get_mut(place) {
            sent.end = Some((port.monotonic(), outcome));
        }
    }
}

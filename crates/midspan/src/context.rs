//! What an operation has at hand while it composes its answer.

use std::{
    borrow::Cow,
    cell::{Cell, OnceCell, RefCell},
    rc::Rc,
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use midspan_definition::Operation;

use crate::{
    Caller, Error, Result, Timestamp,
    admit::Admission,
    cache::{self, Ledger},
    excerpt,
    incoming::Body,
    port::Port,
    source::{Handle, Once, Source, auth::token::Slot, url},
    telemetry::Calls,
};

/// What is kept back of the deadline for shaping and sending the answer, so that a source that hangs still leaves time
/// to say so.
const ANSWER_RESERVE: Duration = Duration::from_millis(20);

/// Characters of an error's detail in a log line.
const LOGGED_DETAIL: usize = 8192;

/// One request's view of the world: sources, time, variables, links and the log. Cheap to clone.
#[derive(Clone)]
pub struct Context(Rc<Inner>);

struct Inner {
    port: Rc<dyn Port>,
    admission: Admission,
    operation: &'static Operation,
    /// Nobody until it is proven.
    caller: OnceCell<Caller>,
    /// How long the request's body was waited for.
    received_in: Cell<Duration>,
    calls: Calls,
    once: Once,
    /// Tokens got on behalf of this request's caller.
    tokens: RefCell<Vec<Rc<Slot>>>,
    ledger: Ledger,
    /// Requests that were sent to sources, may have changed something there, and must not be sent twice.
    changes: Cell<u32>,
    idempotency_key: OnceCell<String>,
    /// What the answer has beside what is said of every answer.
    headers: RefCell<HeaderMap>,
}

impl Context {
    pub(crate) fn new(port: Rc<dyn Port>, admission: Admission, operation: &'static Operation) -> Self {
        Self(Rc::new(Inner {
            port,
            admission,
            operation,
            caller: OnceCell::new(),
            received_in: Cell::default(),
            calls: Calls::default(),
            once: Once::default(),
            tokens: RefCell::default(),
            ledger: Ledger::default(),
            changes: Cell::default(),
            idempotency_key: OnceCell::new(),
            headers: RefCell::default(),
        }))
    }

    /// Who calls, as one of the operation's schemes has proven it.
    #[must_use]
    pub fn caller(&self) -> &Caller {
        const NOBODY: &Caller = &Caller::NOBODY;
        self.0.caller.get().unwrap_or(NOBODY)
    }

    /// Says who calls, once.
    pub(crate) fn admit(&self, caller: Caller) {
        let _ = self.0.caller.set(caller);
    }

    /// The request with its body. How long a caller takes to send it is not the operation's time.
    pub(crate) async fn receive(&self, head: &http::Request<Bytes>, body: Body) -> Result<http::Request<Bytes>> {
        let began = self.port().monotonic();
        let body = body.await?;
        self.0.received_in.set(self.port().monotonic().saturating_sub(began));
        Ok(head.clone().map(|_| body))
    }

    /// A back-end system to call. It must be one of the operation's `sources = [...]`, which is what the description
    /// shows and what tests check; another one fails the call.
    #[must_use]
    pub fn source(&self, source: &'static Source) -> Handle<'_> {
        Handle::new(self, source)
    }

    /// The shared cache, to say what has changed.
    #[must_use]
    pub fn cache(&self) -> cache::Handle<'_> {
        cache::Handle::new(self)
    }

    /// The value of a variable of this component in the manifest.
    ///
    /// # Errors
    /// `OperationFailed` if it is not declared or has no value; the log says which.
    pub async fn variable(&self, name: &str) -> Result<String> {
        self.port()
            .variable(name)
            .await
            .map_err(|why| Error::failed(format!("variable `{name}`: {why}")))
    }

    /// The time of day.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.port().now()
    }

    /// What is left until the operation's deadline.
    #[must_use]
    pub fn remaining(&self) -> Duration {
        let deadline = self.0.admission.deadline + self.0.received_in.get();
        deadline.saturating_sub(self.port().monotonic())
    }

    /// Waits, on the clock that tests control.
    pub async fn sleep(&self, duration: Duration) {
        self.port().sleep(duration).await;
    }

    /// The id under which this request stands in every log.
    #[must_use]
    pub fn correlation_id(&self) -> &str {
        &self.0.admission.correlation_id
    }

    /// A key to send to sources for what this call wants done, so that they do it once too: the same each time that the
    /// call is repeated, and another for each operation, caller and thing to be done. Nothing where the call has no key, or
    /// the operation is not [`idempotent`](crate::Idempotency).
    #[must_use]
    pub fn idempotency_key(&self) -> Option<&str> {
        self.0.idempotency_key.get().map(String::as_str)
    }

    /// An absolute link to this application as the caller must see it: through the gateway where it came through one.
    ///
    /// `path` starts with `/` and is below the application's base path, like an operation's own path; the names and
    /// values of `query` are escaped.
    #[must_use]
    pub fn link(&self, path: &str, query: &[(&str, &str)]) -> String {
        let mut text = String::new();
        for (name, value) in query {
            url::push_query(&mut text, name, value);
        }
        let separator = if text.is_empty() { "" } else { "?" };
        format!("{}{path}{separator}{text}", self.0.admission.public_base)
    }

    /// Writes a line to the operator's log, with the operation and the correlation id. Never give it secrets or
    /// personal data.
    pub fn log(&self, level: &str, message: &str) {
        self.write_log(serde_json::json!({ "level": level, "message": message }));
    }

    pub(crate) fn log_error(&self, error: &Error) {
        self.log_call_error(error, 0);
    }

    /// What the caller did wrong. It is told in words about what the caller sent, so that the log has code and field only.
    pub(crate) fn log_refusal(&self, error: &Error) {
        let code = error.code().name();
        self.write_log(serde_json::json!({
            "level": "info",
            "message": error.target().map_or_else(|| format!("refused: {code}"), |field| format!("refused: {code} at `{field}`")),
            "code": code,
            "detail": error.log().map(shortened),
            "said": Some(error.message()).filter(|_| self.may_log_sources()).map(shortened),
        }));
    }

    /// The error of a source call for which so many requests were sent.
    pub(crate) fn log_call_error(&self, error: &Error, attempts: u32) {
        let level = if error.code().status() < 500 { "info" } else { "error" };
        self.write_log(serde_json::json!({
            "level": level,
            "message": error.message(),
            "code": error.code().name(),
            "source": error.source_name(),
            "sourceStatus": error.source_status(),
            "detail": error.log().map(shortened),
            "said": error.said().filter(|_| self.may_log_sources()).map(shortened),
            "attempts": (attempts > 0).then_some(attempts),
        }));
    }

    /// What sources say when they fail, and what callers are told of their mistakes, may have personal data in it, so that it
    /// is only logged where somebody asks for it.
    fn may_log_sources(&self) -> bool {
        self.port()
            .environment("MIDSPAN_LOG_SOURCES")
            .is_some_and(|value| value == "true")
    }

    fn write_log(&self, mut entry: serde_json::Value) {
        entry["operation"] = self.operation().id.into();
        entry["correlationId"] = self.correlation_id().into();
        entry["traceId"] = self.0.admission.trace.trace_id.as_str().into();
        entry["spanId"] = self.0.admission.trace.span_id.as_str().into();
        self.port().log(&entry.to_string());
    }

    pub(crate) fn port(&self) -> &dyn Port {
        &*self.0.port
    }

    pub(crate) fn shared_port(&self) -> Rc<dyn Port> {
        self.0.port.clone()
    }

    /// For work after the answer, which may take this long: nothing of it is recorded for the answer.
    pub(crate) fn afterwards(&self, limit: Duration) -> Self {
        let mut admission = self.0.admission.clone();
        admission.deadline = self.port().monotonic() + limit + ANSWER_RESERVE;
        let ctx = Self::new(self.0.port.clone(), admission, self.0.operation);
        ctx.admit(self.caller().clone());
        ctx
    }

    /// What the sources were asked for this request.
    pub(crate) fn calls(&self) -> &Calls {
        &self.0.calls
    }

    /// The time since the request was admitted.
    pub(crate) fn elapsed(&self) -> Duration {
        self.port().monotonic().saturating_sub(self.0.admission.started)
    }

    pub(crate) fn set_idempotency_key(&self, key: String) {
        // There is one a request.
        let _ = self.0.idempotency_key.set(key);
    }

    /// A request that must not be sent twice is about to be sent.
    pub(crate) fn may_change(&self) {
        self.0.changes.set(self.0.changes.get() + 1);
    }

    /// It was refused, and has changed nothing.
    pub(crate) fn has_not_changed(&self) {
        self.0.changes.set(self.0.changes.get().saturating_sub(1));
    }

    /// Whether a source may have done something that must not be done twice.
    pub(crate) fn may_have_changed(&self) -> bool {
        self.0.changes.get() > 0
    }

    /// Adds a header to the answer, whatever the answer will be.
    pub(crate) fn answer_with(&self, name: HeaderName, value: HeaderValue) {
        self.0.headers.borrow_mut().insert(name, value);
    }

    pub(crate) fn take_answer_headers(&self) -> HeaderMap {
        self.0.headers.take()
    }

    /// What the cache did for the request's calls.
    pub(crate) fn ledger(&self) -> &Ledger {
        &self.0.ledger
    }

    pub(crate) fn admission(&self) -> &Admission {
        &self.0.admission
    }

    pub(crate) fn operation(&self) -> &'static Operation {
        self.0.operation
    }

    /// Keeps a token of the caller's for as long as the request is under way.
    pub(crate) fn keep(&self, slot: &Rc<Slot>) {
        let mut kept = self.0.tokens.borrow_mut();
        if !kept.iter().any(|known| Rc::ptr_eq(known, slot)) {
            kept.push(slot.clone());
        }
    }

    /// The calls of this request that do for equal ones.
    pub(crate) fn once(&self) -> &Once {
        &self.0.once
    }

    /// What the operation has where its caller does not shorten it.
    pub(crate) fn usual_time(&self) -> Duration {
        Duration::from_millis(self.operation().deadline_ms)
    }

    /// What a source call may take at most.
    pub(crate) fn time_for_sources(&self) -> Duration {
        self.remaining().saturating_sub(ANSWER_RESERVE)
    }

    /// Says that a source did not answer at once, which nobody would notice otherwise.
    pub(crate) fn log_attempts(&self, source: &str, attempts: u32) {
        self.write_log(serde_json::json!({
            "level": "info",
            "message": "a source answered after more than one attempt",
            "source": source,
            "attempts": attempts,
        }));
    }
}

/// As much of a text as the log takes.
fn shortened(text: &str) -> Cow<'_, str> {
    excerpt::both_ends(text, LOGGED_DETAIL / 2)
}

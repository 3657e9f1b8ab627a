//! The host's events, for who runs it: `midspan up`'s dashboard, a test.

use std::sync::Arc;
use std::time::SystemTime;

use http::Method;
use midspan_definition::telemetry::RequestSpan;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use crate::options::{LogLine, OutputLine, OutputStream, RequestRecord};

/// Something that happened on the host.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Event {
    /// A request has found its component.
    RequestStarted(Arc<RequestStarted>),
    /// A request is over: its answer has been sent, or its caller went away. Each comes after its
    /// [`RequestStarted`](Event::RequestStarted), with the same id.
    RequestEnded(Arc<RequestEnded>),
    /// An operation that another component of the application called has answered.
    Chained {
        /// The component that answered.
        component: String,
        /// What it says of it.
        span: Arc<RequestSpan<'static>>,
    },
    /// A component printed a line.
    Printed(Arc<PrintedLine>),
    /// Something that the operator of the host should know.
    Log(Arc<LogLine>),
}

/// A request in work.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RequestStarted {
    /// Tells it from all others of this host.
    pub id: u64,
    /// When its head was there.
    pub at: SystemTime,
    /// The method.
    pub method: Method,
    /// The path without the query. It may hold personal data: show it to who runs the host, and never log it.
    pub path: String,
    /// The route as the manifest has it, and the component that it leads to; nothing where no route matched.
    pub route: Option<(String, String)>,
    /// The trace that it belongs to, as 32 hexadecimal digits.
    pub trace_id: String,
}

/// A request that is over.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RequestEnded {
    /// That of its [`RequestStarted`].
    pub id: u64,
    /// When its head was there.
    pub at: SystemTime,
    /// The trace that it belongs to, as 32 hexadecimal digits.
    pub trace_id: String,
    /// What became of it.
    pub record: RequestRecord,
    /// What its operation says of it, with all calls to sources; nothing for a component that is no operation, and where
    /// it did not come to an answer.
    pub operation: Option<RequestSpan<'static>>,
}

/// A line that a component printed, but for those about a request's end.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PrintedLine {
    /// When.
    pub at: SystemTime,
    /// The component.
    pub component: String,
    /// Where it printed.
    pub stream: OutputStream,
    /// The line without its end.
    pub line: String,
    /// The trace that it belongs to, where the line is of an operation's log.
    pub trace_id: Option<String>,
}

impl PrintedLine {
    pub(super) fn new(printed: &OutputLine<'_>) -> Self {
        Self {
            at: SystemTime::now(),
            component: printed.component.to_owned(),
            stream: printed.stream,
            line: printed.line.to_owned(),
            trace_id: trace_id(printed.line),
        }
    }
}

fn trace_id(line: &str) -> Option<String> {
    let value: serde_json::Value = line
        .starts_with('{')
        .then(|| serde_json::from_str(line).ok())
        .flatten()?;
    value.get("traceId")?.as_str().map(str::to_owned)
}

/// The events of a host from the moment of [`RunningHost::subscribe`](crate::RunningHost::subscribe) on. Only so many are
/// kept for who is slow: who is further behind misses the oldest, and nobody waits for it.
#[derive(Debug)]
pub struct Events(pub(super) Receiver<Event>);

impl Events {
    /// The next one; nothing when the host has ended.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            match self.0.recv().await {
                Ok(event) => return Some(event),
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return None,
            }
        }
    }
}

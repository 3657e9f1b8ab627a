//! What is told of requests: to who runs the host in this process ([`events`]), and to OpenTelemetry.
//!
//! The host knows when a request came and went. What happened in between an operation says itself, in the line of
//! [`midspan_definition::telemetry`] on its standard error; the two belong together by the `traceparent` that the host
//! gives the request. While nobody listens, nothing of this is done.

mod events;
mod request;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use midspan_definition::telemetry::{LINE_START, RequestSpan};
use tokio::sync::broadcast;

pub use events::{Event, Events, PrintedLine, RequestEnded, RequestStarted};
pub(crate) use request::OpenRequest;

use crate::options::{LogLine, OnLog, OutputLine};

/// How many events a listener may be behind before it loses the oldest.
const MOST_BEHIND: usize = 1024;

/// What all parts of one host tell.
pub(crate) struct Telemetry {
    events: broadcast::Sender<Event>,
    requests: AtomicU64,
    /// What operations said of the requests in work, by the span that the host gave the request.
    said: Mutex<HashMap<String, Option<RequestSpan<'static>>>>,
}

impl Telemetry {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            events: broadcast::Sender::new(MOST_BEHIND),
            requests: AtomicU64::new(1),
            said: Mutex::default(),
        })
    }

    pub(crate) fn subscribe(&self) -> Events {
        Events(self.events.subscribe())
    }

    /// Whether anybody listens.
    pub(crate) fn is_active(&self) -> bool {
        self.events.receiver_count() > 0
    }

    /// A line that a component printed.
    pub(crate) fn printed(&self, line: &OutputLine<'_>) {
        if !self.is_active() {
            return;
        }
        match read(line.line) {
            Some(span) => self.answered(line.component, span),
            None => self.tell(Event::Printed(Arc::new(PrintedLine::new(line)))),
        }
    }

    /// Tells the host's events to its listeners as well.
    pub(crate) fn with_events(self: &Arc<Self>, on_log: Option<OnLog>) -> OnLog {
        let telemetry = Arc::clone(self);
        Arc::new(move |line: &LogLine| {
            telemetry.tell(Event::Log(Arc::new(line.clone())));
            if let Some(on_log) = &on_log {
                on_log(line);
            }
        })
    }

    fn answered(&self, component: &str, span: RequestSpan<'static>) {
        let mut said = self.said();
        let parent = span.parent_span_id.as_deref().unwrap_or_default();
        match said.get_mut(parent) {
            Some(place) => *place = Some(span),
            None => {
                drop(said);
                let component = component.to_owned();
                self.tell(Event::Chained {
                    component,
                    span: Arc::new(span),
                });
            }
        }
    }

    fn tell(&self, event: Event) {
        // Nobody listens: then there is nobody to miss it.
        let _ = self.events.send(event);
    }

    fn next_request(&self) -> u64 {
        self.requests.fetch_add(1, Ordering::Relaxed)
    }

    fn said(&self) -> MutexGuard<'_, HashMap<String, Option<RequestSpan<'static>>>> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What an operation says of a request, if the line is that. Any other component may print what looks like it: what can't
/// be read is a line like others.
fn read(line: &str) -> Option<RequestSpan<'static>> {
    line.starts_with(LINE_START)
        .then(|| serde_json::from_str(line).ok())
        .flatten()
}

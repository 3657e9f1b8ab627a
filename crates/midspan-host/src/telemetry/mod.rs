//! What is told of requests: to who runs the host in this process (`RunningHost::subscribe`), and to OpenTelemetry.
//!
//! The host knows when a request came and went. What happened in between an operation says itself, in the line of
//! [`midspan_definition::telemetry`] on its standard error; the two belong together by the `traceparent` that the host
//! gives the request. While nobody listens, nothing of this is done.

mod events;
mod export;
mod instances;
mod request;
mod settings;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use midspan_definition::telemetry::{LINE_START, REFRESH_START, RefreshSpan, RequestSpan};
use opentelemetry::trace::TraceState;
use tokio::sync::broadcast;

pub use events::{Event, Events, PrintedLine, RequestEnded, RequestStarted};
pub(crate) use instances::{Counted, Gauge};
pub(crate) use request::OpenRequest;
pub use settings::OtelSettings;

use self::export::Export;
use self::instances::Instances;
use crate::options::{LogLevel, LogLine, OnLog, OutputLine};

/// How many events a listener may be behind before it loses the oldest.
const MOST_BEHIND: usize = 1024;

/// What all parts of one host tell.
pub(crate) struct Telemetry {
    events: broadcast::Sender<Event>,
    requests: AtomicU64,
    /// The requests in work, by the span that the host gave them.
    open: Mutex<HashMap<String, Open>>,
    export: OnceLock<Export>,
    instances: Arc<Instances>,
}

/// A request in work.
#[derive(Default)]
struct Open {
    tracestate: TraceState,
    /// What its operation said of it.
    said: Option<RequestSpan<'static>>,
}

impl Telemetry {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            events: broadcast::Sender::new(MOST_BEHIND),
            requests: AtomicU64::new(1),
            open: Mutex::default(),
            export: OnceLock::new(),
            instances: Arc::default(),
        })
    }

    pub(crate) fn subscribe(&self) -> Events {
        Events(self.events.subscribe())
    }

    /// Whether anybody listens.
    pub(crate) fn is_active(&self) -> bool {
        self.events.receiver_count() > 0 || self.export.get().is_some()
    }

    /// Exports what happens from now on, if the settings say where to. What is wrong with them is a warning: an
    /// application without telemetry is better than none.
    pub(crate) fn export(&self, settings: &OtelSettings, application: (&str, &str), on_log: Option<&OnLog>) {
        let warn = |message: String| {
            if let Some(on_log) = on_log {
                on_log(&LogLine {
                    level: LogLevel::Warning,
                    component: None,
                    message,
                });
            }
        };
        settings.problems.iter().cloned().for_each(warn);
        match Export::start(settings, application, &self.instances) {
            Ok(None) => {}
            Ok(Some(export)) => {
                let _ = self.export.set(export);
            }
            Err(error) => warn(format!(
                "nothing is exported to OpenTelemetry: {error}\n  help: see the OTEL_EXPORTER_OTLP_... variables"
            )),
        }
    }

    /// Sends what is still to be sent.
    pub(crate) async fn shut_down(self: &Arc<Self>) {
        if self.export.get().is_none() {
            return;
        }
        let telemetry = Arc::clone(self);
        let sending = move || telemetry.export.get().map(Export::shut_down);
        let _ = tokio::task::spawn_blocking(sending).await;
    }

    /// How many instances of a component live.
    pub(crate) fn gauge(&self, component: &str) -> Arc<Gauge> {
        self.instances.gauge(component)
    }

    /// An instance was made, in so much time.
    pub(crate) fn instance_started(&self, component: &str, took: Duration) {
        if let Some(export) = self.export.get() {
            export.instance_started(component, took);
        }
    }

    /// A line that a component printed.
    pub(crate) fn printed(&self, line: &OutputLine<'_>) {
        if !self.is_active() {
            return;
        }
        if let Some(export) = self.export.get() {
            export.printed(line);
        }
        if let Some(refresh) = read_refresh(line.line)
            && let Some(export) = self.export.get()
        {
            export.refreshed(line.component, &refresh);
        }
        match read(line.line) {
            Some(span) => self.answered(line.component, span),
            None if self.events.receiver_count() > 0 => self.tell(Event::Printed(Arc::new(PrintedLine::new(line)))),
            None => {}
        }
    }

    /// Tells the host's events to its listeners as well.
    pub(crate) fn with_events(self: &Arc<Self>, on_log: Option<OnLog>) -> OnLog {
        let telemetry = Arc::clone(self);
        Arc::new(move |line: &LogLine| {
            telemetry.tell(Event::Log(Arc::new(line.clone())));
            if let Some(export) = telemetry.export.get() {
                export.log(line);
            }
            if let Some(on_log) = &on_log {
                on_log(line);
            }
        })
    }

    fn answered(&self, component: &str, span: RequestSpan<'static>) {
        let parent = span.parent_span_id.as_deref().unwrap_or_default();
        let tracestate = self.open().get(parent).map(|open| open.tracestate.clone());
        if let Some(export) = self.export.get() {
            export.operation(component, &span, tracestate.unwrap_or_default());
        }
        let mut open = self.open();
        match open.get_mut(parent) {
            Some(open) => open.said = Some(span),
            None => {
                drop(open);
                self.tell(Event::Chained {
                    component: component.to_owned(),
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

    fn open(&self) -> MutexGuard<'_, HashMap<String, Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What an operation says of a request, if the line is that. Any other component may print what looks like it: what can't
/// be read is a line like others.
fn read(line: &str) -> Option<RequestSpan<'static>> {
    line.starts_with(LINE_START)
        .then(|| serde_json::from_str(line).ok())
        .flatten()
}

/// Likewise of a refresh, which is a line of the log besides.
fn read_refresh(line: &str) -> Option<RefreshSpan<'static>> {
    line.starts_with(REFRESH_START)
        .then(|| serde_json::from_str(line).ok())
        .flatten()
}

//! What has happened lately, and what happens: the host's events as the pages get them.

use std::{
    collections::VecDeque,
    convert::Infallible,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

use axum::response::sse::{self, KeepAlive, Sse};
use futures::{Stream, StreamExt, stream};
use midspan_host::{
    LogLevel, OutputStream,
    telemetry::{Event, Events},
};
use serde_json::{Value, json};
use tokio::sync::broadcast::{self, error::RecvError};

/// How many events a page gets that is opened later.
const KEPT: usize = 2000;

/// The latest events. A number tells each from all others.
pub(super) struct History {
    inner: Mutex<Inner>,
}

struct Inner {
    kept: VecDeque<Told>,
    last: u64,
    live: broadcast::Sender<Told>,
}

#[derive(Clone)]
struct Told {
    number: u64,
    json: Arc<str>,
}

impl Default for History {
    fn default() -> Self {
        Self {
            inner: Mutex::new(Inner {
                kept: VecDeque::new(),
                last: 0,
                live: broadcast::Sender::new(KEPT),
            }),
        }
    }
}

impl History {
    /// Takes in the host's events until it ends.
    pub(super) async fn follow(self: Arc<Self>, mut events: Events) {
        while let Some(event) = events.next().await {
            if let Some(json) = as_json(&event) {
                self.add(&json);
            }
        }
    }

    fn add(&self, json: &Value) {
        let mut inner = self.inner();
        inner.last += 1;
        let told = Told {
            number: inner.last,
            json: json.to_string().into(),
        };
        if inner.kept.len() == KEPT {
            inner.kept.pop_front();
        }
        inner.kept.push_back(told.clone());
        // No page is open.
        let _ = inner.live.send(told);
    }

    /// All after the one with the number `seen`, then whatever comes.
    pub(super) fn stream(&self, seen: u64) -> Sse<impl Stream<Item = Result<sse::Event, Infallible>> + use<>> {
        let inner = self.inner();
        // Of an earlier run of this command: everything is new then.
        let seen = if seen > inner.last { 0 } else { seen };
        let past: Vec<_> = inner.kept.iter().filter(|told| told.number > seen).cloned().collect();
        let live = stream::unfold(inner.live.subscribe(), |mut live| async {
            loop {
                match live.recv().await {
                    Ok(told) => return Some((told, live)),
                    Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return None,
                }
            }
        });
        let all = stream::iter(past).chain(live);
        let events = all.map(|told| Ok(sse::Event::default().id(told.number.to_string()).data(told.json)));
        Sse::new(events).keep_alive(KeepAlive::default())
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An event as the pages read it; nothing for one that they don't know.
fn as_json(event: &Event) -> Option<Value> {
    Some(match event {
        Event::RequestStarted(started) => json!({
            "type": "started",
            "id": started.id,
            "at": milliseconds(started.at),
            "method": started.method.as_str(),
            "path": started.path,
            "component": started.route.as_ref().map(|(_, component)| component),
            "traceId": started.trace_id,
        }),
        Event::RequestEnded(ended) => json!({
            "type": "ended",
            "id": ended.id,
            "traceId": ended.trace_id,
            "status": ended.record.status.as_u16(),
            "durationMs": ended.record.duration.as_secs_f64() * 1000.0,
            "correlationId": ended.record.correlation_id,
            "responseBytes": ended.record.response_bytes,
            "error": ended.record.error,
            "operation": ended.operation,
        }),
        Event::Printed(printed) => json!({
            "type": "line",
            "at": milliseconds(printed.at),
            "component": printed.component,
            "stream": match printed.stream { OutputStream::Stdout => "stdout", OutputStream::Stderr => "stderr" },
            "line": printed.line,
            "traceId": printed.trace_id,
        }),
        Event::Log(line) => json!({
            "type": "log",
            "at": milliseconds(SystemTime::now()),
            "level": match line.level { LogLevel::Error => "error", LogLevel::Warning => "warning" },
            "component": line.component,
            "message": line.message,
        }),
        _ => return None,
    })
}

/// Since 1970, as JavaScript has it.
fn milliseconds(at: SystemTime) -> f64 {
    at.duration_since(UNIX_EPOCH)
        .map_or(0.0, |time| time.as_secs_f64() * 1000.0)
}

#[cfg(test)]
mod tests {
    use axum::response::IntoResponse;

    use super::*;

    /// What a page gets at once.
    async fn told(history: History, seen: u64) -> String {
        let stream = history.stream(seen);
        // Without its sender the stream ends.
        drop(history);
        let body = axum::body::to_bytes(stream.into_response().into_body(), usize::MAX).await;
        String::from_utf8(body.unwrap().to_vec()).unwrap()
    }

    fn history(events: usize) -> History {
        let history = History::default();
        for number in 1..=events {
            history.add(&json!({ "n": number }));
        }
        history
    }

    #[tokio::test]
    async fn who_comes_back_gets_only_what_is_new() {
        assert_eq!(
            told(history(2), 0).await,
            "id: 1\ndata: {\"n\":1}\n\nid: 2\ndata: {\"n\":2}\n\n"
        );
        assert_eq!(told(history(2), 1).await, "id: 2\ndata: {\"n\":2}\n\n");
        assert_eq!(told(history(2), 2).await, "");
        assert_eq!(
            told(history(1), 7).await,
            "id: 1\ndata: {\"n\":1}\n\n",
            "that was another run"
        );
    }

    #[tokio::test]
    async fn only_the_latest_are_kept() {
        let text = told(history(KEPT + 1), 0).await;
        assert!(text.starts_with("id: 2\n"), "{}", &text[..40]);
    }
}

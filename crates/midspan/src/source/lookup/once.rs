//! Equal safe calls of one request are made once.
//!
//! Two are equal if source, method, URL, headers, body and time-out are; their credentials are too, since both are made
//! for the same caller. The scope is the request's [`Context`](crate::Context): nothing is shared between callers.

use std::{cell::RefCell, rc::Rc, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};

use super::super::{Answer, Call};
use super::flight::Flight;
use crate::Result;

/// How much of finished answers is kept for later calls, in bytes of their bodies; calls under way are always shared.
const KEPT: usize = 1024 * 1024;

/// The safe calls of one request: those under way, and those that ended well.
#[derive(Default)]
pub(crate) struct Once(RefCell<Vec<Entry>>);

struct Entry {
    key: Key,
    flight: Rc<Flight<Result<Answer>>>,
    /// The length of the body, where it has ended.
    kept: usize,
}

#[derive(PartialEq, Eq)]
struct Key {
    source: &'static str,
    method: Method,
    url: String,
    headers: HeaderMap,
    body: Bytes,
    timeout: Duration,
}

/// Sends the call, unless an equal one does for it.
pub(in crate::source) async fn send(call: Call<'_>) -> Result<Answer> {
    let (ctx, source) = (call.ctx, call.source.name());
    let once = ctx.once();
    if !call.semantics().is_safe() {
        // What was read before may have changed when it ends, and while it is under way.
        once.forget(source);
        let outcome = call.send_now().await;
        once.forget(source);
        return outcome;
    }
    let Some(key) = Key::of(&call).filter(|_| !call.always) else {
        return call.send_now().await;
    };
    while let Some(flight) = once.find(&key) {
        if let Some(outcome) = flight.landed(ctx.port()).await {
            return outcome;
        }
        once.remove(&flight);
    }
    let (pilot, flight) = Flight::begin();
    once.0.borrow_mut().push(Entry {
        key,
        flight: flight.clone(),
        kept: 0,
    });
    let outcome = call.send_now().await;
    once.keep(&flight, &outcome);
    pilot.land(outcome.clone());
    outcome
}

impl Key {
    /// Nothing for a call that was put together wrong.
    fn of(call: &Call<'_>) -> Option<Self> {
        let url = match &call.link {
            Some(link) => link.to_string(),
            None => format!("{}?{}", call.path_text().ok()?, call.query),
        };
        Some(Self {
            source: call.source.name(),
            method: call.method.clone(),
            url,
            headers: call.headers.clone(),
            body: call.body.clone(),
            timeout: call.timeout,
        })
    }
}

impl Once {
    fn find(&self, key: &Key) -> Option<Rc<Flight<Result<Answer>>>> {
        let entries = self.0.borrow();
        let entry = entries.iter().find(|entry| entry.key == *key)?;
        Some(entry.flight.clone())
    }

    /// Whether a later call may have the outcome: one that failed may do better, and a large answer costs too much.
    fn keep(&self, flight: &Rc<Flight<Result<Answer>>>, outcome: &Result<Answer>) {
        let size = match outcome {
            Ok(answer) if is_settled(answer.status()) => answer.body().len(),
            _ => return self.remove(flight),
        };
        let mut entries = self.0.borrow_mut();
        let total: usize = entries.iter().map(|entry| entry.kept).sum();
        match entries.iter().position(|entry| Rc::ptr_eq(&entry.flight, flight)) {
            Some(at) if total + size <= KEPT => entries[at].kept = size,
            Some(at) => drop(entries.swap_remove(at)),
            None => {}
        }
    }

    fn remove(&self, flight: &Rc<Flight<Result<Answer>>>) {
        self.0.borrow_mut().retain(|entry| !Rc::ptr_eq(&entry.flight, flight));
    }

    fn forget(&self, source: &str) {
        self.0.borrow_mut().retain(|entry| entry.key.source != source);
    }
}

/// It is there, or it is not: asked again, the source would say the same.
fn is_settled(status: StatusCode) -> bool {
    status.is_success() || matches!(status, StatusCode::NOT_FOUND | StatusCode::GONE)
}

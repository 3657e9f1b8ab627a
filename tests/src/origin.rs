//! A source that counts its calls, and tells each caller who it is.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU16, AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{Router, extract::State, response::IntoResponse, routing::get};
use http::{HeaderMap, StatusCode, header::AUTHORIZATION};
use tokio::{net::TcpListener, sync::Notify};

/// A source under the test's control.
#[derive(Clone, Default)]
pub struct Origin(Arc<Inner>);

#[derive(Default)]
struct Inner {
    port: AtomicU16,
    calls: AtomicUsize,
    called: Notify,
    seen: Mutex<Vec<HeaderMap>>,
    /// Zero is 200.
    status: AtomicU16,
    delay_ms: AtomicUsize,
    hanging: AtomicUsize,
    held: AtomicBool,
    released: Notify,
}

impl Origin {
    /// Starts it on a free port.
    ///
    /// # Panics
    /// If there is none.
    pub async fn start() -> Self {
        let origin = Self::default();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let port = listener.local_addr().expect("a port").port();
        origin.0.port.store(port, Ordering::SeqCst);
        let router = Router::new()
            .route("/things/{id}", get(answer))
            .with_state(origin.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        origin
    }

    /// Its URL.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.0.port.load(Ordering::SeqCst))
    }

    /// How many calls have reached it.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.0.calls.load(Ordering::SeqCst)
    }

    /// The headers of the calls since this was last asked.
    #[must_use]
    pub fn take_headers(&self) -> Vec<HeaderMap> {
        std::mem::take(&mut *self.0.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Waits until so many calls have reached it.
    pub async fn has_calls(&self, count: usize) {
        loop {
            let called = self.0.called.notified();
            if self.calls() >= count {
                return;
            }
            called.await;
        }
    }

    /// Answers with this status from now on.
    pub fn answers(&self, status: u16) {
        self.0.status.store(status, Ordering::SeqCst);
    }

    /// Takes this long for each answer from now on.
    pub fn takes(&self, delay: Duration) {
        let milliseconds = usize::try_from(delay.as_millis()).unwrap_or(usize::MAX);
        self.0.delay_ms.store(milliseconds, Ordering::SeqCst);
    }

    /// Answers nobody until it goes on.
    pub fn holds(&self) {
        self.0.held.store(true, Ordering::SeqCst);
    }

    /// Answers whom it has held, and everybody else.
    pub fn goes_on(&self) {
        self.0.held.store(false, Ordering::SeqCst);
        self.0.released.notify_waiters();
    }

    /// Never answers the next so many calls.
    pub fn hangs(&self, calls: usize) {
        self.0.hanging.store(calls, Ordering::SeqCst);
    }
}

/// Whoever the caller says it is, as JSON.
async fn answer(State(origin): State<Origin>, headers: HeaderMap) -> impl IntoResponse {
    let inner = &origin.0;
    inner.calls.fetch_add(1, Ordering::SeqCst);
    inner.called.notify_waiters();
    inner
        .seen
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(headers.clone());
    let hangs = inner
        .hanging
        .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
    if hangs.is_ok() {
        std::future::pending::<()>().await;
    }
    loop {
        let released = inner.released.notified();
        if !inner.held.load(Ordering::SeqCst) {
            break;
        }
        released.await;
    }
    let delay = inner.delay_ms.load(Ordering::SeqCst);
    tokio::time::sleep(Duration::from_millis(u64::try_from(delay).unwrap_or(u64::MAX))).await;
    let status = StatusCode::from_u16(inner.status.load(Ordering::SeqCst)).unwrap_or(StatusCode::OK);
    let caller = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("nobody");
    (status, axum::Json(caller.to_owned()))
}

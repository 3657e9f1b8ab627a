//! Instances of a component: how many there are, which request goes to which, and what happens when one fails.
//!
//! Instances are re-used as Spin does it, across requests one after the other and at once. What fails an instance (a
//! trap, a loop, memory) fails the requests that it holds at that moment and nothing else.

mod desk;
mod pool;
mod worker;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::oneshot;
use tokio::time::Instant;
use wasmtime_wasi_http::WasiBody;

pub(crate) use pool::Pool;

/// A request on its way to an instance.
struct Job {
    request: http::Request<WasiBody>,
    deadline: Instant,
    reply: Reply,
}

type Reply = oneshot::Sender<Result<Answer, Failure>>;

/// What the component answered. The body may still be in the making.
pub(crate) struct Answer {
    pub(crate) response: http::Response<WasiBody>,
    pub(crate) fate: Fate,
}

/// Why there is no answer of the component.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Failure {
    /// The instance failed while it held the request.
    #[error("the instance failed: {0}")]
    Instance(String),
    /// The component's handler gave back an error instead of a response.
    #[error("the component's handler answered with the error {0}")]
    Handler(String),
    /// The request's time was over.
    #[error("the component did not answer in time")]
    TimedOut,
    /// The request's time was over before an instance could take it, or there is no room for another instance.
    #[error("no instance was free: {0}")]
    NoInstance(String),
}

/// Whether the instance that makes an answer's body has failed: a body that ends then is not complete.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fate(Arc<AtomicBool>);

impl Fate {
    pub(crate) fn has_failed(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    fn fail(&self) {
        self.0.store(true, Ordering::Release);
    }
}

//! What an operation needs from its host. On WebAssembly that is `spin-sdk`; in tests it is [`crate::testing`].
//!
//! Nothing above this module knows which of the two it runs on.

#[cfg(any(test, target_family = "wasm"))]
mod timers;
#[cfg(target_family = "wasm")]
#[doc(hidden)]
pub mod wasi;

use std::{rc::Rc, time::Duration};

use bytes::Bytes;
use futures_util::future::LocalBoxFuture;

use crate::source::Instance;

/// The host, as an operation sees it.
pub(crate) trait Port {
    /// Sends a request and reads the whole answer, up to `max_body` bytes.
    fn send(
        &self,
        request: http::Request<Bytes>,
        max_body: usize,
    ) -> LocalBoxFuture<'_, Result<http::Response<Bytes>, SendError>>;

    /// The value of a variable of this component; `Err` says why there is none.
    fn variable<'a>(&'a self, name: &'a str) -> LocalBoxFuture<'a, Result<String, String>>;

    /// The value of `key` in the application's shared store (`default`), or nothing.
    fn load<'a>(&'a self, key: &'a str) -> LocalBoxFuture<'a, Result<Option<Bytes>, StoreError>>;

    /// Sets or replaces the value of `key` in the shared store.
    fn store<'a>(&'a self, key: &'a str, value: Bytes) -> LocalBoxFuture<'a, Result<(), StoreError>>;

    /// Removes `key` from the shared store, whether or not it is there.
    fn remove<'a>(&'a self, key: &'a str) -> LocalBoxFuture<'a, Result<(), StoreError>>;

    /// See [`swap`].
    #[cfg(not(target_family = "wasm"))]
    fn swap<'a>(&'a self, key: &'a str, decide: Decision<'a>) -> LocalBoxFuture<'a, Result<bool, StoreError>>;

    /// See [`keys`].
    #[cfg(not(target_family = "wasm"))]
    fn keys(&self) -> LocalBoxFuture<'_, Result<Vec<String>, StoreError>>;

    /// See [`scripted_caller`].
    #[cfg(not(target_family = "wasm"))]
    fn caller(&self) -> Option<crate::Caller>;

    /// Does `work` beside and after the answer: nobody waits for it, and it may be lost with the instance.
    fn spawn(&self, work: LocalBoxFuture<'static, ()>);

    /// Waits.
    fn sleep(&self, duration: Duration) -> LocalBoxFuture<'_, ()>;

    /// Time on a clock that only goes forward, from an arbitrary start.
    fn monotonic(&self) -> Duration;

    /// Time of day.
    fn now(&self) -> jiff::Timestamp;

    /// Random bits, good enough for identifiers.
    fn random(&self) -> u64;

    /// What all requests share that this instance of the component serves.
    fn instance(&self) -> Rc<Instance>;

    /// Writes a line to the operator's log.
    fn log(&self, line: &str);

    /// Writes the line about the request to the operator's log.
    fn report(&self, line: &str);

    /// A variable of the component's environment, as the manifest sets it.
    fn environment(&self, name: &str) -> Option<String>;
}

/// Gives `key` in the shared store the value that `decide` makes of the present one, if it makes one and if nobody else
/// changes it in between (`wasi:keyvalue/atomics`); whether it did. A store may be wrong about the last: read it again to
/// be sure.
///
/// It is no method on WebAssembly, so that a component that has no use for it is built without the import.
pub(crate) fn swap<'a>(
    port: &'a dyn Port,
    key: &'a str,
    decide: Decision<'a>,
) -> LocalBoxFuture<'a, Result<bool, StoreError>> {
    #[cfg(not(target_family = "wasm"))]
    return port.swap(key, decide);
    #[cfg(target_family = "wasm")]
    {
        let _ = port;
        Box::pin(wasi::swap(key, decide))
    }
}

/// All keys of the shared store. It is no method on WebAssembly for the same reason.
pub(crate) fn keys(port: &dyn Port) -> LocalBoxFuture<'_, Result<Vec<String>, StoreError>> {
    #[cfg(not(target_family = "wasm"))]
    return port.keys();
    #[cfg(target_family = "wasm")]
    {
        let _ = port;
        Box::pin(wasi::keys())
    }
}

/// Who calls, where a test says so instead of sending what would prove it.
pub(crate) fn scripted_caller(port: &dyn Port) -> Option<crate::Caller> {
    #[cfg(not(target_family = "wasm"))]
    return port.caller();
    #[cfg(target_family = "wasm")]
    {
        let _ = port;
        None
    }
}

/// What a value is to become.
pub(crate) type Decision<'a> = Box<dyn FnOnce(Option<&[u8]>) -> Option<Vec<u8>> + 'a>;

/// Why a request has no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SendError {
    /// The host does not let this component out to that address.
    Denied,
    /// The answer is larger than the caller can take.
    TooLarge,
    /// No connection, or it broke; with the host's words.
    Unreachable(String),
}

/// Why the shared store did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum StoreError {
    #[cfg_attr(
        not(target_family = "wasm"),
        allow(dead_code, reason = "the scripted host gives it to all")
    )]
    /// The manifest does not give this component the store `default`.
    Denied,
    /// The host's words.
    Failed(String),
}

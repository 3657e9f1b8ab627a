//! What a source's calls do about faults, layer by layer: leave a source alone that is in trouble ([`breaker`]), wait for a
//! turn ([`limit`]), send, perhaps a second time in parallel ([`hedge`]), and send again what failed in passing ([`retry`],
//! with [`backoff`], within a [`budget`]).
//!
//! Nothing here ends a call: its time-out and the operation's deadline do, around all layers.

mod backoff;
pub(super) mod breaker;
mod budget;
mod hedge;
mod limit;
pub(super) mod retry;
pub(super) mod retry_after;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};

use bytes::Bytes;

use self::{breaker::Watch, budget::Budget, limit::Limit};
use super::{Source, auth::token::Tokens, outcome};
use crate::{Error, admit::KeySets, cache::InInstance, port::Port, rate::Shares};
pub use breaker::Breaker;
pub use retry::Retry;

/// The header that makes a source do a repeated call once (draft-ietf-httpapi-idempotency-key-header).
pub(super) const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// What came of one request.
pub(super) type Outcome = Result<http::Response<Bytes>, Failure>;

/// Why a request has no answer.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: Error,
    /// Whether the same request may well be answered a moment later: there was no connection, or it broke.
    pub(super) in_passing: bool,
}

impl From<Error> for Failure {
    /// What is not set up stays so.
    fn from(error: Error) -> Self {
        Self {
            error,
            in_passing: false,
        }
    }
}

/// What stands beside the source.
#[derive(Debug, Clone, Copy)]
pub(super) struct Policy {
    pub(super) retry: Retry,
    pub(super) hedge_after: Option<Duration>,
    pub(super) max_concurrent: Option<usize>,
    pub(super) max_wait: Option<Duration>,
    pub(super) breaker: Option<Breaker>,
}

impl Policy {
    pub(super) const DEFAULT: Self = Self {
        retry: Retry::times(1),
        hedge_after: None,
        max_concurrent: None,
        max_wait: None,
        breaker: None,
    };
}

/// What the calls of one instance share. It is about sources; nothing of a request or a user may live here.
#[derive(Default)]
pub(crate) struct Instance {
    sources: RefCell<Vec<(&'static str, Rc<Shared>)>>,
    tokens: Tokens,
    keys: KeySets,
    pub(crate) cache: InInstance,
    /// Of callers there are only hashes and numbers.
    pub(crate) shares: Shares,
    has_begun: Cell<bool>,
}

/// What the calls to one source share.
#[derive(Default)]
pub(super) struct Shared {
    budget: Budget,
    limit: Limit,
    watch: Rc<Watch>,
}

impl Instance {
    /// Whether this is the first request that it serves.
    pub(crate) fn begins(&self) -> bool {
        !self.has_begun.replace(true)
    }

    pub(super) fn shared(&self, source: &'static str) -> Rc<Shared> {
        let mut all = self.sources.borrow_mut();
        if let Some((_, shared)) = all.iter().find(|(name, _)| *name == source) {
            return shared.clone();
        }
        let shared = Rc::<Shared>::default();
        all.push((source, shared.clone()));
        shared
    }

    /// The keys of those who sign callers' tokens.
    pub(crate) fn keys(&self) -> &KeySets {
        &self.keys
    }

    /// The connector's own tokens; of its users' it holds nothing.
    pub(super) fn tokens(&self) -> &Tokens {
        &self.tokens
    }
}

/// One call under its source's policy.
pub(super) struct Attempts<'c> {
    source: &'static Source,
    port: &'c dyn Port,
    shared: Rc<Shared>,
    max_concurrent: usize,
    /// Nothing where the call must not be repeated.
    retry: Option<Retry>,
    hedge_after: Option<Duration>,
    /// When the call is ended, on the port's monotonic clock.
    ends: Duration,
}

impl<'c> Attempts<'c> {
    pub(super) fn new(
        source: &'static Source,
        shared: Rc<Shared>,
        port: &'c dyn Port,
        ends: Duration,
        method: &http::Method,
        headers: &http::HeaderMap,
    ) -> Self {
        let policy = source.policy;
        Self {
            source,
            port,
            shared,
            max_concurrent: policy.max_concurrent.unwrap_or(usize::MAX),
            retry: policy.retry.allows(method, headers).then_some(policy.retry),
            hedge_after: policy.hedge_after.filter(|_| method.is_safe()),
            ends,
        }
    }

    /// The same without a second request, whatever comes of the first.
    pub(super) fn once(mut self) -> Self {
        self.retry = None;
        self.hedge_after = None;
        self
    }

    /// The last outcome: one that stands, or that must not or can't be tried again.
    pub(super) async fn run(&self, send: impl AsyncFn() -> Outcome) -> Outcome {
        self.shared.budget.deposit();
        let mut hedge_after = self.hedge_after;
        let mut retries = 0;
        loop {
            let turn = self
                .shared
                .limit
                .turn(self.max_concurrent, self.source.policy.max_wait, self.port);
            let Some(turn) = turn.await else {
                return Err(outcome::overloaded(self.source).into());
            };
            let outcome = match hedge_after.take() {
                Some(delay) => hedge::hedged(&send, self.port.sleep(delay), || self.second_turn()).await,
                None => send().await,
            };
            drop(turn);
            match self.wait_before_retry(retries, &outcome) {
                Some(wait) => self.port.sleep(wait).await,
                None => return outcome,
            }
            retries += 1;
        }
    }

    /// A hedge is the first thing to go without when the source has much to do.
    fn second_turn(&self) -> Option<limit::Turn<'_>> {
        let turn = self.shared.limit.try_turn(self.max_concurrent)?;
        self.shared.budget.withdraw().then_some(turn)
    }

    /// How long to wait before the next request; nothing where there must be none.
    pub(super) fn wait_before_retry(&self, retries: u32, outcome: &Outcome) -> Option<Duration> {
        let retry = self.retry.filter(|retry| retry.again(retries, outcome))?;
        let asked = outcome.as_ref().ok().and_then(|response| {
            let headers = response.headers();
            retry_after::retry_after(headers, self.port.now())
        });
        let wait = retry.delay(retries, self.port.random()).max(asked.unwrap_or_default());
        let left = self.ends.saturating_sub(self.port.monotonic());
        (wait < left && self.shared.budget.withdraw()).then_some(wait)
    }
}

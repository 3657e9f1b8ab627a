//! The shared store, as the cache and the records of writes use it: within a budget, and left alone where it fails.

use std::{pin::pin, time::Duration};

use bytes::Bytes;
use futures_util::future::{Either, LocalBoxFuture, select};

use crate::{
    Context,
    port::{self, Decision, StoreError},
};

/// What a look-up, or a write, may cost unless the call says otherwise.
pub(super) const BUDGET: Duration = Duration::from_millis(50);

/// In how many steps the budget is waited for. A step counts as what it is to take, even if it takes longer: a machine that
/// is late for everything is not a slow store, and to ask the source all the more would not help it.
const STEPS: u32 = 25;

/// How long an instance does without a store that failed, before it tries again.
const REST: Duration = Duration::from_secs(1);

/// The store in one request.
#[derive(Clone)]
pub(crate) struct Shelf {
    pub(crate) ctx: Context,
    budget: Duration,
}

impl Shelf {
    pub(crate) fn new(ctx: &Context, budget: Duration) -> Self {
        Self {
            ctx: ctx.clone(),
            budget,
        }
    }

    /// Whether the store was there when it was last used.
    pub(crate) fn is_there(&self) -> bool {
        let port = self.ctx.port();
        port.monotonic() >= port.instance().cache.store_rests_until.get()
    }

    /// The value, or nothing where there is none; `Err` where the store does not say within its budget.
    pub(crate) async fn load(&self, key: &str) -> Result<Option<Bytes>, ()> {
        self.within_budget(self.ctx.port().load(key)).await
    }

    pub(crate) async fn store(&self, key: &str, value: Bytes) -> Result<(), ()> {
        self.within_budget(self.ctx.port().store(key, value)).await
    }

    pub(crate) async fn remove(&self, key: &str) -> Result<(), ()> {
        self.within_budget(self.ctx.port().remove(key)).await
    }

    /// Changes a value as `decide` says, unless somebody else changes it meanwhile; whether it was changed.
    pub(crate) async fn swap(&self, key: &str, decide: Decision<'_>) -> Result<bool, ()> {
        self.within_budget(port::swap(self.ctx.port(), key, decide)).await
    }

    async fn within_budget<T>(&self, mut work: LocalBoxFuture<'_, Result<T, StoreError>>) -> Result<T, ()> {
        if !self.is_there() {
            return Err(());
        }
        for _ in 0..STEPS {
            // The store comes first: one that answers at once needs no timer.
            match select(work, pin!(self.ctx.port().sleep(self.budget / STEPS))).await {
                Either::Left((outcome, _)) => return outcome.map_err(|error| self.rest(&error)),
                Either::Right(((), unfinished)) => work = unfinished,
            }
        }
        let budget = self.budget.as_millis();
        self.rest(&StoreError::Failed(format!("no answer within {budget} ms")));
        Err(())
    }

    /// Does without the store for a while, and says so once.
    fn rest(&self, error: &StoreError) {
        let (port, instance) = (self.ctx.port(), self.ctx.port().instance());
        let already = !self.is_there();
        let until = match error {
            // It stays so for as long as the instance lives.
            StoreError::Denied => Duration::MAX,
            StoreError::Failed(_) => port.monotonic().saturating_add(REST),
        };
        instance.cache.store_rests_until.set(until);
        if already {
            return;
        }
        let why = match error {
            StoreError::Denied => {
                "this component may not open the shared store; add key_value_stores = [\"default\"] to it in the \
                 manifest"
            }
            StoreError::Failed(why) => &format!("the shared store failed, and is left alone for a moment: {why}"),
        };
        self.ctx.log("warn", why);
    }
}

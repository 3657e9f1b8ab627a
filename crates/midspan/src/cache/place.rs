//! Where an answer is kept, so that one that turns out to be unreadable is not given again: a proxy's page in place of the
//! source's answer has status 200 often enough.

use std::time::Duration;

use super::{key::Key, shelf::Shelf};
use crate::Context;

/// Nobody waits for it.
const PATIENCE: Duration = Duration::from_millis(500);

/// Where an answer is kept.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    key: Key,
    /// The way to the cache's code, as in `Caching`.
    clear: fn(Key, &Context),
}

impl Place {
    pub(super) const fn of(key: Key) -> Self {
        Self { key, clear }
    }

    /// Takes away what is there, once the operation has answered.
    pub(crate) fn clear(&self, ctx: &Context) {
        (self.clear)(self.key, ctx);
    }
}

fn clear(key: Key, ctx: &Context) {
    ctx.port().instance().cache.near.clear();
    let shelf = Shelf::new(ctx, PATIENCE);
    ctx.port().spawn(Box::pin(async move {
        // If the store fails now, the next one who reads it tries again.
        let _ = shelf.remove(&key.entry()).await;
    }));
}

//! Records that have expired: stores have no expiry of their own. A second, small value says by its name in which hour a
//! record ends, as the cache's index does.

use std::time::Duration;

use super::{
    key::{Key, PREFIX},
    record::expiry,
};
use crate::{Context, cache::Shelf, port};

const HOUR: u64 = 3600 * 1000;

/// How many calls there are to one collection.
const EVERY: u64 = 1000;

/// How much one collection takes away, so that it ends.
const MOST_REMOVED: usize = 2000;

/// What a collection may take.
const LIMIT: Duration = Duration::from_secs(30);

/// Puts down when a record ends. One that is not put down is kept until it is used again.
pub(super) async fn list(shelf: &Shelf, key: &Key, expires: u64) {
    let name = format!("{PREFIX}x:{:08}:{}", expires / HOUR, key.text());
    let _ = shelf.store(&name, "1".into()).await;
}

/// Collects after one call in a thousand, beside it.
pub(super) fn now_and_then(ctx: &Context, shelf: &Shelf) {
    if !ctx.port().random().is_multiple_of(EVERY) {
        return;
    }
    let shelf = shelf.clone();
    let ctx = ctx.afterwards(LIMIT);
    let spawner = ctx.shared_port();
    spawner.spawn(Box::pin(async move {
        // The next collection takes what this one could not.
        let _ = collect(&ctx, &shelf).await;
    }));
}

async fn collect(ctx: &Context, shelf: &Shelf) -> Result<(), ()> {
    let names = port::keys(ctx.port()).await.map_err(|_| ())?;
    let now = u64::try_from(ctx.now().as_millisecond()).unwrap_or_default();
    let over = names.iter().filter_map(|name| {
        let (hour, key) = name.strip_prefix(PREFIX)?.strip_prefix("x:")?.split_once(':')?;
        (hour.parse::<u64>().ok()? < now / HOUR).then_some((name, format!("{PREFIX}r:{key}")))
    });
    for (name, record) in over.take(MOST_REMOVED) {
        // The key may have been used again, and then its record is put down once more.
        let value = shelf.load(&record).await?;
        if value.is_some_and(|value| expiry(&value).is_none_or(|expires| expires <= now)) {
            shelf.remove(&record).await?;
        }
        shelf.remove(name).await?;
    }
    Ok(())
}

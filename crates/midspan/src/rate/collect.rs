//! Buckets that nobody has taken from for long: they are full, and so is a place where there is none.

use std::time::Duration;

use super::{bucket::Bucket, share::PREFIX};
use crate::{Context, cache::Shelf, port};

/// How often tokens are taken for each collection.
const EVERY: u64 = 1000;

/// How many buckets one collection looks at, beginning anywhere, so that it ends.
const MOST: usize = 1000;

/// No limit is for longer than an hour, after which its bucket is full.
const FULL_AFTER: u64 = 2 * 3600 * 1000;

const LIMIT: Duration = Duration::from_secs(30);

/// Collects after tokens have been taken a thousand times, beside the call.
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
    let buckets: Vec<_> = names.iter().filter(|name| name.starts_with(PREFIX)).collect();
    if buckets.is_empty() {
        return Ok(());
    }
    let now = u64::try_from(ctx.now().as_millisecond()).unwrap_or_default();
    let start = usize::try_from(ctx.port().random() % buckets.len() as u64).unwrap_or_default();
    for name in buckets.iter().cycle().skip(start).take(MOST.min(buckets.len())) {
        let Some(value) = shelf.load(name).await? else {
            continue;
        };
        if Bucket::decode(&value).is_none_or(|bucket| bucket.at() + FULL_AFTER < now) {
            shelf.remove(name).await?;
        }
    }
    Ok(())
}

//! What an instance has of the buckets: a few tokens, or the knowledge that there are none.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    time::Duration,
};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

use super::{
    bucket::{Bucket, Rate, Taken},
    collect,
};
use crate::{Context, cache::Shelf};

pub(super) const PREFIX: &str = "midspan-rate:";

/// How long the store may take, before the call is let in without it.
const BUDGET: Duration = Duration::from_millis(50);

/// How often tokens are asked for when another instance does so at the same moment.
const TRIES: usize = 3;

/// An instance that uses up what it has in less takes more the next time.
const SOON: Duration = Duration::from_secs(1);

/// Callers come and go; an instance knows so many.
const MOST: usize = 1024;

/// The shares of an instance. They are about numbers; which caller a bucket is for can't be told from its place.
#[derive(Default)]
pub(crate) struct Shares(RefCell<HashMap<[u8; 32], Share>>);

#[derive(Clone, Copy, Default)]
struct Share {
    tokens: u32,
    /// How many the store had beside, when it was asked.
    left: u32,
    /// How many were taken, and when, on the monotonic clock.
    batch: u32,
    taken_at: Duration,
    empty_until: Duration,
}

/// What came of a call's wish for a token.
pub(super) enum Turn {
    Taken {
        left: u32,
    },
    /// Seconds until there is one.
    Refused {
        wait: u32,
    },
    /// The store does not say.
    Open,
}

/// A token of the instance's share; else from the store.
pub(super) async fn take(ctx: &Context, place: [u8; 32], rate: Rate) -> Turn {
    let instance = ctx.port().instance();
    let shares = &instance.shares;
    let now = ctx.port().monotonic();
    let mut share = shares.get(&place);
    if share.tokens > 0 {
        share.tokens -= 1;
        shares.put(place, share);
        return share.taken();
    }
    if now < share.empty_until {
        return refused(share.empty_until.saturating_sub(now));
    }
    let used_up_soon = share.batch > 0 && now.saturating_sub(share.taken_at) < SOON;
    let wanted = if used_up_soon { share.batch.saturating_mul(2) } else { 1 };
    let Some(taken) = ask(ctx, &place, rate, wanted.min(rate.largest_share())).await else {
        return Turn::Open;
    };
    // Others of this instance may have asked meanwhile.
    let mut share = shares.get(&place);
    let turn = match taken {
        Taken::Some { tokens, left } => {
            share.tokens += tokens - 1;
            (share.left, share.batch, share.taken_at) = (left, tokens, now);
            share.taken()
        }
        Taken::None { wait } => {
            share.empty_until = ctx.port().monotonic().saturating_add(wait);
            refused(wait)
        }
    };
    shares.put(place, share);
    turn
}

/// For a call that was not let in after all.
pub(super) fn give_back(ctx: &Context, place: &[u8; 32]) {
    let instance = ctx.port().instance();
    let mut share = instance.shares.get(place);
    share.tokens += 1;
    instance.shares.put(*place, share);
}

/// So many tokens at most; nothing where the store does not say, or too many ask at once.
async fn ask(ctx: &Context, place: &[u8; 32], rate: Rate, wanted: u32) -> Option<Taken> {
    let shelf = Shelf::new(ctx, BUDGET);
    let name = format!("{PREFIX}{}", BASE64_URL_SAFE_NO_PAD.encode(place));
    let now = u64::try_from(ctx.now().as_millisecond()).unwrap_or_default();
    for _ in 0..TRIES {
        let taken = Cell::new(None);
        let decide = |current: Option<&[u8]>| {
            let mut bucket = Bucket::now(current, rate, now);
            let outcome = bucket.take(wanted, rate);
            taken.set(Some(outcome));
            matches!(outcome, Taken::Some { .. }).then(|| bucket.encode())
        };
        let changed = shelf.swap(&name, Box::new(decide)).await.ok()?;
        match taken.get() {
            Some(outcome @ Taken::None { .. }) => return Some(outcome),
            outcome if changed => {
                collect::now_and_then(ctx, &shelf);
                return outcome;
            }
            _ => {}
        }
    }
    None
}

fn refused(wait: Duration) -> Turn {
    let seconds = wait.as_millis().div_ceil(1000).max(1);
    Turn::Refused {
        wait: u32::try_from(seconds).unwrap_or(u32::MAX),
    }
}

impl Share {
    fn taken(self) -> Turn {
        Turn::Taken {
            left: self.tokens.saturating_add(self.left),
        }
    }
}

impl Shares {
    fn get(&self, place: &[u8; 32]) -> Share {
        self.0.borrow().get(place).copied().unwrap_or_default()
    }

    fn put(&self, place: [u8; 32], share: Share) {
        let mut all = self.0.borrow_mut();
        if all.len() >= MOST && !all.contains_key(&place) {
            // What they have is lost to them; an instance does not live long anyway.
            all.clear();
        }
        all.insert(place, share);
    }
}

//! The right to ask the source, between instances and hosts: a short-lived record in the shared store.
//!
//! Who holds it renews it until the answer is stored. If the holder dies, the record ends by the clock, or, where the
//! clocks of two hosts disagree, by not having changed for as long as it would live.

use std::{pin::pin, time::Duration};

use futures_util::future::{Either, select};

use super::{
    collapse::Patience,
    key::Key,
    lead::afterwards,
    shelf::Shelf,
    wire::{Reader, Writer},
};
use crate::Context;

/// How long a lease lives that is not renewed: what the death of its holder costs those who wait, unless they have less
/// time. A machine that is late for everything does not lose it.
const LIFE: Duration = Duration::from_secs(4);
const RENEW_EVERY: Duration = Duration::from_millis(500);

/// How long nobody takes turns, after an answer that can't be shared.
const ALONE: Duration = Duration::from_secs(1);

/// In place of a holder's number, which is odd: the answer is not for others, so all ask for themselves.
const NOBODY: u64 = 0;

/// Likewise: the source failed, and need not be asked by one after the other.
const FAILED: u64 = 2;

/// The right to ask the source.
pub(super) struct Lease {
    shelf: Shelf,
    key: String,
    holder: u64,
}

/// What came of the wish to hold a lease.
pub(super) enum Outcome {
    Mine(Lease),
    /// Ask without: the source has just failed, or the store can't say.
    NotNeeded,
    /// The answer is not for others.
    Alone,
    /// Another holds it.
    Theirs(Seen),
}

/// Whose a lease is.
pub(super) enum State {
    /// Nobody's.
    Free,
    Theirs(Seen),
    /// As [`Outcome::NotNeeded`].
    NotNeeded,
    /// As [`Outcome::Alone`].
    Alone,
}

/// A lease of another's, and since when it has been so.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Seen {
    record: Record,
    since: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Record {
    holder: u64,
    /// Milliseconds since 1970.
    until: u64,
}

/// Looks whose the lease is; `before` is what was seen the last time. That is all that those do who wait. One that has not
/// changed for as long as `patience` is over.
async fn look(shelf: &Shelf, key: &Key, before: Option<Seen>, patience: Duration) -> State {
    let ctx = &shelf.ctx;
    let Ok(found) = shelf.load(&key.lease()).await else {
        // What is slow, or away for a moment, does not end another's lease.
        return match before.filter(|before| !before.is_over(ctx, patience)) {
            Some(before) => State::Theirs(before),
            None => State::NotNeeded,
        };
    };
    let Some(record) = found.and_then(|value| Record::decode(&value)) else {
        return State::Free;
    };
    let seen = Seen::now(ctx, record, before);
    match record.holder {
        _ if seen.is_over(ctx, patience) => State::Free,
        NOBODY => State::Alone,
        FAILED => State::NotNeeded,
        _ => State::Theirs(seen),
    }
}

impl Lease {
    /// Takes the lease if it is free, and says whose it is otherwise.
    pub(super) async fn look_and_take(shelf: &Shelf, key: &Key) -> Outcome {
        match look(shelf, key, None, LIFE).await {
            State::Free => Self::take(shelf, key, None, LIFE).await,
            State::Theirs(seen) => Outcome::Theirs(seen),
            State::NotNeeded => Outcome::NotNeeded,
            State::Alone => Outcome::Alone,
        }
    }

    /// Takes a lease that was seen to be free, unless somebody is faster.
    async fn take(shelf: &Shelf, key: &Key, before: Option<Seen>, patience: Duration) -> Outcome {
        let (ctx, name) = (&shelf.ctx, key.lease());
        let record = Record {
            holder: ctx.port().random() | 1,
            until: now(ctx) + milliseconds(LIFE),
        };
        let decide = |current: Option<&[u8]>| {
            let free = current
                .and_then(Record::decode)
                .is_none_or(|current| Seen::now(ctx, current, before).is_over(ctx, patience));
            free.then(|| record.encode())
        };
        let Ok(swapped) = shelf.swap(&name, Box::new(decide)).await else {
            return Outcome::NotNeeded;
        };
        // Some stores report a swap that was lost as one that was won, or the other way round (Spin's Redis store does
        // both); what stands there in the end does not lie.
        let current = match shelf.load(&name).await {
            Ok(found) => found.and_then(|value| Record::decode(&value)),
            Err(()) => swapped.then_some(record),
        };
        match current {
            Some(current) if current == record => Outcome::Mine(Self {
                shelf: shelf.clone(),
                key: name,
                holder: record.holder,
            }),
            Some(current) => Outcome::Theirs(Seen::now(ctx, current, before)),
            None => Outcome::NotNeeded,
        }
    }

    /// Does `work`, and keeps the lease meanwhile.
    pub(super) async fn during<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        loop {
            match select(work, pin!(self.shelf.ctx.port().sleep(RENEW_EVERY))).await {
                Either::Left((outcome, _)) => return outcome,
                Either::Right(((), unfinished)) => work = unfinished,
            }
            self.write(self.holder, LIFE).await;
        }
    }

    /// Gives it back: those who wait look into the store once more, and take it if there is nothing.
    pub(super) async fn release(self) {
        // Another has it by now if this one was not renewed in time.
        let current = self.shelf.load(&self.key).await.ok().flatten();
        if current
            .and_then(|value| Record::decode(&value))
            .is_some_and(|record| record.holder == self.holder)
        {
            let _ = self.shelf.remove(&self.key).await;
        }
    }

    /// Lets all ask for themselves for a moment.
    pub(super) async fn disband(self) {
        self.write(NOBODY, ALONE).await;
    }

    /// Lets one in each instance ask, for a moment.
    pub(super) async fn fail(self) {
        self.write(FAILED, ALONE).await;
    }

    async fn write(&self, holder: u64, life: Duration) {
        let until = now(&self.shelf.ctx) + milliseconds(life);
        let record = Record { holder, until };
        // If the store fails, the record ends by itself.
        let _ = self.shelf.store(&self.key, record.encode().into()).await;
    }
}

/// How it ended to wait for a lease.
pub(super) enum Waited<T> {
    Mine(Lease),
    NotNeeded,
    Alone,
    /// Somebody else has asked, and this is what came of it.
    Answered(T),
}

/// Waits for the lease, or for `look_up` to find what its holder has stored. Who has `time_left` waits for a holder that is
/// not heard of only as long as it then has left to ask itself.
pub(super) async fn wait<T>(
    shelf: &Shelf,
    key: &Key,
    time_left: impl Fn() -> Duration,
    mut look_up: impl AsyncFnMut() -> Option<T>,
) -> Waited<T> {
    let (mut before, looks) = (None, Patience::new(shelf.ctx.port()));
    loop {
        let patience = time_left().min(LIFE);
        let mut state = look(shelf, key, before, patience).await;
        if let State::Free = state {
            // What its holder stored is there by now.
            if before.is_some()
                && let Some(answer) = look_up().await
            {
                return Waited::Answered(answer);
            }
            state = match Lease::take(shelf, key, before, patience).await {
                Outcome::Mine(lease) => {
                    // It may have been answered between the last look-up and the lease.
                    return match look_up().await {
                        Some(answer) => {
                            afterwards(shelf.ctx.port(), lease.release());
                            Waited::Answered(answer)
                        }
                        None => Waited::Mine(lease),
                    };
                }
                Outcome::Theirs(seen) => State::Theirs(seen),
                Outcome::NotNeeded => State::NotNeeded,
                Outcome::Alone => State::Alone,
            };
        }
        match state {
            State::Theirs(seen) => before = Some(seen),
            State::NotNeeded => return Waited::NotNeeded,
            State::Alone => return Waited::Alone,
            State::Free => {}
        }
        looks.pause().await;
    }
}

/// Whether a lease has ended so long ago that nobody waits for it.
pub(super) fn is_over(value: &[u8], now: u64) -> bool {
    Record::decode(value).is_none_or(|record| record.until.saturating_add(60_000) < now)
}

impl Seen {
    fn now(ctx: &Context, record: Record, before: Option<Self>) -> Self {
        match before.filter(|before| before.record == record) {
            Some(before) => before,
            None => Self {
                record,
                since: ctx.port().monotonic(),
            },
        }
    }

    fn is_over(self, ctx: &Context, patience: Duration) -> bool {
        self.record.until <= now(ctx) || ctx.port().monotonic().saturating_sub(self.since) >= patience
    }
}

impl Record {
    fn encode(self) -> Vec<u8> {
        let mut fields = Writer::default();
        fields.number(self.holder);
        fields.number(self.until);
        fields.0
    }

    fn decode(value: &[u8]) -> Option<Self> {
        let mut fields = Reader(value);
        Some(Self {
            holder: fields.number()?,
            until: fields.number()?,
        })
    }
}

fn now(ctx: &Context) -> u64 {
    super::exchange::milliseconds_since_1970(ctx.port())
}

fn milliseconds(duration: Duration) -> u64 {
    super::terms::milliseconds(duration)
}

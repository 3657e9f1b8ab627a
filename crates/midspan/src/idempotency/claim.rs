//! The right to do a call: it is taken by a record in the store, before anything is done.

use std::{cell::Cell, time::Duration};

use bytes::Bytes;
use midspan_definition::ErrorCode;

use super::{
    Idempotency, collect,
    key::Key,
    record::{Record, State},
    shape,
};
use crate::{Context, Error, Result, cache::Shelf};

/// How long the store may take for one use.
const PATIENCE: Duration = Duration::from_secs(1);

/// How long after its deadline a call may still be about to write its outcome; what the clocks of two hosts may differ by
/// is within it.
const GRACE: Duration = Duration::from_secs(5);

/// How often those who wait for the outcome look; then half as often each time.
const LOOK_AFTER: Duration = Duration::from_millis(50);
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// When a store that failed is tried again.
const AGAIN_AFTER: [Duration; 4] = [
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
];

/// What there is to be done.
pub(super) enum Claim {
    /// The call; it is this request's to do.
    Mine(Mine),
    /// Nothing: it was done, with this outcome.
    Done(Result<http::Response<Bytes>>),
    Refused(Error),
    /// The store does not say.
    NoStore,
}

/// A call that nobody else does.
pub(super) struct Mine {
    pub(super) ctx: Context,
    shelf: Shelf,
    name: String,
    key: Key,
    expires: u64,
    pub(super) repeatable: bool,
}

/// What was found in the record's place.
enum Found {
    Nothing,
    Record(Record),
    /// Nothing that this version could have written for this key.
    Strange,
}

/// Takes the call if nobody has; waits for whoever does it, as long as the deadline lets it.
pub(super) async fn claim(ctx: &Context, policy: &Idempotency, key: &Key) -> Claim {
    let shelf = Shelf::new(ctx, PATIENCE);
    let (name, mut wait) = (key.record(), LOOK_AFTER);
    loop {
        let found = match take(ctx, policy, &shelf, key).await {
            Ok(Taken::Mine(mine)) => return Claim::Mine(mine),
            Ok(Taken::Found(found)) => found,
            Err(()) => return Claim::NoStore,
        };
        if let Some(claim) = judged(ctx, key, found) {
            return claim;
        }
        // Another does it. Those who are refused with a 409 would not come back: flows repeat a 5xx only.
        loop {
            let left = ctx.time_for_sources();
            if left.is_zero() {
                return Claim::Refused(in_progress(ctx));
            }
            ctx.sleep(wait.min(left)).await;
            wait = (wait * 2).min(LOOK_EVERY);
            let Ok(value) = shelf.load(&name).await else {
                return Claim::NoStore;
            };
            match read(value.as_deref(), key) {
                Found::Record(record) if is_under_way(&record, ctx) => {}
                _ => break,
            }
        }
    }
}

enum Taken {
    Mine(Mine),
    Found(Found),
}

/// One try: the record is there afterwards, ours or another's.
async fn take(ctx: &Context, policy: &Idempotency, shelf: &Shelf, key: &Key) -> Result<Taken, ()> {
    let (name, now, by) = (key.record(), now(ctx), ctx.port().random());
    let until = now + milliseconds(ctx.remaining() + GRACE);
    let expires = (now + policy.kept_ms()).max(until);
    let found = Cell::new(Found::Nothing);
    let decide = |current: Option<&[u8]>| {
        let current = read(current, key);
        if let Found::Record(record) = &current {
            // A repetition of what may be repeated takes the place of whoever did not come to an end.
            let is_over = match &record.state {
                State::UnderWay { until, .. } => *until <= now,
                State::Unknown => true,
                State::Done(_) | State::DoneAndTooLarge => false,
            };
            let goes_on = policy.repeatable && is_over && record.fingerprint == key.fingerprint;
            if record.expires > now && !goes_on {
                found.set(current);
                return None;
            }
        } else if let Found::Strange = current {
            found.set(current);
            return None;
        }
        let record = Record {
            expires,
            fingerprint: key.fingerprint,
            state: State::UnderWay { by, until },
        };
        Some(record.encode(ctx.port(), key))
    };
    shelf.swap(&name, Box::new(decide)).await?;
    match found.into_inner() {
        Found::Nothing => {}
        other => return Ok(Taken::Found(other)),
    }
    // Some stores report a swap that was lost as one that was won, or the other way round; what stands there in the end
    // does not lie. That the record is there is put down meanwhile, to be found when it has expired.
    let (value, ()) = futures_util::join!(shelf.load(&name), collect::list(shelf, key, expires));
    let mine = Mine {
        ctx: ctx.clone(),
        shelf: shelf.clone(),
        key: key.clone(),
        name,
        expires,
        repeatable: policy.repeatable,
    };
    let Ok(value) = value else {
        mine.retract(by);
        return Err(());
    };
    match read(value.as_deref(), key) {
        Found::Record(record) if record.state == (State::UnderWay { by, until }) => Ok(Taken::Mine(mine)),
        // The store has lost it.
        Found::Nothing => Err(()),
        other => Ok(Taken::Found(other)),
    }
}

/// What a record means for a repetition; nothing if it is to be waited for.
fn judged(ctx: &Context, key: &Key, found: Found) -> Option<Claim> {
    let record = match found {
        Found::Record(record) => record,
        Found::Nothing => return None,
        Found::Strange => {
            let message = format!(
                "what the shared store has under `{}` is no record of a call",
                key.record()
            );
            ctx.log("error", &message);
            return Some(Claim::Refused(unknown(ctx)));
        }
    };
    if record.fingerprint != key.fingerprint {
        return Some(Claim::Refused(Error::new(
            ErrorCode::IdempotencyKeyReused,
            "This idempotency key was used for another call. Use a new one for each thing to be done.",
        )));
    }
    if is_under_way(&record, ctx) {
        return None;
    }
    let refused = match record.state {
        State::Done(outcome) => match shape::decode(&outcome, ctx.operation()) {
            Some(outcome) => return Some(Claim::Done(outcome)),
            None => unknown(ctx),
        },
        State::DoneAndTooLarge => Error::conflict("This was done before. Its answer was too large to be kept."),
        State::UnderWay { .. } | State::Unknown => unknown(ctx),
    };
    Some(Claim::Refused(refused))
}

fn is_under_way(record: &Record, ctx: &Context) -> bool {
    matches!(record.state, State::UnderWay { until, .. } if until > now(ctx))
}

fn in_progress(ctx: &Context) -> Error {
    let message = format!(
        "{} is under way with this idempotency key. Try again in a moment to learn what came of it.",
        ctx.operation().id
    );
    Error::new(ErrorCode::RequestInProgress, message).with_retry_after(5)
}

fn unknown(ctx: &Context) -> Error {
    let message = format!(
        "{} broke off when it was called with this idempotency key before, and whether it was done is not known. Look, then \
         repeat it with a new key if need be; nothing was changed now.",
        ctx.operation().id
    );
    Error::new(ErrorCode::OutcomeUnknown, message)
}

fn read(value: Option<&[u8]>, key: &Key) -> Found {
    match value.map(|value| Record::decode(value, key)) {
        None => Found::Nothing,
        Some(Some(record)) => Found::Record(record),
        Some(None) => Found::Strange,
    }
}

impl Mine {
    /// Writes what came of it. It is written before it is answered, so that what a caller has heard is not done again; if
    /// the store fails at that very moment it is written afterwards.
    pub(super) async fn write(self, state: State) {
        let record = Record {
            expires: self.expires,
            fingerprint: self.key.fingerprint,
            state,
        };
        let value = record.encode(self.ctx.port(), &self.key);
        collect::now_and_then(&self.ctx, &self.shelf);
        self.change(Some(value.into())).await;
    }

    /// As if it had not been called.
    pub(super) async fn release(self) {
        self.change(None).await;
    }

    /// Takes the record away once the store answers, should it be there: nobody does the call.
    fn retract(self, by: u64) {
        let spawner = self.ctx.shared_port();
        spawner.spawn(Box::pin(async move {
            for wait in AGAIN_AFTER {
                self.ctx.sleep(wait).await;
                let Ok(value) = self.shelf.load(&self.name).await else {
                    continue;
                };
                if let Found::Record(record) = read(value.as_deref(), &self.key)
                    && matches!(record.state, State::UnderWay { by: other, .. } if other == by)
                {
                    self.release().await;
                }
                return;
            }
        }));
    }

    /// At once; or when the store is back, and the answer does not wait for that.
    async fn change(self, value: Option<Bytes>) {
        if self.try_change(value.clone()).await.is_ok() {
            return;
        }
        let spawner = self.ctx.shared_port();
        spawner.spawn(Box::pin(async move {
            for wait in AGAIN_AFTER {
                self.ctx.sleep(wait).await;
                if self.try_change(value.clone()).await.is_ok() {
                    return;
                }
            }
            self.ctx.log(
                "error",
                "the shared store failed, and what came of a call is not kept: a repetition will be told that it is not known",
            );
        }));
    }

    async fn try_change(&self, value: Option<Bytes>) -> Result<(), ()> {
        match value {
            Some(value) => self.shelf.store(&self.name, value).await,
            None => self.shelf.remove(&self.name).await,
        }
    }
}

fn now(ctx: &Context) -> u64 {
    u64::try_from(ctx.now().as_millisecond()).unwrap_or_default()
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

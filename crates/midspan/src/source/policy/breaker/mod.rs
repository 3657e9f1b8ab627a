//! A circuit breaker (M. Nygard, "Release It!", 2007): a source that fails again and again is not asked for a while, so
//! that callers are told at once and the source can recover.
//!
//! [`circuit`] is what there is to know, and what becomes of it; [`watch`] is this instance's copy of it and its exchange
//! with the shared store.

mod circuit;
mod watch;

use std::{cell::Cell, rc::Rc, time::Duration};

use futures_util::future::LocalBoxFuture;
use http::StatusCode;

use self::circuit::Turn;
pub(super) use self::watch::Watch;
use super::{Outcome, Shared};
use crate::{Context, Result, source::Source};

/// When a source is not asked for a while.
///
/// After some failed calls in a row the breaker *opens*: calls fail at once with `SourceUnavailable` and `Retry-After`.
/// After a while one call goes through, without retries, to see whether the source is well (*half-open*). If it is, the
/// breaker *closes*; if not, it stays open for as long again.
///
/// **What is a failure.** No connection, a broken one, a status of 500 and above (but not a SOAP source's 500, which is
/// how faults come), and no answer within the time-out, if the call had at least half of the time that such calls usually
/// have. What a call's retries mend is none. Refusals (4xx) are none either, 429 included: the source is there, and says
/// what it wants.
///
/// **Who knows of it.** All instances of all components of the application on all machines, by the shared store. A source
/// that is well costs one look into the store a second and instance; failures are written after the answer. So an instance
/// may be a second behind the others, and a source that recovers may get a few calls in place of one. Where the store can't
/// be used each instance goes by what it has seen itself; no call fails for it.
///
/// ```
/// use std::time::Duration;
/// use midspan::source::{Breaker, Source};
///
/// static PAYROLL: Source = Source::soap("payroll").breaker(Breaker::after(5).open_for(Duration::from_secs(20)));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Breaker {
    after: u32,
    open_for: Duration,
    works: Works,
}

/// What does the work, by pointers, so that a component links it only if one of its sources has a breaker.
#[derive(Debug, Clone, Copy)]
struct Works {
    turn: for<'a> fn(Guarded<'a>, takes: Duration) -> LocalBoxFuture<'a, Result<Turn>>,
    note: fn(Guarded<'_>, Turn, failed: Option<bool>),
}

/// A source with a breaker, for a call to it.
#[derive(Clone, Copy)]
struct Guarded<'a> {
    ctx: &'a Context,
    source: &'static Source,
    breaker: Breaker,
    watch: &'a Rc<Watch>,
}

impl Breaker {
    /// Opens after so many failed calls in a row.
    ///
    /// # Panics
    /// When it is compiled, if `failures` is 0.
    #[must_use]
    pub const fn after(failures: u32) -> Self {
        assert!(failures > 0, "a breaker that opens without a failure never closes");
        Self {
            after: failures,
            open_for: Duration::from_secs(30),
            works: Works {
                turn: watch::turn,
                note: watch::note,
            },
        }
    }

    /// How long the source is left alone; 30 seconds unless told.
    #[must_use]
    pub const fn open_for(mut self, duration: Duration) -> Self {
        self.open_for = duration;
        self
    }
}

/// What a call may take.
#[derive(Clone, Copy)]
pub(in crate::source) struct Time {
    /// When it is ended, on the port's monotonic clock.
    pub(in crate::source) ends: Duration,
    /// What calls to the source have of this operation, if nobody else needs time.
    pub(in crate::source) usual: Duration,
}

/// A call that was let through; what comes of it is noted, also where it is dropped.
pub(in crate::source) struct Passage<'c> {
    ctx: &'c Context,
    source: &'static Source,
    shared: Rc<Shared>,
    turn: Turn,
    time: Time,
    began: Duration,
    attempts: &'c Cell<u32>,
    is_noted: bool,
}

impl<'c> Passage<'c> {
    /// # Errors
    /// `SourceUnavailable` while the source is left alone.
    pub(in crate::source) async fn ask(
        ctx: &'c Context,
        source: &'static Source,
        shared: Rc<Shared>,
        time: Time,
        attempts: &'c Cell<u32>,
    ) -> Result<Self> {
        let turn = match source.policy.breaker {
            None => Turn::Ordinary,
            Some(breaker) => {
                let guarded = Guarded {
                    ctx,
                    source,
                    breaker,
                    watch: &shared.watch,
                };
                (breaker.works.turn)(guarded, time.usual).await?
            }
        };
        Ok(Self {
            ctx,
            source,
            shared,
            turn,
            time,
            began: ctx.port().monotonic(),
            attempts,
            is_noted: false,
        })
    }

    /// Whether it is the one call that shows whether the source is well again: it is made once.
    pub(in crate::source) fn is_probe(&self) -> bool {
        self.turn == Turn::Probe
    }

    pub(in crate::source) fn note(mut self, outcome: &Outcome) {
        let failed = match outcome {
            Ok(response) => Some(is_failure(self.source, response.status())),
            Err(failure) => failure.in_passing.then_some(true),
        };
        self.end(failed);
    }

    /// With nothing, where it says neither that the source is well nor that it is not.
    fn end(&mut self, failed: Option<bool>) {
        self.is_noted = true;
        if let Some(breaker) = self.source.policy.breaker {
            let guarded = Guarded {
                ctx: self.ctx,
                source: self.source,
                breaker,
                watch: &self.shared.watch,
            };
            (breaker.works.note)(guarded, self.turn, failed);
        }
    }

    /// A caller that has no patience says nothing of the source.
    fn timed_out(&self) -> bool {
        let now = self.ctx.port().monotonic();
        now >= self.time.ends && self.attempts.get() > 0 && now.saturating_sub(self.began) * 2 >= self.time.usual
    }
}

impl Drop for Passage<'_> {
    fn drop(&mut self) {
        if !self.is_noted {
            let failed = self.timed_out().then_some(true);
            self.end(failed);
        }
    }
}

/// SOAP 1.1 s. 6.2: a fault comes with 500, also if the caller is at fault.
fn is_failure(source: &Source, status: StatusCode) -> bool {
    status.is_server_error() && !(source.protocol == "soap" && status == StatusCode::INTERNAL_SERVER_ERROR)
}

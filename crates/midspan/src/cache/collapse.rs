//! Concurrent equal misses make one call: here within an instance; between instances and hosts by a [`lease`](super::lease).

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};

use bytes::Bytes;

use super::{entry::Entry, key::Key, look_ups::LookUps, near::Near};
use crate::{Error, port::Port};

/// The first look of those who wait for a source, of those who wait for the store, and the longest time between two.
const SOON: Duration = Duration::from_millis(5);
const AT_ONCE: Duration = Duration::from_millis(1);
const SELDOM: Duration = Duration::from_millis(100);

/// How those who wait look whether it is over: the longer it takes, the less often. They look, instead of being woken,
/// because who ends may belong to another request of the instance: see `source::policy::limit`.
pub(super) struct Patience<'p> {
    port: &'p dyn Port,
    since: Duration,
    soon: Duration,
}

impl<'p> Patience<'p> {
    pub(super) fn new(port: &'p dyn Port) -> Self {
        Self {
            port,
            since: port.monotonic(),
            soon: SOON,
        }
    }

    pub(super) fn for_the_store(port: &'p dyn Port) -> Self {
        Self {
            soon: AT_ONCE,
            ..Self::new(port)
        }
    }

    /// Waits until it is worth to look again: an eighth of the time so far, which is what it may cost.
    pub(super) async fn pause(&self) {
        let waited = self.port.monotonic().saturating_sub(self.since);
        self.port.sleep((waited / 8).clamp(self.soon, SELDOM)).await;
    }
}

/// What all requests to one instance share of the cache. Answers for one user never come to rest here.
#[derive(Default)]
pub(crate) struct InInstance {
    /// On the monotonic clock.
    pub(super) store_rests_until: Cell<Duration>,
    pub(super) near: Near,
    /// Few: an instance serves few requests at once.
    flights: RefCell<Vec<(Key, Rc<Flight>)>>,
    pub(super) look_ups: LookUps,
}

/// A call that is under way for all who want its answer.
#[derive(Default)]
pub(super) struct Flight(RefCell<Option<Landing>>);

/// How it ended.
#[derive(Debug, Clone)]
pub(super) enum Landing {
    /// With an answer for everybody.
    Shared(Rc<Entry>),
    /// With an answer that is in the store for those who have its key.
    Stored,
    /// With an answer that is for the one who asked alone.
    Alone,
    /// The source answered that it can't, to somebody who asked for the same audience.
    Refused(http::Response<Bytes>),
    /// The source failed.
    Failed(Error),
    /// Whoever made it went away.
    GivenUp,
}

/// Whose turn it is.
pub(super) enum Turn {
    Mine(Pilot),
    Theirs(Rc<Flight>),
}

/// The one who makes the call. Dropped before it lands, it has given up.
pub(super) struct Pilot {
    flight: Rc<Flight>,
    port: Rc<dyn Port>,
}

impl InInstance {
    pub(super) fn turn(&self, key: Key, port: Rc<dyn Port>) -> Turn {
        let mut flights = self.flights.borrow_mut();
        if let Some((_, flight)) = flights.iter().find(|(of, _)| *of == key) {
            return Turn::Theirs(flight.clone());
        }
        let flight = Rc::<Flight>::default();
        flights.push((key, flight.clone()));
        Turn::Mine(Pilot { flight, port })
    }
}

impl Flight {
    /// How it ended, when it has.
    pub(super) async fn landing(&self, port: &dyn Port) -> Landing {
        let patience = Patience::new(port);
        loop {
            if let Some(landing) = &*self.0.borrow() {
                return landing.clone();
            }
            patience.pause().await;
        }
    }
}

impl Pilot {
    /// Gives all who wait the outcome.
    pub(super) fn land(self, landing: Landing) {
        self.flight.0.replace(Some(landing));
    }
}

impl Drop for Pilot {
    fn drop(&mut self) {
        self.flight.0.borrow_mut().get_or_insert(Landing::GivenUp);
        let instance = self.port.instance();
        instance
            .cache
            .flights
            .borrow_mut()
            .retain(|(_, flight)| !Rc::ptr_eq(flight, &self.flight));
    }
}

//! The keys of one issuer in this instance's memory, and which of its requests fetches them.

use std::{cell::RefCell, rc::Rc};

use crate::admit::jwt::Jwk;

/// Those of all issuers. They are public: nothing of a user.
#[derive(Default)]
pub(crate) struct KeySets(RefCell<Vec<(String, Rc<KeySet>)>>);

/// Those of one.
#[derive(Default)]
pub(super) struct KeySet(RefCell<State>);

#[derive(Default)]
struct State {
    keys: Option<Rc<Keys>>,
    /// Whether one of the requests is fetching them.
    taken: bool,
    /// How many fetches have ended.
    round: u64,
    /// How many of them have asked the issuer, and not only the store.
    asked: u64,
    /// Until when nobody asks because asking has just failed, in seconds.
    rests_until: i64,
    /// When the next look for an unknown key is due, were they spaced evenly, in seconds.
    next_look: i64,
}

/// What a fetch has brought.
pub(super) enum Brought {
    /// What the store had; the issuer was not asked.
    Stored(Option<Keys>),
    /// What the issuer gave.
    Issued(Option<Keys>),
}

/// What an issuer gave.
pub(super) struct Keys {
    /// Seconds since the epoch.
    pub(super) fetched: i64,
    pub(super) keys: Vec<Jwk>,
}

/// Seconds between looks for keys that nobody knows, and how many may come in a row.
const LOOK_AGAIN: i64 = 30;
const LOOKS_IN_A_ROW: i64 = 3;

/// How far off the next look can get, in seconds.
pub(super) const FURTHEST_LOOK: i64 = LOOK_AGAIN * LOOKS_IN_A_ROW;

/// When the look after this one is due, if this one may be now: the generic cell rate algorithm of ITU-T I.371.
pub(super) fn next_look(due: i64, now: i64) -> Option<i64> {
    let due = due.max(now);
    (due - now <= LOOK_AGAIN * (LOOKS_IN_A_ROW - 1)).then_some(due + LOOK_AGAIN)
}

/// Seconds after a failure in which nobody asks again.
const REST: i64 = 5;

/// The right to fetch them, until it is dropped.
pub(super) struct Turn(Rc<KeySet>);

impl KeySets {
    /// Those that this metadata leads to.
    pub(super) fn of(&self, metadata: &str) -> Rc<KeySet> {
        let mut all = self.0.borrow_mut();
        if let Some((_, set)) = all.iter().find(|(of, _)| of == metadata) {
            return set.clone();
        }
        let set = Rc::<KeySet>::default();
        all.push((metadata.to_owned(), set.clone()));
        set
    }
}

impl KeySet {
    pub(super) fn keys(&self) -> Option<Rc<Keys>> {
        self.0.borrow().keys.clone()
    }

    pub(super) fn round(&self) -> u64 {
        self.0.borrow().round
    }

    pub(super) fn asked(&self) -> u64 {
        self.0.borrow().asked
    }

    pub(super) fn rests(&self, now: i64) -> bool {
        now < self.0.borrow().rests_until
    }

    /// Whether an unknown key is a reason to ask, and counts it.
    pub(super) fn may_look_again(&self, now: i64) -> bool {
        let mut state = self.0.borrow_mut();
        // Another one is asking already.
        if state.taken {
            return true;
        }
        if now < state.rests_until {
            return false;
        }
        match next_look(state.next_look, now) {
            Some(next) => {
                state.next_look = next;
                true
            }
            None => false,
        }
    }

    pub(super) fn turn(self: &Rc<Self>) -> Option<Turn> {
        let mut state = self.0.borrow_mut();
        (!std::mem::replace(&mut state.taken, true)).then(|| Turn(self.clone()))
    }
}

impl Turn {
    /// Takes what was brought; without it, the keys at hand stay.
    pub(super) fn end(self, now: i64, brought: Brought) {
        let mut state = self.0.0.borrow_mut();
        state.round += 1;
        state.asked += u64::from(matches!(brought, Brought::Issued(_)));
        let (Brought::Stored(keys) | Brought::Issued(keys)) = brought;
        match keys {
            Some(keys) => state.keys = Some(Rc::new(keys)),
            None => state.rests_until = now + REST,
        }
    }
}

/// A request that ends before it has fetched anything gives its turn to the next.
impl Drop for Turn {
    fn drop(&mut self) {
        self.0.0.borrow_mut().taken = false;
    }
}

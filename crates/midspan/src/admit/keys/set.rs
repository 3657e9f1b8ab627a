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
    /// Until when nobody asks because asking has just failed, in seconds.
    rests_until: i64,
    /// When the next look for an unknown key is due, were they spaced evenly, in seconds.
    next_look: i64,
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

    pub(super) fn rests(&self, now: i64) -> bool {
        now < self.0.borrow().rests_until
    }

    /// Whether an unknown key is a reason to ask, and counts it (the generic cell rate algorithm of ITU-T I.371).
    pub(super) fn may_look_again(&self, now: i64) -> bool {
        let mut state = self.0.borrow_mut();
        // Another one is asking already.
        if state.taken {
            return true;
        }
        let due = state.next_look.max(now);
        if now < state.rests_until || due - now > LOOK_AGAIN * (LOOKS_IN_A_ROW - 1) {
            return false;
        }
        state.next_look = due + LOOK_AGAIN;
        true
    }

    pub(super) fn turn(self: &Rc<Self>) -> Option<Turn> {
        let mut state = self.0.borrow_mut();
        (!std::mem::replace(&mut state.taken, true)).then(|| Turn(self.clone()))
    }
}

impl Turn {
    /// Takes what was brought; without it, the keys at hand stay.
    pub(super) fn end(self, now: i64, brought: Option<Keys>) {
        let mut state = self.0.0.borrow_mut();
        state.round += 1;
        match brought {
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

//! The tokens in this instance's memory, and who of its calls fetches one.

use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
    time::Duration,
};

use http::HeaderValue;

use super::{Token, Wanted};
use crate::{Context, Error, Result};

/// All of an instance.
///
/// A connector's own token is kept as long as the instance. Of a user's, the instance has only a weak reference, found by
/// the hash of the caller's whole token: what holds it are the requests under way with that very token, and with the last
/// of them it is gone.
#[derive(Default)]
pub(crate) struct Tokens {
    own: RefCell<Vec<([u8; 32], Rc<Slot>)>>,
    of_users: RefCell<Vec<([u8; 32], Weak<Slot>)>>,
    /// Whether the log says already that tokens are not stored.
    pub(super) said_that_none_is_stored: Cell<bool>,
}

/// Where one token is, or will be.
#[derive(Default)]
pub(crate) struct Slot(RefCell<State>);

#[derive(Default)]
struct State {
    token: Option<Token>,
    /// Whether one of the calls is fetching it.
    taken: bool,
    /// How many fetches have ended.
    round: u64,
    /// Why the last one brought nothing.
    failure: Option<Error>,
    /// On the port's monotonic clock.
    rests_until: Duration,
}

/// The right to fetch the token, until it is dropped.
pub(super) struct Turn(Rc<Slot>);

impl Tokens {
    pub(super) fn slot(&self, ctx: &Context, wanted: &Wanted) -> Rc<Slot> {
        if wanted.assertion().is_none() {
            let mut own = self.own.borrow_mut();
            if let Some((_, slot)) = own.iter().find(|(binding, _)| *binding == wanted.binding) {
                return slot.clone();
            }
            own.push((wanted.binding, Rc::default()));
            return own[own.len() - 1].1.clone();
        }
        let mut of_users = self.of_users.borrow_mut();
        of_users.retain(|(_, slot)| slot.strong_count() > 0);
        let known = of_users.iter().find(|(binding, _)| *binding == wanted.binding);
        let slot = known.and_then(|(_, slot)| slot.upgrade()).unwrap_or_else(|| {
            let slot = Rc::default();
            of_users.push((wanted.binding, Rc::downgrade(&slot)));
            slot
        });
        ctx.keep(&slot);
        slot
    }
}

impl Slot {
    pub(super) fn round(&self) -> u64 {
        self.0.borrow().round
    }

    /// What the last fetch brought, if it ended after `round`.
    pub(super) fn outcome_since(&self, round: u64) -> Option<Result<Token>> {
        let state = self.0.borrow();
        if state.round == round {
            return None;
        }
        match (&state.failure, &state.token) {
            (Some(error), _) => Some(Err(error.clone())),
            (None, token) => token.clone().map(Ok),
        }
    }

    pub(super) fn usable(&self, now: i64, rejected: Option<&HeaderValue>) -> Option<Token> {
        let state = self.0.borrow();
        state.token.clone().filter(|token| token.is_usable(now, rejected))
    }

    /// Until when nothing is renewed beside the calls.
    pub(super) fn rests_until(&self) -> Duration {
        self.0.borrow().rests_until
    }

    /// The right to fetch it, unless another call has it.
    pub(super) fn turn(self: &Rc<Self>) -> Option<Turn> {
        let mut state = self.0.borrow_mut();
        (!std::mem::replace(&mut state.taken, true)).then(|| Turn(self.clone()))
    }
}

impl Turn {
    /// Tells all who wait.
    pub(super) fn end(self, outcome: Result<Token>) -> Result<Token> {
        let mut state = self.0.0.borrow_mut();
        state.round += 1;
        state.failure = outcome.as_ref().err().cloned();
        if let Ok(token) = &outcome {
            state.token = Some(token.clone());
        }
        drop(state);
        outcome
    }

    /// Leaves it as it is until then.
    pub(super) fn rest(self, until: Duration) {
        self.0.0.borrow_mut().rests_until = until;
    }
}

/// A call that ends before it has fetched anything gives its turn to the next.
impl Drop for Turn {
    fn drop(&mut self) {
        self.0.0.borrow_mut().taken = false;
    }
}

//! Something that is under way once, and awaited by several.

use std::{
    cell::RefCell,
    future::poll_fn,
    pin::pin,
    rc::Rc,
    task::{Poll, Waker},
    time::Duration,
};

use futures_util::future::{Either, select};

use crate::port::Port;

/// How often those who wait look whether it was given up.
///
/// They look, instead of being woken, because a future is also dropped when its whole request is: on WASI 0.3 its task
/// does not run at that moment, and waking one that does not run ends the instance.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// What is under way; those who wait hold it, and its [`Pilot`].
pub(super) struct Flight<T>(RefCell<State<T>>);

enum State<T> {
    UnderWay(Vec<Waker>),
    Landed(T),
    GivenUp,
}

/// The one who does it. If it is dropped before it lands, the flight is given up.
pub(super) struct Pilot<T>(Rc<Flight<T>>);

impl<T: Clone> Flight<T> {
    /// A flight that begins.
    pub(super) fn begin() -> (Pilot<T>, Rc<Self>) {
        let flight = Rc::new(Self(RefCell::new(State::UnderWay(Vec::new()))));
        (Pilot(flight.clone()), flight)
    }

    /// What came of it; nothing if it was given up.
    pub(super) async fn landed(&self, port: &dyn Port) -> Option<T> {
        loop {
            let landed = pin!(poll_fn(|context| self.poll(context.waker())));
            if let Either::Left((outcome, _)) = select(landed, port.sleep(LOOK_EVERY)).await {
                return outcome;
            }
        }
    }

    fn poll(&self, waker: &Waker) -> Poll<Option<T>> {
        match &mut *self.0.borrow_mut() {
            State::Landed(outcome) => Poll::Ready(Some(outcome.clone())),
            State::GivenUp => Poll::Ready(None),
            State::UnderWay(waiting) => {
                if !waiting.iter().any(|known| known.will_wake(waker)) {
                    waiting.push(waker.clone());
                }
                Poll::Pending
            }
        }
    }
}

impl<T> Pilot<T> {
    /// Gives all who wait the outcome.
    pub(super) fn land(self, outcome: T) {
        let before = self.0.0.replace(State::Landed(outcome));
        if let State::UnderWay(waiting) = before {
            waiting.into_iter().for_each(Waker::wake);
        }
    }
}

impl<T> Drop for Pilot<T> {
    fn drop(&mut self) {
        let mut state = self.0.0.borrow_mut();
        if matches!(*state, State::UnderWay(_)) {
            *state = State::GivenUp;
        }
    }
}

//! A cap on the requests that one instance has under way to a source.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    time::Duration,
};

use crate::port::Port;

/// How often a request that waits looks whether it is its turn.
///
/// It looks, instead of being woken, because whoever ends may belong to another request of the instance: on WASI 0.3
/// that is another task, and waking one would cost every sleeping task a stream of its own.
const LOOK_EVERY: Duration = Duration::from_millis(5);

#[derive(Default)]
pub(super) struct Limit {
    under_way: Cell<usize>,
    /// The numbers of those that wait, in the order in which they came.
    queue: RefCell<VecDeque<u64>>,
    last_number: Cell<u64>,
}

/// The right to have a request under way, until it is dropped.
pub(super) struct Turn<'l>(&'l Limit);

/// A place in the queue, until it is dropped.
struct Place<'l> {
    limit: &'l Limit,
    number: u64,
}

impl Limit {
    /// Waits until fewer than `max` are under way and all who came before have had their turn; nothing if that takes longer
    /// than `patience`.
    pub(super) async fn turn(&self, max: usize, patience: Option<Duration>, port: &dyn Port) -> Option<Turn<'_>> {
        if let Some(turn) = self.try_turn(max) {
            return Some(turn);
        }
        let came = port.monotonic();
        let place = self.place();
        while !place.is_due(max) {
            let waited = port.monotonic().saturating_sub(came);
            if patience.is_some_and(|patience| waited >= patience) {
                return None;
            }
            port.sleep(LOOK_EVERY).await;
        }
        Some(self.begin())
    }

    /// A turn, if nobody needs to wait for one.
    pub(super) fn try_turn(&self, max: usize) -> Option<Turn<'_>> {
        (self.queue.borrow().is_empty() && self.under_way.get() < max).then(|| self.begin())
    }

    fn begin(&self) -> Turn<'_> {
        self.under_way.set(self.under_way.get() + 1);
        Turn(self)
    }

    fn place(&self) -> Place<'_> {
        let number = self.last_number.get() + 1;
        self.last_number.set(number);
        self.queue.borrow_mut().push_back(number);
        Place { limit: self, number }
    }
}

impl Place<'_> {
    /// Whether there is room for it and for those before it.
    fn is_due(&self, max: usize) -> bool {
        let room = max.saturating_sub(self.limit.under_way.get());
        self.limit
            .queue
            .borrow()
            .iter()
            .take(room)
            .any(|number| *number == self.number)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.limit.queue.borrow_mut().retain(|number| *number != self.number);
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.under_way.set(self.0.under_way.get() - 1);
    }
}

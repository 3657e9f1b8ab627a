//! A small layer in front of the store, in the instance: answers for everybody, for a moment.

use std::{cell::RefCell, collections::VecDeque, rc::Rc, time::Duration};

use super::{entry::Entry, key::Key};

/// An instance has some tens of megabytes, and serves few different things.
const MOST_ENTRIES: usize = 64;
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// What this instance has seen in the store a moment ago; the oldest first.
#[derive(Default)]
pub(super) struct Near(RefCell<VecDeque<Seen>>);

struct Seen {
    key: Key,
    entry: Rc<Entry>,
    /// On the monotonic clock.
    at: Duration,
}

impl Near {
    /// The entry, if it was seen no longer ago than `bound`.
    pub(super) fn get(&self, key: &Key, now: Duration, bound: Duration) -> Option<Rc<Entry>> {
        let all = self.0.borrow();
        let seen = all.iter().find(|seen| seen.key == *key)?;
        (now.saturating_sub(seen.at) < bound).then(|| seen.entry.clone())
    }

    /// Keeps an entry that was found or stored now.
    pub(super) fn put(&self, key: Key, entry: Rc<Entry>, now: Duration) {
        let mut all = self.0.borrow_mut();
        all.retain(|seen| seen.key != key);
        all.push_back(Seen { key, entry, at: now });
        let mut bytes: usize = all.iter().map(|seen| seen.entry.body.len()).sum();
        while all.len() > MOST_ENTRIES || bytes > MOST_BYTES {
            let Some(oldest) = all.pop_front() else { break };
            bytes -= oldest.entry.body.len();
        }
    }

    /// Forgets everything: something has changed, and the store knows what.
    pub(super) fn clear(&self) {
        self.0.borrow_mut().clear();
    }
}

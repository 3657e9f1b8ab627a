//! What came of each request of a batch.

use serde::de::DeserializeOwned;

use super::Slot;
use crate::{
    Context, Error, Result,
    source::{Answer, odata::Entity},
};

/// The answers to a [`Batch`](super::Batch): each request has its own, or its own error.
pub struct Answers<'c> {
    pub(super) ctx: &'c Context,
    pub(super) outcomes: Vec<Result<Answer>>,
}

impl Answers<'_> {
    /// The JSON that was answered.
    ///
    /// # Errors
    /// As [`Call::json`](crate::source::Call::json).
    pub fn json<T: DeserializeOwned>(&self, slot: Slot<T>) -> Result<T> {
        self.success(slot)?.json(self.ctx)
    }

    /// The JSON that was answered, or nothing where there is no such thing (404 or 410).
    ///
    /// # Errors
    /// As [`Call::found`](crate::source::Call::found).
    pub fn found<T: DeserializeOwned>(&self, slot: Slot<T>) -> Result<Option<T>> {
        let answer = self.answer(slot)?;
        if answer.is_absent() {
            return Ok(None);
        }
        answer.success(self.ctx)?.json(self.ctx).map(Some)
    }

    /// The entity that was answered, with its `ETag`.
    ///
    /// # Errors
    /// As [`Call::entity`](crate::source::Call::entity).
    pub fn entity<T: DeserializeOwned>(&self, slot: Slot<T>) -> Result<Entity<T>> {
        self.success(slot)?.entity(self.ctx)
    }

    /// The answer where its status is 2xx, as of a change.
    ///
    /// # Errors
    /// As [`Call::success`](crate::source::Call::success).
    pub fn success<T>(&self, slot: Slot<T>) -> Result<Answer> {
        self.answer(slot)?.success(self.ctx)
    }

    /// The answer, with any status.
    ///
    /// # Errors
    /// Those of the batch, where it had no answer.
    pub fn answer<T>(&self, slot: Slot<T>) -> Result<Answer> {
        let outcome = self.outcomes.get(slot.at);
        outcome
            .cloned()
            .unwrap_or_else(|| Err(Error::failed("a slot of another batch")))
    }
}

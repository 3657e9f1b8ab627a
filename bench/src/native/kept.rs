//! Whole answers in the program's own memory: what a program has that runs on one machine.

use std::{
    num::NonZeroUsize,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use bytes::Bytes;
use lru::LruCache;

/// As long as Midspan's operation keeps them.
const LIFETIME: Duration = Duration::from_mins(10);
/// As many as Midspan's store holds.
const MOST: NonZeroUsize = NonZeroUsize::new(100_000).unwrap();

/// By path and query.
pub(super) struct Kept(Mutex<LruCache<String, (Instant, Bytes)>>);

impl Kept {
    pub(super) fn new() -> Self {
        Self(Mutex::new(LruCache::new(MOST)))
    }

    pub(super) fn get(&self, key: &str) -> Option<Bytes> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, answer) = all.get(key)?;
        (since.elapsed() < LIFETIME).then(|| answer.clone())
    }

    pub(super) fn put(&self, key: &str, answer: Bytes) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.put(key.to_owned(), (Instant::now(), answer));
    }
}

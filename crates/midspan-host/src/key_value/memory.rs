//! A store that lives as long as the host: no file, nothing kept.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures::FutureExt;
use futures::future::{BoxFuture, ready};

use super::{Store, StoreError};

/// A store in memory.
#[derive(Default)]
pub struct MemoryStore(Mutex<BTreeMap<String, Vec<u8>>>);

impl MemoryStore {
    fn values(&self) -> MutexGuard<'_, BTreeMap<String, Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for MemoryStore {
    fn get(&self, key: String) -> BoxFuture<'_, Result<Option<Vec<u8>>, StoreError>> {
        ready(Ok(self.values().get(&key).cloned())).boxed()
    }

    fn set(&self, key: String, value: Vec<u8>) -> BoxFuture<'_, Result<(), StoreError>> {
        self.values().insert(key, value);
        ready(Ok(())).boxed()
    }

    fn delete(&self, key: String) -> BoxFuture<'_, Result<(), StoreError>> {
        self.values().remove(&key);
        ready(Ok(())).boxed()
    }

    fn exists(&self, key: String) -> BoxFuture<'_, Result<bool, StoreError>> {
        ready(Ok(self.values().contains_key(&key))).boxed()
    }

    fn keys(&self) -> BoxFuture<'_, Result<Vec<String>, StoreError>> {
        ready(Ok(self.values().keys().cloned().collect())).boxed()
    }
}

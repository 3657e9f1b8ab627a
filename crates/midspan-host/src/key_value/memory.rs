//! A store that lives as long as the host: no file, nothing kept.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures::FutureExt;
use futures::future::ready;

use super::{Answer, Store, number};

/// A store in memory.
#[derive(Default)]
pub struct MemoryStore(Mutex<BTreeMap<String, Vec<u8>>>);

impl MemoryStore {
    fn values(&self) -> MutexGuard<'_, BTreeMap<String, Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for MemoryStore {
    fn get(&self, key: String) -> Answer<'_, Option<Vec<u8>>> {
        ready(Ok(self.values().get(&key).cloned())).boxed()
    }

    fn set(&self, key: String, value: Vec<u8>) -> Answer<'_, ()> {
        self.values().insert(key, value);
        ready(Ok(())).boxed()
    }

    fn delete(&self, key: String) -> Answer<'_, ()> {
        self.values().remove(&key);
        ready(Ok(())).boxed()
    }

    fn exists(&self, key: String) -> Answer<'_, bool> {
        ready(Ok(self.values().contains_key(&key))).boxed()
    }

    fn keys(&self) -> Answer<'_, Vec<String>> {
        ready(Ok(self.values().keys().cloned().collect())).boxed()
    }

    fn get_many(&self, keys: Vec<String>) -> Answer<'_, Vec<(String, Vec<u8>)>> {
        let values = self.values();
        let found = keys
            .into_iter()
            .filter_map(|key| Some((key.clone(), values.get(&key)?.clone())));
        ready(Ok(found.collect())).boxed()
    }

    fn set_many(&self, values: Vec<(String, Vec<u8>)>) -> Answer<'_, ()> {
        self.values().extend(values);
        ready(Ok(())).boxed()
    }

    fn delete_many(&self, keys: Vec<String>) -> Answer<'_, ()> {
        let mut values = self.values();
        for key in &keys {
            values.remove(key);
        }
        ready(Ok(())).boxed()
    }

    fn increment(&self, key: String, delta: i64) -> Answer<'_, i64> {
        let mut values = self.values();
        let sum = number(values.get(&key).map(Vec::as_slice)).map(|number| number.wrapping_add(delta));
        if let Ok(sum) = sum {
            values.insert(key, sum.to_le_bytes().into());
        }
        ready(sum).boxed()
    }

    fn swap(&self, key: String, expected: Option<Vec<u8>>, value: Vec<u8>) -> Answer<'_, bool> {
        let mut values = self.values();
        let as_expected = values.get(&key) == expected.as_ref();
        if as_expected {
            values.insert(key, value);
        }
        ready(Ok(as_expected)).boxed()
    }
}

//! Key-value stores: what `spin:key-value` and `wasi:keyvalue` read and write.
//!
//! Stores are shared by all components and outlive a reload of the application.

mod memory;
mod redis;
mod sqlite;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use futures::future::BoxFuture;

use crate::error::HostError;
use crate::runtime_config::KeyValueStore;

pub use memory::MemoryStore;
pub use redis::RedisStore;
pub use sqlite::SqliteFile;

/// What went wrong in a store, for the component that asked.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct StoreError(pub String);

/// What a store will answer.
pub type Answer<'a, T> = BoxFuture<'a, Result<T, StoreError>>;

/// One key-value store. Answers never block the thread that asks.
pub trait Store: Send + Sync {
    /// The value of `key`, or none.
    fn get(&self, key: String) -> Answer<'_, Option<Vec<u8>>>;
    /// Sets or replaces the value of `key`. When this answers, the value survives the death of the process.
    fn set(&self, key: String, value: Vec<u8>) -> Answer<'_, ()>;
    /// Removes `key`, whether or not it is there.
    fn delete(&self, key: String) -> Answer<'_, ()>;
    /// Whether `key` has a value.
    fn exists(&self, key: String) -> Answer<'_, bool>;
    /// All keys, in no order.
    fn keys(&self) -> Answer<'_, Vec<String>>;
    /// The values of those of the keys that have one.
    fn get_many(&self, keys: Vec<String>) -> Answer<'_, Vec<(String, Vec<u8>)>>;
    /// Sets or replaces the values, all of them or none.
    fn set_many(&self, values: Vec<(String, Vec<u8>)>) -> Answer<'_, ()>;
    /// Removes the keys, whether or not they are there.
    fn delete_many(&self, keys: Vec<String>) -> Answer<'_, ()>;
    /// Adds `delta` to the number under `key`, which is 0 where there is none, and gives the sum. Numbers are kept as
    /// Spin's store of the same kind keeps them.
    fn increment(&self, key: String, delta: i64) -> Answer<'_, i64>;
    /// Sets the value of `key` if it has the value expected, or none where none is; whether it did.
    fn swap(&self, key: String, expected: Option<Vec<u8>>, value: Vec<u8>) -> Answer<'_, bool>;
}

/// A number as Spin's own store keeps it.
fn number(value: Option<&[u8]>) -> Result<i64, StoreError> {
    let Some(value) = value else { return Ok(0) };
    let bytes = value
        .try_into()
        .map_err(|_| StoreError("the value is not a number".into()))?;
    Ok(i64::from_le_bytes(bytes))
}

/// The stores that were opened since the start of the host, so that a reload finds them again.
#[derive(Default)]
pub(crate) struct OpenStores {
    files: Mutex<BTreeMap<PathBuf, Arc<SqliteFile>>>,
    memories: Mutex<BTreeMap<String, Arc<MemoryStore>>>,
    /// By URL: labels share a server's keys, as in Spin.
    servers: Mutex<BTreeMap<String, Arc<RedisStore>>>,
}

impl OpenStores {
    /// The store with this label and back end; opened when it is new.
    pub(crate) fn open(&self, label: &str, backend: &KeyValueStore) -> Result<Arc<dyn Store>, HostError> {
        match backend {
            KeyValueStore::Sqlite { path } => Ok(Arc::new(self.file(label, path)?.store(label))),
            KeyValueStore::Memory => Ok(self.memory(label)),
            KeyValueStore::Redis { url } => self.redis(label, url),
            other => Err(HostError::Store {
                label: label.into(),
                reason: format!("{other:?} is not supported"),
            }),
        }
    }

    fn file(&self, label: &str, path: &PathBuf) -> Result<Arc<SqliteFile>, HostError> {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = files.get(path) {
            return Ok(Arc::clone(file));
        }
        let failed = |error: StoreError| HostError::Store {
            label: label.into(),
            reason: format!(
                "{error}\n  help: the file is \"{}\"; is its folder writable?",
                path.display()
            ),
        };
        let file = Arc::new(SqliteFile::open(path).map_err(failed)?);
        files.insert(path.clone(), Arc::clone(&file));
        Ok(file)
    }

    fn redis(&self, label: &str, url: &str) -> Result<Arc<dyn Store>, HostError> {
        let mut servers = self.servers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(server) = servers.get(url) {
            return Ok(Arc::clone(server) as _);
        }
        // The URL is not told: it may hold a password.
        let store = RedisStore::new(url).map_err(|error| HostError::Store {
            label: label.into(),
            reason: format!("{error}\n  help: a Redis URL is redis://host:port/database, or rediss:// for TLS"),
        })?;
        let store = Arc::new(store);
        servers.insert(url.to_owned(), Arc::clone(&store));
        Ok(store)
    }

    fn memory(&self, label: &str) -> Arc<MemoryStore> {
        let mut memories = self.memories.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(memories.entry(label.to_owned()).or_default())
    }
}

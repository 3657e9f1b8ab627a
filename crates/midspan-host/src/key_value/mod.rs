//! Key-value stores: what `spin:key-value` reads and writes.
//!
//! Stores are shared by all components and outlive a reload of the application.

mod memory;
mod sqlite;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use futures::future::BoxFuture;

use crate::error::HostError;
use crate::runtime_config::KeyValueStore;

pub use memory::MemoryStore;
pub use sqlite::SqliteFile;

/// What went wrong in a store, for the component that asked.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct StoreError(pub String);

/// One key-value store. Answers never block the thread that asks.
pub trait Store: Send + Sync {
    /// The value of `key`, or none.
    fn get(&self, key: String) -> BoxFuture<'_, Result<Option<Vec<u8>>, StoreError>>;
    /// Sets or replaces the value of `key`. When this answers, the value survives the death of the process.
    fn set(&self, key: String, value: Vec<u8>) -> BoxFuture<'_, Result<(), StoreError>>;
    /// Removes `key`, whether or not it is there.
    fn delete(&self, key: String) -> BoxFuture<'_, Result<(), StoreError>>;
    /// Whether `key` has a value.
    fn exists(&self, key: String) -> BoxFuture<'_, Result<bool, StoreError>>;
    /// All keys, in no order.
    fn keys(&self) -> BoxFuture<'_, Result<Vec<String>, StoreError>>;
}

/// The stores that were opened since the start of the host, so that a reload finds them again.
#[derive(Default)]
pub(crate) struct OpenStores {
    files: Mutex<BTreeMap<PathBuf, Arc<SqliteFile>>>,
    memories: Mutex<BTreeMap<String, Arc<MemoryStore>>>,
}

impl OpenStores {
    /// The store with this label and back end; opened when it is new.
    pub(crate) fn open(&self, label: &str, backend: &KeyValueStore) -> Result<Arc<dyn Store>, HostError> {
        match backend {
            KeyValueStore::Sqlite { path } => Ok(Arc::new(self.file(label, path)?.store(label))),
            KeyValueStore::Memory => Ok(self.memory(label)),
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

    fn memory(&self, label: &str) -> Arc<MemoryStore> {
        let mut memories = self.memories.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(memories.entry(label.to_owned()).or_default())
    }
}

//! Stores in Spin's `SQLite` file, with Spin's table.
//!
//! Reads are answered where they are asked: a value in the page cache is nearer than another thread, and with
//! write-ahead logging no writer makes a reader wait. Nor does another process: it would have to hold the whole file,
//! which it cannot while our writer has it open. Writes go to one thread, which commits what has gathered in one
//! transaction.

mod writer;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::future::ready;
use futures::{FutureExt, TryFutureExt};
use rusqlite::{Connection, ErrorCode, OptionalExtension, params};

use self::writer::{Write, Writer};
use super::{Answer, Store, StoreError};

/// Another process may hold the file: Spin, or a second host.
const BUSY: Duration = Duration::from_secs(5);
/// Reading connections that are kept open.
const READERS: usize = 16;

/// One `SQLite` file, which holds any number of stores.
pub struct SqliteFile {
    path: PathBuf,
    readers: Mutex<Vec<Connection>>,
    writer: Writer,
}

impl SqliteFile {
    /// Opens the file, and makes it and its folder where they do not exist.
    ///
    /// # Errors
    /// If the folder cannot be made, or the file is not a database that can be written.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|error| StoreError(error.to_string()))?;
        }
        let connection = connect(path)?;
        // Survives the death of the process at any time; a power failure may take the last writes, never the file.
        connection.execute_batch(
            "PRAGMA journal_mode = WAL;
             PRAGMA synchronous = NORMAL;
             CREATE TABLE IF NOT EXISTS spin_key_value (
                 store TEXT NOT NULL,
                 key   TEXT NOT NULL,
                 value BLOB NOT NULL,
                 PRIMARY KEY (store, key)
             );",
        )?;
        Ok(Self {
            path: path.to_owned(),
            readers: Mutex::default(),
            writer: Writer::start(connection)?,
        })
    }

    /// The store with this label.
    pub(crate) fn store(self: &Arc<Self>, label: &str) -> SqliteStore {
        SqliteStore {
            file: Arc::clone(self),
            label: label.into(),
        }
    }

    fn read<T>(&self, query: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        let pooled = self.readers().pop();
        let connection = pooled.map_or_else(|| connect(&self.path), Ok)?;
        let answer = query(&connection)?;
        let mut readers = self.readers();
        if readers.len() < READERS {
            readers.push(connection);
        }
        Ok(answer)
    }

    fn readers(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(8);
    Ok(connection)
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self("another process holds the store".into()),
            _ => Self(error.to_string()),
        }
    }
}

/// One store in a [`SqliteFile`].
pub(crate) struct SqliteStore {
    file: Arc<SqliteFile>,
    label: Arc<str>,
}

impl SqliteStore {
    fn value(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.file.read(|connection| {
            connection
                .prepare_cached("SELECT value FROM spin_key_value WHERE store = ?1 AND key = ?2")?
                .query_row(params![&*self.label, key], |row| row.get(0))
                .optional()
        })
    }

    fn write(&self, write: Write) -> impl Future<Output = Result<i64, StoreError>> + Send + 'static {
        self.file.writer.write(&self.label, write)
    }

    fn has(&self, key: &str) -> Result<bool, StoreError> {
        self.file.read(|connection| {
            connection
                .prepare_cached("SELECT 1 FROM spin_key_value WHERE store = ?1 AND key = ?2")?
                .exists(params![&*self.label, key])
        })
    }
}

impl Store for SqliteStore {
    fn get(&self, key: String) -> Answer<'_, Option<Vec<u8>>> {
        ready(self.value(&key)).boxed()
    }

    fn set(&self, key: String, value: Vec<u8>) -> Answer<'_, ()> {
        self.set_many(vec![(key, value)])
    }

    fn delete(&self, key: String) -> Answer<'_, ()> {
        self.delete_many(vec![key])
    }

    fn exists(&self, key: String) -> Answer<'_, bool> {
        ready(self.has(&key)).boxed()
    }

    /// A store may hold a hundred thousand keys: that takes a thread of its own.
    fn keys(&self) -> Answer<'_, Vec<String>> {
        let (file, label) = (Arc::clone(&self.file), Arc::clone(&self.label));
        let read = move || {
            file.read(|connection| {
                connection
                    .prepare_cached("SELECT key FROM spin_key_value WHERE store = ?1")?
                    .query_map(params![&*label], |row| row.get(0))?
                    .collect()
            })
        };
        tokio::task::spawn_blocking(read)
            .map(|joined| joined.unwrap_or_else(|error| Err(StoreError(error.to_string()))))
            .boxed()
    }

    fn get_many(&self, keys: Vec<String>) -> Answer<'_, Vec<(String, Vec<u8>)>> {
        let found = keys.into_iter().filter_map(|key| {
            let value = self.value(&key).transpose()?;
            Some(value.map(|value| (key, value)))
        });
        ready(found.collect()).boxed()
    }

    fn set_many(&self, values: Vec<(String, Vec<u8>)>) -> Answer<'_, ()> {
        self.write(Write::Set(values)).map_ok(drop).boxed()
    }

    fn delete_many(&self, keys: Vec<String>) -> Answer<'_, ()> {
        self.write(Write::Delete(keys)).map_ok(drop).boxed()
    }

    fn increment(&self, key: String, delta: i64) -> Answer<'_, i64> {
        self.write(Write::Increment { key, delta }).boxed()
    }

    fn swap(&self, key: String, expected: Option<Vec<u8>>, value: Vec<u8>) -> Answer<'_, bool> {
        let swap = Write::Swap { key, expected, value };
        self.write(swap).map_ok(|rows| rows == 1).boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_value_is_read_back_after_the_file_was_closed() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("state/sqlite_key_value.db");
        let first = Arc::new(SqliteFile::open(&path).expect("a new file"));
        first
            .store("default")
            .set("k".into(), b"v".to_vec())
            .await
            .expect("a write");
        drop(first);

        let second = Arc::new(SqliteFile::open(&path).expect("the file again"));
        let store = second.store("default");

        assert_eq!(store.get("k".into()).await.expect("a read"), Some(b"v".to_vec()));
        assert!(store.exists("k".into()).await.expect("a read"));
        assert_eq!(store.keys().await.expect("a read"), ["k"]);
        assert_eq!(second.store("other").get("k".into()).await.expect("a read"), None);
    }

    #[tokio::test]
    async fn many_writes_at_once_all_arrive() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = Arc::new(SqliteFile::open(&folder.path().join("kv.db")).expect("a new file"));
        let store = file.store("default");

        let writes = (0..500).map(|n| store.set(format!("k{n}"), vec![0; 8]));
        for written in futures::future::join_all(writes).await {
            written.expect("a write");
        }
        store.delete("k7".into()).await.expect("a delete");

        assert_eq!(store.keys().await.expect("a read").len(), 499);
    }
}

//! The one thread that writes: what has gathered while it wrote becomes the next transaction.

use std::sync::{Arc, mpsc};

use rusqlite::{Connection, OptionalExtension, params};
use tokio::sync::oneshot;

use super::super::{StoreError, number};

/// Writes in one transaction, at most: an answer should not wait for too many others.
const BATCH: usize = 256;

/// What to write. Its outcome is a number: of rows, or what it says.
pub(super) enum Write {
    Set(Vec<(String, Vec<u8>)>),
    Delete(Vec<String>),
    /// The outcome is the sum.
    Increment {
        key: String,
        delta: i64,
    },
    Swap {
        key: String,
        expected: Option<Vec<u8>>,
        value: Vec<u8>,
    },
}

const SET: &str = "INSERT INTO spin_key_value (store, key, value) VALUES (?1, ?2, ?3)
                   ON CONFLICT (store, key) DO UPDATE SET value = excluded.value";
const SET_NEW: &str = "INSERT INTO spin_key_value (store, key, value) VALUES (?1, ?2, ?3)
                       ON CONFLICT (store, key) DO NOTHING";
const SET_IF: &str = "UPDATE spin_key_value SET value = ?3 WHERE store = ?1 AND key = ?2 AND value = ?4";
const GET: &str = "SELECT value FROM spin_key_value WHERE store = ?1 AND key = ?2";
const DELETE: &str = "DELETE FROM spin_key_value WHERE store = ?1 AND key = ?2";

struct Order {
    label: Arc<str>,
    write: Write,
    done: oneshot::Sender<Outcome>,
}

type Outcome = Result<i64, StoreError>;

pub(super) struct Writer(mpsc::Sender<Order>);

impl Writer {
    /// The thread ends when the writer is dropped and its last order is done.
    pub(super) fn start(connection: Connection) -> Result<Self, StoreError> {
        let (orders, inbox) = mpsc::channel();
        std::thread::Builder::new()
            .name("midspan-key-value".into())
            .spawn(move || run(&connection, &inbox))
            .map_err(|error| StoreError(error.to_string()))?;
        Ok(Self(orders))
    }

    pub(super) fn write(&self, label: &Arc<str>, write: Write) -> impl Future<Output = Outcome> + Send + 'static {
        let (done, outcome) = oneshot::channel();
        let sent = self.0.send(Order {
            label: Arc::clone(label),
            write,
            done,
        });
        async move {
            let gone = || StoreError("the store's writer has ended".into());
            sent.map_err(|_| gone())?;
            outcome.await.map_err(|_| gone())?
        }
    }
}

fn run(connection: &Connection, inbox: &mpsc::Receiver<Order>) {
    while let Ok(first) = inbox.recv() {
        let batch: Vec<Order> = std::iter::once(first).chain(inbox.try_iter().take(BATCH - 1)).collect();
        let outcomes = match commit(connection, &batch) {
            Ok(outcomes) => outcomes,
            Err(error) => vec![Err(StoreError::from(error)); batch.len()],
        };
        for (order, outcome) in batch.into_iter().zip(outcomes) {
            // A caller that went away needs no answer; its write stands.
            let _ = order.done.send(outcome);
        }
    }
}

/// What came of each order; an error of the database itself is everybody's.
fn commit(connection: &Connection, batch: &[Order]) -> rusqlite::Result<Vec<Outcome>> {
    let transaction = connection.unchecked_transaction()?;
    let outcomes = batch
        .iter()
        .map(|order| write(&transaction, &order.label, &order.write));
    let outcomes = outcomes.collect::<rusqlite::Result<_>>()?;
    transaction.commit()?;
    Ok(outcomes)
}

fn write(connection: &Connection, label: &str, write: &Write) -> rusqlite::Result<Outcome> {
    let mut rows = 0;
    match write {
        Write::Set(values) => {
            for (key, value) in values {
                rows += connection.prepare_cached(SET)?.execute(params![label, key, value])?;
            }
        }
        Write::Delete(keys) => {
            for key in keys {
                rows += connection.prepare_cached(DELETE)?.execute(params![label, key])?;
            }
        }
        Write::Swap { key, expected, value } => {
            rows = match expected {
                None => connection
                    .prepare_cached(SET_NEW)?
                    .execute(params![label, key, value])?,
                Some(expected) => {
                    let mut update = connection.prepare_cached(SET_IF)?;
                    update.execute(params![label, key, value, expected])?
                }
            }
        }
        Write::Increment { key, delta } => {
            let mut get = connection.prepare_cached(GET)?;
            let current: Option<Vec<u8>> = get.query_row(params![label, key], |row| row.get(0)).optional()?;
            let sum = match number(current.as_deref()) {
                Ok(number) => number.wrapping_add(*delta),
                Err(error) => return Ok(Err(error)),
            };
            let value = sum.to_le_bytes();
            connection.prepare_cached(SET)?.execute(params![label, key, value])?;
            return Ok(Ok(sum));
        }
    }
    Ok(Ok(i64::try_from(rows).unwrap_or(i64::MAX)))
}

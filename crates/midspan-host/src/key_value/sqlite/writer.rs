//! The one thread that writes: what has gathered while it wrote becomes the next transaction.

use std::sync::{Arc, mpsc};

use rusqlite::{Connection, params};
use tokio::sync::oneshot;

use super::super::StoreError;

/// Writes in one transaction, at most: an answer should not wait for too many others.
const BATCH: usize = 256;

pub(super) enum Write {
    Set { key: String, value: Vec<u8> },
    Delete { key: String },
}

struct Order {
    label: Arc<str>,
    write: Write,
    done: oneshot::Sender<Result<(), StoreError>>,
}

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

    pub(super) fn write(
        &self,
        label: &Arc<str>,
        write: Write,
    ) -> impl Future<Output = Result<(), StoreError>> + Send + 'static {
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
        let outcome = commit(connection, &batch).map_err(StoreError::from);
        for order in batch {
            // A caller that went away needs no answer; its write stands.
            let _ = order.done.send(outcome.clone());
        }
    }
}

fn commit(connection: &Connection, batch: &[Order]) -> rusqlite::Result<()> {
    let transaction = connection.unchecked_transaction()?;
    for Order { label, write, .. } in batch {
        match write {
            Write::Set { key, value } => transaction
                .prepare_cached(
                    "INSERT INTO spin_key_value (store, key, value) VALUES (?1, ?2, ?3)
                     ON CONFLICT (store, key) DO UPDATE SET value = excluded.value",
                )?
                .execute(params![&**label, key, value])?,
            Write::Delete { key } => transaction
                .prepare_cached("DELETE FROM spin_key_value WHERE store = ?1 AND key = ?2")?
                .execute(params![&**label, key])?,
        };
    }
    transaction.commit()
}

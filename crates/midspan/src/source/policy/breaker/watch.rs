//! This instance's copy of a circuit. It is read again when it is a second old, and what changes it is written after the
//! answer, so that the store is hardly ever in a call's way, and never for long.

use std::{
    cell::{Cell, OnceCell},
    fmt::Write as _,
    pin::pin,
    time::Duration,
};

use futures_util::future::{Either, LocalBoxFuture, select};
use sha2::{Digest, Sha256};

use super::{
    Guarded,
    circuit::{Circuit, Turn},
};
use crate::{Result, port::StoreError, source::outcome};

/// How old the copy may be.
const READ_EVERY: Duration = Duration::from_secs(1);

/// How long a call waits for the store. Then it goes by the copy.
const PATIENCE: Duration = Duration::from_millis(50);

#[derive(Default)]
pub(in crate::source::policy) struct Watch {
    circuit: Cell<Circuit>,
    /// On the port's monotonic clock.
    read_at: Cell<Option<Duration>>,
    /// Failures that the store does not count yet.
    uncounted: Cell<u32>,
    /// Changes that the store does not have yet, or has refused: until it has them it knows less than the copy.
    unwritten: Cell<u32>,
    key: OnceCell<String>,
    has_warned: Cell<bool>,
}

/// What the next call is; `takes` is how long a probe may take.
///
/// # Errors
/// `SourceUnavailable` where it must not be made.
pub(super) fn turn(of: Guarded<'_>, takes: Duration) -> LocalBoxFuture<'_, Result<Turn>> {
    Box::pin(async move {
        let key = of.key().await?;
        if of.is_older_than(READ_EVERY) {
            of.read(takes, key).await;
        }
        let mut circuit = of.watch.circuit.get();
        let mut turn = circuit.turn(of.now(), takes);
        if turn == Ok(Turn::Probe) && of.is_older_than(PATIENCE) {
            // Another instance may have begun to try.
            of.read(takes, key).await;
            circuit = of.watch.circuit.get();
            turn = circuit.turn(of.now(), takes);
        }
        if turn == Ok(Turn::Probe) {
            of.watch.circuit.set(circuit);
            of.write();
        }
        turn.map_err(|wait| outcome::unavailable(of.source, wait))
    })
}

/// What came of a call: whether it failed, or nothing where it says nothing of the source.
pub(super) fn note(of: Guarded<'_>, turn: Turn, failed: Option<bool>) {
    let (before, watch) = (of.watch.circuit.get(), of.watch);
    let mut circuit = before;
    if !circuit.note(turn, failed, of.breaker, of.now()) {
        return;
    }
    watch.circuit.set(circuit);
    match (before.is_open(), circuit.is_open()) {
        (false, true) => of.log_opening(),
        (true, false) => of
            .ctx
            .log("info", &format!("source `{}` is well again", of.source.name())),
        _ => {}
    }
    if turn == Turn::Ordinary && failed == Some(true) {
        watch.uncounted.set(watch.uncounted.get().saturating_add(1));
    }
    of.write();
}

impl<'a> Guarded<'a> {
    /// Takes what the store has for the copy, unless the store is too slow or knows less.
    async fn read(self, takes: Duration, key: &str) {
        let (port, watch) = (self.ctx.port(), self.watch);
        watch.read_at.set(Some(port.monotonic()));
        let (load, patience) = (pin!(port.load(key)), pin!(port.sleep(PATIENCE)));
        match select(load, patience).await {
            Either::Left((Ok(stored), _)) if watch.unwritten.get() == 0 => {
                let read = stored.and_then(|text| Circuit::from_text(&text, self.breaker, self.now(), takes));
                watch.circuit.set(read.unwrap_or_default());
            }
            Either::Left((Err(why), _)) => self.warn(&why),
            Either::Left((Ok(_), _)) | Either::Right(_) => {}
        }
    }

    /// Writes the copy, together with what the store has counted since, without anybody waiting for it.
    fn write(self) {
        let Self { source, breaker, .. } = self;
        let (ctx, watch) = (self.ctx.clone(), self.watch.clone());
        watch.unwritten.set(watch.unwritten.get() + 1);
        let port = self.ctx.shared_port();
        port.spawn(Box::pin(async move {
            let own = Guarded {
                ctx: &ctx,
                source,
                breaker,
                watch: &watch,
            };
            match own.exchange().await {
                Ok(()) => watch.unwritten.set(watch.unwritten.get() - 1),
                Err(why) => own.warn(&why),
            }
        }));
    }

    async fn exchange(self) -> Result<(), StoreError> {
        let Some(key) = self.watch.key.get() else {
            return Ok(());
        };
        let (port, circuit, breaker) = (self.ctx.port(), &self.watch.circuit, self.breaker);
        let more = self.watch.uncounted.take();
        if more > 0 {
            let stored = port.load(key).await?;
            let other = stored.and_then(|text| Circuit::from_text(&text, breaker, self.now(), breaker.open_for));
            let (before, other) = (circuit.get(), other.unwrap_or_default());
            let both = before.with(other, more, breaker, self.now());
            circuit.set(both);
            // Where another instance has opened it, that one has logged it.
            if both.is_open() && !before.is_open() && !other.is_open() {
                self.log_opening();
            }
        }
        match circuit.get() {
            closed if closed == Circuit::default() => port.remove(key).await,
            circuit => port.store(key, circuit.to_text().into()).await,
        }
    }

    /// The same for all components that have the source at the same URL.
    async fn key(self) -> Result<&'a str> {
        let key = &self.watch.key;
        if key.get().is_none() {
            let name = self.source.name();
            let url = self.source.variable(self.ctx, &format!("{name}_url")).await?;
            let hash = Sha256::digest(format!("midspan breaker 1\n{name}\n{url}"));
            let mut text = String::from("midspan/breaker/");
            for byte in &hash[..16] {
                let _ = write!(text, "{byte:02x}");
            }
            let _ = key.set(text);
        }
        Ok(key.get().map_or("", String::as_str))
    }

    fn is_older_than(self, age: Duration) -> bool {
        let (now, read_at) = (self.ctx.port().monotonic(), self.watch.read_at.get());
        read_at.is_none_or(|at| now.saturating_sub(at) > age)
    }

    /// In milliseconds since 1970.
    fn now(self) -> i64 {
        self.ctx.now().as_millisecond()
    }

    fn log_opening(self) {
        let (name, failures, ms) = (
            self.source.name(),
            self.breaker.after,
            self.breaker.open_for.as_millis(),
        );
        let message = format!("source `{name}` is not asked for {ms} ms: {failures} calls in a row failed");
        self.ctx.log("warn", &message);
    }

    /// Once, because it stays so.
    fn warn(self, why: &StoreError) {
        if self.watch.has_warned.replace(true) {
            return;
        }
        let why = match why {
            StoreError::Denied => "add `key_value_stores = [\"default\"]` to the component in the manifest",
            StoreError::Failed(why) => why,
        };
        let name = self.source.name();
        let message = format!("the breaker of source `{name}` is this instance's alone: {why}");
        self.ctx.log("warn", &message);
    }
}

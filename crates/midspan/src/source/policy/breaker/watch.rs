//! This instance's copy of a circuit. It is read again when it is a second old, and what changes it is written after the
//! answer, so that the store is hardly ever in a call's way, and never for long.

use std::{
    cell::{Cell, OnceCell},
    fmt::Write as _,
    pin::pin,
    rc::Rc,
    time::Duration,
};

use futures_util::future::{Either, select};
use sha2::{Digest, Sha256};

use super::{
    Breaker,
    circuit::{Circuit, Turn},
};
use crate::{
    Context, Result,
    port::StoreError,
    source::{Source, outcome},
};

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

impl Watch {
    /// What the next call is; `takes` is how long a probe may take.
    ///
    /// # Errors
    /// `SourceUnavailable` where it must not be made.
    pub(super) async fn turn(
        self: &Rc<Self>,
        ctx: &Context,
        source: &'static Source,
        breaker: Breaker,
        takes: Duration,
    ) -> Result<Turn> {
        let key = self.key(ctx, source).await?;
        if self.is_older_than(READ_EVERY, ctx) {
            self.read(ctx, source, breaker, takes, key).await;
        }
        let mut circuit = self.circuit.get();
        let mut turn = circuit.turn(now(ctx), takes);
        if turn == Ok(Turn::Probe) && self.is_older_than(PATIENCE, ctx) {
            // Another instance may have begun to try.
            self.read(ctx, source, breaker, takes, key).await;
            circuit = self.circuit.get();
            turn = circuit.turn(now(ctx), takes);
        }
        if turn == Ok(Turn::Probe) {
            self.circuit.set(circuit);
            self.write(ctx, source, breaker);
        }
        turn.map_err(|wait| outcome::unavailable(source, wait))
    }

    /// What came of a call: whether it failed, or nothing where it says nothing of the source.
    pub(super) fn note(
        self: &Rc<Self>,
        ctx: &Context,
        source: &'static Source,
        breaker: Breaker,
        turn: Turn,
        failed: Option<bool>,
    ) {
        let (before, mut circuit) = (self.circuit.get(), self.circuit.get());
        if !circuit.note(turn, failed, breaker, now(ctx)) {
            return;
        }
        self.circuit.set(circuit);
        match (before.is_open(), circuit.is_open()) {
            (false, true) => log_opening(ctx, source, breaker),
            (true, false) => ctx.log("info", &format!("source `{}` is well again", source.name())),
            _ => {}
        }
        if turn == Turn::Ordinary && failed == Some(true) {
            self.uncounted.set(self.uncounted.get().saturating_add(1));
        }
        self.write(ctx, source, breaker);
    }

    /// Takes what the store has for the copy, unless the store is too slow or knows less.
    async fn read(&self, ctx: &Context, source: &Source, breaker: Breaker, takes: Duration, key: &str) {
        let port = ctx.port();
        self.read_at.set(Some(port.monotonic()));
        let (load, patience) = (pin!(port.load(key)), pin!(port.sleep(PATIENCE)));
        match select(load, patience).await {
            Either::Left((Ok(stored), _)) if self.unwritten.get() == 0 => {
                let read = stored.and_then(|text| Circuit::from_text(&text, breaker, now(ctx), takes));
                self.circuit.set(read.unwrap_or_default());
            }
            Either::Left((Err(why), _)) => self.warn(ctx, source, &why),
            Either::Left((Ok(_), _)) | Either::Right(_) => {}
        }
    }

    /// Writes the copy, together with what the store has counted since, without anybody waiting for it.
    fn write(self: &Rc<Self>, ctx: &Context, source: &'static Source, breaker: Breaker) {
        self.unwritten.set(self.unwritten.get() + 1);
        let (watch, ctx) = (self.clone(), ctx.clone());
        let port = ctx.shared_port();
        port.spawn(Box::pin(async move {
            match watch.exchange(&ctx, source, breaker).await {
                Ok(()) => watch.unwritten.set(watch.unwritten.get() - 1),
                Err(why) => watch.warn(&ctx, source, &why),
            }
        }));
    }

    async fn exchange(&self, ctx: &Context, source: &Source, breaker: Breaker) -> Result<(), StoreError> {
        let Some(key) = self.key.get() else {
            return Ok(());
        };
        let port = ctx.port();
        let more = self.uncounted.take();
        if more > 0 {
            let stored = port.load(key).await?;
            let other = stored.and_then(|text| Circuit::from_text(&text, breaker, now(ctx), breaker.open_for));
            let (before, other) = (self.circuit.get(), other.unwrap_or_default());
            let both = before.with(other, more, breaker, now(ctx));
            self.circuit.set(both);
            // Where another instance has opened it, that one has logged it.
            if both.is_open() && !before.is_open() && !other.is_open() {
                log_opening(ctx, source, breaker);
            }
        }
        match self.circuit.get() {
            circuit if circuit == Circuit::default() => port.remove(key).await,
            circuit => port.store(key, circuit.to_text().into()).await,
        }
    }

    /// The same for all components that have the source at the same URL.
    async fn key(&self, ctx: &Context, source: &Source) -> Result<&str> {
        if self.key.get().is_none() {
            let url = source.variable(ctx, &format!("{}_url", source.name())).await?;
            let hash = Sha256::digest(format!("midspan breaker 1\n{}\n{url}", source.name()));
            let mut key = String::from("midspan/breaker/");
            for byte in &hash[..16] {
                let _ = write!(key, "{byte:02x}");
            }
            let _ = self.key.set(key);
        }
        Ok(self.key.get().map_or("", String::as_str))
    }

    fn is_older_than(&self, age: Duration, ctx: &Context) -> bool {
        let now = ctx.port().monotonic();
        self.read_at.get().is_none_or(|at| now.saturating_sub(at) > age)
    }

    /// Once, because it stays so.
    fn warn(&self, ctx: &Context, source: &Source, why: &StoreError) {
        if self.has_warned.replace(true) {
            return;
        }
        let why = match why {
            StoreError::Denied => "add `key_value_stores = [\"default\"]` to the component in the manifest",
            StoreError::Failed(why) => why,
        };
        let message = format!(
            "the breaker of source `{}` is this instance's alone: {why}",
            source.name()
        );
        ctx.log("warn", &message);
    }
}

fn log_opening(ctx: &Context, source: &Source, breaker: Breaker) {
    let (name, failures, ms) = (source.name(), breaker.after, breaker.open_for.as_millis());
    let message = format!("source `{name}` is not asked for {ms} ms: {failures} calls in a row failed");
    ctx.log("warn", &message);
}

fn now(ctx: &Context) -> i64 {
    ctx.now().as_millisecond()
}

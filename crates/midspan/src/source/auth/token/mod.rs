//! Where a token comes from: this instance's memory, the shared store, the authorization server, in this order.
//!
//! A token is renewed while it still holds, beside the calls that use it; and by one at a time: those of an instance wait
//! for each other ([`slot`]), the instances leave each other a note in the store ([`vault`]).

mod slot;
mod vault;
mod wanted;

use std::{pin::pin, rc::Rc, time::Duration};

use futures_util::future::{Either, select};
use http::HeaderValue;

pub(crate) use self::slot::{Slot, Tokens};
pub(super) use self::wanted::Wanted;
use self::{
    slot::Turn,
    vault::{Lease, Vault},
};
use super::oauth;
use crate::{Context, Result, port::Port};

/// How often a call looks whether another one of the instance has brought the token.
///
/// It looks, instead of being woken: see `source::policy::limit`.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// How often it looks whether another instance has, which costs a round trip to the store.
const LOOK_IN_STORE_EVERY: Duration = Duration::from_millis(25);

/// How long nothing is renewed beside the calls after that failed: the token at hand still holds.
const REST_AFTER_FAILURE: Duration = Duration::from_secs(15);

/// A token as the value of `Authorization`, and its times in seconds since the epoch.
#[derive(Clone)]
pub(super) struct Token {
    value: HeaderValue,
    obtained: i64,
    expires: i64,
    /// From when on it is renewed, and until when it is used; neither is the same in two instances.
    renew: i64,
    useless: i64,
}

impl Token {
    /// It is used to within 30 seconds of its end, for clocks that differ and calls that take a while, and renewed some
    /// minutes before that; both less for one that holds for minutes only.
    pub(super) fn new(port: &dyn Port, value: HeaderValue, obtained: i64, expires: i64) -> Self {
        let lifetime = expires.saturating_sub(obtained).max(0);
        let early = (lifetime / 8).min(150);
        let jitter = i64::try_from(port.random() >> 1).unwrap_or(0) % (early + 1);
        let useless = expires - (lifetime / 10).min(30);
        Self {
            value,
            obtained,
            expires,
            renew: useless - early - jitter,
            useless,
        }
    }

    fn is_usable(&self, now: i64, rejected: Option<&HeaderValue>) -> bool {
        now < self.useless && rejected != Some(&self.value)
    }
}

/// The token that is wanted, or why there is none; not `rejected`, unless the server gives that one again.
pub(super) async fn get(ctx: &Context, wanted: Wanted, rejected: Option<HeaderValue>) -> Result<HeaderValue> {
    let (port, wanted) = (ctx.port(), Rc::new(wanted));
    let slot = port.instance().tokens().slot(ctx, &wanted);
    let came = slot.round();
    loop {
        let now = ctx.now().as_second();
        // What was fetched while this call waited is taken as it is; were it asked for again, all who wait would.
        if let Some(outcome) = slot.outcome_since(came) {
            return outcome.map(|token| token.value);
        }
        if let Some(token) = slot.usable(now, rejected.as_ref()) {
            if now >= token.renew {
                renew_beside(ctx, &wanted, &slot);
            }
            return Ok(token.value);
        }
        if let Some(turn) = slot.turn() {
            let outcome = acquire(ctx, &wanted, rejected.as_ref()).await;
            return turn.end(outcome).map(|token| token.value);
        }
        port.sleep(LOOK_EVERY).await;
    }
}

/// From the store, else from the server.
async fn acquire(ctx: &Context, wanted: &Rc<Wanted>, rejected: Option<&HeaderValue>) -> Result<Token> {
    let vault = Vault::open(ctx).await;
    if let Some(vault) = &vault {
        let patience = wanted.source.timeout.min(ctx.time_for_sources()) / 2;
        let give_up = ctx.port().monotonic() + patience;
        loop {
            let stored = vault.load(ctx, wanted).await;
            if let Some(token) = stored.filter(|token| token.is_usable(ctx.now().as_second(), rejected)) {
                return Ok(token);
            }
            match vault.lease(ctx, wanted).await {
                Lease::Others if ctx.port().monotonic() < give_up => ctx.port().sleep(LOOK_IN_STORE_EVERY).await,
                Lease::Others | Lease::Ours => break,
            }
        }
    }
    let fetched = oauth::fetch(ctx, wanted).await;
    if let Some(vault) = vault {
        vault.put(ctx, wanted, fetched.as_ref().ok());
    }
    fetched
}

/// Renews a token that still holds, so that no call waits for it. A failure is logged and tried again later.
fn renew_beside(ctx: &Context, wanted: &Rc<Wanted>, slot: &Rc<Slot>) {
    if ctx.port().monotonic() < slot.rests_until() {
        return;
    }
    let Some(turn) = slot.turn() else { return };
    let (ctx, wanted) = (ctx.clone(), wanted.clone());
    let spawner = ctx.clone();
    spawner.port().spawn(Box::pin(async move {
        let limit = wanted.source.timeout;
        let renewed = pin!(renewed(&ctx, &wanted));
        match select(pin!(ctx.port().sleep(limit)), renewed).await {
            Either::Left(_) => rest(
                &ctx,
                turn,
                &format!("no answer within {} ms", limit.as_millis()),
                &wanted,
            ),
            Either::Right((Ok(Some(token)), _)) => drop(turn.end(Ok(token))),
            // Another instance is at it; its token is in the store soon.
            Either::Right((Ok(None), _)) => turn.rest(ctx.port().monotonic() + vault::LEASE),
            Either::Right((Err(error), _)) => rest(&ctx, turn, error.log().unwrap_or(error.message()), &wanted),
        }
    }));
}

async fn renewed(ctx: &Context, wanted: &Rc<Wanted>) -> Result<Option<Token>> {
    let vault = Vault::open(ctx).await;
    if let Some(vault) = &vault {
        let stored = vault.load(ctx, wanted).await;
        if let Some(token) = stored.filter(|token| ctx.now().as_second() < token.renew) {
            return Ok(Some(token));
        }
        if matches!(vault.lease(ctx, wanted).await, Lease::Others) {
            return Ok(None);
        }
    }
    let fetched = oauth::fetch(ctx, wanted).await;
    if let Some(vault) = vault {
        vault.put(ctx, wanted, fetched.as_ref().ok());
    }
    fetched.map(Some)
}

fn rest(ctx: &Context, turn: Turn, why: &str, wanted: &Wanted) {
    let name = wanted.source.name();
    ctx.log(
        "warning",
        &format!("the token for source `{name}` was not renewed; the one at hand still holds: {why}"),
    );
    turn.rest(ctx.port().monotonic() + REST_AFTER_FAILURE);
}

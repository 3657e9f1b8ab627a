//! The keys that an issuer signs with: from this instance's memory, else from the shared store, else from the issuer
//! (`OpenID` Connect Discovery 1.0 s. 4, RFC 7517 s. 5).
//!
//! - Fresh for an hour, then renewed beside the requests that use them.
//! - A token with a key that nobody knows brings a new look at the issuer, a few times in a row and then twice a minute, on all
//!   hosts together, so that who sends made-up names can't make this a flood. Instances count for themselves too, since the
//!   store may fail.
//! - While the issuer does not answer, the keys at hand hold, for a day.

mod fetch;
mod set;
mod shelf;

use std::{rc::Rc, time::Duration};

pub(crate) use self::set::KeySets;
use self::set::{Brought, KeySet, Keys};
use super::jwt::{Jwk, Token};
use crate::{Context, Error, Result};
use midspan_definition::ErrorCode;

/// Seconds for which keys are used without another look.
const FRESH: i64 = 3600;

/// Seconds for which they are used while the issuer can't be asked.
const USABLE: i64 = 24 * 3600;

/// How often a request looks whether another one of the instance has brought them. It looks, instead of being woken: see
/// `source::policy::limit`.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// Who signs, and where its keys are.
pub(super) struct Issuer {
    /// The scheme's name.
    pub(super) scheme: &'static str,
    /// Where the issuer says where its keys are.
    pub(super) metadata: String,
    /// What it has to call itself there.
    pub(super) name: String,
}

/// Whether the token is signed by the issuer.
///
/// # Errors
/// `SourceUnavailable` if the issuer's keys can't be had.
pub(super) async fn signed(ctx: &Context, issuer: Issuer, token: &Token<'_>) -> Result<bool> {
    let set = ctx.port().instance().keys().of(&issuer.metadata);
    let issuer = Rc::new(issuer);
    let (came, asked) = (set.round(), set.asked());
    loop {
        let now = ctx.now().as_second();
        if let Some(keys) = set.keys().filter(|keys| now < keys.fetched + USABLE) {
            if let Some(key) = keys.of(token) {
                if now >= keys.fetched + FRESH {
                    renew_beside(ctx, &issuer, &set);
                }
                return Ok(token.is_signed_with(key));
            }
            // What the issuer gave while this request waited is as new as it gets.
            if set.asked() != asked || !set.may_look_again(now) {
                return Ok(false);
            }
        } else if set.round() != came || set.rests(now) {
            return Err(unavailable(&issuer));
        }
        match set.turn() {
            Some(turn) => turn.end(now, renewed(ctx, &issuer, set.keys().as_deref()).await),
            None => ctx.port().sleep(LOOK_EVERY).await,
        }
    }
}

/// From the store if it has newer ones, else from the issuer. The failure is logged.
async fn renewed(ctx: &Context, issuer: &Issuer, known: Option<&Keys>) -> Brought {
    let now = ctx.now().as_second();
    let stored = shelf::load(ctx, issuer).await;
    if let Some(stored) = stored.filter(|stored| {
        let newer = known.is_none_or(|known| stored.fetched > known.fetched);
        newer && stored.fetched <= now && now < stored.fetched + FRESH
    }) {
        return Brought::Stored(Some(stored));
    }
    // Keys that are fresh are looked at again only for one that nobody knows: so often on all hosts together.
    if known.is_some_and(|known| now < known.fetched + FRESH) && !shelf::may_look_again(ctx, issuer, now).await {
        return Brought::Stored(None);
    }
    match fetch::fetch(ctx, issuer).await {
        Ok(keys) => {
            let keys = Keys { fetched: now, keys };
            shelf::store(ctx, issuer, &keys).await;
            Brought::Issued(Some(keys))
        }
        Err(why) => {
            let message = format!("scheme `{}`: the issuer's keys can't be had: {why}", issuer.scheme);
            ctx.log("error", &message);
            Brought::Issued(None)
        }
    }
}

fn renew_beside(ctx: &Context, issuer: &Rc<Issuer>, set: &Rc<KeySet>) {
    let now = ctx.now().as_second();
    if set.rests(now) {
        return;
    }
    let Some(turn) = set.turn() else { return };
    let (ctx, issuer, known) = (ctx.afterwards(fetch::PATIENCE * 3), issuer.clone(), set.keys());
    let spawner = ctx.clone();
    spawner.port().spawn(Box::pin(async move {
        let renewed = renewed(&ctx, &issuer, known.as_deref()).await;
        turn.end(now, renewed);
    }));
}

fn unavailable(issuer: &Issuer) -> Error {
    let message =
        "Whoever calls can't be verified at the moment: the keys of who signs the tokens can't be had. Try again.";
    Error::new(ErrorCode::SourceUnavailable, message)
        .with_source(issuer.scheme, None)
        .with_retry_after(5)
}

impl Keys {
    /// The key that the token names. One that names none has to be of an issuer with one key that fits.
    fn of(&self, token: &Token<'_>) -> Option<&Jwk> {
        if let Some(id) = &token.key_id {
            return self.keys.iter().find(|key| key.kid.as_ref() == Some(id));
        }
        let mut fitting = self.keys.iter().filter(|key| key.fits(token.algorithm));
        fitting.next().filter(|_| fitting.next().is_none())
    }
}

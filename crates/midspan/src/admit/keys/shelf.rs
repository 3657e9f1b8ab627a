//! The issuer's keys in the shared store: signed, since who could add one there could sign tokens.
//!
//! The store failing, or no variable `token_key`, never fails a request: then each instance asks for itself.

use std::{fmt::Write as _, pin::pin, time::Duration};

use bytes::Bytes;
use futures_util::future::{Either, select};
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    Issuer,
    set::{FURTHEST_LOOK, Keys, next_look},
};
use crate::{Context, admit::jwt::Jwk};

/// The variable with the secret that the key of the signatures is derived from.
const SECRET: &str = "token_key";

/// The shortest secret taken, in bytes.
const SHORTEST_SECRET: usize = 32;

/// How long the store is waited for.
const PATIENCE: Duration = Duration::from_millis(250);

/// Bytes of a signature.
const SIGNATURE: usize = 32;

#[derive(Serialize, Deserialize)]
struct Entry {
    fetched: i64,
    keys: Vec<Jwk>,
}

/// What is stored, if it was stored by one of us.
pub(super) async fn load(ctx: &Context, issuer: &Issuer) -> Option<Keys> {
    let signer = signer(ctx, issuer).await?;
    let entry = within(ctx, ctx.port().load(&name("keys", issuer))).await??;
    let (signature, text) = entry.split_first_chunk::<SIGNATURE>()?;
    signer.chain_update(text).verify_slice(signature).ok()?;
    let Entry { fetched, keys } = serde_json::from_slice(text).ok()?;
    Some(Keys { fetched, keys })
}

pub(super) async fn store(ctx: &Context, issuer: &Issuer, keys: &Keys) {
    let Some(signer) = signer(ctx, issuer).await else {
        return;
    };
    let entry = Entry {
        fetched: keys.fetched,
        keys: keys.keys.clone(),
    };
    let Ok(text) = serde_json::to_vec(&entry) else {
        return;
    };
    let signature = signer.chain_update(&text).finalize().into_bytes();
    let entry = Bytes::from([&signature[..], &text].concat());
    within(ctx, ctx.port().store(&name("keys", issuer), entry)).await;
}

/// Whether an unknown key may be a reason to ask the issuer now, and counts it for all hosts. Two that look at the same moment
/// may both do it; where the store fails, each instance does as it counts itself.
pub(super) async fn may_look_again(ctx: &Context, issuer: &Issuer, now: i64) -> bool {
    let name = name("looks", issuer);
    let stored = within(ctx, ctx.port().load(&name)).await.flatten();
    let due = stored.and_then(|text| std::str::from_utf8(&text).ok()?.parse().ok());
    // One that is further off than it can get is not ours.
    let due = due.filter(|due| *due <= now + FURTHEST_LOOK).unwrap_or_default();
    match next_look(due, now) {
        Some(next) => {
            within(ctx, ctx.port().store(&name, next.to_string().into())).await;
            true
        }
        None => false,
    }
}

/// Of this issuer's entry alone, so that one that was put in another's place is none.
async fn signer(ctx: &Context, issuer: &Issuer) -> Option<Hmac<Sha256>> {
    let secret = ctx.port().variable(SECRET).await.ok()?;
    if secret.len() < SHORTEST_SECRET {
        return None;
    }
    let mut key = [0; 32];
    let derived = Hkdf::<Sha256>::new(None, secret.as_bytes()).expand(b"midspan issuer keys 1", &mut key);
    derived.ok()?;
    let mut signer = Hmac::<Sha256>::new_from_slice(&key).ok()?;
    for part in [&issuer.metadata, &issuer.name] {
        signer.update(&part.len().to_le_bytes());
        signer.update(part.as_bytes());
    }
    Some(signer)
}

fn name(what: &str, issuer: &Issuer) -> String {
    let mut name = format!("midspan/issuer-{what}/");
    for byte in &Sha256::digest(&issuer.metadata)[..16] {
        let _ = write!(name, "{byte:02x}");
    }
    name
}

async fn within<T, E>(ctx: &Context, work: impl Future<Output = Result<T, E>>) -> Option<T> {
    match select(pin!(work), pin!(ctx.port().sleep(PATIENCE))).await {
        Either::Left((outcome, _)) => outcome.ok(),
        Either::Right(_) => None,
    }
}

//! Tags: what entries are about, so that whoever changes it can say so once for all of them.
//!
//! The store has a generation for each tag, and an entry has the generations of its tags from when it was asked for. So to
//! invalidate a tag is one write, whatever number of entries it has, and an answer that was under way meanwhile is stored
//! with the generation from before.

use std::time::Duration;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use super::{
    exchange::milliseconds_since_1970,
    key::PREFIX,
    shelf::Shelf,
    wire::{Reader, Writer},
};
use crate::{Context, source::url::port};

/// What entries are about: a name that an author chose, or the address that they were read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tag([u8; 16]);

/// Which invalidations an entry has seen: each puts another number.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Generation {
    /// Entries with another one are stale.
    pub(super) soft: u64,
    /// Entries with another one are gone.
    pub(super) gone: u64,
}

impl Tag {
    pub(super) fn named(name: &str) -> Self {
        Self::new("name", "", name)
    }

    /// What RFC 9111 s. 4.4 invalidates: all answers from one address, whoever they are for.
    pub(super) fn of_address(source: &str, uri: &http::Uri) -> Self {
        let host = uri.host().unwrap_or_default().to_ascii_lowercase();
        let port = port(uri).map(|port| port.to_string()).unwrap_or_default();
        let path = uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
        let scheme = uri.scheme_str().unwrap_or_default();
        Self::new("address", source, &format!("{scheme}://{host}:{port}{path}"))
    }

    fn new(kind: &str, space: &str, name: &str) -> Self {
        let hash = Sha256::digest(format!("midspan tag 1 {kind}\n{space}\n{name}"));
        let mut tag = [0; 16];
        tag.copy_from_slice(&hash[..16]);
        Self(tag)
    }

    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        Some(Self(bytes.try_into().ok()?))
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The name under which the store has its generation.
    pub(super) fn key(self) -> String {
        format!("{PREFIX}t:{}", BASE64_URL_SAFE_NO_PAD.encode(self.0))
    }
}

/// What becomes of entries with a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// They are stale.
    Stale,
    /// They are gone.
    Gone,
}

/// A change that nobody hears of is worse than an answer that comes later.
const PATIENCE: Duration = Duration::from_millis(500);

/// Gives the tag another generation; whether the store has it now.
pub(super) async fn invalidate(ctx: &Context, tag: Tag, change: Change) -> bool {
    const ATTEMPTS: usize = 4;
    let (shelf, key, instance) = (Shelf::new(ctx, PATIENCE), tag.key(), ctx.port().instance());
    instance.cache.near.clear();
    for _ in 0..ATTEMPTS {
        let Ok(before) = shelf.load(&key).await else {
            return false;
        };
        let (next, now) = (ctx.port().random(), milliseconds_since_1970(ctx.port()));
        let decide = move |current: Option<&[u8]>| {
            let mut generation = Generation::decode(current);
            match change {
                Change::Stale => generation.soft = next,
                Change::Gone => generation = Generation { soft: next, gone: next },
            }
            Some(generation.encode(now))
        };
        let _ = shelf.swap(&key, Box::new(decide)).await;
        // What stands there counts, whatever the store says of the swap: see `lease`. Another's change does as well, if it
        // goes as far.
        let after = shelf.load(&key).await.ok().flatten();
        let (before, after) = (
            Generation::decode(before.as_deref()),
            Generation::decode(after.as_deref()),
        );
        let done = match change {
            Change::Stale => before != after,
            Change::Gone => before.gone != after.gone,
        };
        if done {
            instance.cache.look_ups.clear();
            return true;
        }
    }
    false
}

/// Whether no entry can have an older generation any more.
pub(super) fn is_over(value: &[u8], now: u64) -> bool {
    written(value).is_none_or(|written| written.saturating_add(Generation::NEEDED) < now)
}

/// When a generation was written, in milliseconds since 1970.
pub(super) fn written(value: &[u8]) -> Option<u64> {
    let mut fields = Reader(value);
    (fields.number(), fields.number(), fields.number()).2
}

impl Generation {
    /// What a tag has that was never invalidated is nothing, which is a generation too; so is what is no generation, until
    /// it is replaced.
    pub(super) fn decode(value: Option<&[u8]>) -> Self {
        let mut fields = Reader(value.unwrap_or_default());
        match (fields.number(), fields.number()) {
            (Some(soft), Some(gone)) => Self { soft, gone },
            _ => Self::default(),
        }
    }

    /// With the time, since nobody needs it for ever.
    pub(super) fn encode(self, now: u64) -> Vec<u8> {
        let mut fields = Writer::default();
        fields.number(self.soft);
        fields.number(self.gone);
        fields.number(now);
        fields.0
    }
}

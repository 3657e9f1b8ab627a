//! The look-up: the entry for a request and, at the same time, the generations of its tags.

use bytes::Bytes;
use futures_util::future::{join, join_all};
use http::HeaderMap;

use super::{
    entry::{Entry, Value},
    key::Key,
    shelf::Shelf,
    tag::{Generation, Tag, written},
};

/// What there is for a request.
pub(super) struct Found {
    pub(super) entry: Option<Entry>,
    /// A tag of the entry was invalidated: it is stale, whatever its age.
    pub(super) invalidated: bool,
    /// Why there is none (RFC 9211 s. 2.2).
    pub(super) why: &'static str,
    /// Tags of the entry that the call does not name, with their generations.
    pub(super) further: Vec<(Tag, Generation)>,
    /// The generations that an answer has which is asked for now; nothing where the store can't say, and then nothing is
    /// to be stored.
    pub(super) generations: Option<Vec<(Tag, Generation)>>,
}

/// Looks into the store.
pub(super) async fn look_up(shelf: &Shelf, key: &Key, request: &HeaderMap, tags: &[Tag]) -> Found {
    let (value, generations) = join(
        load(shelf, key),
        join_all(
            tags.iter()
                .map(|tag| async move { Ok((*tag, generation(shelf, *tag).await?)) }),
        ),
    )
    .await;
    let generations: Option<Vec<_>> = generations.into_iter().collect::<Result<_, ()>>().ok();
    let (value, why) = match value {
        Some(Value::VariesBy(names)) => (load(shelf, &key.variant(&names, request)).await, "vary-miss"),
        value => (value, "uri-miss"),
    };
    let Some(Value::Entry(entry)) = value else {
        return Found::nothing(why, generations);
    };
    // Without the generations nobody knows whether it still holds.
    let Some(current) = &generations else {
        return Found::nothing("miss", None);
    };
    let unnamed = entry.tags.iter().filter(|(tag, _)| !tags.contains(tag));
    let further = unnamed.map(|(tag, _)| async move { Ok((*tag, generation(shelf, *tag).await?)) });
    let Ok(further) = join_all(further).await.into_iter().collect::<Result<Vec<_>, ()>>() else {
        return Found::nothing("miss", None);
    };
    let mut invalidated = false;
    for (tag, generation) in &entry.tags {
        match current.iter().chain(&further).find(|(of, _)| of == tag) {
            Some((_, now)) if now.gone == generation.gone => invalidated |= now.soft != generation.soft,
            _ => return Found::nothing("miss", generations),
        }
    }
    Found {
        entry: Some(entry),
        invalidated,
        further,
        why,
        generations,
    }
}

/// The entry under a key whose tags are those that it says itself; nothing if one of them was invalidated.
pub(super) async fn look_up_dependent(shelf: &Shelf, key: &Key) -> Option<Entry> {
    let Some(Value::Entry(entry)) = load(shelf, key).await else {
        return None;
    };
    let current = join_all(entry.tags.iter().map(|(tag, _)| generation(shelf, *tag))).await;
    let holds = entry.tags.iter().zip(current).all(|((_, then), now)| now == Ok(*then));
    holds.then_some(entry)
}

/// What has become of an entry since it was asked for, by its tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Holds,
    Invalidated,
    /// Or nobody knows.
    Gone,
}

pub(super) async fn standing(shelf: &Shelf, tags: &[(Tag, Generation)]) -> Standing {
    let mut standing = Standing::Holds;
    for (tag, then) in tags {
        match generation(shelf, *tag).await {
            Ok(now) if now.gone == then.gone && now.soft == then.soft => {}
            Ok(now) if now.gone == then.gone => standing = Standing::Invalidated,
            _ => return Standing::Gone,
        }
    }
    standing
}

/// The generations of tags that nobody knew of before an answer came; nothing if one of them changed since then, or the
/// store can't say. What another host's clock may be off by counts as changed.
pub(super) async fn generations_since(
    shelf: &Shelf,
    tags: impl Iterator<Item = Tag>,
    since: u64,
) -> Option<Vec<(Tag, Generation)>> {
    const CLOCKS_DIFFER: u64 = 5000;
    let since = since.saturating_sub(CLOCKS_DIFFER);
    let generations = tags.map(|tag| async move {
        let value = shelf.load(&tag.key()).await.ok()?;
        let changed = value
            .as_deref()
            .and_then(written)
            .is_some_and(|written| written >= since);
        (!changed).then(|| (tag, Generation::decode(value.as_deref())))
    });
    join_all(generations).await.into_iter().collect()
}

async fn generation(shelf: &Shelf, tag: Tag) -> Result<Generation, ()> {
    Ok(Generation::decode(shelf.load(&tag.key()).await?.as_deref()))
}

/// What is there and is what we once stored.
async fn load(shelf: &Shelf, key: &Key) -> Option<Value> {
    let value: Bytes = shelf.load(&key.entry()).await.ok()??;
    let decoded = Value::decode(&value, key);
    if decoded.is_err() {
        let (key, length) = (key.entry(), value.len());
        let message =
            format!("the cache entry `{key}` of {length} bytes is damaged or of another version: it is a miss");
        shelf.ctx.log("warn", &message);
        let _ = shelf.remove(&key).await;
    }
    decoded.ok()
}

impl Found {
    fn nothing(why: &'static str, generations: Option<Vec<(Tag, Generation)>>) -> Self {
        Self {
            entry: None,
            invalidated: false,
            further: Vec::new(),
            why,
            generations,
        }
    }
}

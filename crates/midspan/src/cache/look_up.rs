//! The look-up: the entry for a request and, at the same time, the generations of its tags.

use bytes::Bytes;
use futures_util::future::{join, join_all};
use http::HeaderMap;

use super::{
    entry::{Entry, Value},
    key::Key,
    shelf::Shelf,
    tag::{Generation, Tag},
};

/// What there is for a request.
pub(super) struct Found {
    pub(super) entry: Option<Entry>,
    /// A tag of the entry was invalidated: it is stale, whatever its age.
    pub(super) invalidated: bool,
    /// Why there is none (RFC 9211 s. 2.2).
    pub(super) why: &'static str,
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
    let mut invalidated = false;
    for (tag, generation) in &entry.tags {
        match current.iter().find(|(of, _)| of == tag) {
            Some((_, now)) if now.gone == generation.gone => invalidated |= now.soft != generation.soft,
            _ => return Found::nothing("miss", generations),
        }
    }
    Found {
        entry: Some(entry),
        invalidated,
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
            why,
            generations,
        }
    }
}

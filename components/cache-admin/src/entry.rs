//! An entry, as an operator reads it.

use midspan::{
    cache::{Kept, State},
    prelude::*,
};

/// What is known of an entry.
#[derive(Debug, Data)]
pub(crate) struct Entry {
    /// Key
    pub(crate) key: String,
    /// Source
    ///
    /// Or the operation, where its whole answer is kept.
    pub(crate) source: String,
    /// Scope
    ///
    /// For whom it is: public, or tenant or user with the start of a hash.
    pub(crate) scope: String,
    /// Tags
    pub(crate) tags: Vec<String>,
    /// Status
    pub(crate) status: u32,
    /// Bytes
    pub(crate) bytes: u64,
    /// State
    pub(crate) state: Standing,
    /// Age, in seconds
    pub(crate) age: u64,
    /// Freshness left, in seconds
    ///
    /// Less than nothing is how long it has been stale.
    pub(crate) ttl: i64,
    /// Dead at
    ///
    /// When it stops to be of any use.
    pub(crate) dead_at: Timestamp,
    /// Target
    ///
    /// What the source was asked for. Nothing in a list, and where it is somebody's own.
    pub(crate) target: Option<String>,
    /// Content type
    ///
    /// Nothing in a list.
    pub(crate) content_type: Option<String>,
    /// Content
    ///
    /// What the source answered, in Base64, where it was asked for.
    pub(crate) content: Option<String>,
}

/// What an entry is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Data)]
pub(crate) enum Standing {
    /// Fresh
    Fresh,
    /// Stale
    Stale,
    /// Invalidated
    Invalidated,
}

impl From<&Kept> for Entry {
    fn from(kept: &Kept) -> Self {
        let listed = &kept.listed;
        let dead_at = i64::try_from(listed.dead_at).unwrap_or(i64::MAX);
        Self {
            key: listed.key.clone(),
            source: listed.source.clone(),
            scope: listed.scope.clone(),
            tags: listed.tags.clone(),
            status: listed.status.into(),
            bytes: u64::try_from(listed.bytes).unwrap_or(u64::MAX),
            state: match kept.state {
                State::Fresh => Standing::Fresh,
                State::Stale => Standing::Stale,
                State::Invalidated => Standing::Invalidated,
            },
            age: kept.age.as_secs(),
            ttl: kept.time_to_live.div_euclid(1000),
            dead_at: Timestamp::from_millisecond(dead_at).unwrap_or(Timestamp::MAX),
            target: None,
            content_type: None,
            content: None,
        }
    }
}

impl Entry {
    /// With what its answer says. An address may name somebody: it is told where everybody may ask for it.
    pub(crate) fn with_answer(kept: &Kept, answer: &http::Response<bytes::Bytes>, is_public: bool) -> Self {
        let content_type = answer.headers().get(http::header::CONTENT_TYPE);
        Self {
            target: is_public.then(|| kept.listed.target.clone()),
            content_type: content_type.and_then(|value| value.to_str().ok()).map(str::to_owned),
            ..Self::from(kept)
        }
    }
}

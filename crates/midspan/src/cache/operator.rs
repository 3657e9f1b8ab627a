//! What an operator can see of the shared cache, and do to it.

use std::time::Duration;

use bytes::Bytes;

use super::{
    Handle,
    entry::Entry,
    exchange::milliseconds_since_1970,
    index::{self, Collection, Listed},
    key::Key,
    look_up::{Standing, standing},
    shelf::Shelf,
};
use crate::{Context, Result};

/// Which entries to list, and from where on.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Only of this source.
    pub source: Option<String>,
    /// Only with this tag.
    pub tag: Option<String>,
    /// Only for those for whom [`Listed::scope`] begins so: `user`, or `user:` with a hash.
    pub scope: Option<String>,
    /// What an earlier page called `next`.
    pub after: Option<String>,
}

/// Some entries: page by page those that die in an earlier hour, in a page what dies first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Those of the part of the index that was looked through; there may be none.
    pub entries: Vec<Kept>,
    /// Where the rest begins; nothing where there is none.
    pub next: Option<String>,
}

/// An entry as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// As the index has it.
    pub listed: Listed,
    /// Whether it is fresh.
    pub state: State,
    /// How old the answer is.
    pub age: Duration,
    /// How long it is fresh by its age alone, in milliseconds; less than nothing is how long it has not been.
    pub time_to_live: i64,
}

/// What a stored answer is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It is given without asking its source.
    Fresh,
    /// Its time is over: it is validated or read again, and stands in for a source that fails where its policy says so.
    Stale,
    /// As stale, because one of its tags was invalidated.
    Invalidated,
}

/// For an operator. Let nobody call an operation that uses these who has not proved to be one.
impl Handle<'_> {
    /// The entries that the shared store has, a part of the index at a time: at most `most` of them, and none where the part
    /// that was looked through has none that is wanted. What was purged is not among them.
    ///
    /// # Errors
    /// `OperationFailed` if the store does not answer.
    pub async fn entries(self, wanted: &Wanted, most: usize) -> Result<Page> {
        let store = self.patient();
        let (listed, next) = index::entries(self.ctx, &store, wanted, most).await?;
        let mut entries = Vec::new();
        for listed in listed {
            entries.extend(kept(self.ctx, &store, listed).await?.map(|(kept, _)| kept));
        }
        // The index itself knows only the hour.
        entries.sort_by_key(|entry| entry.listed.dead_at);
        Ok(Page { entries, next })
    }

    /// The entry with the one key that begins so, and its answer; nothing where there is none, or more than one.
    ///
    /// # Errors
    /// `OperationFailed` if the store does not answer.
    pub async fn entry(self, key: &str) -> Result<Option<(Kept, http::Response<Bytes>)>> {
        let store = self.patient();
        let Some(listed) = index::listed(self.ctx, &store, key).await? else {
            return Ok(None);
        };
        Ok(kept(self.ctx, &store, listed).await?.map(|(kept, entry)| {
            let mut response = http::Response::new(entry.body);
            *response.status_mut() = entry.status;
            *response.headers_mut() = entry.headers;
            (kept, response)
        }))
    }

    /// Takes all entries away, and says how many there were.
    ///
    /// # Errors
    /// `OperationFailed` if the store does not answer.
    pub async fn clear(self) -> Result<usize> {
        self.ctx.port().instance().cache.near.clear();
        index::clear(self.ctx, &self.patient()).await
    }

    /// Takes away what is dead, and what is more than `most_entries`. Instances do so themselves now and then.
    ///
    /// # Errors
    /// `OperationFailed` if the store does not answer.
    pub async fn collect(self, most_entries: usize) -> Result<Collection> {
        index::collect(self.ctx, &self.patient(), most_entries).await
    }

    /// An operator can wait.
    fn patient(self) -> Shelf {
        Shelf::new(self.ctx, Duration::from_secs(5))
    }
}

/// The entry as it is now; nothing where it is gone.
async fn kept(ctx: &Context, shelf: &Shelf, listed: Listed) -> Result<Option<(Kept, Entry)>> {
    let Some(key) = Key::parse(&listed.key) else {
        return Ok(None);
    };
    let Some(entry) = index::entry(shelf, &key).await? else {
        return Ok(None);
    };
    let now = milliseconds_since_1970(ctx.port());
    let state = match standing(shelf, &entry.tags).await {
        Standing::Gone => return Ok(None),
        Standing::Invalidated => State::Invalidated,
        Standing::Holds if entry.terms.is_fresh(now) => State::Fresh,
        Standing::Holds => State::Stale,
    };
    let kept = Kept {
        listed,
        state,
        age: Duration::from_millis(entry.terms.age(now)),
        time_to_live: entry.terms.time_to_live(now),
    };
    Ok(Some((kept, entry)))
}

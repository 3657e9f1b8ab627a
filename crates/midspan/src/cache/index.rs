//! The index: for every entry a second, small value, whose name says when the entry is of no use any more. So what is dead
//! is found by a list of names, without reading an entry; stores have no expiry of their own.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::{
    Wanted,
    entry::{Entry, Value},
    exchange::milliseconds_since_1970,
    key::{Key, PREFIX},
    lease,
    scope::Audience,
    shelf::Shelf,
    tag::{self, Generation},
};
use crate::{Context, Error, Result, port};

const HOUR: u64 = 3600 * 1000;

/// How much one collection takes away, so that it ends.
const MOST_REMOVED: usize = 1000;

/// An entry of the cache, as an operator sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// What it is kept under.
    pub key: String,
    /// The source that it came from.
    pub source: String,
    /// Path and query for what is for everybody; the path alone for what is not.
    pub target: String,
    /// For whom it is: `public`, or `tenant:` or `user:` with the start of a hash of who it is.
    pub scope: String,
    /// The source's status.
    pub status: u16,
    /// The length of its body, in bytes.
    pub bytes: usize,
    /// The names by which it can be invalidated.
    pub tags: Vec<String>,
    /// When it was stored or last validated, in milliseconds since 1970.
    pub stored_at: u64,
    /// When it stops to be fresh, if nothing invalidates it.
    pub stale_at: u64,
    /// When it is of no use any more.
    pub dead_at: u64,
}

impl Listed {
    /// What is known of an entry besides whose it is and what it is about. What somebody has searched for is theirs.
    pub(super) fn of(key: &Key, entry: &Entry, audience: Audience, uri: &http::Uri) -> Self {
        let terms = &entry.terms;
        let target = if audience == Audience::Public {
            uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str)
        } else {
            uri.path()
        };
        Self {
            key: key.text(),
            source: String::new(),
            target: target.to_owned(),
            scope: audience.label(),
            status: entry.status.as_u16(),
            bytes: entry.body.len(),
            tags: Vec::new(),
            stored_at: terms.response_time,
            stale_at: terms.response_time + terms.lifetime.saturating_sub(terms.initial_age),
            dead_at: terms.dead_at,
        }
    }
}

/// What a collection did.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Collection {
    /// Entries that were dead, and are gone.
    pub dead: usize,
    /// Entries that had to go because there were too many.
    pub evicted: usize,
    /// Entries that are left.
    pub left: usize,
}

/// How many entries of the index one question looks at, so that it ends.
const MOST_LOOKED_AT: usize = 1000;

/// How many stored entries there are to one collection.
const COLLECT_EVERY: u64 = 1000;

/// How many entries the store may have.
const MOST_ENTRIES: usize = 100_000;

/// Where the index has an entry.
struct Place {
    name: String,
    /// In hours since 1970: the hour in which the entry dies.
    hour: u64,
    key: Key,
}

/// Puts an entry into the index once the operation has answered, and now and then collects what is dead.
pub(super) fn list_afterwards(ctx: &Context, shelf: Shelf, listed: Listed) {
    let (ctx, collects) = (ctx.clone(), ctx.port().random().is_multiple_of(COLLECT_EVERY));
    ctx.shared_port().spawn(Box::pin(async move {
        list(&shelf, &listed).await;
        if collects && let Err(error) = collect(&ctx, &shelf, MOST_ENTRIES).await {
            ctx.log_error(&error);
        }
    }));
}

async fn list(shelf: &Shelf, listed: &Listed) {
    let name = format!("{PREFIX}x:{:08}:{}", listed.dead_at / HOUR, listed.key);
    if let Ok(value) = serde_json::to_vec(listed) {
        // An entry that is not listed is found by its key all the same.
        let _ = shelf.store(&name, value.into()).await;
    }
}

/// At most `most` of those that are wanted, what dies first coming first, and after which the rest begins.
pub(super) async fn entries(
    ctx: &Context,
    shelf: &Shelf,
    wanted: &Wanted,
    most: usize,
) -> Result<(Vec<Listed>, Option<String>)> {
    let places = last_places(&names(ctx).await?);
    let done = |place: &Place| wanted.after.as_deref().is_some_and(|after| place.mark() <= after);
    let rest = &places[places.partition_point(done)..];
    let mut found = Vec::new();
    for (count, place) in rest.iter().enumerate() {
        if count == MOST_LOOKED_AT || found.len() == most {
            let before = count.checked_sub(1).map(|last| rest[last].mark().to_owned());
            return Ok((found, before));
        }
        found.extend(read(shelf, place).await?.filter(|listed| wanted.includes(listed)));
    }
    Ok((found, None))
}

/// The one entry whose key begins so.
pub(super) async fn listed(ctx: &Context, shelf: &Shelf, key: &str) -> Result<Option<Listed>> {
    let places = last_places(&names(ctx).await?);
    let mut named = places.iter().filter(|place| place.key.text().starts_with(key));
    match (named.next(), named.next()) {
        (Some(place), None) => read(shelf, place).await,
        _ => Ok(None),
    }
}

async fn read(shelf: &Shelf, place: &Place) -> Result<Option<Listed>> {
    let value = load(shelf, &place.name).await?;
    Ok(value.and_then(|value| serde_json::from_slice(&value).ok()))
}

/// The entry under a key as an operator gave it.
pub(super) async fn entry(shelf: &Shelf, key: &Key) -> Result<Option<Entry>> {
    let value = shelf.load(&key.entry()).await.map_err(|()| unavailable())?;
    match value.and_then(|value| Value::decode(&value, key).ok()) {
        Some(Value::Entry(entry)) => Ok(Some(entry)),
        _ => Ok(None),
    }
}

/// Takes away what is dead, and what is more than `most_entries`, beginning with what dies first.
pub(super) async fn collect(ctx: &Context, shelf: &Shelf, most_entries: usize) -> Result<Collection> {
    let names = names(ctx).await?;
    let now = milliseconds_since_1970(ctx.port());
    let mut done = Collection::default();
    let places = places(&names);
    let (dead, mut alive): (Vec<_>, Vec<_>) = places.into_iter().partition(|place| place.hour < now / HOUR);
    for place in dead.into_iter().take(MOST_REMOVED) {
        // It may have been stored again, and then it is listed once more.
        if entry(shelf, &place.key)
            .await?
            .is_none_or(|entry| entry.terms.dead_at <= now)
        {
            remove(shelf, &place.key.entry()).await?;
            done.dead += 1;
        }
        remove(shelf, &place.name).await?;
    }
    alive.sort_by_key(|place| place.hour);
    let too_many = alive.len().saturating_sub(most_entries).min(MOST_REMOVED);
    for place in alive.drain(..too_many) {
        remove(shelf, &place.key.entry()).await?;
        remove(shelf, &place.name).await?;
        done.evicted += 1;
    }
    done.left = alive.len();
    for name in names.iter().take(MOST_REMOVED) {
        let over = match name.strip_prefix(PREFIX).map(|name| name.split_at(2)) {
            Some(("l:", _)) => load(shelf, name).await?.is_none_or(|value| lease::is_over(&value, now)),
            Some(("t:", _)) => load(shelf, name).await?.is_none_or(|value| tag::is_over(&value, now)),
            _ => false,
        };
        if over {
            remove(shelf, name).await?;
        }
    }
    Ok(done)
}

/// Takes away everything of the cache but the generations of tags, without which an answer under way could outlive it.
pub(super) async fn clear(ctx: &Context, shelf: &Shelf) -> Result<usize> {
    let names = names(ctx).await?;
    let ours = |kind: &str| {
        let start = format!("{PREFIX}{kind}:");
        names.iter().filter(move |name| name.starts_with(&start))
    };
    let mut count = 0;
    for name in ours("e") {
        remove(shelf, name).await?;
        count += 1;
    }
    for name in ours("x") {
        remove(shelf, name).await?;
    }
    Ok(count)
}

async fn names(ctx: &Context) -> Result<Vec<String>> {
    let names = port::keys(ctx.port()).await;
    let mut names =
        names.map_err(|error| Error::failed(format!("the shared store does not list its keys: {error:?}")))?;
    names.retain(|name| name.starts_with(PREFIX));
    names.sort();
    Ok(names)
}

/// An entry that was stored again has more than one place; the last one is true.
fn last_places(names: &[String]) -> Vec<Place> {
    let mut seen = HashSet::new();
    let mut places: Vec<_> = places(names).into_iter().rev().collect();
    places.retain(|place| seen.insert(place.key));
    places.reverse();
    places
}

impl Place {
    /// What comes after it comes later in the index.
    fn mark(&self) -> &str {
        &self.name[PREFIX.len()..]
    }
}

impl Wanted {
    fn includes(&self, listed: &Listed) -> bool {
        let is = |wanted: &Option<String>, has: &dyn Fn(&str) -> bool| wanted.as_deref().is_none_or(has);
        is(&self.source, &|source| listed.source == source)
            && is(&self.tag, &|tag| listed.tags.iter().any(|has| has == tag))
            && is(&self.scope, &|scope| listed.scope.starts_with(scope))
    }
}

fn places(names: &[String]) -> Vec<Place> {
    let places = names.iter().filter_map(|name| {
        let (hour, key) = name.strip_prefix(PREFIX)?.strip_prefix("x:")?.split_once(':')?;
        Some(Place {
            name: name.clone(),
            hour: hour.parse().ok()?,
            key: Key::parse(key)?,
        })
    });
    places.collect()
}

async fn load(shelf: &Shelf, name: &str) -> Result<Option<bytes::Bytes>> {
    shelf.load(name).await.map_err(|()| unavailable())
}

async fn remove(shelf: &Shelf, name: &str) -> Result<()> {
    shelf.remove(name).await.map_err(|()| unavailable())
}

fn unavailable() -> Error {
    Error::failed("the shared store does not answer")
}

impl Generation {
    /// For how long an entry may still have an older one.
    pub(super) const NEEDED: u64 = super::terms::LONGEST_KEPT + HOUR;
}

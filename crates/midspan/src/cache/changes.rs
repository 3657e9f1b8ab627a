//! What changes, and the cache must know: by a call that is not safe, or because an operation says so.

use std::time::Duration;

use bytes::Bytes;
use futures_util::future::LocalBoxFuture;
use http::StatusCode;

use super::{
    index::{self, Collection, Listed},
    key::Key,
    shelf::Shelf,
    tag::{Change, Tag, invalidate},
};
use crate::{Context, Result, source::Exchange};

/// The shared cache, in one request; see [`Context::cache`].
#[derive(Clone, Copy)]
pub struct Handle<'c> {
    pub(super) ctx: &'c Context,
}

impl<'c> Handle<'c> {
    pub(crate) const fn new(ctx: &'c Context) -> Self {
        Self { ctx }
    }

    /// Makes all entries with this tag stale, in all instances and hosts: they are validated or read again before they are
    /// used, but may still stand in for a source that fails, or while they are read again.
    ///
    /// It costs one write, however many entries there are. If the store fails it can't be done; the log says so.
    pub async fn invalidate(self, tag: &str) {
        change(self.ctx, Tag::named(tag), Change::Stale, tag).await;
    }

    /// Makes all entries with this tag disappear, at once and for good.
    pub async fn purge(self, tag: &str) {
        change(self.ctx, Tag::named(tag), Change::Gone, tag).await;
    }
}

/// For an operator. Let nobody else call an operation that uses these.
impl Handle<'_> {
    /// The entries that the shared store has, what dies first coming first.
    ///
    /// # Errors
    /// `OperationFailed` if the store does not answer.
    pub async fn entries(self) -> Result<Vec<Listed>> {
        index::entries(self.ctx, &self.shelf()).await
    }

    /// The stored answer under the key of a [`Listed`] entry.
    ///
    /// # Errors
    /// `OperationFailed` if the store does not answer.
    pub async fn stored(self, key: &str) -> Result<Option<http::Response<Bytes>>> {
        let Some(key) = Key::parse(key) else {
            return Ok(None);
        };
        let entry = index::entry(&self.shelf(), &key).await?;
        Ok(entry.map(|entry| {
            let mut response = http::Response::new(entry.body);
            *response.status_mut() = entry.status;
            *response.headers_mut() = entry.headers;
            response
        }))
    }

    /// Takes all entries away, and says how many there were.
    ///
    /// # Errors
    /// `OperationFailed` if the store does not answer.
    pub async fn clear(self) -> Result<usize> {
        self.ctx.port().instance().cache.near.clear();
        index::clear(self.ctx, &self.shelf()).await
    }

    /// Takes away what is dead, and what is more than `most_entries`. Instances do so themselves now and then.
    ///
    /// # Errors
    /// `OperationFailed` if the store does not answer.
    pub async fn collect(self, most_entries: usize) -> Result<Collection> {
        index::collect(self.ctx, &self.shelf(), most_entries).await
    }

    /// An operator can wait.
    fn shelf(self) -> Shelf {
        Shelf::new(self.ctx, Duration::from_secs(5))
    }
}

async fn change(ctx: &Context, tag: Tag, change: Change, name: &str) {
    if !invalidate(ctx, tag, change).await {
        let message = format!("the store failed, so cached entries about `{name}` stay as they are until they end");
        ctx.log("error", &message);
    }
}

/// What a call changes. The way to the cache's code leads through here alone, as in `Caching`.
#[derive(Clone)]
pub(crate) struct Changes {
    tags: Vec<String>,
    done: for<'a> fn(&'a [String], &'a Exchange, &'a http::Uri) -> LocalBoxFuture<'a, ()>,
}

impl Changes {
    pub(crate) fn new() -> Self {
        Self {
            tags: Vec::new(),
            done: |tags, exchange, uri| Box::pin(done(tags, exchange, uri)),
        }
    }

    pub(crate) fn add(&mut self, tag: String) {
        self.tags.push(tag);
    }

    /// To be called when the source has answered: an error changed nothing (RFC 9111 s. 4.4).
    pub(crate) async fn done(&self, exchange: &Exchange, uri: &http::Uri, status: StatusCode) {
        if status.is_success() || status.is_redirection() {
            (self.done)(&self.tags, exchange, uri).await;
        }
    }
}

async fn done(tags: &[String], exchange: &Exchange, uri: &http::Uri) {
    let ctx = &exchange.ctx;
    if !exchange.semantics.is_safe() {
        let address = Tag::of_address(exchange.source.name(), uri);
        // A component that may not open the store has nothing to do with what is cached there; tags are its author's word.
        let _ = invalidate(ctx, address, Change::Gone).await;
    }
    for tag in tags {
        change(ctx, Tag::named(tag), Change::Stale, tag).await;
    }
}

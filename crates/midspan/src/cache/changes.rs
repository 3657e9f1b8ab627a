//! What changes, and the cache must know: by a call that is not safe, or because an operation says so.

use bytes::Bytes;
use futures_util::future::LocalBoxFuture;
use http::header::{CONTENT_LOCATION, LOCATION};

use super::tag::{Change, Tag, invalidate};
use crate::{
    Context,
    source::{Exchange, redirects, resolved, url::is_same_origin},
};

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
    /// It costs one write, however many entries there are. Whether it was done: it can't be if the store fails, and then the
    /// log says so too.
    pub async fn invalidate(self, tag: &str) -> bool {
        change(self.ctx, Tag::named(tag), Change::Stale, tag).await
    }

    /// Makes all entries with this tag disappear, at once and for good. Whether it was done.
    pub async fn purge(self, tag: &str) -> bool {
        change(self.ctx, Tag::named(tag), Change::Gone, tag).await
    }
}

async fn change(ctx: &Context, tag: Tag, change: Change, name: &str) -> bool {
    let done = invalidate(ctx, tag, change).await;
    if !done {
        let message = format!("the store failed, so cached entries about `{name}` stay as they are until they end");
        ctx.log("error", &message);
    }
    done
}

/// What a call changes. The way to the cache's code leads through here alone, as in `Caching`.
#[derive(Clone)]
pub(crate) struct Changes {
    tags: Vec<String>,
    done: for<'a> fn(&'a [String], &'a Exchange, &'a http::Uri, &'a http::Response<Bytes>) -> LocalBoxFuture<'a, ()>,
}

impl Changes {
    pub(crate) fn new() -> Self {
        Self {
            tags: Vec::new(),
            done: |tags, exchange, uri, response| Box::pin(done(tags, exchange, uri, response)),
        }
    }

    pub(crate) fn add(&mut self, tag: String) {
        self.tags.push(tag);
    }

    /// To be called when the source has answered: an error changed nothing (RFC 9111 s. 4.4).
    pub(crate) async fn done(&self, exchange: &Exchange, uri: &http::Uri, response: &http::Response<Bytes>) {
        let status = response.status();
        if status.is_success() || status.is_redirection() {
            (self.done)(&self.tags, exchange, uri, response).await;
        }
    }
}

async fn done(tags: &[String], exchange: &Exchange, uri: &http::Uri, response: &http::Response<Bytes>) {
    let ctx = &exchange.ctx;
    if !exchange.semantics.is_safe() {
        for uri in changed(uri, response) {
            let address = Tag::of_address(exchange.source.name(), &uri);
            // A component that may not open the store has nothing to do with what is cached there; tags are its author's
            // word.
            let _ = invalidate(ctx, address, Change::Gone).await;
        }
    }
    for tag in tags {
        change(ctx, Tag::named(tag), Change::Stale, tag).await;
    }
}

/// The addresses at which a call that is not safe changed something: its own, those that it was sent on to, and those that
/// the answer names, if they are of the same origin (RFC 9111 s. 4.4).
fn changed(uri: &http::Uri, response: &http::Response<Bytes>) -> Vec<http::Uri> {
    let mut all = vec![uri.clone()];
    all.extend(redirects(response).iter().map(|redirect| redirect.to.clone()));
    let answered = all.last().unwrap_or(uri).clone();
    let named = [LOCATION, CONTENT_LOCATION].into_iter().filter_map(|name| {
        let named = resolved(&answered, response.headers().get(name)?.as_bytes())?;
        is_same_origin(&answered, &named).then_some(named)
    });
    all.extend(named.collect::<Vec<_>>());
    all.dedup();
    all
}

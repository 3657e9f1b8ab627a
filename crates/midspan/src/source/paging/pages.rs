//! The stream of items, with its caps.

use serde::de::DeserializeOwned;

use super::{
    Paging,
    feed::{Asked, Feed, Loaded},
};
use crate::{
    Error, Result,
    source::{Call, Handle, outcome},
};

/// The items of all pages, in order; see [`Call::pages`].
#[must_use = "no page is loaded before `.next()`, `.page()` or `.collect_up_to()` is awaited"]
pub struct Pages<'c, T> {
    handle: Handle<'c>,
    /// Only its caps count.
    paging: Paging,
    feed: Box<dyn Feed<T> + 'c>,
    loaded: Loaded<T>,
    read: usize,
    given: usize,
    cut_short: bool,
    /// After an error, nothing more is given.
    failed: bool,
}

/// What [`Pages::collect_up_to`] took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collected<T> {
    /// The items, in the source's order.
    pub items: Vec<T>,
    /// Whether the source may have more than these.
    pub more: bool,
    /// How many items the whole list has, where the source says so.
    pub total: Option<u64>,
}

/// One page, as [`Pages::page`] gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnePage<T> {
    /// The items, in the source's order.
    pub items: Vec<T>,
    /// Where the next page begins, for [`Pages::resume`] and for our own [`next_link`](crate::Context::next_link);
    /// nothing on the last page. It is a number or a token of the source, and never a URL.
    pub next: Option<String>,
    /// How many items the whole list has, where the source says so.
    pub total: Option<u64>,
}

impl<'c> Call<'c> {
    /// The items of this list, page by page: nothing is sent before the first one is awaited.
    ///
    /// ```
    /// # use midspan::{prelude::*, source::Paging};
    /// # static GRAPH: Source = Source::rest("graph");
    /// # async fn example(ctx: Context) -> Result<()> {
    /// let mut names = ctx.source(&GRAPH).get("/v1.0/users").pages::<serde_json::Value>(Paging::next_link());
    /// while let Some(name) = names.next().await? {
    ///     // ...
    /// }
    /// # Ok(()) }
    /// ```
    pub fn pages<T: DeserializeOwned + 'static>(self, paging: Paging) -> Pages<'c, T> {
        let handle = Handle::new(self.ctx, self.source);
        Pages::new(handle, paging, Asked::new(self, paging))
    }
}

impl<'c, T: 'static> Pages<'c, T> {
    pub(in crate::source) fn new(handle: Handle<'c>, paging: Paging, feed: impl Feed<T> + 'c) -> Self {
        Self {
            handle,
            paging,
            feed: Box::new(feed),
            loaded: none(),
            read: 0,
            given: 0,
            cut_short: false,
            failed: false,
        }
    }

    /// Begins with the page at a position that [`OnePage::next`] was; at the first one, where there is none.
    ///
    /// # Errors
    /// `OperationFailed` where it is no position of this list. A caller can't cause that, if the position comes from
    /// [`Context::position`](crate::Context::position).
    pub fn resume(mut self, position: Option<&str>) -> Result<Self> {
        if let Some(position) = position {
            self.feed.resume(position).map_err(Error::failed)?;
        }
        Ok(self)
    }

    /// The next item; nothing after the last, after a cap, and after an error.
    ///
    /// # Errors
    /// Those of a call; `SourceInvalid` too where a page has no list, where an item is not of this type, or where the
    /// next link leads elsewhere or in a circle.
    pub async fn next(&mut self) -> Result<Option<T>> {
        loop {
            self.keep_caps();
            if let Some(item) = self.loaded.items.next() {
                return self.decoded(item).map(Some);
            }
            if self.failed || self.cut_short || !self.load().await? {
                return Ok(None);
            }
        }
    }

    /// All items, but at most `max_items`; pages after these are not loaded.
    ///
    /// # Errors
    /// Those of [`next`](Pages::next).
    pub async fn collect_up_to(mut self, max_items: usize) -> Result<Collected<T>> {
        let mut items = Vec::new();
        while items.len() < max_items
            && let Some(item) = self.next().await?
        {
            items.push(item);
        }
        Ok(Collected {
            items,
            more: self.cut_short || self.has_more(),
            total: self.loaded.total,
        })
    }

    /// One page, as the source cuts them: for a list of our own whose pages are the source's.
    ///
    /// ```
    /// # use midspan::{prelude::*, source::Paging};
    /// # static GRAPH: Source = Source::rest("graph");
    /// # async fn example(ctx: Context, after: Option<Position>) -> Result<()> {
    /// let after = ctx.position(after.as_ref()).await?;
    /// let pages = ctx.source(&GRAPH).get("/v1.0/users").pages::<serde_json::Value>(Paging::next_link());
    /// let page = pages.resume(after.as_deref())?.page().await?;
    /// let next_link = ctx.next_link("/people", &[], page.next.as_deref()).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// Those of [`next`](Pages::next).
    pub async fn page(mut self) -> Result<OnePage<T>> {
        let mut items = Vec::new();
        if self.load().await? {
            while let Some(item) = self.loaded.items.next() {
                items.push(self.decoded(item)?);
            }
        }
        Ok(OnePage {
            items,
            next: self.feed.position(),
            total: self.loaded.total,
        })
    }

    /// Whether a cap of the paging ended it, although the source may have more. The log says so too.
    #[must_use]
    pub const fn is_cut_short(&self) -> bool {
        self.cut_short
    }

    async fn load(&mut self) -> Result<bool> {
        let loaded = self.feed.load().await.inspect_err(|_| self.failed = true)?;
        let is_page = loaded.is_some();
        if let Some(page) = loaded {
            self.read += 1;
            self.loaded = Loaded {
                total: page.total.or(self.loaded.total),
                ..page
            };
        }
        Ok(is_page)
    }

    fn decoded(&mut self, item: Result<T, String>) -> Result<T> {
        let at = self.given;
        self.given += 1;
        item.map_err(|why| {
            self.failed = true;
            self.loaded.items = none().items;
            let error = outcome::invalid(self.handle.source, format!("item {at} of the list: {why}"));
            self.handle.ctx.log_error(&error);
            error
        })
    }

    fn has_more(&self) -> bool {
        !self.failed && (self.feed.has_more() || self.loaded.items.len() > 0)
    }

    fn keep_caps(&mut self) {
        let Paging {
            max_items, max_pages, ..
        } = self.paging;
        if self.given >= max_items && self.has_more() {
            self.end_at_cap("items", max_items);
        }
        if self.read >= max_pages && self.has_more() && self.loaded.items.len() == 0 {
            self.end_at_cap("pages", max_pages);
        }
    }

    fn end_at_cap(&mut self, unit: &str, cap: usize) {
        if self.cut_short {
            return;
        }
        self.cut_short = true;
        self.loaded.items = none().items;
        let source = self.handle.source.name();
        let message = format!("a list of source `{source}` was ended after {cap} {unit}");
        self.handle.ctx.log("warn", &message);
    }
}

fn none<T: 'static>() -> Loaded<T> {
    Loaded {
        items: Box::new(std::iter::empty()),
        total: None,
    }
}

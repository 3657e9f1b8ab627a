//! Paging: one typed stream of items, however the source cuts its lists into pages.
//!
//! Each page is a call as every other: time-out, deadline and `Server-Timing` hold for it. A source that never ends is
//! ended by a cap on pages and on items.

mod link;
mod page;

use std::{marker::PhantomData, vec};

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Call, outcome};
use crate::{Error, Result};
use page::Page;

/// How a source cuts a list into pages, and how much of it is taken at most: 100 pages and 10,000 items unless told.
///
/// The items stand where sources usually have them (the body itself, `value`, `d.results`, `d`, `items`, `results`,
/// `data`), or where [`items_at`](Paging::items_at) says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paging {
    step: Step,
    items_at: Option<&'static str>,
    page_size: Option<usize>,
    max_pages: usize,
    max_items: usize,
}

/// How one page leads to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Link(&'static [&'static str]),
    Offset(&'static str),
    Number { parameter: &'static str, first: usize },
    Cursor { parameter: &'static str, at: &'static str },
}

/// Where bodies have their next link: OData v4, SharePoint without metadata, OData v2 and v3, Azure Resource Manager.
const NEXT_LINKS: &[&str] = &["/@odata.nextLink", "/odata.nextLink", "/d/__next", "/nextLink"];

impl Paging {
    /// A page has the link of the next one: `@odata.nextLink`, `odata.nextLink`, `d.__next` or `nextLink`.
    ///
    /// It is followed only where it leads to the source itself: same scheme, host and port as the variable
    /// `<name>_url`, and below its path. Else it is `SourceInvalid`, and the log says why.
    #[must_use]
    pub const fn next_link() -> Self {
        Self::new(Step::Link(NEXT_LINKS))
    }

    /// The same with the link at another place, as JSON pointers (RFC 6901): `&["/links/next"]`.
    #[must_use]
    pub const fn next_link_at(places: &'static [&'static str]) -> Self {
        Self::new(Step::Link(places))
    }

    /// The query's `parameter` (`$skip`, `offset`) says how many items to leave out. An empty page is the last one; see
    /// [`page_size`](Paging::page_size).
    #[must_use]
    pub const fn offset(parameter: &'static str) -> Self {
        Self::new(Step::Offset(parameter))
    }

    /// The query's `parameter` is the number of the page, the first one being `first`. An empty page is the last one;
    /// see [`page_size`](Paging::page_size).
    #[must_use]
    pub const fn page_number(parameter: &'static str, first: usize) -> Self {
        Self::new(Step::Number { parameter, first })
    }

    /// A page has a text or a number `at` a JSON pointer (RFC 6901) that the query's `parameter` takes for the next one;
    /// without it, or with an empty one, it is the last.
    #[must_use]
    pub const fn cursor(parameter: &'static str, at: &'static str) -> Self {
        Self::new(Step::Cursor { parameter, at })
    }

    /// Where a page has its items, as a JSON pointer (RFC 6901): `/payload/rows`.
    #[must_use]
    pub const fn items_at(mut self, pointer: &'static str) -> Self {
        self.items_at = Some(pointer);
        self
    }

    /// By offset or page number: the source fills each page with so many items, so that a shorter one is the last and no
    /// call for an empty one is needed. Only where the source does not give less than it was asked for.
    #[must_use]
    pub const fn page_size(mut self, items: usize) -> Self {
        self.page_size = Some(items);
        self
    }

    /// Ends after so many pages, although the source may have more; 100 unless told.
    #[must_use]
    pub const fn max_pages(mut self, pages: usize) -> Self {
        self.max_pages = pages;
        self
    }

    /// Ends after so many items, although the source may have more; 10,000 unless told.
    #[must_use]
    pub const fn max_items(mut self, items: usize) -> Self {
        self.max_items = items;
        self
    }

    const fn new(step: Step) -> Self {
        Self {
            step,
            items_at: None,
            page_size: None,
            max_pages: 100,
            max_items: 10_000,
        }
    }
}

/// The items of all pages, in order; see [`Call::pages`].
#[must_use = "no page is loaded before `.next()` or `.collect_up_to()` is awaited"]
pub struct Pages<'c, T> {
    paging: Paging,
    first: Call<'c>,
    /// The call for the next page; none after the last.
    following: Option<Call<'c>>,
    /// What led to the page at hand: a link or a cursor.
    token: Option<String>,
    loaded: vec::IntoIter<Value>,
    read: usize,
    received: usize,
    given: usize,
    cut_short: bool,
    item: PhantomData<fn() -> T>,
}

/// What [`Pages::collect_up_to`] took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collected<T> {
    /// The items, in the source's order.
    pub items: Vec<T>,
    /// Whether the source may have more than these.
    pub more: bool,
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
    pub fn pages<T: DeserializeOwned>(self, paging: Paging) -> Pages<'c, T> {
        let first = match paging.step {
            Step::Link(_) | Step::Cursor { .. } => self.clone(),
            Step::Offset(parameter) => self.clone().query(parameter, 0),
            Step::Number { parameter, first } => self.clone().query(parameter, first),
        };
        Pages {
            paging,
            first: self,
            following: Some(first),
            token: None,
            loaded: Vec::new().into_iter(),
            read: 0,
            received: 0,
            given: 0,
            cut_short: false,
            item: PhantomData,
        }
    }
}

impl<T: DeserializeOwned> Pages<'_, T> {
    /// The next item; nothing after the last, after a cap, and after an error.
    ///
    /// # Errors
    /// Those of a call; `SourceInvalid` too where a page has no list, where an item is not of this type, or where the
    /// next link leads elsewhere or in a circle.
    pub async fn next(&mut self) -> Result<Option<T>> {
        loop {
            self.keep_caps();
            if let Some(item) = self.loaded.next() {
                return self.decode(item).map(Some);
            }
            let Some(call) = self.following.take() else {
                return Ok(None);
            };
            self.load(call).await?;
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
        let more = self.cut_short || self.has_more();
        Ok(Collected { items, more })
    }

    /// Whether a cap of the paging ended it, although the source may have more. The log says so too.
    #[must_use]
    pub const fn is_cut_short(&self) -> bool {
        self.cut_short
    }

    async fn load(&mut self, call: Call<'_>) -> Result<()> {
        let call = match (self.paging.step, &self.token) {
            (Step::Link(_), Some(link)) => call.following(link).await.inspect_err(|error| self.log(error))?,
            _ => call,
        };
        let body: Value = call.json().await?;
        let page = Page::read(body, self.paging.items_at, self.places()).map_err(|why| self.invalid(why))?;
        self.read += 1;
        self.received += page.items.len();
        self.following = self.after(&page)?;
        self.token = page.token;
        self.loaded = page.items.into_iter();
        Ok(())
    }

    /// Where a page says how it goes on.
    fn places(&self) -> &[&'static str] {
        match &self.paging.step {
            Step::Link(places) => places,
            Step::Cursor { at, .. } => std::slice::from_ref(at),
            Step::Offset(_) | Step::Number { .. } => &[],
        }
    }
}

impl<'c, T> Pages<'c, T> {
    /// The call for the page after this one, unless it is the last. A link is put in when it is loaded.
    fn after(&self, page: &Page) -> Result<Option<Call<'c>>> {
        let is_last = match self.paging.step {
            Step::Offset(_) | Step::Number { .. } => page.items.len() < self.paging.page_size.unwrap_or(1).max(1),
            Step::Link(_) | Step::Cursor { .. } => page.token.is_none(),
        };
        if is_last {
            return Ok(None);
        }
        if page.token.is_some() && page.token == self.token {
            return Err(self.invalid("a page leads to itself".into()));
        }
        let call = self.first.clone();
        Ok(Some(match self.paging.step {
            Step::Link(_) => call,
            Step::Offset(parameter) => call.query(parameter, self.received),
            Step::Number { parameter, first } => call.query(parameter, first + self.read),
            Step::Cursor { parameter, .. } => call.query(parameter, page.token.as_deref().unwrap_or_default()),
        }))
    }

    fn decode(&mut self, item: Value) -> Result<T>
    where
        T: DeserializeOwned,
    {
        let at = self.given;
        self.given += 1;
        T::deserialize(item).map_err(|why| {
            self.end();
            self.invalid(format!("item {at} of the list: {why}"))
        })
    }

    fn has_more(&self) -> bool {
        self.following.is_some() || !self.loaded.as_slice().is_empty()
    }

    fn keep_caps(&mut self) {
        let Paging {
            max_items, max_pages, ..
        } = self.paging;
        if self.given >= max_items && self.has_more() {
            self.end_at_cap("items", max_items);
        }
        if self.read >= max_pages && self.following.is_some() && self.loaded.as_slice().is_empty() {
            self.end_at_cap("pages", max_pages);
        }
    }

    fn end_at_cap(&mut self, unit: &str, cap: usize) {
        self.end();
        self.cut_short = true;
        let message = format!(
            "a list of source `{}` was ended after {cap} {unit}",
            self.first.source.name()
        );
        self.first.ctx.log("warn", &message);
    }

    fn end(&mut self) {
        self.following = None;
        self.loaded = Vec::new().into_iter();
    }

    fn invalid(&self, why: String) -> Error {
        let error = outcome::invalid(self.first.source, why);
        self.log(&error);
        error
    }

    fn log(&self, error: &Error) {
        self.first.ctx.log_error(error);
    }
}

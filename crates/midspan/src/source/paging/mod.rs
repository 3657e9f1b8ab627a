//! Paging: one typed stream of items, however the source cuts its lists into pages.
//!
//! Each page is a call as every other: time-out, deadline and `Server-Timing` hold for it. A source that never ends is
//! ended by a cap on pages and on items.

pub(super) mod feed;
pub(super) mod link;
pub(super) mod page;
mod pages;
mod unfold;

pub use pages::{Collected, OnePage, Pages};
pub use unfold::Chunk;

/// How a source cuts a list into pages, and how much of it is taken at most: 100 pages and 10,000 items unless told.
///
/// The items stand where sources usually have them (the body itself, `value`, `d.results`, `d`, `items`, `results`,
/// `data`), or where [`items_at`](Paging::items_at) says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paging {
    step: Step,
    items_at: Option<&'static str>,
    total_at: Option<&'static str>,
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
    Connection { parameter: &'static str, at: &'static str },
}

impl Step {
    /// Whether it is counted where the next page begins, and the source need not say it.
    const fn counts(self) -> bool {
        matches!(self, Self::Offset(_) | Self::Number { .. })
    }
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

    /// A Relay connection (GraphQL Cursor Connections Specification) `at` a JSON pointer (RFC 6901) of the data, such as
    /// `/people`: items are its `edges`' `node`s, or its `nodes`; the variable `after` takes its `pageInfo.endCursor`.
    #[must_use]
    pub const fn connection(at: &'static str) -> Self {
        Self::new(Step::Connection { parameter: "after", at })
    }

    /// Only caps, for [`Handle::unfold`](super::Handle::unfold).
    #[must_use]
    pub const fn caps() -> Self {
        Self::new(Step::Link(&[]))
    }

    /// Where a page says how many items the whole list has, as a JSON pointer (RFC 6901); unless told, where OData does.
    #[must_use]
    pub const fn total_at(mut self, pointer: &'static str) -> Self {
        self.total_at = Some(pointer);
        self
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
            total_at: None,
            page_size: None,
            max_pages: 100,
            max_items: 10_000,
        }
    }
}

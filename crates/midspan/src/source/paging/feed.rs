//! Where the pages of a list come from, whatever its protocol.

use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Paging, Step, link, page::Page};
use crate::{
    Error, Result,
    source::{Call, outcome},
};

/// The pages of one list, one after the other.
pub(in crate::source) trait Feed<T> {
    /// The next page; nothing after the last.
    fn load(&mut self) -> LocalBoxFuture<'_, Result<Option<Loaded<T>>>>;

    /// Whether there is a page after those that were loaded.
    fn has_more(&self) -> bool;

    /// Where the next page begins, as [`resume`](Feed::resume) takes it; nothing after the last.
    fn position(&self) -> Option<String>;

    /// Begins at a position.
    ///
    /// # Errors
    /// Why it is none, for the log.
    fn resume(&mut self, position: &str) -> Result<(), String>;
}

/// One page.
pub(in crate::source) struct Loaded<T> {
    /// The items; why one can't be read, for the log.
    pub(in crate::source) items: Box<dyn ExactSizeIterator<Item = Result<T, String>>>,
    /// How many items the whole list has, where the source says so.
    pub(in crate::source) total: Option<u64>,
}

/// A request for a page that is JSON.
pub(in crate::source) trait Ask: Clone {
    /// The call that it is made with.
    fn call(&self) -> &Call<'_>;

    /// The same for the page that begins at `value`.
    fn at(self, parameter: &'static str, value: Start<'_>) -> Self;

    /// What the source answers.
    fn ask(self) -> impl Future<Output = Result<Value>>;

    /// The same at a position that [`link::position`] gave.
    fn resumed(self, position: &str) -> Self;

    /// The same at a link that the source gave.
    fn follow(self, link: &str) -> impl Future<Output = Result<Self>>;
}

/// What a parameter says of where a page begins.
#[derive(Debug, Clone, Copy)]
pub(in crate::source) enum Start<'s> {
    Number(usize),
    Token(&'s str),
}

/// The pages of a list that a call, or a `GraphQL` request, is for.
pub(in crate::source) struct Asked<A> {
    paging: Paging,
    first: A,
    next: Next,
    /// How many pages and items came before the next page, on the whole list.
    pages: usize,
    items: usize,
}

/// Which page is next.
enum Next {
    First,
    /// The one that offset or number say.
    Counted,
    /// The one that a link or a cursor leads to.
    At(String),
    /// The one whose link has this query, with parameters of the first call left out.
    Resumed(String),
    None,
}

impl<A: Ask> Asked<A> {
    pub(in crate::source) fn new(first: A, paging: Paging) -> Self {
        Self {
            paging,
            first,
            next: Next::First,
            pages: 0,
            items: 0,
        }
    }

    async fn load(&mut self) -> Result<Option<Page>> {
        let Some(request) = self.request().await? else {
            return Ok(None);
        };
        let before = std::mem::replace(&mut self.next, Next::None);
        let body = request.ask().await?;
        let page = Page::read(body, &self.paging).map_err(|why| self.invalid(why))?;
        self.pages += 1;
        self.items += page.items.len();
        self.next = self.after(&before, &page)?;
        Ok(Some(page))
    }

    async fn request(&self) -> Result<Option<A>> {
        let first = self.first.clone();
        let counted = |first: A| match self.paging.step {
            Step::Offset(parameter) => first.at(parameter, Start::Number(self.items)),
            Step::Number {
                parameter,
                first: number,
            } => first.at(parameter, Start::Number(number + self.pages)),
            _ => first,
        };
        Ok(Some(match (&self.next, self.paging.step) {
            (Next::None, _) | (Next::At(_), Step::Offset(_) | Step::Number { .. }) => return Ok(None),
            (Next::First | Next::Counted, _) => counted(first),
            (Next::At(link), Step::Link(_)) => first.follow(link).await.inspect_err(|error| self.log(error))?,
            (Next::Resumed(position), _) => first.resumed(position),
            (Next::At(token), Step::Cursor { parameter, .. } | Step::Connection { parameter, .. }) => {
                first.at(parameter, Start::Token(token))
            }
        }))
    }

    fn after(&self, before: &Next, page: &Page) -> Result<Next> {
        if self.paging.step.counts() {
            let full = page.items.len() >= self.paging.page_size.unwrap_or(1).max(1);
            return Ok(if full { Next::Counted } else { Next::None });
        }
        match (&page.token, before) {
            (None, _) => Ok(Next::None),
            (Some(token), Next::At(same)) if token == same => Err(self.invalid("a page leads to itself".into())),
            (Some(token), _) => Ok(Next::At(token.clone())),
        }
    }

    fn invalid(&self, why: String) -> Error {
        let error = outcome::invalid(self.first.call().source, why);
        self.log(&error);
        error
    }

    fn log(&self, error: &Error) {
        self.first.call().ctx.log_error(error);
    }
}

impl<T: DeserializeOwned + 'static, A: Ask> Feed<T> for Asked<A> {
    fn load(&mut self) -> LocalBoxFuture<'_, Result<Option<Loaded<T>>>> {
        Box::pin(async {
            let page = self.load().await?;
            Ok(page.map(|page| Loaded {
                total: page.total,
                items: Box::new(page.items.into_iter().map(decode)),
            }))
        })
    }

    fn has_more(&self) -> bool {
        !matches!(self.next, Next::None)
    }

    fn position(&self) -> Option<String> {
        match (&self.next, self.paging.step) {
            (Next::None | Next::First, _) => None,
            (Next::Counted, Step::Number { .. }) => Some(self.pages.to_string()),
            (Next::Counted, _) => Some(self.items.to_string()),
            (Next::At(link), Step::Link(_)) => Some(link::position(self.first.call(), link)),
            (Next::At(token) | Next::Resumed(token), _) => Some(token.clone()),
        }
    }

    fn resume(&mut self, position: &str) -> Result<(), String> {
        let number = || {
            position
                .parse()
                .map_err(|_| format!("`{position}` is no position of this list"))
        };
        self.next = match self.paging.step {
            Step::Link(_) => Next::Resumed(position.to_owned()),
            Step::Cursor { .. } | Step::Connection { .. } => Next::At(position.to_owned()),
            Step::Offset(_) => {
                self.items = number()?;
                Next::Counted
            }
            Step::Number { .. } => {
                self.pages = number()?;
                Next::Counted
            }
        };
        Ok(())
    }
}

fn decode<T: DeserializeOwned>(item: Value) -> Result<T, String> {
    T::deserialize(item).map_err(|why| why.to_string())
}

impl Ask for Call<'_> {
    fn call(&self) -> &Call<'_> {
        self
    }

    fn at(self, parameter: &'static str, value: Start<'_>) -> Self {
        match value {
            Start::Number(number) => self.query(parameter, number),
            Start::Token(token) => self.query(parameter, token),
        }
    }

    async fn ask(self) -> Result<Value> {
        self.json().await
    }

    fn resumed(self, position: &str) -> Self {
        self.resumed(position)
    }

    async fn follow(self, link: &str) -> Result<Self> {
        self.following(link).await
    }
}

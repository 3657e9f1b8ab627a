//! Pages of a source that has a form of its own for them.

use futures_util::future::LocalBoxFuture;

use super::{
    Pages, Paging,
    feed::{Feed, Loaded},
};
use crate::{Result, source::Handle};

/// One page, as the author's own code loads it; see [`Handle::unfold`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk<T> {
    /// The items, in the source's order.
    pub items: Vec<T>,
    /// Where the next page begins, in a form of the author's; nothing on the last page.
    pub next: Option<String>,
}

impl<'c> Handle<'c> {
    /// The items of a list whose pages are loaded by `load`, which is given where the page begins (nothing for the first
    /// one): for SOAP, where an element of the answer leads on, and for whatever has no paging of its own here. Of
    /// `paging`, only the caps count.
    ///
    /// ```
    /// # use midspan::{prelude::*, source::{Chunk, Paging}};
    /// # static PAYROLL: Source = Source::rest("payroll");
    /// # #[derive(serde::Deserialize)] struct Answer { rows: Vec<u32>, continuation: Option<String> }
    /// # async fn example(ctx: Context) -> Result<()> {
    /// let payroll = ctx.source(&PAYROLL);
    /// let mut rows = payroll.unfold(Paging::caps(), async |from: Option<String>| {
    ///     let answer: Answer = payroll.post("/rows").body(&from).json().await?;
    ///     Ok(Chunk { items: answer.rows, next: answer.continuation })
    /// });
    /// while let Some(row) = rows.next().await? {
    ///     // ...
    /// }
    /// # Ok(()) }
    /// ```
    pub fn unfold<T: 'static>(
        self,
        paging: Paging,
        load: impl AsyncFnMut(Option<String>) -> Result<Chunk<T>> + 'c,
    ) -> Pages<'c, T> {
        let feed = Unfold {
            load,
            next: Next::First,
        };
        Pages::new(self, paging, feed)
    }
}

struct Unfold<F> {
    load: F,
    next: Next,
}

enum Next {
    First,
    At(String),
    None,
}

impl<T: 'static, F: AsyncFnMut(Option<String>) -> Result<Chunk<T>>> Feed<T> for Unfold<F> {
    fn load(&mut self) -> LocalBoxFuture<'_, Result<Option<Loaded<T>>>> {
        Box::pin(async {
            let from = match std::mem::replace(&mut self.next, Next::None) {
                Next::First => None,
                Next::At(position) => Some(position),
                Next::None => return Ok(None),
            };
            let chunk = (self.load)(from).await?;
            self.next = chunk.next.map_or(Next::None, Next::At);
            Ok(Some(Loaded {
                items: Box::new(chunk.items.into_iter().map(Ok)),
                total: None,
            }))
        })
    }

    fn has_more(&self) -> bool {
        !matches!(self.next, Next::None)
    }

    fn position(&self) -> Option<String> {
        match &self.next {
            Next::At(position) => Some(position.clone()),
            Next::First | Next::None => None,
        }
    }

    fn resume(&mut self, position: &str) -> Result<(), String> {
        self.next = Next::At(position.to_owned());
        Ok(())
    }
}

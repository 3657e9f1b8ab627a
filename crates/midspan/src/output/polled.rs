//! What a polling trigger found since it was last asked.

use bytes::Bytes;
use http::{
    Response, StatusCode,
    header::{LOCATION, RETRY_AFTER},
};
use midspan_definition::Schema;

use super::{Output, header, json};
use crate::{Data, Result};

/// The answer of a polling trigger: 200 with what is new, or 202 where nothing is; in both cases `Location` says where to
/// ask next time, and carries the state: see [`Context::trigger_link`](crate::Context::trigger_link).
///
/// The protocol is that of Logic Apps' polling triggers (Microsoft Learn, "Create custom APIs you can call from Azure Logic
/// Apps", polling triggers): on the first call, which has no state, a flow must not be started for what is old, so that the
/// answer is [`nothing`](Polled::nothing).
///
/// ```
/// use midspan::prelude::*;
///
/// /// Where the trigger stands.
/// #[input]
/// struct CardsInput {
///     /// State
///     #[query(visibility = "internal")]
///     triggerstate: Option<Position>,
/// }
///
/// /// When a card arrives
/// #[operation(get = "/cards/new", auth = none)]
/// async fn when_a_card_arrives(ctx: Context, input: CardsInput) -> Result<Polled<String>> {
///     let since = ctx.trigger_state(input.triggerstate.as_ref()).await?;
///     let (cards, latest) = cards_since(since.as_deref());
///     let next = ctx.trigger_link("/cards/new", &[], latest).await?;
///     Ok(match since {
///         Some(_) => Polled::since(cards, next),
///         None => Polled::nothing(next),
///     })
/// }
/// # fn cards_since(_: Option<&str>) -> (Vec<String>, &'static str) { (vec!["c-1".into()], "c-1") }
///
/// use midspan::testing::TestHost;
///
/// let host = TestHost::new();
/// let first = host.get::<WhenACardArrives>("/cards/new");
/// assert_eq!(first.status(), 202);
/// let next = first.header("location").unwrap().to_owned();
/// let second = host.get::<WhenACardArrives>(&next);
/// assert_eq!((second.status(), second.json::<Vec<String>>()), (200, vec!["c-1".to_owned()]));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Polled<T> {
    items: Vec<T>,
    next: String,
    retry_after: Option<u32>,
}

impl<T> Polled<T> {
    /// What is new, the newest last, and where to ask next. Without an item it is [`nothing`](Polled::nothing).
    #[must_use]
    pub const fn since(items: Vec<T>, next: String) -> Self {
        Self {
            items,
            next,
            retry_after: None,
        }
    }

    /// Nothing new: ask there next time.
    #[must_use]
    pub const fn nothing(next: String) -> Self {
        Self::since(Vec::new(), next)
    }

    /// Asks the platform to come again after so many seconds, and not after the interval that the maker chose.
    #[must_use]
    pub const fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }
}

impl<T> Output for Polled<T>
where
    T: Data,
    Vec<T>: Data,
{
    const SCHEMA: Schema = <Vec<T> as Data>::SCHEMA;
    const STATUSES: &'static [u16] = &[200, 202];
    const POLLED: bool = true;

    fn respond(self) -> Result<Response<Bytes>> {
        let status = if self.items.is_empty() {
            StatusCode::ACCEPTED
        } else {
            StatusCode::OK
        };
        let mut response = json(status, &self.items)?;
        let headers = response.headers_mut();
        headers.insert(LOCATION, header("location", &self.next)?);
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, seconds.into());
        }
        Ok(response)
    }
}

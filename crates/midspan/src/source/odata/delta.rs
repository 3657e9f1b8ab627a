//! What has changed since the last time (OData protocol s. 11.3; "delta query" in Microsoft Graph, "change tracking" in
//! Dataverse).

use http::StatusCode;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    Error, Result,
    source::{
        Call, outcome,
        paging::{link, page},
    },
};

/// Up to where changes were read: keep it, and give it to [`Call::changes_since`] the next time. It is a part of a link of
/// the source's, for the same call alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DeltaToken(String);

/// What has changed; see [`Call::changes_since`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes<T> {
    /// In the source's order. One that changed several times may come several times, the last state last.
    pub changes: Vec<Change<T>>,
    /// Where the next changes begin.
    pub token: DeltaToken,
    /// Whether there are more right now, because a cap ended the reading.
    pub more: bool,
    /// Whether these are all that there are rather than what has changed: there was no token, or the source does not know
    /// it any more. What is not among them (until there are no `more`) is gone.
    pub from_start: bool,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change<T> {
    /// It is new, or it has changed.
    Present(T),
    /// It is gone.
    Removed {
        /// Its id, as the source writes it; for some sources that is a URL.
        id: String,
        /// `deleted`, or `changed` where it no longer fulfils the conditions; as the source says it.
        reason: Option<String>,
    },
    /// Something was related to something else, or no longer is.
    Link {
        /// Whether it was added rather than removed.
        added: bool,
        /// The id of the one that has the relationship.
        from: String,
        /// The navigation property.
        relationship: String,
        /// The id of the other one.
        to: String,
    },
}

/// How many pages are read at most: those after it come with the next token.
const MAX_PAGES: usize = 100;

impl DeltaToken {
    /// From the text that [`as_str`](DeltaToken::as_str) gave.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// For keeping: in a store, or signed in a link of ours by [`Context::next_link`](crate::Context::next_link).
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Call<'_> {
    /// What has changed since a token was given; without one, all that there is.
    ///
    /// The source must be asked for it as it wants to be: Microsoft Graph at a path that ends in `/delta`, Dataverse with
    /// the header `Prefer: odata.track-changes`.
    ///
    /// ```
    /// # use midspan::{prelude::*, source::odata::{Change, DeltaToken}};
    /// # static GRAPH: Source = Source::odata("graph");
    /// # async fn example(ctx: Context, kept: Option<&DeltaToken>) -> Result<()> {
    /// #[derive(Deserialize)]
    /// struct User { id: String }
    ///
    /// let changes = ctx.source(&GRAPH).get("/v1.0/users/delta").changes_since::<User>(kept).await?;
    /// for change in changes.changes {
    ///     match change {
    ///         Change::Present(user) => println!("{}", user.id),
    ///         Change::Removed { id, .. } => println!("{id} is gone"),
    ///         Change::Link { .. } => {}
    ///     }
    /// }
    /// let keep = changes.token.as_str();
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`json`](Call::json), and `SourceInvalid` where the source gives no link for the next time. A token that the
    /// source no longer knows is no error: then it starts over, and says so.
    pub async fn changes_since<T: DeserializeOwned>(self, token: Option<&DeltaToken>) -> Result<Changes<T>> {
        if let Some(token) = token {
            let kept = self.clone().resumed(&token.0);
            if let Some(changes) = self.read_changes(kept, false).await? {
                return Ok(changes);
            }
        }
        let first = self.clone();
        let changes = self.read_changes(first, true).await?;
        changes.ok_or_else(|| self.unreadable("it has no changes from the start on".into()))
    }

    /// Nothing where the source does not know any more where `first` begins.
    async fn read_changes<T: DeserializeOwned>(&self, first: Call<'_>, from_start: bool) -> Result<Option<Changes<T>>> {
        let mut next = first;
        let mut changes = Vec::new();
        for page in 1..=MAX_PAGES {
            let answer = next.send().await?;
            // OData protocol s. 11.3: "410 Gone" asks to start over.
            if answer.status() == StatusCode::GONE && !from_start {
                return Ok(None);
            }
            let body: Value = answer.success(self.ctx)?.json(self.ctx)?;
            let (link, is_last) = self.lead(&body)?;
            for item in page::items(body, None).map_err(|why| self.unreadable(why))? {
                changes.push(read_change(item).map_err(|why| self.unreadable(why))?);
            }
            // The last one is checked as well: it must lead to the source itself.
            next = self
                .clone()
                .following(&link)
                .await
                .inspect_err(|error| self.ctx.log_error(error))?;
            if is_last || page == MAX_PAGES {
                return Ok(Some(Changes {
                    changes,
                    token: DeltaToken(link::position(self, &link)),
                    more: !is_last,
                    from_start,
                }));
            }
        }
        Ok(None)
    }

    /// The link to what comes after a page, and whether that is for the next time.
    fn lead(&self, body: &Value) -> Result<(String, bool)> {
        let at = |name: &str| {
            let places = [format!("/@odata.{name}"), format!("/@{name}")];
            places
                .iter()
                .find_map(|place| body.pointer(place)?.as_str())
                .map(ToOwned::to_owned)
        };
        match (at("deltaLink"), at("nextLink")) {
            (Some(link), _) => Ok((link, true)),
            (None, Some(link)) => Ok((link, false)),
            (None, None) => Err(self.unreadable("a page of changes has neither a delta link nor a next link".into())),
        }
    }

    fn unreadable(&self, why: String) -> Error {
        let error = outcome::invalid(self.source, why);
        self.ctx.log_error(&error);
        error
    }
}

/// OData JSON format s. 15: v4.01 marks what is gone with `@removed`, v4.0 by its context.
fn read_change<T: DeserializeOwned>(item: Value) -> Result<Change<T>, String> {
    let text = |name: &str| item.get(name).and_then(Value::as_str).map(ToOwned::to_owned);
    let id = || {
        ["id", "@id", "@odata.id"]
            .into_iter()
            .find_map(text)
            .ok_or("something that is gone has no id")
    };
    if let Some(removed) = item.get("@removed") {
        return Ok(Change::Removed {
            id: id()?,
            reason: removed.get("reason").and_then(Value::as_str).map(ToOwned::to_owned),
        });
    }
    let context = text("@odata.context").or_else(|| text("@context")).unwrap_or_default();
    match context.rsplit('/').next() {
        Some("$deletedEntity") => Ok(Change::Removed {
            id: id()?,
            reason: text("reason"),
        }),
        Some(kind @ ("$link" | "$deletedLink")) => Ok(Change::Link {
            added: kind == "$link",
            from: text("source").unwrap_or_default(),
            relationship: text("relationship").unwrap_or_default(),
            to: text("target").unwrap_or_default(),
        }),
        _ => T::deserialize(item)
            .map(Change::Present)
            .map_err(|why| format!("a change: {why}")),
    }
}

//! Entities with their `ETag`, so that nobody's change is overwritten unseen (OData protocol s. 11.4.1).

use std::fmt;

use http::header::ETAG;
use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    Error, Result,
    source::{Answer, Call},
};

/// Which state of an entity was read (RFC 9110 s. 8.8.3): give it back with [`Call::if_match`] when it is changed. It is
/// compared, never read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ETag(String);

/// Something that was read, with its `ETag` where the source has one: a single entity by [`Call::entity`], or each item of
/// a list, as in `pages::<Entity<Task>>(...)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entity<T> {
    /// What was read.
    pub value: T,
    /// Its state.
    pub etag: Option<ETag>,
}

impl ETag {
    /// An entity tag such as `W/"12345"`, as a caller gives it back.
    ///
    /// # Errors
    /// `BadInput` that names `field` where it is another text.
    pub fn parse(field: &str, text: &str) -> Result<Self> {
        // RFC 9110 s. 8.8.3, `etagc`.
        let opaque = text.strip_prefix("W/").unwrap_or(text);
        let inner = opaque.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        match inner.filter(|inner| inner.bytes().all(|byte| byte == b'!' || (b'#'..=b'~').contains(&byte))) {
            Some(_) => Ok(Self(text.to_owned())),
            None => Err(Error::bad_input(
                field,
                format!("\"{field}\" must be as it was read, such as W/\"12345\"."),
            )),
        }
    }

    /// As it stands in a header.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ETag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Call<'_> {
    /// Changes only the state that was read. If somebody else changed it in the meantime, the source answers 412, which is
    /// `Conflict` with a sentence for the maker.
    ///
    /// ```
    /// # use midspan::prelude::*;
    /// # static CRM: Source = Source::odata("crm");
    /// # async fn example(ctx: Context, id: &str) -> Result<()> {
    /// #[derive(Deserialize)]
    /// struct Task { statecode: u8 }
    ///
    /// let task = ctx.source(&CRM).get("/tasks({id})").path("id", id).entity::<Task>().await?;
    /// if task.value.statecode == 0 {
    ///     let change = serde_json::json!({ "statecode": 1 });
    ///     let call = ctx.source(&CRM).patch("/tasks({id})").path("id", id).body(&change);
    ///     call.if_match(task.etag.as_ref()).success().await?;
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// Without an `ETag` it changes whatever is there, but creates nothing (`If-Match: *`).
    pub fn if_match(self, etag: Option<&ETag>) -> Self {
        self.header("if-match", etag.map_or("*", ETag::as_str))
    }

    /// Creates, and does not change what is there (`If-None-Match: *`).
    pub fn if_absent(self) -> Self {
        self.header("if-none-match", "*")
    }

    /// The entity that the source answers, with its `ETag`.
    ///
    /// # Errors
    /// As [`json`](Call::json).
    pub async fn entity<T: DeserializeOwned>(self) -> Result<Entity<T>> {
        let ctx = self.ctx;
        self.success().await?.entity(ctx)
    }
}

impl Answer {
    /// The entity, with the `ETag` of its header or its annotation.
    pub(super) fn entity<T: DeserializeOwned>(&self, ctx: &crate::Context) -> Result<Entity<T>> {
        let mut entity: Entity<T> = self.json(ctx)?;
        if let Some(header) = self.header(ETAG) {
            entity.etag = Some(ETag(header.to_owned()));
        }
        Ok(entity)
    }
}

/// From an entity with an annotation: v4 `@odata.etag` (4.01 also `@etag`), SharePoint's and v3's `odata.etag`, v2's
/// `__metadata.etag`; v2 has a single entity within `d`.
impl<'de, T: DeserializeOwned> Deserialize<'de> for Entity<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        const PLACES: &[&str] = &["/@odata.etag", "/@etag", "/odata.etag", "/__metadata/etag"];
        let mut value = Value::deserialize(deserializer)?;
        if let Some(inner) = value.get_mut("d").filter(|inner| inner.is_object()) {
            value = inner.take();
        }
        let etag = PLACES.iter().find_map(|place| value.pointer(place)?.as_str());
        let etag = etag.map(|etag| ETag(etag.to_owned()));
        let value = T::deserialize(value).map_err(serde::de::Error::custom)?;
        Ok(Self { value, etag })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entity_has_its_etag_in_each_form_of_odata() {
        let check = |body: &str, etag: Option<&str>| {
            #[derive(Debug, PartialEq, Deserialize)]
            struct Task {
                id: u32,
            }
            let entity: Entity<Task> = serde_json::from_str(body).unwrap();
            assert_eq!(entity.value, Task { id: 7 });
            assert_eq!(entity.etag.as_ref().map(ETag::as_str), etag, "{body}");
        };
        check(r#"{"@odata.etag": "W/\"1\"", "id": 7}"#, Some("W/\"1\""));
        check(r#"{"odata.etag": "\"1,2\"", "id": 7}"#, Some("\"1,2\""));
        check(r#"{"d": {"__metadata": {"etag": "\"3\""}, "id": 7}}"#, Some("\"3\""));
        check(r#"{"id": 7}"#, None);
    }

    #[test]
    fn only_an_entity_tag_is_taken_back() {
        for text in ["W/\"12345\"", "\"\"", "\"{A-1},2\""] {
            assert_eq!(ETag::parse("etag", text).unwrap().as_str(), text);
        }
        for text in [
            "",
            "*",
            "12345",
            "\"1",
            "w/\"1\"",
            "\"a\"b\"",
            "\"1\", \"2\"",
            "\"a b\"",
            "\"\n\"",
        ] {
            let error = ETag::parse("etag", text).unwrap_err();
            assert_eq!(error.target(), Some("etag"), "{text}");
        }
    }
}

//! Where the next page of our own list begins: a link that the connector's `x-ms-pageable` follows.
//!
//! The position is the source's own (a token, a number), which a caller must neither read nor make up: it goes out
//! signed and comes back checked. It is not encrypted, so that it must hold no secret.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use midspan_definition::{Constraints, Schema};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::{
    Context, Error, Result,
    input::{Data, Place, Value},
};

/// The variable that holds the key, which all instances of an operation share.
const KEY: &str = "paging_key";

/// The query's parameter in a next link, and so the name of the field in the input.
const PARAMETER: &str = "after";

/// The same for polling triggers: the platform's own name for it.
const TRIGGER_STATE: &str = "triggerstate";

/// The longest position of a source, in bytes: the link that holds it must fit what the gateway takes of a URL.
const LONGEST: usize = 1024;

/// Half of the hash is enough (RFC 2104 s. 5), and keeps links short.
const SIGNATURE: usize = 16;

/// A position that a caller gives back, not checked yet: the input's field `after`. See [`Context::position`].
///
/// ```
/// # use midspan::prelude::*;
/// #[input]
/// struct NewsInput {
///     /// Position
///     #[query(visibility = "internal")]
///     after: Option<Position>,
/// }
///
/// /// A page of headlines.
/// #[derive(Data)]
/// struct Headlines {
///     value: Vec<String>,
///     next_link: Option<String>,
/// }
///
/// /// List headlines
/// #[operation(get = "/headlines", auth = none)]
/// async fn list_headlines(ctx: Context, input: NewsInput) -> Result<Headlines> {
///     let after = ctx.position(input.after.as_ref()).await?;
///     let (value, next) = page(after.as_deref());
///     let next_link = ctx.next_link("/headlines", &[], next).await?;
///     Ok(Headlines { value, next_link })
/// }
/// # fn page(after: Option<&str>) -> (Vec<String>, Option<&'static str>) { (vec![], after.is_none().then_some("p2")) }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Position(String);

// What lacks a type is hardly ever looking for this one.
#[diagnostic::do_not_recommend]
impl Data for Position {
    const SCHEMA: Schema = Schema::String { format: None };

    fn check(&self, place: &Place<'_>, bounds: &Constraints) -> Result<()> {
        self.0.check(place, bounds)
    }
}

#[diagnostic::do_not_recommend]
impl Value for Position {
    fn parse(texts: &[&str]) -> Result<Self, &'static str> {
        String::parse(texts).map(Self)
    }
}

impl Context {
    /// The link to the page that begins at `position`: [`link`](Context::link) with the position, signed, as the
    /// query's `after`. Nothing where `position` is nothing, as after the last page.
    ///
    /// A position is the source's own, of at most 1,024 bytes; callers can read it. The signature is made with the
    /// variable `paging_key` and holds for this operation alone.
    ///
    /// # Errors
    /// `OperationFailed` if `paging_key` has no value, or the position is too long; the log says which.
    pub async fn next_link(
        &self,
        path: &str,
        query: &[(&str, &str)],
        position: Option<&str>,
    ) -> Result<Option<String>> {
        match position {
            Some(position) => self.signed_link(path, query, PARAMETER, position).await.map(Some),
            None => Ok(None),
        }
    }

    /// Where a polling trigger is asked next time, for [`Polled`](crate::output::Polled): the same with `state` as the
    /// query's `triggerstate`.
    ///
    /// # Errors
    /// As [`next_link`](Context::next_link).
    pub async fn trigger_link(&self, path: &str, query: &[(&str, &str)], state: &str) -> Result<String> {
        self.signed_link(path, query, TRIGGER_STATE, state).await
    }

    async fn signed_link(&self, path: &str, query: &[(&str, &str)], parameter: &str, position: &str) -> Result<String> {
        if position.len() > LONGEST {
            let length = position.len();
            return Err(Error::failed(format!(
                "a position of {length} bytes does not fit a link: at most {LONGEST} do"
            )));
        }
        let signed = sign(self.paging_key().await?, position);
        let query: Vec<_> = query.iter().copied().chain([(parameter, signed.as_str())]).collect();
        Ok(self.link(path, &query))
    }

    /// The position that [`next_link`](Context::next_link) signed; nothing where the caller gives none, for the first
    /// page.
    ///
    /// # Errors
    /// `BadInput` that names `after` if this operation did not give it; `OperationFailed` if the variable `paging_key`
    /// has no value.
    pub async fn position(&self, after: Option<&Position>) -> Result<Option<String>> {
        let advice = ["a next link", "Leave it out to begin with the first page."];
        self.signed_position(after, PARAMETER, advice).await
    }

    /// The state that [`trigger_link`](Context::trigger_link) signed; nothing on a trigger's first call.
    ///
    /// # Errors
    /// As [`position`](Context::position), naming `triggerstate`.
    pub async fn trigger_state(&self, state: Option<&Position>) -> Result<Option<String>> {
        let advice = ["a Location", "Leave it out to begin anew."];
        self.signed_position(state, TRIGGER_STATE, advice).await
    }

    async fn signed_position(
        &self,
        position: Option<&Position>,
        parameter: &str,
        advice: [&str; 2],
    ) -> Result<Option<String>> {
        let Some(Position(signed)) = position else {
            return Ok(None);
        };
        let position = read(self.paging_key().await?, signed);
        position.map(Some).ok_or_else(|| {
            let ([place, next], id) = (advice, self.operation().id);
            let message = format!("\"{parameter}\" must be as it stands in {place} of {id}. {next}");
            Error::bad_input(parameter, message)
        })
    }

    /// Ready for a position of this operation: the id is signed too, with its end.
    async fn paging_key(&self) -> Result<Hmac<Sha256>> {
        let key = self.variable(KEY).await?;
        if key.is_empty() {
            let log =
                format!("variable `{KEY}` is empty: give it a long random text, which signs the links to next pages");
            return Err(Error::failed(log));
        }
        let mut mac =
            Hmac::new_from_slice(key.as_bytes()).map_err(|why| Error::failed(format!("variable `{KEY}`: {why}")))?;
        mac.update(self.operation().id.as_bytes());
        mac.update(&[0]);
        Ok(mac)
    }
}

fn sign(key: Hmac<Sha256>, position: &str) -> String {
    let signature = key.chain_update(position).finalize().into_bytes();
    URL_SAFE_NO_PAD.encode([&signature[..SIGNATURE], position.as_bytes()].concat())
}

fn read(key: Hmac<Sha256>, signed: &str) -> Option<String> {
    let bytes = URL_SAFE_NO_PAD.decode(signed).ok()?;
    let (signature, position) = bytes.split_at_checked(SIGNATURE)?;
    key.chain_update(position).verify_truncated_left(signature).ok()?;
    String::from_utf8(position.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(text: &str, operation: &str) -> Hmac<Sha256> {
        let key: Hmac<Sha256> = Hmac::new_from_slice(text.as_bytes()).unwrap();
        key.chain_update(operation).chain_update([0])
    }

    proptest! {
        #[test]
        fn a_position_comes_back_only_to_the_operation_and_the_key_that_signed_it(position in ".{0,99}") {
            let signed = sign(key("key", "ListNews"), &position);
            prop_assert!(signed.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')));
            prop_assert_eq!(read(key("key", "ListNews"), &signed), Some(position));
            prop_assert_eq!(read(key("key", "ListTasks"), &signed), None);
            prop_assert_eq!(read(key("other", "ListNews"), &signed), None);
        }

        #[test]
        fn a_position_with_one_bit_changed_is_refused(position in ".{1,99}", at in any::<usize>(), bit in 0_u8..8) {
            let mut bytes = URL_SAFE_NO_PAD.decode(sign(key("key", "ListNews"), &position)).unwrap();
            let at = at % bytes.len();
            bytes[at] ^= 1 << bit;
            prop_assert_eq!(read(key("key", "ListNews"), &URL_SAFE_NO_PAD.encode(bytes)), None);
        }

        #[test]
        fn no_text_that_was_made_up_is_a_position(text in ".*|[A-Za-z0-9_-]{0,99}") {
            prop_assert_eq!(read(key("key", "ListNews"), &text), None);
        }
    }
}

//! Values that nobody but a source may see.

use http::HeaderValue;

use super::super::Source;
use crate::{Context, Result};

/// A value from a variable. It has neither `Debug` nor `Display`, so that no log and no error can hold it by accident.
#[derive(Clone)]
pub(crate) struct Secret(String);

impl Secret {
    /// The value of this variable of the component.
    ///
    /// # Errors
    /// `OperationFailed` that names the source where it has none.
    pub(crate) async fn read(ctx: &Context, source: &'static Source, variable: &str) -> Result<Self> {
        Ok(Self(source.variable(ctx, variable).await?))
    }

    /// For one that does not stand in a variable: the caller's token, a signed assertion.
    pub(super) fn new(value: String) -> Self {
        Self(value)
    }

    /// The value itself, for the request to the source alone.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

/// A header's value that `http` leaves out of its `Debug`; nothing if it holds a control character.
pub(super) fn sensitive(value: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(value).ok()?;
    value.set_sensitive(true);
    Some(value)
}

//! `$select` and `$expand` of a directory object, and the context URL that tells what was selected.
//!
//! Learn, "Use query parameters to customize Microsoft Graph query responses".

use super::error::GraphError;
use super::user;
use crate::odata;

/// Which properties of a user to answer; without a `$select` Graph's default set.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Select {
    names: Vec<&'static str>,
}

impl Select {
    pub(super) fn parse(text: Option<&str>) -> Result<Self, GraphError> {
        let names = odata::list(text.unwrap_or_default())
            .into_iter()
            .map(known)
            .collect::<Result<_, _>>()?;
        Ok(Self { names })
    }

    pub(super) fn names(&self) -> &[&'static str] {
        if self.names.is_empty() {
            user::DEFAULT
        } else {
            &self.names
        }
    }

    /// What follows `$metadata#users` in a context URL.
    pub(super) fn in_context(&self) -> String {
        if self.names.is_empty() {
            String::new()
        } else {
            format!("({})", self.names.join(","))
        }
    }
}

/// The `$expand` of a user: nothing, or the manager with its own `$select`.
pub(super) fn expand_manager(text: Option<&str>) -> Result<Option<Select>, GraphError> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let Some(options) = text.strip_prefix("manager") else {
        return Err(unknown(text));
    };
    if options.is_empty() {
        return Ok(Some(Select::default()));
    }
    // `($levels=1;$select=id,displayName)`: `$levels` beyond 1 would need ConsistencyLevel; one level is all there is here.
    let inner = options
        .strip_prefix('(')
        .and_then(|options| options.strip_suffix(')'))
        .ok_or_else(|| unknown(text))?;
    let select = inner
        .split(';')
        .find_map(|option| option.trim().strip_prefix("$select="));
    Select::parse(select).map(Some)
}

fn known(name: &str) -> Result<&'static str, GraphError> {
    user::ALL
        .iter()
        .copied()
        .find(|known| known.eq_ignore_ascii_case(name))
        .ok_or_else(|| unknown(name))
}

fn unknown(name: &str) -> GraphError {
    GraphError::bad_request(format!(
        "Parsing OData Select and Expand failed: Could not find a property named '{name}' on type 'microsoft.graph.user'."
    ))
}

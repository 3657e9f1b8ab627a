//! OData literals, so that what a caller gives can't become part of a filter.

/// A text literal: quoted, with quotes in it doubled (OData ABNF, `string`).
///
/// ```
/// assert_eq!(midspan::source::odata::text("O'Hara"), "'O''Hara'");
/// ```
#[must_use]
pub fn text(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

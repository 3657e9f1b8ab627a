//! Structured values of the contract: outputs, bodies and the values in them.

use std::fmt;

use midspan_definition::{Constraints, Schema};
use serde::{Serialize, de::DeserializeOwned};

use super::{check_length, check_number};
use crate::Result;

/// A type that stands in the connector's definition. Derive it: `#[derive(Data)]` on a struct with named fields or on an
/// enum without fields.
///
/// The derive writes serde's `Serialize` and `Deserialize` too (names in camelCase, as Power Platform's own connectors
/// have them), so that the JSON and the definition cannot differ.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't stand in a connector's definition",
    label = "no `Data`",
    note = "for a struct or an enum of your own write `#[derive(Data)]`",
    note = "ready to use: String, bool, i32, i64, u32, u64, f64, Date, Timestamp, Option, Vec, serde_json::Value"
)]
pub trait Data: Serialize + DeserializeOwned {
    /// The type, for the description.
    const SCHEMA: Schema;

    /// Whether a field of this type may be left out of a body.
    const OPTIONAL: bool = false;

    /// Checks the value, and all values in it, against their bounds.
    ///
    /// # Errors
    /// `BadInput` with the innermost field's place as target.
    fn check(&self, place: &Place<'_>, bounds: &Constraints) -> Result<()> {
        let _ = (place, bounds);
        Ok(())
    }
}

/// Where a value stands in the input: `order.lines[2].quantity`.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    parent: Option<&'a Place<'a>>,
    step: Step<'a>,
}

#[derive(Debug, Clone, Copy)]
enum Step<'a> {
    Field(&'a str),
    Item(usize),
}

impl<'a> Place<'a> {
    /// A parameter, or a field of the body.
    #[must_use]
    pub const fn root(name: &'a str) -> Self {
        Self {
            parent: None,
            step: Step::Field(name),
        }
    }

    /// A field of the record at this place.
    #[must_use]
    pub const fn field(&'a self, name: &'a str) -> Self {
        Self {
            parent: Some(self),
            step: Step::Field(name),
        }
    }

    /// An item of the list at this place.
    #[must_use]
    pub const fn item(&'a self, index: usize) -> Self {
        Self {
            parent: Some(self),
            step: Step::Item(index),
        }
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(f)?;
        }
        match self.step {
            // The body itself has no name: its fields stand at the top.
            Step::Field(name) if self.parent.is_none_or(|parent| parent.step.is_nameless()) => f.write_str(name),
            Step::Field(name) => write!(f, ".{name}"),
            Step::Item(index) => write!(f, "[{index}]"),
        }
    }
}

impl Step<'_> {
    fn is_nameless(self) -> bool {
        matches!(self, Step::Field(""))
    }
}

macro_rules! numbers {
    ($($type:ty: $schema:expr,)+) => {$(
        impl Data for $type {
            const SCHEMA: Schema = $schema;

            #[expect(clippy::allow_attributes, reason = "only some of the types lose precision")]
            fn check(&self, place: &Place<'_>, bounds: &Constraints) -> Result<()> {
                #[allow(clippy::cast_precision_loss, clippy::cast_lossless, reason = "bounds are small")]
                check_number(*self as f64, place, bounds)
            }
        }
    )+};
}

numbers! {
    i32: Schema::Integer { format: "int32" },
    i64: Schema::Integer { format: "int64" },
    u32: Schema::Integer { format: "int64" },
    u64: Schema::Integer { format: "int64" },
    f64: Schema::Number,
}

impl Data for bool {
    const SCHEMA: Schema = Schema::Boolean;
}

impl Data for String {
    const SCHEMA: Schema = Schema::String { format: None };

    fn check(&self, place: &Place<'_>, bounds: &Constraints) -> Result<()> {
        if bounds.min_length.is_none() && bounds.max_length.is_none() {
            return Ok(());
        }
        check_length(
            self.chars().count(),
            place,
            bounds.min_length,
            bounds.max_length,
            "characters",
        )
    }
}

impl Data for jiff::civil::Date {
    const SCHEMA: Schema = Schema::String { format: Some("date") };
}

impl Data for jiff::Timestamp {
    const SCHEMA: Schema = Schema::String {
        format: Some("date-time"),
    };
}

impl Data for serde_json::Value {
    const SCHEMA: Schema = Schema::Any;
}

impl<T: Data> Data for Option<T> {
    const SCHEMA: Schema = Schema::Nullable(&T::SCHEMA);
    const OPTIONAL: bool = true;

    fn check(&self, place: &Place<'_>, bounds: &Constraints) -> Result<()> {
        self.as_ref().map_or(Ok(()), |value| value.check(place, bounds))
    }
}

/// Bounds other than `max_items` hold for each item.
impl<T: Data> Data for Vec<T> {
    const SCHEMA: Schema = Schema::Array(&T::SCHEMA);

    fn check(&self, place: &Place<'_>, bounds: &Constraints) -> Result<()> {
        check_length(self.len(), place, None, bounds.max_items, "items")?;
        self.iter()
            .enumerate()
            .try_for_each(|(index, item)| item.check(&place.item(index), bounds))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_reads_as_a_person_would_write_it() {
        let order = Place::root("order");
        let lines = order.field("lines");
        assert_eq!(lines.item(2).field("quantity").to_string(), "order.lines[2].quantity");
        assert_eq!(Place::root("").field("name").to_string(), "name");
    }

    #[test]
    fn an_item_out_of_bounds_is_named() {
        let bounds = Constraints {
            max: Some(9),
            max_items: Some(3),
            ..Constraints::NONE
        };
        let error = vec![1, 10].check(&Place::root("days"), &bounds).unwrap_err();
        assert_eq!(error.message(), "\"days[1]\" must be at most 9, got 10.");
        assert_eq!(error.target(), Some("days[1]"));
        let error = vec![1; 4].check(&Place::root("days"), &bounds).unwrap_err();
        assert_eq!(error.message(), "\"days\" must have at most 3 items, got 4.");
    }
}

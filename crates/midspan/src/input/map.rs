//! Objects whose properties have names that only their values know.

use std::collections::{BTreeMap, HashMap};

use midspan_definition::{Constraints, Schema};
use serde_json::{Map, Value};

use super::{Data, Place};
use crate::Result;

/// A JSON object of any kind.
impl Data for Map<String, Value> {
    const SCHEMA: Schema = Schema::Map(&Schema::Any);
}

macro_rules! maps {
    ($($map:ident)+) => {$(
        /// Bounds hold for each value.
        #[expect(clippy::implicit_hasher, reason = "the contract does not know of hashers")]
        #[allow(clippy::allow_attributes, unfulfilled_lint_expectations, reason = "only one of them has a hasher")]
        impl<T: Data> Data for $map<String, T> {
            const SCHEMA: Schema = Schema::Map(&T::SCHEMA);

            fn check(&self, place: &Place<'_>, bounds: &Constraints) -> Result<()> {
                self.iter().try_for_each(|(name, value)| value.check(&place.field(name), bounds))
            }
        }
    )+};
}

maps! { BTreeMap HashMap }

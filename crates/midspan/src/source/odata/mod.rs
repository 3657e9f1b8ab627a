//! OData v4: query options whose values can't become syntax, and the errors that its services answer.
//!
//! Names of fields are the author's own (`&'static str`); what comes from a caller is a [`Literal`], escaped by the
//! rules of the OData ABNF.
//!
//! ```
//! use midspan::source::odata::{self, field};
//!
//! let given = "O'Hara or 1 eq 1";
//! let query = odata::Query::new()
//!     .select(["id", "displayName"])
//!     .filter(field("employeeId").eq(given).and(field("accountEnabled").eq(true)))
//!     .order_by(field("displayName").ascending())
//!     .top(1);
//! assert_eq!(
//!     query.get("$filter"),
//!     Some("employeeId eq 'O''Hara or 1 eq 1' and accountEnabled eq true")
//! );
//! ```

mod apply;
mod batch;
mod delta;
mod entity;
mod error;
mod expression;
mod filter;
mod function;
mod literal;
mod query;
mod search;

use super::{Call, url};
pub use apply::{Aggregate, Apply};
pub use batch::{Answers, Batch, ChangeSet, Slot};
pub use delta::{Change, Changes, DeltaToken};
pub use entity::{ETag, Entity};
pub use error::ErrorBody;
pub(super) use error::codes;
pub use expression::{Computed, Expr, Field, Operand, Order, Path, field, value};
pub use filter::Filter;
pub use function::{case, now};
pub use jiff::civil::Time;
pub use literal::{Decimal, Guid, Literal, Null, text};
pub use query::Query;
pub use search::Search;

impl Call<'_> {
    /// Adds OData's query options, in the order in which they were given: `.odata(&Query::new().top(1))`.
    pub fn odata(mut self, query: &Query) -> Self {
        for (name, value) in query.options() {
            url::push_option(&mut self.query, name, value);
        }
        self
    }
}

//! What the OData services share: `$filter`, `$select`, `$orderby`, `$top`.
//!
//! OData v4.01 part 2 (URL conventions) and, for SharePoint, OData v3's typed literals (`datetime'...'`).

mod filter;
mod literal;
mod options;

pub(crate) use filter::Filter;
pub(crate) use literal::Operand;
pub(crate) use options::{Order, list, order, top};

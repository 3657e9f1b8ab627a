//! What all generators share: how names, doc comments, types and whole modules are written in Rust.

mod doc;
mod module;
mod names;
mod print;
mod ty;
mod types;

pub use doc::doc;
pub(crate) use doc::lines as doc_lines;
pub use module::{imports, is_generated, module};
pub use names::{Scope, source_name};
pub use ty::{ItemId, Ty};
pub use types::{Access, Field, Item, Kind, Types};

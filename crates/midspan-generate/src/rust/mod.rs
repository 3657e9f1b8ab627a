//! What all generators share: how names, doc comments and whole modules are written in Rust.

mod doc;
mod module;
mod names;

pub use doc::doc;
pub use module::{is_generated, module};
pub use names::Scope;

//! What descriptions give.

mod broken;
mod connectors;
mod errors;
mod generated;

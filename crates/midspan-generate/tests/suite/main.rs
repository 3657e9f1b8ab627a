//! What descriptions give.

mod connectors;
mod errors;
mod generated;

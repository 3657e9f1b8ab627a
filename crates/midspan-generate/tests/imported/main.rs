//! `midspan import`: an application that is kept here as it is written, compiled, and asked what it says and does.

#![allow(unreachable_pub, reason = "the components are crates of their own")]
#![allow(clippy::doc_markdown, reason = "the texts are the connector's")]

mod contract;
mod definition;
mod files;
mod relay;

/// The application, its components as modules.
#[rustfmt::skip]
#[path = "application/components/systems/src/lib.rs"]
mod source;
pub use source::*;

// What components name `systems` is here.
extern crate self as systems;

#[rustfmt::skip]
#[path = "application/components/orders/src/lib.rs"]
mod orders;

#[rustfmt::skip]
#[path = "application/components/orders-order-id/src/lib.rs"]
mod order;

#[rustfmt::skip]
#[path = "application/components/add-file/src/lib.rs"]
mod add_file;

#[rustfmt::skip]
#[path = "application/components/when-an-order-comes/src/lib.rs"]
mod when_an_order_comes;

#[rustfmt::skip]
#[path = "application/components/unsubscribe/src/lib.rs"]
mod unsubscribe;

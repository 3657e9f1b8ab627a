//! The host with real components over real HTTP, one file a capability.

mod configuration;
mod egress;
mod isolation;
mod key_value;
mod lifecycle;
mod limits;
mod outbound;
mod reuse;
mod serving;
mod support;
mod wasi_key_value;

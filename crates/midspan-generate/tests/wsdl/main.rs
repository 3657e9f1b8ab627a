//! Modules from WSDLs: written as expected, byte for byte, and used as an operation uses them.

#[rustfmt::skip]
mod generated;

mod errors;
mod modules;
mod usage;

//! Generated modules at work. They are a test of their own, so that `suite` can write them again when they no longer
//! compile.

mod odata;
mod openapi;

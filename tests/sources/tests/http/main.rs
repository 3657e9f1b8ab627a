//! The systems over real HTTP.

mod client;
mod faults;
mod program;
mod routes;

//! The systems over real HTTP.

mod cards;
mod client;
mod faults;
mod program;
mod routes;

//! The command as its user meets it: real processes, real components, real HTTP.

mod build;
mod cache;
mod check;
mod dashboard;
mod define;
mod demo;
mod diff;
mod help;
mod import;
mod key;
mod serving;
mod source;
mod stopping;
mod support;
mod up;
mod watch;

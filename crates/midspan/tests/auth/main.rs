//! How calls to sources are authenticated, on the scripted host.

mod simple;

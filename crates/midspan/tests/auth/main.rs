//! How calls to sources are authenticated, on the scripted host.

mod on_behalf_of;
mod private_key;
mod signed;
mod simple;
mod tokens;

//! Who may call an operation.

mod api_key;
mod permissions;
mod support;

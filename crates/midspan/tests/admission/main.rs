//! Who may call an operation.

mod api_key;
mod bearer;
mod front;
mod permissions;
mod support;

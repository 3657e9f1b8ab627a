//! Fewer calls for the same answers: equal calls are made once ([`once`]).

mod flight;
pub(super) mod once;

pub(crate) use once::Once;

//! What a Midspan operation says of itself.
//!
//! - [`error`]: the closed list of error codes and the body of every error that Midspan makes.
//! - [`schema`] and [`operation`]: the contract of an operation as constants, built by the derives of the `midspan`
//!   crate from the author's types and doc comments.
//! - [`mod@encode`]: turns such a contract into JSON at compile time, so that it can stand in a custom section of the
//!   component and costs nothing at run time.
//! - [`telemetry`]: what an operation says of a request that it has answered, and [`trace_context`], by which requests
//!   belong together.
//! - `read` (feature `read`): finds that section in a built component.
//! - `document`, `lint`, `diff` and `report` (feature `check`): definition files, ours or not: read with every value's
//!   place, checked, compared.
//! - `define` (feature `define`): the connector's files, from the descriptions that its components carry.
//!
//! Nothing here does I/O.

#[cfg(feature = "check")]
mod connector;
#[cfg(feature = "define")]
pub mod define;
#[cfg(feature = "check")]
pub mod diff;
#[cfg(feature = "check")]
pub mod document;
pub mod dynamic;
pub mod encode;
pub mod error;
#[cfg(feature = "check")]
pub mod lint;
pub mod operation;
#[cfg(feature = "read")]
pub mod read;
#[cfg(feature = "check")]
pub mod report;
pub mod schema;
pub mod telemetry;
pub mod trace_context;

pub use dynamic::Dynamic;
pub use error::{ErrorBody, ErrorCode};
pub use operation::{
    Designer, Location, Method, Operation, Parameter, Response, SchemeKind, SchemeUse, SourceUse, Trigger,
};
pub use schema::{Choice, Constraints, Field, Schema, Visibility};

/// The custom section of an operation's core module that holds its description as JSON.
pub const SECTION: &str = "midspan:operation";

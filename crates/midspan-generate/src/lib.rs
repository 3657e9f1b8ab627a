//! Rust from the descriptions that systems publish: typed modules for sources, and whole applications that relay.
//!
//! This is what `midspan source add` and `midspan import` call. Nothing here does I/O: a description's text goes in, a [`Module`]'s text
//! comes out, the same byte for byte on every machine.
//!
//! One folder a kind of description; what they share is in [`rust`]: names, doc comments, formatting.

mod decode;
mod error;
mod import;
mod odata;
mod openapi;
pub mod rust;
mod tree;
pub mod wsdl;

pub use decode::decode;
pub use error::{At, Error};
pub use import::{Application, ICON, ImportRequest, import, operation_type};
pub use odata::odata;
pub use openapi::openapi;
pub use rust::source_name;

/// What a module is generated from.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The source's name: lower case with underscores, since the names of its variables begin with it.
    pub name: &'a str,
    /// The description's file, as the user named it; for messages.
    pub file: &'a str,
    /// The description.
    pub text: &'a str,
    /// The command that writes the module again, for its first line.
    pub command: &'a str,
    /// What was chosen.
    pub options: Options<'a>,
}

/// What can be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options<'a> {
    /// The path below the source's address, such as `/api/data/v9.2`, instead of what the description says.
    pub base_path: Option<&'a str>,
    /// The entity sets, functions and actions of an OData service, or the operations of a SOAP service, that are wanted;
    /// all where none is named.
    pub only: &'a [String],
    /// Dates and times stay text, for a service whose dates are not those of RFC 3339.
    pub dates_as_text: bool,
}

/// A generated module, and what its user has to do to use it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Module {
    /// The Rust text of the whole file.
    pub text: String,
    /// What the source reads from the manifest.
    pub variables: Vec<Variable>,
    /// What the description has and the module has not, and why: a sentence each.
    pub notes: Vec<String>,
}

/// A variable that a source reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// Its name in the manifest.
    pub name: String,
    /// Whether its value is a secret.
    pub secret: bool,
    /// The value that the description suggests, such as its server's address.
    pub default: Option<String>,
}

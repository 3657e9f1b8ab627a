//! SOAP services, from WSDL 1.1 (W3C Note of 2001) and the XML Schemas that it holds, imports and includes.
//!
//! In the order of the data's way: `files` reads all documents that belong together, `service` and `schema` take
//! them apart, `plan` decides what Rust has for each, [`print`] writes it down.

mod files;
mod name;
mod node;
mod plan;
mod print;
mod schema;
mod service;

use crate::{Error, Module, Request};

/// Writes the module of a SOAP service.
///
/// `read` gives the text of another file that the WSDL imports or includes. Its path is relative to where the WSDL's own
/// is: `request.file` with the location put in its place. What it says on failure stands in the error.
///
/// # Errors
/// [`Error`] with the place in the file at fault, and what to do.
pub fn module(request: &Request<'_>, read: &mut dyn FnMut(&str) -> Result<String, String>) -> Result<Module, Error> {
    let definitions = files::read(request, read)?;
    let plan = plan::plan(request.name, request.options, &definitions)?;
    print::module(request, plan)
}

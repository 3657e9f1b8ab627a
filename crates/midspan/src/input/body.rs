//! The body: JSON, or a file as it is.

use http::header::CONTENT_TYPE;
use midspan_definition::{Constraints, ErrorCode, Schema};

use super::{Data, Parts, Place};
use crate::{Error, Result, excerpt};

/// What can stand in a request's body: JSON of a type with `#[derive(Data)]`, or a file as it is
/// ([`Binary`](crate::source::Binary)).
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be the body of a request",
    label = "no `Body`",
    note = "write `#[derive(Data)]` above the type, or take a `Binary`"
)]
pub trait Body: Sized {
    /// Its shape, for the description.
    const SCHEMA: Schema;

    /// Reads it from a request.
    ///
    /// # Errors
    /// `UnsupportedMediaType` if it is not of this form by its own word, `BodyTooLarge`, and `BadInput` with the place of
    /// the first wrong value.
    fn read(request: &Parts<'_>) -> Result<Self>;
}

impl<T: Data> Body for T {
    const SCHEMA: Schema = T::SCHEMA;

    fn read(request: &Parts<'_>) -> Result<Self> {
        json(request)
    }
}

/// The request's body; called by `#[input]`.
///
/// # Errors
/// Those of [`Body::read`].
pub fn body<T: Body>(request: &Parts<'_>) -> Result<T> {
    T::read(request)
}

fn json<T: Data>(request: &Parts<'_>) -> Result<T> {
    check_media_type(request)?;
    request.limits.check_size(request.body)?;
    if request.body.is_empty() && T::OPTIONAL {
        return serde_json::from_str("null").map_err(|_| Error::bad_input("body", "The request has no body."));
    }
    if request.body.is_empty() {
        return Err(Error::bad_input("body", "The request has no body. Send a JSON object."));
    }
    request.limits.check_json(request.body)?;
    let mut json = serde_json::Deserializer::from_slice(request.body);
    let value: T = serde_path_to_error::deserialize(&mut json).map_err(|error| wrong(&error))?;
    json.end().map_err(|why| goes_on(&why))?;
    value.check(&Place::root(""), &Constraints::NONE)?;
    Ok(value)
}

fn goes_on(why: &serde_json::Error) -> Error {
    let (line, column) = (why.line(), why.column());
    let message =
        format!("The body goes on after its JSON value, at line {line} column {column}. Send one JSON object.");
    Error::bad_input("body", message)
}

/// Names the place, unless the text is no JSON at all.
fn wrong(error: &serde_path_to_error::Error<serde_json::Error>) -> Error {
    let parser = error.inner();
    let why = parser.to_string();
    let why = excerpt::both_ends(&why, 120);
    if parser.is_syntax() || parser.is_eof() {
        return Error::bad_input("body", format!("The body is not JSON: {why}."));
    }
    // `?` stands for a place that has no name yet, `.` for the body itself.
    let path = error.path().to_string();
    match path.trim_end_matches('?').trim_end_matches('.') {
        "" => Error::bad_input("body", format!("The body is wrong: {why}.")),
        place => Error::bad_input(place, format!("\"{place}\" in the body is wrong: {why}.")),
    }
}

/// `application/json` and its structured-syntax relatives (RFC 6839 s. 3.1); no header counts as JSON.
fn check_media_type(request: &Parts<'_>) -> Result<()> {
    let Some(value) = request.headers.get(CONTENT_TYPE) else {
        return Ok(());
    };
    let text = value.to_str().unwrap_or_default();
    let essence = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json")) {
        return Ok(());
    }
    Err(Error::new(
        ErrorCode::UnsupportedMediaType,
        "The body must be application/json; the Content-Type header says otherwise.",
    ))
}

//! Stage 2, decode: path, query, headers and body become the operation's typed input.
//!
//! `#[input]` writes one line a field that calls into this module; the rules (missing, not a number, out of
//! range) and their messages are all here, so that every operation says the same thing in the same way.

mod body;
mod data;
mod form;
mod limits;
mod map;
mod notification_url;
mod path;
mod value;

use std::cell::OnceCell;

use midspan_definition::{Constraints, Dynamic, ErrorCode, Parameter, Schema};

use crate::{Error, Result, excerpt};
pub use body::{Body, body};
pub use data::{Data, Place};
pub use form::FormValue;
pub use limits::Limits;
pub use notification_url::NotificationUrl;
pub(crate) use path::{closeness, match_path, no_such_path};
pub use value::Value;

use self::form::Form;

/// Characters of a value that its error shows.
const LONGEST_SHOWN: usize = 60;

/// A typed input. Derive it: `#[input]`.
///
/// Each field says where it stands: `#[path]`, `#[query]`, `#[header]`, `#[body]` or `#[form]`. `Option<T>` may be left out,
/// `#[query(default = 5)]` too; `min`, `max`, `min_length`, `max_length` and `max_items` are checked when a request is
/// decoded and stand in the connector's definition.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the input of an operation",
    label = "no `Input`",
    note = "write `#[input]` above the struct"
)]
pub trait Input: Sized {
    /// Path, query and header parameters, for the description.
    const PARAMETERS: &'static [Parameter];
    /// The body's type, for the description.
    const BODY: Option<Schema>;
    /// The same parameters as decoding needs them, without the texts for makers.
    const READ: &'static [Parameter] = Self::PARAMETERS;
    /// The operation that knows the body's fields, for the description.
    const BODY_SCHEMA: Option<&'static Dynamic> = None;

    /// Decodes a request.
    ///
    /// # Errors
    /// `BadInput` with the field's name as target.
    fn decode(request: &Parts<'_>) -> Result<Self>;
}

/// An operation without input.
impl Input for () {
    const PARAMETERS: &'static [Parameter] = &[];
    const BODY: Option<Schema> = None;

    fn decode(_: &Parts<'_>) -> Result<Self> {
        Ok(())
    }
}

/// A request taken apart, as [`Input::decode`] reads it.
#[derive(Debug)]
pub struct Parts<'a> {
    /// Path parameters by name, percent-decoded.
    pub path: Vec<(&'static str, String)>,
    /// Query parameters in order, percent-decoded.
    pub query: Vec<(String, String)>,
    /// Headers.
    pub headers: &'a http::HeaderMap,
    /// The whole body.
    pub body: &'a [u8],
    pub(crate) limits: Limits,
    /// The body, where it is a form.
    form: OnceCell<Form>,
}

impl<'a> Parts<'a> {
    /// Takes `request` apart by the operation's path template.
    ///
    /// # Errors
    /// `NotFound` if the path is another one, `BadInput` if it holds an escape that is not UTF-8.
    pub fn new(request: &'a http::Request<bytes::Bytes>, template: &'static str) -> Result<Self> {
        Ok(Self {
            path: match_path(template, request.uri())?,
            query: query_pairs(request.uri()).collect(),
            headers: request.headers(),
            body: request.body(),
            limits: Limits::DEFAULT,
            form: OnceCell::new(),
        })
    }

    /// The same, for an operation with limits of its own.
    #[must_use]
    pub fn within(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// Texts given for a parameter: none, one, or several where the query repeats it.
    fn texts(&self, parameter: &Parameter) -> Result<Vec<&str>> {
        use midspan_definition::Location;
        Ok(match parameter.location {
            Location::Path => named(self.path.iter().map(|(name, text)| (*name, text)), parameter.name),
            Location::Query => named(
                self.query.iter().map(|(name, text)| (name.as_str(), text)),
                parameter.name,
            ),
            Location::Header => self
                .headers
                .get_all(parameter.name)
                .iter()
                .map(|value| value.to_str().map_err(|_| not_text(parameter.name)))
                .collect::<Result<_>>()?,
            Location::FormData => self.form()?.texts(parameter.name)?,
        })
    }

    /// The body as a form.
    fn form(&self) -> Result<&Form> {
        if let Some(form) = self.form.get() {
            return Ok(form);
        }
        let form = Form::read(self)?;
        Ok(self.form.get_or_init(|| form))
    }
}

fn query_pairs(uri: &http::Uri) -> impl Iterator<Item = (String, String)> {
    form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned()
}

fn named<'t>(pairs: impl Iterator<Item = (&'t str, &'t String)>, wanted: &str) -> Vec<&'t str> {
    pairs
        .filter(|(name, _)| *name == wanted)
        .map(|(_, text)| text.as_str())
        .collect()
}

fn not_text(field: &str) -> Error {
    Error::bad_input(field, format!("\"{field}\" must be visible ASCII text."))
}

/// The value of a path, query or header parameter; called by `#[input]`.
///
/// An empty text counts as left out, because a canvas app sends `?news=` for a blank control.
///
/// # Errors
/// `BadInput` that names the parameter and says what was expected.
pub fn parameter<T: Value>(request: &Parts<'_>, parameter: &'static Parameter) -> Result<T> {
    let mut texts = request.texts(parameter)?;
    texts.retain(|text| !text.is_empty());
    let decoded: Vec<_> = if parameter.double_encoded {
        texts.iter().map(|text| path::decode_again(text)).collect()
    } else {
        Vec::new()
    };
    if parameter.double_encoded {
        texts = decoded.iter().map(AsRef::as_ref).collect();
    }
    let default = parameter.constraints.default.map(unquote);
    if texts.is_empty()
        && let Some(default) = &default
    {
        texts.push(default);
    }
    let value = T::parse(&texts).map_err(|expected| {
        let name = parameter.name;
        Error::bad_input(
            name,
            match texts.as_slice() {
                [] => format!("\"{name}\" is missing. Give it {expected}."),
                [one] => format!(
                    "\"{name}\" must be {expected}, got \"{}\".",
                    excerpt::beginning(one, LONGEST_SHOWN)
                ),
                _ => format!("\"{name}\" must be {expected}, given once."),
            },
        )
    })?;
    value.check(&Place::root(parameter.name), &parameter.constraints)?;
    Ok(value)
}

/// The value of a form's field; called by `#[input]`.
///
/// # Errors
/// Those of [`FormValue::read`].
pub fn form<T: FormValue>(request: &Parts<'_>, parameter: &'static Parameter) -> Result<T> {
    T::read(request, parameter)
}

/// Defaults stand in the description as JSON; a text's quotes are not part of it.
fn unquote(json: &str) -> String {
    serde_json::from_str::<String>(json).unwrap_or_else(|_| json.to_owned())
}

/// The error for a value outside of its bounds.
fn violated(place: &Place<'_>, expected: impl std::fmt::Display, got: impl std::fmt::Display) -> Error {
    let name = place.to_string();
    let message = format!("\"{name}\" must {expected}, got {got}.");
    Error::new(ErrorCode::BadInput, message).with_target(name)
}

/// Checks a number against its bounds.
pub(crate) fn check_number(value: f64, place: &Place<'_>, bounds: &Constraints) -> Result<()> {
    // Bounds are whole numbers below 2^53 in every definition seen, so that nothing is lost here.
    #[expect(clippy::cast_precision_loss, reason = "bounds are small whole numbers")]
    let (min, max) = (bounds.min.map(|n| n as f64), bounds.max.map(|n| n as f64));
    if min.is_none_or(|min| value >= min) && max.is_none_or(|max| value <= max) {
        return Ok(());
    }
    Err(violated(place, between("be", min, max, ""), value))
}

/// Checks a length against its bounds; `unit` is `characters` or `items`.
pub(crate) fn check_length(
    length: usize,
    place: &Place<'_>,
    min: Option<u32>,
    max: Option<u32>,
    unit: &str,
) -> Result<()> {
    if min.is_none_or(|min| length >= min as usize) && max.is_none_or(|max| length <= max as usize) {
        return Ok(());
    }
    Err(violated(place, between("have", min, max, unit), length))
}

fn between<N: std::fmt::Display>(verb: &str, min: Option<N>, max: Option<N>, unit: &str) -> String {
    let bounds = match (min, max) {
        (Some(min), Some(max)) => format!("between {min} and {max}"),
        (Some(min), None) => format!("at least {min}"),
        (None, Some(max)) => format!("at most {max}"),
        (None, None) => String::new(),
    };
    format!("{verb} {bounds} {unit}").trim_end().to_owned()
}

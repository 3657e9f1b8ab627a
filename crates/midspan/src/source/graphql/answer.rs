//! What a GraphQL service answers.

use std::fmt;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use midspan_definition::ErrorCode;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, value::RawValue};

use super::Request;
use crate::{
    Context, Error, Result,
    source::{Answer, Handle, Pages, Paging, paging::feed::Asked},
};

/// Data with the errors beside it: a field that failed is null, and an error says where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partial<T> {
    /// What came.
    pub data: T,
    /// Why something of it did not; none where all came.
    pub errors: Vec<FieldError>,
}

/// An error of a `GraphQL` service (GraphQL specification s. 7.1.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// For the service's people; it stands in the log by itself, and is not for callers.
    pub message: String,
    /// Where in the data, such as `people.3.manager`; empty where it is about all of it.
    pub path: String,
    /// `extensions.code`, where the service has such codes.
    pub code: Option<String>,
}

impl<T> Partial<T> {
    /// Whether all of the data came.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.errors.is_empty()
    }

    /// Where something is missing, such as `people.3.manager`, for a maker to see: paths hold nothing but the names of the
    /// document and places in lists.
    #[must_use]
    pub fn missing(&self) -> Vec<&str> {
        self.errors.iter().map(|error| error.path.as_str()).collect()
    }
}

impl<'c> Request<'c> {
    /// The data that the source answers, where all of it came.
    ///
    /// # Errors
    /// As [`Call::json`](crate::source::Call::json); any error beside the data is `SourceFailed` too, even where the HTTP
    /// status is 200. What the errors say is in the log alone.
    pub async fn data<T: DeserializeOwned>(self) -> Result<T> {
        let ctx = self.call.ctx;
        let response = self.response().await?;
        if response.errors.is_empty() {
            return response.data(ctx);
        }
        Err(response.failed(ctx))
    }

    /// The data that the source answers, and the errors beside it. What may be missing must be an `Option` in `T`, as it
    /// is nullable in the service's schema.
    ///
    /// # Errors
    /// As [`data`](Request::data), but errors beside data are none; the log has what they say.
    pub async fn partial<T: DeserializeOwned>(self) -> Result<Partial<T>> {
        let ctx = self.call.ctx;
        let response = self.response().await?;
        if response.data.is_none() {
            return Err(response.failed(ctx));
        }
        response.partial(ctx)
    }

    /// The items of a list, page by page, under the contract of all lists: [`Paging::connection`] for a Relay connection;
    /// for a cursor, an offset or a page number the parameter is the name of a variable. Places are below the data.
    ///
    /// ```
    /// # use midspan::{prelude::*, source::Paging};
    /// # static DIRECTORY: Source = Source::graphql("directory");
    /// # async fn example(ctx: Context) -> Result<()> {
    /// const PEOPLE: &str = "query People($after: String) {
    ///     people(first: 50, after: $after) { edges { node { name } } pageInfo { hasNextPage endCursor } } }";
    ///
    /// let people = ctx.source(&DIRECTORY).graphql(PEOPLE).pages::<serde_json::Value>(Paging::connection("/people"));
    /// let first = people.collect_up_to(200).await?;
    /// # Ok(()) }
    /// ```
    pub fn pages<T: DeserializeOwned + 'static>(self, paging: Paging) -> Pages<'c, T> {
        let handle = Handle::new(self.call.ctx, self.call.source);
        Pages::new(handle, paging, Asked::new(self, paging))
    }

    pub(super) async fn response(self) -> Result<Response> {
        let ctx = self.call.ctx;
        let answer = self.send().await?;
        match Response::read(&answer) {
            Some(response) => Ok(response),
            None => {
                let answer = answer.success(ctx)?;
                Err(answer.invalid(ctx, "it is no GraphQL response"))
            }
        }
    }
}

/// A well-formed response (GraphQL specification s. 7).
pub(super) struct Response {
    pub(super) answer: Answer,
    data: Option<Box<RawValue>>,
    pub(super) errors: Vec<FieldError>,
}

impl Response {
    /// The specification's own media type says that it is one, whatever the status; with the older one, an error status
    /// may be an intermediary's (GraphQL over HTTP s. 6.4, A).
    fn read(answer: &Answer) -> Option<Self> {
        let media_type = answer
            .header(CONTENT_TYPE)
            .unwrap_or_default()
            .split(';')
            .next()
            .unwrap_or_default()
            .trim();
        if !answer.status().is_success() && !media_type.eq_ignore_ascii_case("application/graphql-response+json") {
            return None;
        }
        let Body { data, errors } = Body::read(answer)?;
        let data = data.filter(|data| data.get() != "null");
        (data.is_some() || !errors.is_empty()).then(|| Self {
            answer: answer.clone(),
            data,
            errors: errors.into_iter().map(FieldError::from).collect(),
        })
    }

    /// Where there are errors too, they are why it is not as expected.
    pub(super) fn data<T: DeserializeOwned>(&self, ctx: &Context) -> Result<T> {
        let data = self.data.as_ref().map_or("null", |data| data.get());
        serde_json::from_str(data).map_err(|why| {
            if self.errors.is_empty() {
                self.answer.invalid(ctx, &format!("its data: {why}"))
            } else {
                self.failed(ctx)
            }
        })
    }

    fn partial<T: DeserializeOwned>(self, ctx: &Context) -> Result<Partial<T>> {
        let data = self.data(ctx)?;
        if !self.errors.is_empty() {
            let source = self.answer.source.name();
            ctx.log("warn", &format!("source `{source}` answered in part: {}", self.said()));
        }
        Ok(Partial {
            data,
            errors: self.errors,
        })
    }

    /// The same with these errors alone.
    pub(super) fn with(&self, errors: Vec<FieldError>) -> Self {
        Self {
            answer: self.answer.clone(),
            data: None,
            errors,
        }
    }

    /// The error for what it says; its status where that is one, else what its codes say.
    pub(super) fn failed(&self, ctx: &Context) -> Error {
        if let Err(error) = self.answer.clone().success(ctx) {
            return error;
        }
        let title = self.answer.source.title();
        let says = |codes: &[&str]| {
            let known = |error: &FieldError| error.code.as_deref().is_some_and(|code| codes.contains(&code));
            self.errors.iter().any(known)
        };
        let (code, message) = if says(&["THROTTLED", "RATE_LIMITED", "TOO_MANY_REQUESTS"]) {
            let message = format!("{title} asks us to slow down. Try again in a moment.");
            (ErrorCode::SourceThrottled, message)
        } else if says(&["UNAUTHENTICATED", "FORBIDDEN"]) {
            let message = format!("{title} refused this operation's credentials. Tell the connector's owner.");
            (ErrorCode::SourceFailed, message)
        } else {
            let message = format!("{title} answered with an error. Try again later.");
            (ErrorCode::SourceFailed, message)
        };
        let error = Error::new(code, message)
            .with_source(self.answer.source.name(), Some(self.answer.status().as_u16()))
            .with_log(self.codes())
            .with_said(self.said());
        ctx.log_call_error(&error, self.answer.attempts);
        error
    }

    fn codes(&self) -> String {
        let codes = self
            .errors
            .iter()
            .map(|error| error.code.as_deref().unwrap_or("(none)"));
        format!("errors with code {}", codes.collect::<Vec<_>>().join(", "))
    }

    fn said(&self) -> String {
        let said: Vec<_> = self.errors.iter().map(ToString::to_string).collect();
        said.join("; ")
    }
}

/// As it is written.
#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    data: Option<Box<RawValue>>,
    #[serde(default)]
    errors: Vec<Raised>,
}

#[derive(Deserialize)]
struct Raised {
    #[serde(default)]
    message: String,
    #[serde(default)]
    path: Vec<Value>,
    #[serde(default)]
    extensions: Value,
}

impl Body {
    fn read(answer: &Answer) -> Option<Self> {
        serde_json::from_slice(answer.body()).ok()
    }
}

/// Whether there are no errors in it: with some it is of the moment, whatever its status.
pub(super) fn is_without_errors(response: &http::Response<Bytes>) -> bool {
    serde_json::from_slice::<Body>(response.body()).is_ok_and(|body| body.errors.is_empty())
}

/// The errors of an answer, whether or not it may be an intermediary's.
pub(super) fn errors(answer: &Answer) -> Vec<FieldError> {
    let errors = Body::read(answer).map_or_else(Vec::new, |body| body.errors);
    errors.into_iter().map(FieldError::from).collect()
}

impl From<Raised> for FieldError {
    fn from(raised: Raised) -> Self {
        let segment = |segment: &Value| segment.as_str().map_or_else(|| segment.to_string(), ToOwned::to_owned);
        let path: Vec<_> = raised.path.iter().map(segment).collect();
        Self {
            message: raised.message,
            path: path.join("."),
            code: raised
                .extensions
                .get("code")
                .and_then(Value::as_str)
                .map(ToOwned::to_owned),
        }
    }
}

/// For the log.
impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.message)?;
        if !self.path.is_empty() {
            write!(f, " at {}", self.path)?;
        }
        self.code.iter().try_for_each(|code| write!(f, ", code {code}"))
    }
}

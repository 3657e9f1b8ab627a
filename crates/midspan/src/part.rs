//! Stage 4, shape: parts of an answer that may be missing.

use std::{cell::Cell, future::poll_fn, pin::pin};

use midspan_definition::{Choice, Constraints, ErrorCode, Field, Schema, Visibility};
use serde::{Deserialize, Serialize};

use crate::{Data, Error, Result, input::Place, source::Answer};

/// A part of an answer whose source need not be there: the maker branches on `status`.
///
/// In a canvas app: `If(Home.news.status = "missing", Home.news.message)`; `Home.news.value` is a table or a record as
/// ever, or blank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part<T> {
    /// Whether `value` is there, and how old it may be.
    pub status: Status,
    /// The content; nothing when it is missing.
    pub value: Option<T>,
    /// The error code, when it is missing or stale.
    pub code: Option<ErrorCode>,
    /// Why it is missing or stale, for a person.
    pub message: Option<String>,
}

/// Whether a part of an answer is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// From the source, or from the cache within its freshness lifetime.
    Fresh,
    /// From the cache after its freshness lifetime, because the source failed.
    Stale,
    /// Not there; `code` and `message` say why.
    Missing,
}

impl<T> Part<T> {
    /// A part that is there.
    pub const fn fresh(value: T) -> Self {
        Self {
            status: Status::Fresh,
            value: Some(value),
            code: None,
            message: None,
        }
    }

    /// A part from the cache after its time, because of `why`.
    pub fn stale(value: T, why: &Error) -> Self {
        Self {
            status: Status::Stale,
            value: Some(value),
            code: Some(why.code()),
            message: Some(why.message().to_owned()),
        }
    }

    /// A part that is not there.
    #[must_use]
    pub fn missing(why: &Error) -> Self {
        Self {
            status: Status::Missing,
            value: None,
            code: Some(why.code()),
            message: Some(why.message().to_owned()),
        }
    }

    /// The same part with another value.
    pub fn map<U>(self, shape: impl FnOnce(T) -> U) -> Part<U> {
        Part {
            status: self.status,
            value: self.value.map(shape),
            code: self.code,
            message: self.message,
        }
    }
}

impl<T: Data> Data for Part<T> {
    const SCHEMA: Schema = Schema::Object {
        name: "Part",
        fields: &[
            field("status", "Status", true, STATUS),
            field("value", "Value", false, Schema::Nullable(&T::SCHEMA)),
            field("code", "Error Code", false, TEXT_OR_NULL),
            field("message", "Why It Is Missing", false, TEXT_OR_NULL),
        ],
    };

    fn check(&self, place: &Place<'_>, bounds: &Constraints) -> Result<()> {
        self.value.check(&place.field("value"), bounds)
    }
}

const TEXT_OR_NULL: Schema = Schema::Nullable(&Schema::String { format: None });

const STATUS: Schema = Schema::Choice(&[
    Choice {
        value: "fresh",
        display_name: "Fresh",
    },
    Choice {
        value: "stale",
        display_name: "Stale",
    },
    Choice {
        value: "missing",
        display_name: "Missing",
    },
]);

const fn field(name: &'static str, summary: &'static str, required: bool, schema: Schema) -> Field {
    Field {
        name,
        summary,
        description: "",
        required,
        constraints: Constraints::NONE,
        visibility: Visibility::None,
        dynamic: None,
        schema,
    }
}

/// Makes a source optional: `ctx.source(&NEWS).get("/news").json().optional()`.
pub trait Optional<T>: Future<Output = Result<T>> + Sized {
    /// The value as a [`Part`]: if a *source* fails, the part is missing and the operation goes on. Where a call in it was
    /// answered by the cache because its source failed, the part is stale.
    ///
    /// # Errors
    /// What is not a source's failure (the caller's input, a defect of the operation) stays an error.
    fn optional(self) -> impl Future<Output = Result<Part<T>>> {
        async {
            let mut future = pin!(self);
            let mut stale = None;
            let outcome = poll_fn(|context| watch(&mut stale, || future.as_mut().poll(context))).await;
            match outcome {
                Ok(value) => Ok(match stale {
                    Some(why) => Part::stale(value, &why),
                    None => Part::fresh(value),
                }),
                Err(error) if error.source_name().is_some() => Ok(Part::missing(&error)),
                Err(error) => Err(error),
            }
        }
    }
}

impl<T, F: Future<Output = Result<T>>> Optional<T> for F {}

thread_local! {
    /// Why what is being polled right now is stale, if a part is: between polls there is nothing here.
    static WATCHED: Cell<Option<Stale>> = const { Cell::new(None) };
}

type Stale = Option<Error>;

/// Lets `poll` note in `stale` what it was given from the cache in place of a failing source.
fn watch<T>(stale: &mut Stale, poll: impl FnOnce() -> T) -> T {
    let outer = WATCHED.replace(Some(stale.take()));
    let polled = poll();
    *stale = WATCHED.replace(outer).flatten();
    polled
}

/// Tells the part that is being polled, if one is, that this answer stands for a failure.
pub(crate) fn note_stale(answer: &Answer) {
    if let Some(why) = &answer.stale
        && let Some(noted) = WATCHED.take()
    {
        WATCHED.set(Some(noted.or_else(|| Some(why.clone()))));
    }
}

//! The error contract: every non-2xx answer that Midspan itself makes has this body and one of these codes.
//!
//! `message` stands at the top because that is what a canvas app shows and what a flow reads first; `error` holds what
//! a maker branches on. The list of codes is closed: [`ErrorCode::ALL`] is the one place where they are documented, and
//! `docs/errors.md` is generated from it.

use serde::{Deserialize, Serialize};

/// The body of an error answer, `application/json`.
///
/// ```
/// use midspan_definition::{ErrorBody, ErrorCode};
///
/// let body = ErrorBody::new(ErrorCode::SourceTimeout, "SharePoint did not answer within 800 ms.", "c-1")
///     .source("sharepoint");
/// assert_eq!(body.status_code, 502);
/// assert_eq!(body.error.source.as_deref(), Some("sharepoint"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ErrorBody {
    /// The HTTP status of the answer, repeated because a canvas app shows only the body.
    pub status_code: u16,
    /// What went wrong and what to do next, for a person.
    pub message: String,
    /// What a program branches on.
    pub error: ErrorDetail,
}

/// The inner part of an [`ErrorBody`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ErrorDetail {
    /// One of [`ErrorCode::ALL`], by name.
    pub code: ErrorCode,
    /// The same text as [`ErrorBody::message`].
    pub message: String,
    /// The source that failed, by its name in the manifest's variables.
    pub source: Option<String>,
    /// The HTTP status that the source answered, where it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_status: Option<u16>,
    /// The field of the input that is at fault.
    pub target: Option<String>,
    /// The id under which this request stands in every log (`x-ms-correlation-id`).
    pub correlation_id: String,
}

impl ErrorBody {
    /// An error with the code's own HTTP status.
    pub fn new(code: ErrorCode, message: impl Into<String>, correlation_id: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            status_code: code.status(),
            error: ErrorDetail {
                code,
                message: message.clone(),
                source: None,
                source_status: None,
                target: None,
                correlation_id: correlation_id.into(),
            },
            message,
        }
    }

    /// Names the source that failed.
    #[must_use]
    pub fn source(mut self, name: impl Into<String>) -> Self {
        self.error.source = Some(name.into());
        self
    }

    /// Names the input field at fault.
    #[must_use]
    pub fn target(mut self, field: impl Into<String>) -> Self {
        self.error.target = Some(field.into());
        self
    }
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $status:literal $who:ident,)+) => {
        /// The closed list of error codes. Each has one HTTP status.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[non_exhaustive]
        pub enum ErrorCode {
            $($(#[doc = $doc])+ $name,)+
        }

        impl ErrorCode {
            /// Every code, in the order of its HTTP status.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The HTTP status that an answer with this code has.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self { $(Self::$name => $status,)+ }
            }

            /// The code as it stands in `error.code`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)+ }
            }

            /// What it means and what to do, as documented.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),+),)+ }
            }

            /// Who makes it: the operation's component, the host before the component is reached, or both.
            #[must_use]
            pub const fn made_by(self) -> Maker {
                match self { $(Self::$name => Maker::$who,)+ }
            }
        }
    };
}

/// Where an error code arises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Maker {
    /// In the operation's component, on every host.
    Operation,
    /// In the embedded host; another host answers with its own text.
    Host,
    /// In either.
    Both,
}

codes! {
    /// A field of the input is missing or wrong; `target` names it. Correct the call; repeating it unchanged fails again.
    BadInput = 400 Operation,
    /// The call carries no credentials, or none that are accepted any more. Sign in to the connection again.
    Unauthorized = 401 Operation,
    /// The caller is known, but may not do this. Ask for the role, or the consent, that the message names.
    Forbidden = 403 Operation,
    /// No operation has this path, or the thing asked for does not exist. Check the path or the id.
    NotFound = 404 Both,
    /// The operation exists, but not with this method; the `Allow` header names the one it has.
    MethodNotAllowed = 405 Operation,
    /// What the call would change was changed by somebody else in the meantime. Read it again, then repeat.
    Conflict = 409 Operation,
    /// A call with the same idempotency key is still under way. Repeat it after `Retry-After` seconds to learn its outcome.
    RequestInProgress = 409 Operation,
    /// A call with this idempotency key broke off before, and whether it was done is not known. Look, then repeat it with a
    /// new key if need be.
    OutcomeUnknown = 409 Operation,
    /// The request body is larger than the limit (4 MiB, unless the operation says otherwise). Send less at once.
    BodyTooLarge = 413 Both,
    /// The URL is longer than the limit (16,384 bytes, as at the gateway). Send less in the query.
    UriTooLong = 414 Both,
    /// The request body is not `application/json`.
    UnsupportedMediaType = 415 Operation,
    /// The idempotency key was used for another call. Use a new one for each thing to be done.
    IdempotencyKeyReused = 422 Operation,
    /// There were more calls than are let in. Repeat after `Retry-After` seconds.
    TooManyRequests = 429 Operation,
    /// The request's headers are too many or too large; `target` names the largest. Send less in them.
    HeadersTooLarge = 431 Both,
    /// A defect in the operation, or its configuration is incomplete; the log under the correlation id says which.
    OperationFailed = 500 Both,
    /// A source answered with an error; `sourceStatus` says which. Try again later; the body it sent is only in the log.
    SourceFailed = 502 Operation,
    /// A source answered with something that is not what the operation expects; the log says where it differs.
    SourceInvalid = 502 Operation,
    /// A source did not answer within its time-out. Try again.
    SourceTimeout = 502 Operation,
    /// A source could not be reached.
    SourceUnreachable = 502 Operation,
    /// The host, or what may be asked of a source at once, is at its limit. Repeat after `Retry-After` seconds.
    Overloaded = 503 Both,
    /// The shared store, without which this write might be done twice, does not answer; nothing was changed. Repeat after
    /// `Retry-After` seconds.
    StoreUnavailable = 503 Operation,
    /// A source asks its callers to slow down. Repeat after `Retry-After` seconds.
    SourceThrottled = 503 Operation,
    /// A source failed again and again and is left alone for a while. Repeat after `Retry-After` seconds.
    SourceUnavailable = 503 Operation,
    /// The operation did not end within its deadline, or within the host's limit.
    DeadlineExceeded = 504 Both,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_has_the_contracts_shape() {
        let body = ErrorBody::new(ErrorCode::SourceTimeout, "too slow", "c-1").source("sharepoint");
        let json = serde_json::to_value(&body).expect("an error body is JSON");
        assert_eq!(
            json,
            serde_json::json!({
                "statusCode": 502,
                "message": "too slow",
                "error": {
                    "code": "SourceTimeout", "message": "too slow", "source": "sharepoint",
                    "target": null, "correlationId": "c-1",
                },
            })
        );
    }

    /// `docs/errors.md` as the list above says; `MIDSPAN_UPDATE=1` writes it.
    #[test]
    fn the_page_about_errors_is_what_the_list_says() {
        let mut page = String::from(concat!(
            "# Errors\n\n",
            "<!-- Generated from crates/midspan-definition/src/error.rs: MIDSPAN_UPDATE=1 cargo test -p midspan-definition -->\n\n",
            "Every error that Midspan makes has this body, `application/json`:\n\n",
            "```json\n",
            "{ \"statusCode\": 502,\n",
            "  \"message\": \"SharePoint did not answer within 800 ms. Try again; nothing was changed.\",\n",
            "  \"error\": { \"code\": \"SourceTimeout\", \"message\": \"(same)\", \"source\": \"sharepoint\", ",
            "\"target\": null, \"correlationId\": \"...\" } }\n",
            "```\n\n",
            "A canvas app shows `message`; a flow branches on `error.code`. `correlationId` is the one to give to support: the log ",
            "has every detail under it. Where a source answered, `error.sourceStatus` is its HTTP status.\n\n",
            "| Code | Status | Made by | Meaning |\n|---|---|---|---|\n",
        ));
        for code in ErrorCode::ALL {
            let maker = match code.made_by() {
                Maker::Operation => "operation",
                Maker::Host => "host",
                Maker::Both => "operation or host",
            };
            let (name, status, meaning) = (code.name(), code.status(), code.meaning().trim());
            page.extend([
                "| `",
                name,
                "` | ",
                &status.to_string(),
                " | ",
                maker,
                " | ",
                meaning,
                " |\n",
            ]);
        }
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/errors.md");
        if std::env::var_os("MIDSPAN_UPDATE").is_some() {
            std::fs::write(path, &page).expect("docs/errors.md can be written");
        }
        let written = std::fs::read_to_string(path).expect("docs/errors.md is there");
        assert_eq!(written, page, "run MIDSPAN_UPDATE=1 cargo test -p midspan-definition");
    }

    #[test]
    fn every_code_has_an_error_status_and_a_meaning() {
        for code in ErrorCode::ALL {
            assert!((400..600).contains(&code.status()), "{}", code.name());
            assert!(!code.meaning().trim().is_empty(), "{}", code.name());
        }
        assert!(ErrorCode::ALL.is_sorted_by_key(|code| code.status()));
    }
}

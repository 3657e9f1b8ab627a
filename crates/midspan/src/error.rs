//! The error of an operation: what the caller reads, and what only the log says.

use std::fmt;

use midspan_definition::{ErrorBody, ErrorCode};

/// Why an operation can't answer.
///
/// The caller gets the code, the message and what they point at; [`Error::with_log`] keeps apart what only the operator
/// may see. There is no conversion from other error types: an operation decides what its maker reads.
///
/// ```
/// use midspan::Error;
///
/// let error = Error::not_found("There is no employee E7. Check the number.");
/// assert_eq!(error.code().status(), 404);
/// ```
#[derive(Debug, Clone)]
pub struct Error(Box<Inner>);

#[derive(Debug, Clone)]
struct Inner {
    code: ErrorCode,
    message: String,
    source: Option<&'static str>,
    source_status: Option<u16>,
    target: Option<String>,
    retry_after: Option<u32>,
    allow: Option<String>,
    challenges: Vec<String>,
    log: Option<String>,
    said: Option<String>,
}

impl Error {
    /// An error with any code. `message` says what went wrong and what to do next, as a sentence.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            code,
            message: message.into(),
            source: None,
            source_status: None,
            target: None,
            retry_after: None,
            allow: None,
            challenges: Vec::new(),
            log: None,
            said: None,
        }))
    }

    /// A wrong `field` of the input: 400.
    pub fn bad_input(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(ErrorCode::BadInput, message).with_target(field)
    }

    /// What was asked for does not exist: 404.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::NotFound, message)
    }

    /// Somebody else changed it in the meantime: 409.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::Conflict, message)
    }

    /// A defect of the operation or of its configuration: 500. `log` is for the operator; the caller reads only that it
    /// failed.
    pub fn failed(log: impl Into<String>) -> Self {
        Self::new(
            ErrorCode::OperationFailed,
            "This operation has a defect or is not set up. Give its owner the correlation id.",
        )
        .with_log(log)
    }

    /// Names the source that failed and, where it answered, its HTTP status.
    #[must_use]
    pub fn with_source(mut self, name: &'static str, status: Option<u16>) -> Self {
        self.0.source = Some(name);
        self.0.source_status = status;
        self
    }

    /// Names the field of the input.
    #[must_use]
    pub fn with_target(mut self, field: impl Into<String>) -> Self {
        self.0.target = Some(field.into());
        self
    }

    /// Asks the caller to wait before repeating, in seconds.
    #[must_use]
    pub fn with_retry_after(mut self, seconds: u32) -> Self {
        self.0.retry_after = Some(seconds);
        self
    }

    /// Names the methods that the path has (RFC 9110 s. 10.2.1).
    pub(crate) fn with_allow(mut self, methods: String) -> Self {
        self.0.allow = Some(methods);
        self
    }

    /// Says how to show who one is (RFC 9110 s. 11.6.1).
    pub(crate) fn with_challenges(mut self, challenges: Vec<String>) -> Self {
        self.0.challenges = challenges;
        self
    }

    /// Adds what only the log shall say: a missing variable, a source's error code. Never give it secrets or personal data.
    #[must_use]
    pub fn with_log(mut self, text: impl Into<String>) -> Self {
        self.0.log = Some(text.into());
        self
    }

    /// Adds the source's own words, in which there may be personal data.
    #[must_use]
    pub(crate) fn with_said(mut self, text: impl Into<String>) -> Self {
        self.0.said = Some(text.into());
        self
    }

    /// The source's own words. The log has them only where the component's environment asks for them.
    pub(crate) fn said(&self) -> Option<&str> {
        self.0.said.as_deref()
    }

    /// Its code.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        self.0.code
    }

    /// What the caller reads.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The source that failed, where it was one.
    #[must_use]
    pub fn source_name(&self) -> Option<&'static str> {
        self.0.source
    }

    /// The status that the source answered, where it did.
    #[must_use]
    pub fn source_status(&self) -> Option<u16> {
        self.0.source_status
    }

    /// The field of the input at fault.
    #[must_use]
    pub fn target(&self) -> Option<&str> {
        self.0.target.as_deref()
    }

    /// Seconds to wait before repeating.
    #[must_use]
    pub fn retry_after(&self) -> Option<u32> {
        self.0.retry_after
    }

    pub(crate) fn allow(&self) -> Option<&str> {
        self.0.allow.as_deref()
    }

    pub(crate) fn challenges(&self) -> &[String] {
        &self.0.challenges
    }

    /// What only the log says.
    #[must_use]
    pub fn log(&self) -> Option<&str> {
        self.0.log.as_deref()
    }

    /// The body that the caller gets.
    #[must_use]
    pub fn body(&self, correlation_id: &str) -> ErrorBody {
        let mut body = ErrorBody::new(self.0.code, &self.0.message, correlation_id);
        body.error.source = self.0.source.map(Into::into);
        body.error.source_status = self.0.source_status;
        body.error.target.clone_from(&self.0.target);
        body
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.code.name(), self.0.message)?;
        self.0.log.iter().try_for_each(|log| write!(f, " ({log})"))
    }
}

impl std::error::Error for Error {}

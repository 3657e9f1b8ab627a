//! The host's own error answers, in the project's contract.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, Response, StatusCode};
use midspan_definition::{ErrorBody, ErrorCode};

use super::correlation;
use crate::instance::Failure;

/// Seconds after which an overloaded host may be asked again.
const RETRY_SECONDS: u32 = 1;

/// Why the host itself answers a request.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(super) code: ErrorCode,
    message: String,
    /// The part of the request at fault.
    pub(super) target: Option<String>,
    /// For the record, not for the client.
    detail: Option<String>,
}

impl Problem {
    pub(super) fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            target: None,
            detail: None,
        }
    }

    /// Names the part of the request at fault.
    pub(super) fn with_target(self, target: &str) -> Self {
        Self {
            target: Some(target.to_owned()),
            ..self
        }
    }

    pub(super) fn overloaded() -> Self {
        let message = format!("The host is busy. Try again in {RETRY_SECONDS} second; nothing was changed.");
        Self::new(ErrorCode::Overloaded, message)
    }

    pub(super) fn not_found(path: &str) -> Self {
        Self {
            // A path may hold personal data.
            detail: Some("no operation has its path".to_owned()),
            ..Self::new(ErrorCode::NotFound, format!("No operation has the path \"{path}\"."))
        }
    }

    /// What the operator reads.
    pub(super) fn detail(&self) -> &str {
        self.detail.as_deref().unwrap_or(&self.message)
    }

    /// The answer that a client gets.
    pub(crate) fn response(&self, correlation_id: Option<&str>) -> Response<Bytes> {
        let id = correlation_id.map_or_else(correlation::fresh, str::to_owned);
        let mut body = ErrorBody::new(self.code, self.message.as_str(), id.as_str());
        body.error.target.clone_from(&self.target);
        let mut response = Response::new(serde_json::to_vec(&body).unwrap_or_default().into());
        *response.status_mut() = StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Ok(id) = HeaderValue::from_str(&id) {
            headers.insert(correlation::CORRELATION_ID, id);
        }
        if self.code == ErrorCode::Overloaded {
            headers.insert(RETRY_AFTER, HeaderValue::from(RETRY_SECONDS));
        }
        response
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        let detail = Some(failure.to_string());
        let problem = match failure {
            Failure::NoInstance(_) => Self::overloaded(),
            Failure::TimedOut => Self::new(
                ErrorCode::DeadlineExceeded,
                "The operation did not answer in time. Whether it changed anything is not known.",
            ),
            Failure::Instance(_) | Failure::Handler(_) => Self::new(
                ErrorCode::OperationFailed,
                "The operation failed. The host's log says why, under the correlation id.",
            ),
        };
        Self { detail, ..problem }
    }
}

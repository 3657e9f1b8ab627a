//! Graph's errors. Shape: Learn, "Microsoft Graph error responses and resource types" and "Microsoft Graph throttling guidance".

use http::StatusCode;
use serde_json::json;

use crate::authority::BadToken;
use crate::population::Moment;
use crate::reply::{self, Reply, WithHeader};

#[derive(Debug)]
pub(super) struct GraphError {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl GraphError {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
        }
    }

    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadRequest", message)
    }

    pub(super) fn unsupported_query(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "Request_UnsupportedQuery", message)
    }

    pub(super) fn invalid_parameter(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "ErrorInvalidParameter", message)
    }

    pub(super) fn no_token() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, INVALID_TOKEN, "Access token is empty.")
    }

    pub(super) fn bad_token(why: &BadToken) -> Self {
        let message = match why {
            BadToken::Signature => "Access token validation failure. Signature validation failed.",
            BadToken::Expired(_) => "Lifetime validation failed, the token is expired.",
            BadToken::Revoked => {
                "Continuous access evaluation resulted in challenge with result: InteractionRequired and code: \
                 TokenIssuedBeforeRevocationTimestamp"
            }
            BadToken::Audience(_) => "Access token validation failure. Invalid audience.",
        };
        Self::new(StatusCode::UNAUTHORIZED, INVALID_TOKEN, message)
    }

    pub(super) fn not_delegated() -> Self {
        Self::bad_request("/me request is only valid with delegated authentication flow.")
    }

    pub(super) fn method_not_allowed() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "Request_BadRequest",
            "Specified HTTP method is not allowed for the request target.",
        )
    }

    pub(super) fn no_such_version(version: &str) -> Self {
        Self::bad_request(format!("Invalid version: {version}"))
    }

    pub(super) fn no_such_segment(segment: &str) -> Self {
        Self::bad_request(format!("Resource not found for the segment '{segment}'."))
    }

    pub(super) fn resource_not_found(key: &str) -> Self {
        let message = format!(
            "Resource '{key}' does not exist or one of its queried reference-property objects are not present."
        );
        Self::new(StatusCode::NOT_FOUND, "Request_ResourceNotFound", message)
    }

    pub(super) fn no_photo() -> Self {
        let message = "Exception of type 'Microsoft.Fast.Profile.Core.Exception.ImageNotFoundException' was thrown.";
        Self::new(StatusCode::NOT_FOUND, "ImageNotFound", message)
    }

    /// In a batch: what this request depends on has failed.
    pub(super) fn failed_dependency(id: &str) -> Self {
        let message = format!(
            "The execution of the request was skipped because the request '{id}', on which it depends, failed."
        );
        Self::new(StatusCode::FAILED_DEPENDENCY, "FailedDependency", message)
    }

    /// What Graph says with a status that has nothing to do with the request.
    pub(super) fn of_status(status: StatusCode) -> Self {
        let (code, message) = match status.as_u16() {
            401 => {
                return Self::new(
                    status,
                    INVALID_TOKEN,
                    "Lifetime validation failed, the token is expired.",
                );
            }
            403 => (
                "Authorization_RequestDenied",
                "Insufficient privileges to complete the operation.",
            ),
            404 => ("ResourceNotFound", "Resource could not be discovered."),
            429 => ("TooManyRequests", "Please retry again later."),
            500 => (
                "InternalServerError",
                "An internal server error occurred. The operation failed.",
            ),
            503 => (
                "serviceNotAvailable",
                "The service is temporarily unavailable. Please retry after the specified time.",
            ),
            504 => ("UnknownError", ""),
            _ => ("generalException", "An unspecified error has occurred."),
        };
        Self::new(status, code, message)
    }

    pub(super) fn reply(&self, (request_id, client_request_id): (String, String)) -> Reply {
        let date = Moment::NOW.to_string();
        let body = json!({"error": {
            "code": self.code,
            "message": self.message,
            "innerError": {"date": date.trim_end_matches('Z'), "request-id": request_id, "client-request-id": client_request_id},
        }});
        let reply = reply::json(self.status, "application/json", &body);
        match self.status {
            StatusCode::UNAUTHORIZED if self.message.starts_with("Access token is empty") => {
                reply.with("www-authenticate", CHALLENGE)
            }
            StatusCode::UNAUTHORIZED => {
                let error = format!(
                    "{CHALLENGE}, error=\"invalid_token\", error_description=\"{}\"",
                    self.message
                );
                reply.with("www-authenticate", error)
            }
            _ => reply,
        }
    }
}

const INVALID_TOKEN: &str = "InvalidAuthenticationToken";

const CHALLENGE: &str = "Bearer realm=\"\", authorization_uri=\"https://login.microsoftonline.com/common/oauth2/authorize\", \
                         client_id=\"00000003-0000-0000-c000-000000000000\"";

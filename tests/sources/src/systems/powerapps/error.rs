//! The provider's errors. Shape: Learn, "Azure Resource Manager - common API details" (the interface is of that family).

use http::StatusCode;
use serde_json::json;

use super::JSON;
use crate::call::Call;
use crate::reply::{self, Reply, WithHeader};

#[derive(Debug)]
pub(super) struct PowerAppsError {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl PowerAppsError {
    pub(super) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
        }
    }

    pub(super) fn no_token() -> Self {
        let message = "Authentication failed. The 'Authorization' header is missing.";
        Self::new(StatusCode::UNAUTHORIZED, "AuthenticationFailed", message)
    }

    pub(super) fn method_not_allowed() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "MethodNotAllowed",
            "The requested resource does not support this http method.",
        )
    }

    pub(super) fn no_such_resource(call: &Call) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "NotFound",
            format!(
                "No HTTP resource was found that matches the request URI '{}'.",
                call.path
            ),
        )
    }

    pub(super) fn app_not_found(name: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "AppNotFound",
            format!("Could not find app '{name}'."),
        )
    }

    pub(super) fn bad_option(name: &str) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "InvalidQueryOption",
            format!("The value of the query option '{name}' is not valid."),
        )
    }

    pub(super) fn of_status(status: StatusCode) -> Self {
        let (code, message) = match status.as_u16() {
            401 => (
                "ExpiredAuthenticationToken",
                "The access token expiry UTC time is earlier than current UTC time.",
            ),
            403 => (
                "Forbidden",
                "The caller does not have permission to perform this operation.",
            ),
            429 => (
                "TooManyRequests",
                "The number of requests exceeded the limit. Please try again later.",
            ),
            500 => ("InternalServerError", "Encountered internal server error."),
            502 => ("BadGateway", "The response from the backend service was not valid."),
            503 => (
                "ServiceUnavailable",
                "The service is temporarily unavailable. Please try again later.",
            ),
            504 => (
                "GatewayTimeout",
                "The gateway did not receive a response within the specified time period.",
            ),
            _ => ("RequestFailed", "The request failed."),
        };
        Self::new(status, code, message)
    }

    pub(super) fn reply(&self) -> Reply {
        let reply = reply::json(
            self.status,
            JSON,
            &json!({"error": {"code": self.code, "message": self.message}}),
        );
        if self.status == StatusCode::UNAUTHORIZED {
            return reply.with(
                "www-authenticate",
                "Bearer authorization_uri=\"https://login.windows.net/common\", error=\"invalid_token\"",
            );
        }
        reply
    }
}

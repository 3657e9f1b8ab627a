//! Azure Resource Manager's errors. Shape: Learn, "Azure REST API reference", "Error response"; "Understand how Azure Resource Manager
//! throttles requests"; texts from recorded traffic in public repositories.

use http::StatusCode;
use serde_json::json;

use crate::authority::BadToken;
use crate::population::TENANT_ID;
use crate::reply::{self, Reply, WithHeader};

#[derive(Debug)]
pub(super) struct AzureError {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl AzureError {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
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

    pub(super) fn bad_token(why: &BadToken) -> Self {
        let (code, message) = match why {
            BadToken::Signature => ("InvalidAuthenticationToken", "The access token is invalid.".to_owned()),
            BadToken::Expired(end) => (
                "ExpiredAuthenticationToken",
                format!("The access token expiry UTC time '{end}' is earlier than current UTC time."),
            ),
            BadToken::Revoked => (
                "RevokedAuthenticationToken",
                "The access token has been revoked. Obtain a new one.".to_owned(),
            ),
            BadToken::Audience(audience) => (
                "InvalidAuthenticationTokenAudience",
                format!(
                    "The access token has been obtained for wrong audience or resource '{audience}'. It should exactly match with one of \
                     the allowed audiences '{}'.",
                    super::AUDIENCES.join("','")
                ),
            ),
        };
        Self::new(StatusCode::UNAUTHORIZED, code, message)
    }

    pub(super) fn missing_version() -> Self {
        let message = "The api-version query parameter (?api-version=) is required for all requests.";
        Self::new(StatusCode::BAD_REQUEST, "MissingApiVersionParameter", message)
    }

    pub(super) fn bad_version(version: &str, known: &str) -> Self {
        let message = format!("The api-version '{version}' is invalid. The supported versions are '{known}'.");
        Self::new(StatusCode::BAD_REQUEST, "InvalidApiVersionParameter", message)
    }

    pub(super) fn bad_query(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "InvalidQueryParameter", message)
    }

    pub(super) fn no_subscription(id: &str) -> Self {
        let message = format!("The subscription '{id}' could not be found.");
        Self::new(StatusCode::NOT_FOUND, "SubscriptionNotFound", message)
    }

    pub(super) fn bad_subscription(id: &str) -> Self {
        let message = format!("The provided subscription identifier '{id}' is malformed or invalid.");
        Self::new(StatusCode::BAD_REQUEST, "InvalidSubscriptionId", message)
    }

    pub(super) fn no_group(name: &str) -> Self {
        let message = format!("Resource group '{name}' could not be found.");
        Self::new(StatusCode::NOT_FOUND, "ResourceGroupNotFound", message)
    }

    pub(super) fn no_such_path(path: &str) -> Self {
        let message = format!("The resource at '{path}' was not found.");
        Self::new(StatusCode::NOT_FOUND, "NotFound", message)
    }

    pub(super) fn no_permission(client: &str, scope: &str) -> Self {
        let message = format!(
            "The client '{client}' with object id '{client}' does not have authorization to perform action \
             'Microsoft.Resources/subscriptions/resourceGroups/write' over scope '{scope}' or the scope is invalid. If access was recently \
             granted, please refresh your credentials."
        );
        Self::new(StatusCode::FORBIDDEN, "AuthorizationFailed", message)
    }

    /// What Azure Resource Manager says with a status that has nothing to do with the request.
    pub(super) fn of_status(status: StatusCode, retry_after: Option<u64>) -> Self {
        match status.as_u16() {
            401 => Self::bad_token(&BadToken::Expired(0)),
            403 => Self::no_permission("e3b0f9a7-6b1d-4c27-8f2e-90d5a1c4b736", "/subscriptions"),
            404 => Self::no_such_path("/"),
            429 => {
                let wait = retry_after.unwrap_or(1);
                let message = format!(
                    "Number of read requests for subscription exceeded the limit of '12000' for time interval '01:00:00'. Please try \
                     again after '{wait}' seconds."
                );
                Self::new(status, "SubscriptionRequestsThrottled", message)
            }
            503 => Self::new(
                status,
                "ServiceUnavailable",
                "The service is temporarily unavailable. Please try again later.",
            ),
            504 => Self::new(
                status,
                "GatewayTimeout",
                "The gateway did not receive a response within the specified time period.",
            ),
            _ => Self::new(status, "InternalServerError", "Encountered internal server error."),
        }
    }

    pub(super) fn reply(&self) -> Reply {
        let body = json!({"error": {"code": self.code, "message": self.message}});
        let reply = reply::json(self.status, super::JSON, &body);
        if self.status == StatusCode::UNAUTHORIZED {
            let challenge = format!(
                "Bearer authorization_uri=\"https://login.windows.net/{TENANT_ID}\", error=\"invalid_token\", error_description=\"{}\"",
                self.message
            );
            reply.with("www-authenticate", challenge)
        } else {
            reply
        }
    }
}

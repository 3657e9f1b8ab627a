//! Entra ID's errors. Shape: Learn, "OAuth 2.0 client credentials flow on the Microsoft identity platform", "Error response"; codes and
//! texts: "Microsoft Entra authentication and authorization error codes".

use http::StatusCode;
use serde_json::{Value, json};

use crate::population::{Guid, Moment};
use crate::reply::{self, Reply, WithHeader};

/// An error of RFC 6749 s. 5.2 with the number of its text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct EntraError {
    status: StatusCode,
    error: &'static str,
    code: u32,
    text: String,
    suberror: Option<&'static str>,
    claims: Option<&'static str>,
}

impl EntraError {
    fn new(status: StatusCode, error: &'static str, code: u32, text: impl Into<String>) -> Self {
        Self {
            status,
            error,
            code,
            text: text.into(),
            suberror: None,
            claims: None,
        }
    }

    fn bad_request(error: &'static str, code: u32, text: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, error, code, text)
    }

    pub(super) fn bad_client(code: u32, text: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "invalid_client", code, text)
    }

    pub(super) fn bad_assertion(code: u32, text: impl Into<String>) -> Self {
        Self::bad_request("invalid_grant", code, text)
    }

    pub(super) fn missing(parameter: &str) -> Self {
        let text = format!("The request body must contain the following parameter: '{parameter}'.");
        Self::bad_request("invalid_request", 900_144, text)
    }

    pub(super) fn no_tenant(tenant: &str) -> Self {
        let text = format!(
            "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check \
             with your subscription administrator, this may happen if there are no active subscriptions for the tenant."
        );
        Self::bad_request("invalid_request", 90_002, text)
    }

    pub(super) fn no_application(client: &str) -> Self {
        let text = format!(
            "Application with identifier '{client}' was not found in the directory 'Contoso'. This can happen if the application has not \
             been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your \
             authentication request to the wrong tenant."
        );
        Self::bad_request("unauthorized_client", 700_016, text)
    }

    pub(super) fn wrong_secret(client: &str) -> Self {
        let text = format!(
            "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret \
             ID, for a secret added to app '{client}'."
        );
        Self::bad_client(7_000_215, text)
    }

    pub(super) fn no_credential() -> Self {
        let text = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.";
        Self::bad_client(7_000_218, text)
    }

    pub(super) fn unsupported_grant(grant: &str) -> Self {
        let text = format!("The app requested an unsupported grant type '{grant}'.");
        Self::bad_request("unsupported_grant_type", 70_003, text)
    }

    pub(super) fn bad_scope(scope: &str) -> Self {
        let text = format!(
            "The provided value for scope {scope} is not valid. Client credential flows must have a scope value with /.default suffixed to \
             the resource identifier (application ID URI)."
        );
        Self::bad_request("invalid_scope", 1_002_012, text)
    }

    pub(super) fn no_resource(resource: &str) -> Self {
        let text = format!(
            "The resource principal named {resource} was not found in the tenant named Contoso. This can happen if the application has not \
             been installed by the administrator of the tenant or consented to by any user in the tenant."
        );
        Self::bad_request("invalid_resource", 500_011, text)
    }

    /// The user has to do something that nobody can do for them, here a second factor.
    pub(super) fn interaction_required() -> Self {
        let text = "Due to a configuration change made by your administrator, or because you moved to a new location, you must use \
                    multi-factor authentication to access '00000003-0000-0000-c000-000000000000'.";
        Self {
            suberror: Some("basic_action"),
            claims: Some(
                r#"{"access_token":{"polids":{"essential":true,"values":["9ab03e19-ed42-4168-b6b7-7001fb3e933a"]}}}"#,
            ),
            ..Self::bad_request("interaction_required", 50_076, text)
        }
    }

    pub(super) fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "invalid_request",
            900_561,
            "The endpoint does not exist.",
        )
    }

    pub(super) fn method_not_allowed() -> Self {
        let text = "The endpoint only accepts POST requests. Received a GET request.";
        Self::bad_request("invalid_request", 900_561, text)
    }

    /// What Entra ID says with a status that has nothing to do with the request: 400 is a user who has to prove more.
    pub(super) fn of_status(status: StatusCode) -> Self {
        match status.as_u16() {
            400 => Self::interaction_required(),
            401 => Self {
                status,
                ..Self::wrong_secret(crate::authority::CLIENT_ID)
            },
            429 => Self::new(
                status,
                "invalid_request",
                90_055,
                "The server has terminated the request because it is too busy.",
            ),
            _ => Self::new(
                status,
                "temporarily_unavailable",
                90_033,
                "A transient error has occurred. Please try again.",
            ),
        }
    }

    pub(super) fn reply(&self, trace: Guid) -> Reply {
        let timestamp = Moment::NOW.to_string().replace('T', " ");
        let description = format!(
            "AADSTS{}: {} Trace ID: {trace} Correlation ID: {trace} Timestamp: {timestamp}",
            self.code, self.text
        );
        let mut body = json!({
            "error": self.error,
            "error_description": description,
            "error_codes": [self.code],
            "timestamp": timestamp,
            "trace_id": trace.to_string(),
            "correlation_id": trace.to_string(),
            "error_uri": format!("https://login.microsoftonline.com/error?code={}", self.code),
        });
        for (name, value) in [("suberror", self.suberror), ("claims", self.claims)] {
            if let Some(value) = value {
                body[name] = Value::from(value);
            }
        }
        let reply = reply::json(self.status, super::JSON, &body);
        if self.status == StatusCode::UNAUTHORIZED {
            reply.with("www-authenticate", "Basic realm=\"login.microsoftonline.com\"")
        } else {
            reply
        }
    }
}

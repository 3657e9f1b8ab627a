//! Dataverse's errors. Shape: Learn, "Compose HTTP requests and handle errors"; codes: "Dataverse Web API client errors", "Service
//! protection API limits", "Web service error codes".

use http::StatusCode;
use serde_json::json;

use crate::population::Guid;
use crate::reply::{self, Reply, WithHeader};

#[derive(Debug)]
pub(super) enum DataverseError {
    /// The gateway's own answer; it is not JSON.
    Unauthorized,
    Fault {
        status: StatusCode,
        code: &'static str,
        message: String,
    },
}

impl DataverseError {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self::Fault {
            status,
            code,
            message: message.into(),
        }
    }

    /// 400 with the code that the OData layer gives everything that it can't read.
    pub(super) fn bad_query(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "0x80060888", message)
    }

    pub(super) fn no_such_column(name: &str) -> Self {
        Self::bad_query(format!(
            "Could not find a property named '{name}' on type 'Microsoft.Dynamics.CRM.task'."
        ))
    }

    pub(super) fn no_such_segment(segment: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "0x8006088a",
            format!("Resource not found for the segment '{segment}'."),
        )
    }

    pub(super) fn method_not_allowed() -> Self {
        let message = "The requested resource does not support http method.";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "0x80060888", message)
    }

    pub(super) fn bad_key(key: &str) -> Self {
        Self::bad_query(format!(
            "Error in query syntax: '{key}' is not a valid key of type 'Microsoft.Dynamics.CRM.task'."
        ))
    }

    pub(super) fn does_not_exist(id: Guid) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "0x80040217",
            format!("Entity 'Task' With Id = {id} Does Not Exist"),
        )
    }

    /// What Dataverse says with a status that has nothing to do with the request.
    pub(super) fn of_status(status: StatusCode) -> Self {
        let (code, message) = match status.as_u16() {
            401 => return Self::Unauthorized,
            403 => ("0x80040220", "Principal user is missing prvReadActivity privilege."),
            404 => ("0x80040217", "The entity with the given id does not exist."),
            429 => (
                "0x80072322",
                "Number of requests exceeded the limit of 6000 over time window of 300 seconds.",
            ),
            503 => ("0x80044151", "The service is unavailable. Please try again later."),
            504 => ("0x80044151", "The request timed out."),
            _ => ("0x80040216", "An unexpected error occurred."),
        };
        Self::new(status, code, message)
    }

    pub(super) fn reply(&self) -> Reply {
        match self {
            Self::Unauthorized => {
                let text = "HTTP Error 401 - Unauthorized: Access is denied";
                reply::bytes(StatusCode::UNAUTHORIZED, "text/plain; charset=utf-8", text)
                    .with("www-authenticate", CHALLENGE)
            }
            Self::Fault { status, code, message } => reply::json(
                *status,
                super::JSON,
                &json!({"error": {"code": code, "message": message}}),
            ),
        }
    }
}

const CHALLENGE: &str = "Bearer authorization_uri=https://login.microsoftonline.com/common/oauth2/authorize, \
                         resource_id=https://contoso.crm4.dynamics.com/";

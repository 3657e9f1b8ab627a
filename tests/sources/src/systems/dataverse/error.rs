//! Dataverse's errors. Shape: Learn, "Compose HTTP requests and handle errors"; codes: "Dataverse Web API client errors", "Service
//! protection API limits", "Web service error codes".

use http::StatusCode;
use serde_json::json;

use super::table::Table;
use crate::population::Guid;
use crate::reply::{self, Reply, WithHeader};

#[derive(Debug)]
pub(super) enum DataverseError {
    /// The gateway's own answer; it is not JSON.
    Unauthorized,
    /// The same to a token that does not hold.
    BadToken,
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

    pub(super) fn no_such_column(table: &Table, name: &str) -> Self {
        Self::bad_query(format!(
            "Could not find a property named '{name}' on type 'Microsoft.Dynamics.CRM.{}'.",
            table.entity
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

    pub(super) fn bad_key(table: &Table, key: &str) -> Self {
        Self::bad_query(format!(
            "Error in query syntax: '{key}' is not a valid key of type 'Microsoft.Dynamics.CRM.{}'.",
            table.entity
        ))
    }

    pub(super) fn does_not_exist(table: &Table, id: Guid) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "0x80040217",
            format!("Entity '{}' With Id = {id} Does Not Exist", table.label),
        )
    }

    /// The caller's `If-Match` is of another version.
    pub(super) fn changed_meanwhile() -> Self {
        let message = "The version of the existing record doesn't match the RowVersion property provided.";
        Self::new(StatusCode::PRECONDITION_FAILED, "0x80060882", message)
    }

    /// `If-None-Match: *` wants a new row, and there is one.
    pub(super) fn exists(message: &str) -> Self {
        Self::new(StatusCode::PRECONDITION_FAILED, "0x80040237", message)
    }

    pub(super) fn bad_payload(table: &Table, reason: &str) -> Self {
        let message = format!(
            "Error identified in Payload provided by the user for Entity :'{}', For more information on this error please follow this help \
             link https://go.microsoft.com/fwlink/?linkid=2195293  ---->  InnerException : {reason}",
            table.set
        );
        Self::new(StatusCode::BAD_REQUEST, "0x80048d19", message)
    }

    pub(super) fn bad_value(table: &Table, column: &str) -> Self {
        Self::bad_payload(
            table,
            &format!("System.ArgumentException: The value of '{column}' is not of its type or out of its range."),
        )
    }

    pub(super) fn read_only(column: &str) -> Self {
        let message = format!("Attribute '{column}' cannot be set in an update.");
        Self::new(StatusCode::BAD_REQUEST, "0x80040203", message)
    }

    pub(super) fn bad_status(id: Guid, status: i64) -> Self {
        let message = format!("{status} is not a valid status code for the state code of task with Id {id}.");
        Self::new(StatusCode::BAD_REQUEST, "0x80048408", message)
    }

    /// The service principal may not do this to rows of this table: `Create`, `Write`.
    pub(super) fn no_privilege(privilege: &str, table: &Table) -> Self {
        let message = format!("Principal user is missing prv{privilege}{} privilege.", table.label);
        Self::new(StatusCode::FORBIDDEN, "0x80040220", message)
    }

    pub(super) fn bad_batch(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "0x80060888", message)
    }

    /// What Dataverse says with a status that has nothing to do with the request.
    pub(super) fn of_status(status: StatusCode) -> Self {
        let (code, message) = match status.as_u16() {
            401 => return Self::BadToken,
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
            Self::Unauthorized => denied(CHALLENGE),
            Self::BadToken => denied(&format!(
                "{CHALLENGE}, error=invalid_token, error_description=Error during token validation!"
            )),
            Self::Fault { status, code, message } => reply::json(
                *status,
                super::JSON,
                &json!({"error": {"code": code, "message": message}}),
            ),
        }
    }
}

fn denied(challenge: &str) -> Reply {
    let text = "HTTP Error 401 - Unauthorized: Access is denied";
    reply::bytes(StatusCode::UNAUTHORIZED, "text/plain; charset=utf-8", text).with("www-authenticate", challenge)
}

const CHALLENGE: &str = "Bearer authorization_uri=https://login.microsoftonline.com/common/oauth2/authorize, \
                         resource_id=https://contoso.crm4.dynamics.com/";

//! SharePoint's errors, in the format that the caller accepts.

use http::StatusCode;

use super::format::Format;
use crate::reply::{self, Reply, WithHeader};

#[derive(Debug)]
pub(super) struct SharePointError {
    status: StatusCode,
    code: &'static str,
    message: String,
}

const BAD_QUERY: &str = "-1, Microsoft.SharePoint.Client.InvalidClientQueryException";
const BAD_ARGUMENT: &str = "-1, System.ArgumentException";
const NOT_FOUND: &str = "-1, Microsoft.SharePoint.Client.ResourceNotFoundException";

impl SharePointError {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
        }
    }

    pub(super) fn bad_query(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, BAD_QUERY, message)
    }

    pub(super) fn bad_expression(text: &str) -> Self {
        Self::bad_query(format!("The expression \"{text}\" is not valid."))
    }

    pub(super) fn no_field(name: &str) -> Self {
        Self::bad_query(format!("The field or property '{name}' does not exist."))
    }

    /// An unknown column of a filter or an order is found later than one of a `$select`, and told otherwise.
    pub(super) fn no_column(name: &str) -> Self {
        let message = format!("Column '{name}' does not exist. It may have been deleted by another user.");
        Self::new(
            StatusCode::BAD_REQUEST,
            "-2147024809, System.ArgumentException",
            message,
        )
    }

    pub(super) fn not_expanded(name: &str) -> Self {
        let message = format!(
            "The query to field '{name}' is not valid. The $select query string must specify the target fields and the $expand query \
             string must contains {name}."
        );
        Self::new(StatusCode::BAD_REQUEST, "-1, Microsoft.SharePoint.SPException", message)
    }

    pub(super) fn bad_key(key: &str) -> Self {
        Self::bad_query(format!("The expression \"items({key})\" is not valid."))
    }

    pub(super) fn no_item() -> Self {
        let message = "Item does not exist. It may have been deleted by another user.";
        Self::new(StatusCode::NOT_FOUND, "-2130575338, System.ArgumentException", message)
    }

    pub(super) fn no_list(title: &str, site: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            BAD_ARGUMENT,
            format!("List '{title}' does not exist at site with URL '{site}'."),
        )
    }

    pub(super) fn no_resource(path: &str) -> Self {
        let name = path.split(['(', '/']).find(|part| !part.is_empty()).unwrap_or_default();
        Self::new(
            StatusCode::NOT_FOUND,
            NOT_FOUND,
            format!("Cannot find resource for the request {name}."),
        )
    }

    pub(super) fn no_site() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            NOT_FOUND,
            "Cannot find resource for the request web.",
        )
    }

    pub(super) fn method_not_allowed() -> Self {
        let message = "The HTTP method can not be used to access the resource. Use GET to invoke the method.";
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "-1, Microsoft.SharePoint.Client.ClientServiceException",
            message,
        )
    }

    /// No `Authorization` at all is an anonymous caller, who may not read the site.
    pub(super) fn anonymous() -> Self {
        let message = "Access denied. You do not have permission to perform this action or access this resource.";
        Self::new(
            StatusCode::FORBIDDEN,
            "-2147024891, System.UnauthorizedAccessException",
            message,
        )
    }

    pub(super) fn bad_token() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "-2147024891, System.UnauthorizedAccessException",
            "Invalid JWT token.",
        )
    }

    /// The answer with a status that has nothing to do with the request; throttling happens before anything speaks JSON.
    pub(super) fn refusal(status: StatusCode, format: Format) -> Reply {
        const TEXT: &str = "text/html; charset=utf-8";
        match status.as_u16() {
            429 => reply::bytes(status, TEXT, "429 TOO MANY REQUESTS"),
            503 => reply::bytes(status, TEXT, "The service is unavailable."),
            502 | 504 => reply::bytes(status, TEXT, format!("<html><body><h1>{status}</h1></body></html>")),
            401 => Self::bad_token().reply(format),
            403 => Self::anonymous().reply(format),
            _ => Self::new(status, "-1, Microsoft.SharePoint.Client.UnknownError", "Unknown Error").reply(format),
        }
    }

    pub(super) fn reply(&self, format: Format) -> Reply {
        let body = format.error(self.code, &self.message);
        let reply = reply::bytes(self.status, format.content_type_of_error(), body);
        if self.status == StatusCode::UNAUTHORIZED {
            reply.with("www-authenticate", CHALLENGE)
        } else {
            reply
        }
    }
}

const CHALLENGE: &str = "Bearer realm=\"7d1c3a52-0c5e-4f0e-9a3f-6a1f2b8e4c10\", client_id=\"00000003-0000-0ff1-ce00-000000000000\", \
                         trusted_issuers=\"00000001-0000-0000-c000-000000000000@*\"";

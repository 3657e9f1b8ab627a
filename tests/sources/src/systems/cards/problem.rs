//! Errors of the card system (RFC 9457).

use http::StatusCode;
use serde_json::json;

use crate::reply::{self, Reply, WithHeader};

#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    kind: &'static str,
    detail: String,
}

impl Problem {
    pub(super) fn new(status: StatusCode, detail: &str) -> Self {
        Self {
            status,
            kind: "about:blank",
            detail: detail.to_owned(),
        }
    }

    pub(super) fn not_found(path: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, &format!("There is nothing at {path}."))
    }

    pub(super) fn method_not_allowed() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "This can't be done here.")
    }

    pub(super) fn bad_parameter(name: &str, why: &str) -> Self {
        Self {
            kind: "https://cards.contoso.example/problems/bad-parameter",
            ..Self::new(StatusCode::BAD_REQUEST, &format!("{name}: {why}"))
        }
    }

    /// Changes are kept for a time.
    pub(super) fn cursor_expired() -> Self {
        Self {
            kind: "https://cards.contoso.example/problems/cursor-expired",
            ..Self::new(
                StatusCode::GONE,
                "The changes since this cursor are no longer known. Start without one.",
            )
        }
    }

    pub(super) fn unauthorized(why: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, why)
    }

    pub(super) fn of_status(status: StatusCode) -> Self {
        let detail = match status.as_u16() {
            401 => "The key is not known.",
            429 => "Too many requests. Wait as long as Retry-After says.",
            503 => "The card system is being maintained.",
            _ => "Something went wrong.",
        };
        Self::new(status, detail)
    }

    pub(super) fn reply(&self) -> Reply {
        let body = json!({
            "type": self.kind,
            "title": self.status.canonical_reason(),
            "status": self.status.as_u16(),
            "detail": self.detail,
        });
        let reply = reply::json(self.status, "application/problem+json", &body);
        if self.status == StatusCode::UNAUTHORIZED {
            reply.with("www-authenticate", "ApiKey realm=\"cards\"")
        } else {
            reply
        }
    }
}

//! An answer, as a system makes it.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use serde::Serialize;

/// What a system answers.
pub(crate) type Reply = Response<Bytes>;

/// A status that a refusal carries, with what belongs to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    /// Seconds.
    pub(crate) retry_after: Option<u64>,
}

pub(crate) fn json(status: StatusCode, content_type: &'static str, body: &impl Serialize) -> Reply {
    // Only maps with keys that are not text, or a `Serialize` that refuses, could fail; there are none.
    bytes(status, content_type, serde_json::to_vec(body).unwrap_or_default())
}

pub(crate) fn bytes(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Reply {
    let mut reply = Response::new(body.into());
    *reply.status_mut() = status;
    reply
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    reply
}

pub(crate) fn empty(status: StatusCode) -> Reply {
    let mut reply = Response::new(Bytes::new());
    *reply.status_mut() = status;
    reply
}

/// Headers on an answer; a value that is no legal header value is left out.
pub(crate) trait WithHeader: Sized {
    fn with(self, name: &'static str, value: impl AsRef<str>) -> Self;

    fn with_retry_after(self, seconds: Option<u64>) -> Self {
        match seconds {
            Some(seconds) => self.with("retry-after", seconds.to_string()),
            None => self,
        }
    }
}

impl WithHeader for Reply {
    fn with(mut self, name: &'static str, value: impl AsRef<str>) -> Self {
        if let Ok(value) = HeaderValue::from_str(value.as_ref()) {
            self.headers_mut().insert(HeaderName::from_static(name), value);
        }
        self
    }
}

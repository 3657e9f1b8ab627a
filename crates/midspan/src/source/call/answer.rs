//! What a source answered.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::Source;

/// What a source answered, whatever its status.
#[derive(Debug, Clone)]
pub struct Answer {
    pub(in crate::source) source: &'static Source,
    pub(in crate::source) response: http::Response<Bytes>,
    /// How many requests it took.
    pub(in crate::source) attempts: u32,
}

impl Answer {
    /// Its HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.response.status()
    }

    /// Its headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }

    /// Its body.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        self.response.body()
    }
}

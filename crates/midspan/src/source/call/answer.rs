//! What a source answered, and the forms in which a call gives it.

use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{ACCEPT, AsHeaderName, CONTENT_TYPE, ETAG},
};
use serde::de::DeserializeOwned;

use super::{Call, Source};
use crate::{Context, Error, Result, cache::Place};

/// What a source answered, whatever its status.
#[derive(Debug, Clone)]
pub struct Answer {
    pub(in crate::source) source: &'static Source,
    pub(in crate::source) response: http::Response<Bytes>,
    /// How many requests it took.
    pub(in crate::source) attempts: u32,
    /// Why it is a stale one from the cache.
    pub(crate) stale: Option<Error>,
    /// Where the cache has it.
    pub(crate) kept: Option<Place>,
}

/// A file, a picture: content that is passed on as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binary {
    /// The bytes.
    pub content: Bytes,
    /// Its media type, such as `image/jpeg`; `application/octet-stream` where the source says none
    /// (RFC 9110 s. 8.3).
    pub content_type: String,
    /// Its entity tag, where it has one, with its quotes.
    pub etag: Option<String>,
}

impl Answer {
    pub(crate) const fn new(source: &'static Source, response: http::Response<Bytes>, attempts: u32) -> Self {
        Self {
            source,
            response,
            attempts,
            stale: None,
            kept: None,
        }
    }

    /// Says that nobody can read it, so that the cache does not give it again.
    pub(in crate::source) fn disown(&self, ctx: &Context) {
        if let Some(place) = &self.kept {
            place.clear(ctx);
        }
    }

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

    /// A header's value, or nothing where there is none that is text.
    #[must_use]
    pub fn header(&self, name: impl AsHeaderName) -> Option<&str> {
        self.headers().get(name)?.to_str().ok()
    }

    /// Its media type.
    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        self.header(CONTENT_TYPE)
    }

    /// Its entity tag (RFC 9110 s. 8.8.3), with its quotes.
    #[must_use]
    pub fn etag(&self) -> Option<&str> {
        self.header(ETAG)
    }

    /// Its body, decoded.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        self.response.body()
    }

    /// Whether it says that there is no such thing: 404 or 410 (RFC 9110 s. 15.5.5 and 15.5.11).
    #[must_use]
    pub fn is_absent(&self) -> bool {
        matches!(self.status(), StatusCode::NOT_FOUND | StatusCode::GONE)
    }
}

/// As the source gave it, for an operation that relays it: `Result<http::Response<Bytes>>`.
impl From<Answer> for http::Response<Bytes> {
    fn from(answer: Answer) -> Self {
        answer.response
    }
}

impl From<Answer> for Binary {
    fn from(answer: Answer) -> Self {
        Self {
            content_type: answer.content_type().unwrap_or("application/octet-stream").to_owned(),
            etag: answer.etag().map(ToOwned::to_owned),
            content: answer.response.into_body(),
        }
    }
}

impl Call<'_> {
    /// The JSON that the source answers.
    ///
    /// # Errors
    /// `SourceTimeout`, `SourceUnreachable`, `SourceThrottled`, `SourceFailed` (any status but 2xx) or `SourceInvalid`
    /// (not the JSON expected), each naming the source.
    pub async fn json<T: DeserializeOwned>(self) -> Result<T> {
        let ctx = self.ctx;
        self.success().await?.json(ctx)
    }

    /// The JSON that the source answers, or nothing where it says that there is no such thing (404 or 410).
    ///
    /// # Errors
    /// As [`json`](Call::json), for every other status.
    pub async fn found<T: DeserializeOwned>(self) -> Result<Option<T>> {
        let ctx = self.ctx;
        let answer = self.send().await?;
        if answer.is_absent() {
            return Ok(None);
        }
        answer.success(ctx)?.json(ctx).map(Some)
    }

    /// The text that the source answers.
    ///
    /// # Errors
    /// As [`json`](Call::json); `SourceInvalid` where it is in another character set than UTF-8 and ISO-8859-1.
    pub async fn text(self) -> Result<String> {
        let ctx = self.ctx;
        self.accepting_all().success().await?.text(ctx)
    }

    /// The content that the source answers, as it is.
    ///
    /// # Errors
    /// As [`json`](Call::json), but that no form is expected.
    pub async fn binary(self) -> Result<Binary> {
        Ok(self.accepting_all().success().await?.into())
    }

    /// The content that the source answers, or nothing where it says that there is no such thing (404 or 410): a photo
    /// that nobody took.
    ///
    /// # Errors
    /// As [`binary`](Call::binary), for every other status.
    pub async fn binary_found(self) -> Result<Option<Binary>> {
        let ctx = self.ctx;
        let answer = self.accepting_all().send().await?;
        if answer.is_absent() {
            return Ok(None);
        }
        Ok(Some(answer.success(ctx)?.into()))
    }

    /// What the source answers where its status is 2xx: for a write whose answer has no body, or for its headers.
    ///
    /// # Errors
    /// `SourceTimeout`, `SourceUnreachable`, `SourceThrottled` or `SourceFailed` (any other status), each naming the
    /// source.
    pub async fn success(self) -> Result<Answer> {
        let ctx = self.ctx;
        self.send().await?.success(ctx)
    }

    fn accepting_all(mut self) -> Self {
        let all = HeaderValue::from_static("*/*");
        self.headers.entry(ACCEPT).or_insert(all);
        self
    }
}

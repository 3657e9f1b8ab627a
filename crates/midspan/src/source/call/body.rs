//! What a call sends: JSON, a form, fields and files, or bytes as they are.

use bytes::Bytes;
use http::{HeaderValue, header::CONTENT_TYPE};
use midspan_definition::ErrorCode;
use serde::Serialize;

use super::{Call, Multipart};
use crate::{Error, Result};

impl Call<'_> {
    /// Sends `value` as the JSON body.
    pub fn body<T: Serialize + ?Sized>(mut self, value: &T) -> Self {
        match serde_json::to_vec(value) {
            Ok(json) => return self.bytes("application/json", json),
            Err(error) => self.fail(|| Error::failed(format!("a body for a source is not JSON: {error}"))),
        }
        self
    }

    /// Sends `value` as the JSON body where there is one.
    pub fn body_opt<T: Serialize + ?Sized>(self, value: Option<&T>) -> Self {
        match value {
            Some(value) => self.body(value),
            None => self,
        }
    }

    /// Sends names and values as HTML forms do (`application/x-www-form-urlencoded`):
    /// `.form([("grant_type", "client_credentials"), ("scope", scope)])`.
    pub fn form(self, fields: impl IntoIterator<Item = (impl AsRef<str>, impl AsRef<str>)>) -> Self {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields);
        self.bytes("application/x-www-form-urlencoded", form.finish())
    }

    /// Sends fields and files (`multipart/form-data`).
    pub fn multipart(mut self, parts: Multipart) -> Self {
        let port = self.ctx.port();
        // That 128 random bits occur in the content is not to be expected (RFC 2046 s. 5.1.1).
        let boundary = format!("midspan-{:016x}{:016x}", port.random(), port.random());
        match parts.encode(&boundary) {
            Ok(body) => return self.bytes(format!("multipart/form-data; boundary={boundary}"), body),
            Err(error) => self.fail(|| error),
        }
        self
    }

    /// Sends the bytes as they are, or text: `.bytes("text/plain; charset=utf-8", note)`.
    pub fn bytes(mut self, content_type: impl AsRef<str>, content: impl Into<Bytes>) -> Self {
        match HeaderValue::from_str(content_type.as_ref()) {
            Ok(value) => {
                self.headers.insert(CONTENT_TYPE, value);
                self.body = content.into();
            }
            Err(_) => self.fail(no_media_type),
        }
        self
    }

    /// # Errors
    /// `BodyTooLarge` where the source's cap is less.
    pub(super) fn check_size(&self) -> Result<()> {
        let (title, length, most) = (self.source.title(), self.body.len(), self.source.max_request_body);
        if length <= most {
            return Ok(());
        }
        let message = format!("{title} takes at most {most} bytes at once, and this is {length}. Send less at once.");
        Err(Error::new(ErrorCode::BodyTooLarge, message))
    }
}

/// A media type is often handed on from a caller or another source.
pub(super) fn no_media_type() -> Error {
    Error::bad_input("content-type", "The content type has a control character.")
}

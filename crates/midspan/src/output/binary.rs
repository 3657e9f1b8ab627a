//! Files and pictures, in and out.

use bytes::Bytes;
use http::{
    HeaderValue, Response,
    header::{CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, X_CONTENT_TYPE_OPTIONS},
};
use midspan_definition::Schema;

use super::{Output, header};
use crate::{
    Result,
    input::{Body, Parts},
    source::Binary,
};

/// `type: string, format: binary` in OpenAPI 2.0: what Power Apps shows as a file or an image.
const FILE: Schema = Schema::String { format: Some("binary") };

/// The content as it is, with its media type and entity tag. A browser must not take it for anything else
/// (`X-Content-Type-Options: nosniff`), nor show as a page of ours what a source has (`Content-Disposition: attachment`,
/// but for pictures).
impl Output for Binary {
    const SCHEMA: Schema = FILE;

    fn respond(self) -> Result<Response<Bytes>> {
        let mut response = Response::new(self.content);
        let headers = response.headers_mut();
        if !self.content_type.starts_with("image/") || self.content_type.starts_with("image/svg") {
            headers.insert(CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
        }
        headers.insert(CONTENT_TYPE, header("content-type", &self.content_type)?);
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        if let Some(etag) = &self.etag {
            headers.insert(ETAG, header("etag", etag)?);
        }
        Ok(response)
    }
}

/// The request's body as it is, of any media type.
impl Body for Binary {
    const SCHEMA: Schema = FILE;

    fn read(request: &Parts<'_>) -> Result<Self> {
        request.limits.check_size(request.body)?;
        let content_type = request.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        Ok(Self {
            content: Bytes::copy_from_slice(request.body),
            content_type: content_type.unwrap_or("application/octet-stream").to_owned(),
            etag: None,
        })
    }
}

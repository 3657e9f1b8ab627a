//! A request as it comes in: its head is there, its body may still be on its way.

use bytes::Bytes;
use futures_util::future::LocalBoxFuture;

use crate::Result;

/// A request whose body is read only once it is known whether its caller may call.
#[doc(hidden)]
pub struct Incoming {
    /// The request without its body.
    pub(crate) head: http::Request<Bytes>,
    /// The rest; nothing where no operation takes any.
    pub(crate) body: Option<Body>,
}

/// A body that is being received.
pub(crate) type Body = LocalBoxFuture<'static, Result<Bytes>>;

impl From<http::Request<Bytes>> for Incoming {
    fn from(mut request: http::Request<Bytes>) -> Self {
        let body = std::mem::take(request.body_mut());
        Self {
            head: request,
            body: Some(Box::pin(std::future::ready(Ok(body)))),
        }
    }
}

//! Stage 4, shape: what an operation answers. Usually a record or a list with `#[derive(Data)]`, as JSON with status 200;
//! else a file ([`Binary`](crate::Binary)), a thing that was made ([`Created`]), work that goes on ([`Accepted`]), what a polling trigger
//! found ([`Polled`]), or any [`http::Response`],
//! such as a source's own [`Answer`].

mod binary;
mod polled;
mod status;

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header::CONTENT_TYPE};
use midspan_definition::Schema;

use crate::{Data, Error, Result, source::Answer};
pub use polled::Polled;
pub use status::{Accepted, Created, NoContent};

/// What an operation can answer.
///
/// ```
/// use midspan::prelude::*;
///
/// static FILES: Source = Source::rest("files");
///
/// /// Which file.
/// #[input]
/// struct FileInput {
///     /// Name
///     #[path]
///     name: String,
/// }
///
/// /// Get a file
/// #[operation(get = "/files/{name}", auth = none, sources = [FILES])]
/// async fn get_file(ctx: Context, input: FileInput) -> Result<Binary> {
///     ctx.source(&FILES).get("/{name}").path("name", input.name).binary().await
/// }
///
/// use midspan::testing::{Reply, TestHost};
///
/// let host = TestHost::new();
/// host.on("files", "GET /a.txt", Reply::json(200, "{}").header("content-type", "text/plain"));
/// assert_eq!(host.get::<GetFile>("/files/a.txt").header("content-type"), Some("text/plain"));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be the output of an operation",
    label = "no `Output`",
    note = "write `#[derive(Data)]` above the type, or answer with `Binary`, `Created`, `Accepted` or `Polled`"
)]
pub trait Output {
    /// The shape of a successful answer's body.
    const SCHEMA: Schema;
    /// The statuses that a successful answer can have.
    const STATUSES: &'static [u16] = &[200];
    /// Whether it is what a polling trigger found.
    const POLLED: bool = false;

    /// The answer; headers that every answer has are added later.
    ///
    /// # Errors
    /// `OperationFailed` if it can't be written down.
    fn respond(self) -> Result<Response<Bytes>>;
}

impl<T: Data> Output for T {
    const SCHEMA: Schema = T::SCHEMA;

    fn respond(self) -> Result<Response<Bytes>> {
        json(StatusCode::OK, &self)
    }
}

/// Any answer: for an operation that passes on what a source says, with its status and its headers.
///
/// The headers that every answer has ([docs/architecture.md]: correlation id, timings) are added; `connection` and the
/// other headers of one hop (RFC 9110 s. 7.6.1) are left out.
///
/// [docs/architecture.md]: https://github.com/midspan/midspan/blob/main/docs/architecture.md
impl Output for Response<Bytes> {
    const SCHEMA: Schema = Schema::Any;

    fn respond(mut self) -> Result<Response<Bytes>> {
        for name in HOP_BY_HOP {
            self.headers_mut().remove(name);
        }
        Ok(self)
    }
}

/// What a source answered, as it is: status, headers and body, for an operation that relays a call.
impl Output for Answer {
    const SCHEMA: Schema = Schema::Any;

    fn respond(self) -> Result<Response<Bytes>> {
        Response::from(self).respond()
    }
}

/// Those that hosts write themselves, or refuse.
const HOP_BY_HOP: [&str; 8] = [
    "connection",
    "content-length",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

fn json<T: Data>(status: StatusCode, value: &T) -> Result<Response<Bytes>> {
    let json = serde_json::to_vec(value).map_err(|error| Error::failed(format!("the output is not JSON: {error}")))?;
    let mut response = Response::new(json.into());
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    Ok(response)
}

/// A header that the author's or a source's text stands in.
fn header(name: &str, value: &str) -> Result<HeaderValue> {
    HeaderValue::from_str(value).map_err(|_| Error::failed(format!("the header `{name}` can't hold {value:?}")))
}

//! What becomes of a request, and of its answer.

use bytes::Bytes;
use http::{HeaderMap, Request, Response, header::CONTENT_TYPE};
use midspan::{
    cache::{Cache, Scope},
    macro_support::{Relay, definition::SourceUse},
    prelude::*,
    source::Retry,
};

/// What the source says counts, as for any shared cache between it and its clients.
const POLICY: Cache = Cache::http().scope(Scope::Public).keyed_by_vary();

/// A request that is sent twice would be another request to the suite.
static ORIGIN: Source = Source::rest("cache_suite").titled("The origin").retry(Retry::times(0));

/// Of one connection or one request alone (RFC 9110 s. 7.6.1), or written by whoever sends it on.
const NOT_PASSED_ON: [&str; 11] = [
    "connection",
    "content-length",
    "host",
    "keep-alive",
    "prefer",
    "proxy-connection",
    "te",
    "traceparent",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// All of it.
pub(crate) struct RelayAll;

impl Relay for RelayAll {
    const ID: &'static str = "RelayAll";
    const SOURCES: &'static [SourceUse] = &[ORIGIN.usage()];
    const DEADLINE_MS: u64 = 10_000;

    async fn run(ctx: Context, request: Request<Bytes>) -> Result<Response<Bytes>> {
        let (head, body) = request.into_parts();
        let path = head.uri.path().trim_start_matches('/');
        let mut call = ctx.source(&ORIGIN).call(head.method, "/{path}");
        call = call.segments("path", path.split('/'));
        for (name, value) in form_urlencoded::parse(head.uri.query().unwrap_or_default().as_bytes()) {
            call = call.query(&name, value);
        }
        if !body.is_empty() {
            call = call.bytes(text(&head.headers, CONTENT_TYPE.as_str()), body);
        }
        for name in head.headers.keys().map(http::HeaderName::as_str) {
            if !NOT_PASSED_ON.contains(&name) && !name.starts_with("spin-") {
                call = call.header(name, text(&head.headers, name));
            }
        }
        let answer = call.cached(POLICY).send().await?;
        let mut response = Response::new(answer.body().clone());
        *response.status_mut() = answer.status();
        *response.headers_mut() = answer.headers().clone();
        Ok(response)
    }
}

/// A header's values as one (RFC 9110 s. 5.3).
fn text(headers: &HeaderMap, name: &str) -> String {
    let values = headers.get_all(name).iter();
    let values: Vec<_> = values.map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
    values.join(", ")
}

//! The port on WASI 0.3, as Spin and the embedded host offer it.

mod atomics;
mod panics;

use std::{
    cell::{OnceCell, RefCell},
    collections::HashMap,
    io::Write as _,
    rc::Rc,
    time::Duration,
};

use bytes::Bytes;
use futures_util::future::LocalBoxFuture;
use http::header::CONTENT_LENGTH;
use spin_sdk::{
    key_value, variables,
    wasip3::{
        clocks::{monotonic_clock, system_clock},
        http::{
            client,
            types::{ErrorCode, Fields, Request, Response, Scheme},
        },
        random, wit_bindgen, wit_future, wit_stream,
    },
};

use super::{Decision, Port, SendError, StoreError, timers::Timers};
use crate::{
    Error,
    ErrorCode::BadInput,
    Operations,
    component::Host,
    incoming::{Body, Incoming},
    source::Instance,
};

/// How much of a body is asked for at once when its length is not known, in bytes.
const READ_SIZE: usize = 16 * 1024;

thread_local! {
    /// Variables that this instance has read. They are the component's, not a user's, and an instance does not live long.
    static VARIABLES: RefCell<HashMap<String, String>> = RefCell::default();

    /// About sources, as the variables are about the component: nothing of a user.
    static INSTANCE: Rc<Instance> = Rc::default();

    /// The shared store, opened once: to open it is a call to the host.
    static STORE: OnceCell<Rc<key_value::Store>> = const { OnceCell::new() };
}

/// Answers one request; called by the export that `operations!` writes.
///
/// # Errors
/// If the host breaks the request off while it is read.
pub async fn handle<O: Operations>(request: Request) -> Result<Response, ErrorCode> {
    panics::log_where();
    let request = read_request(request, O::MAX_BODY)?;
    let port = Wasi {
        timers: Timers::new(|until| {
            let mark = u64::try_from(until.as_nanos()).unwrap_or(u64::MAX);
            Box::pin(monotonic_clock::wait_until(mark))
        }),
    };
    let response = O::serve(Host(Rc::new(port)), request).await;
    Ok(write_response(response))
}

/// The host, for one request.
struct Wasi {
    timers: Timers,
}

impl Port for Wasi {
    fn send(
        &self,
        request: http::Request<Bytes>,
        max_body: usize,
    ) -> LocalBoxFuture<'_, Result<http::Response<Bytes>, SendError>> {
        Box::pin(async move {
            let asks_for_head = request.method() == http::Method::HEAD;
            let request = write_request(request).map_err(|error| SendError::Unreachable(error.to_string()))?;
            let response = client::send(request).await.map_err(send_error)?;
            read_response(response, max_body, asks_for_head).await
        })
    }

    fn variable<'a>(&'a self, name: &'a str) -> LocalBoxFuture<'a, Result<String, String>> {
        Box::pin(async move {
            if let Some(value) = VARIABLES.with_borrow(|known| known.get(name).cloned()) {
                return Ok(value);
            }
            let value = variables::get(name).await.map_err(|error| error.to_string())?;
            VARIABLES.with_borrow_mut(|known| known.insert(name.to_owned(), value.clone()));
            Ok(value)
        })
    }

    fn load<'a>(&'a self, key: &'a str) -> LocalBoxFuture<'a, Result<Option<Bytes>, StoreError>> {
        Box::pin(async move {
            let value = opened().await?.get(key).await.map_err(store_error)?;
            Ok(value.map(Bytes::from))
        })
    }

    fn store<'a>(&'a self, key: &'a str, value: Bytes) -> LocalBoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move { opened().await?.set(key, value).await.map_err(store_error) })
    }

    fn remove<'a>(&'a self, key: &'a str) -> LocalBoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move { opened().await?.delete(key).await.map_err(store_error) })
    }

    fn spawn(&self, work: LocalBoxFuture<'static, ()>) {
        wit_bindgen::spawn(work);
    }

    fn sleep(&self, duration: Duration) -> LocalBoxFuture<'_, ()> {
        Box::pin(self.timers.sleep_until(self.monotonic().saturating_add(duration)))
    }

    fn monotonic(&self) -> Duration {
        Duration::from_nanos(monotonic_clock::now())
    }

    fn now(&self) -> jiff::Timestamp {
        let now = system_clock::now();
        // A clock outside of the years -9999 to 9999 is broken; the epoch is as good as any answer.
        jiff::Timestamp::new(now.seconds, now.nanoseconds.cast_signed()).unwrap_or_default()
    }

    fn random(&self) -> u64 {
        random::random::get_random_u64()
    }

    fn instance(&self) -> Rc<Instance> {
        INSTANCE.with(Rc::clone)
    }

    fn log(&self, line: &str) {
        write_line(line);
    }

    fn report(&self, line: &str) {
        write_line(line);
    }

    fn environment(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }
}

/// In one call of the host, so that no other instance's line gets between it and its end.
fn write_line(line: &str) {
    // A log that can't be written is no reason to fail a request.
    let _ = std::io::stderr().write_all(format!("{line}\n").as_bytes());
}

/// The interface has no `async`: the host answers before anything else of this instance goes on.
pub(super) async fn swap(key: &str, decide: Decision<'_>) -> Result<bool, StoreError> {
    atomics::swap(key, decide)
}

pub(super) async fn keys() -> Result<Vec<String>, StoreError> {
    opened().await?.get_keys().await.collect().await.map_err(store_error)
}

async fn opened() -> Result<Rc<key_value::Store>, StoreError> {
    if let Some(store) = STORE.with(|store| store.get().cloned()) {
        return Ok(store);
    }
    let opened = Rc::new(key_value::Store::open_default().await.map_err(store_error)?);
    Ok(STORE.with(|store| store.get_or_init(|| opened).clone()))
}

fn store_error(error: key_value::Error) -> StoreError {
    match error {
        key_value::Error::AccessDenied | key_value::Error::NoSuchStore => StoreError::Denied,
        other => StoreError::Failed(other.to_string()),
    }
}

/// Its head; the body is read when it is asked for. One that no operation takes never is; `max_body` is the most that one
/// does.
fn read_request(request: Request, max_body: Option<usize>) -> Result<Incoming, ErrorCode> {
    let mut builder = http::Request::builder()
        .method(http::Method::try_from(request.get_method()).map_err(|_| ErrorCode::HttpRequestMethodInvalid)?)
        .uri(request.get_path_with_query().unwrap_or_else(|| "/".into()));
    for (name, value) in request.get_headers().copy_all() {
        builder = builder.header(name, value);
    }
    let head = builder
        .body(Bytes::new())
        .map_err(|error| ErrorCode::InternalError(Some(error.to_string())))?;
    let body: Option<Body> = match max_body {
        Some(max_body) => Some(Box::pin(read_body(request, max_body))),
        None => None,
    };
    Ok(Incoming { head, body })
}

async fn read_body(request: Request, max_body: usize) -> crate::Result<Bytes> {
    let (_result, ended) = wit_future::new(|| Ok(()));
    let (stream, trailers) = Request::consume_body(request, ended);
    let body = read(stream, max_body).await;
    if body.len() <= max_body {
        trailers.await.map_err(|error| {
            Error::new(BadInput, "The request's body broke off. Send it again.").with_log(error.to_string())
        })?;
    }
    Ok(body.into())
}

fn write_response(response: http::Response<Bytes>) -> Response {
    let (head, body) = response.into_parts();
    // The answer's headers are our own; no host refuses them.
    let headers = fields(&head.headers).unwrap_or_else(|_| Fields::new());
    let (trailers, no_trailers) = wit_future::new(|| Ok(None));
    drop(trailers);
    let (mut writer, reader) = wit_stream::new();
    let (response, _sent) = Response::new(headers, Some(reader), no_trailers);
    // The status comes from `http::StatusCode`, so the host has nothing to object to.
    let _ = response.set_status_code(head.status.as_u16());
    wit_bindgen::spawn(async move {
        // What is left over was not read because the caller went away.
        writer.write_all(body.into()).await;
    });
    response
}

fn write_request(request: http::Request<Bytes>) -> Result<Request, ErrorCode> {
    let (head, body) = request.into_parts();
    let (trailers, no_trailers) = wit_future::new(|| Ok(None));
    drop(trailers);
    let contents = (!body.is_empty()).then(|| {
        let (mut writer, reader) = wit_stream::new();
        wit_bindgen::spawn(async move {
            // What is left over was not read because the source answered early.
            writer.write_all(body.into()).await;
        });
        reader
    });
    let (request, _sent) = Request::new(fields(&head.headers)?, contents, no_trailers, None);
    let invalid = |()| ErrorCode::HttpRequestUriInvalid;
    request
        .set_method(&head.method.into())
        .map_err(|()| ErrorCode::HttpRequestMethodInvalid)?;
    request
        .set_scheme(head.uri.scheme().map(Scheme::from).as_ref())
        .map_err(invalid)?;
    request
        .set_authority(head.uri.authority().map(http::uri::Authority::as_str))
        .map_err(invalid)?;
    request
        .set_path_with_query(head.uri.path_and_query().map(http::uri::PathAndQuery::as_str))
        .map_err(invalid)?;
    Ok(request)
}

/// Headers that the host keeps for itself (`connection`, `host`, ...) are an error: left out they would change the call.
fn fields(headers: &http::HeaderMap) -> Result<Fields, ErrorCode> {
    let list: Vec<_> = headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec()))
        .collect();
    Fields::from_list(&list).map_err(|error| ErrorCode::InternalError(Some(format!("a header is refused: {error}"))))
}

async fn read_response(
    response: Response,
    max_body: usize,
    asks_for_head: bool,
) -> Result<http::Response<Bytes>, SendError> {
    let mut builder = http::Response::builder().status(response.get_status_code());
    for (name, value) in response.get_headers().copy_all() {
        builder = builder.header(name, value);
    }
    let head = builder
        .body(())
        .map_err(|error| SendError::Unreachable(error.to_string()))?;
    let (_result, ended) = wit_future::new(|| Ok(()));
    let (stream, trailers) = Response::consume_body(response, ended);
    let body = match content_length(&head).filter(|_| !asks_for_head) {
        Some(length) if length > max_body => return Err(SendError::TooLarge),
        Some(length) => read_exactly(stream, length).await?,
        None => {
            let body = read(stream, max_body).await;
            if body.len() > max_body {
                return Err(SendError::TooLarge);
            }
            trailers.await.map_err(send_error)?;
            body
        }
    };
    Ok(head.map(|()| body.into()))
}

/// The length of the body where it is known beforehand (RFC 9110 s. 8.6). Then neither the end of the stream nor the
/// trailers need to be waited for: each of them is a call to the host.
fn content_length(head: &http::Response<()>) -> Option<usize> {
    // A 304 has the length of what it stands for.
    if head.status() == http::StatusCode::NOT_MODIFIED {
        return None;
    }
    head.headers().get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

async fn read_exactly(mut stream: wit_bindgen::StreamReader<u8>, length: usize) -> Result<Vec<u8>, SendError> {
    let mut body = Vec::with_capacity(length);
    while body.len() < length {
        let (result, buffer) = stream.read(body).await;
        body = buffer;
        if body.len() < length && !matches!(result, wit_bindgen::StreamResult::Complete(_)) {
            let why = format!("the answer ended after {} of {length} bytes", body.len());
            return Err(SendError::Unreachable(why));
        }
    }
    Ok(body)
}

/// The whole stream, or its beginning, longer than `max`, if it is longer than that.
async fn read(mut stream: wit_bindgen::StreamReader<u8>, max: usize) -> Vec<u8> {
    let mut body = Vec::with_capacity(READ_SIZE);
    loop {
        if body.capacity() == body.len() {
            body.reserve(body.len().max(READ_SIZE));
        }
        let (result, buffer) = stream.read(body).await;
        body = buffer;
        if body.len() > max || !matches!(result, wit_bindgen::StreamResult::Complete(_)) {
            return body;
        }
    }
}

fn send_error(error: ErrorCode) -> SendError {
    match error {
        ErrorCode::HttpRequestDenied => SendError::Denied,
        ErrorCode::HttpResponseBodySize(_) => SendError::TooLarge,
        other => SendError::Unreachable(other.to_string()),
    }
}

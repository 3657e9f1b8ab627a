//! What a well-behaved component does.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures::future::try_join_all;
use futures::stream;
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use spin_sdk::http::{BoxBody, EmptyBody, Request, Response, box_body, send};
use spin_sdk::wasip3::clocks::monotonic_clock::wait_for;

use crate::{Answer, Query, number, required, text};

pub(crate) fn echo(request: Request) -> Response<BoxBody> {
    Response::new(box_body(request.into_body()))
}

/// The request's URL and headers, a line each.
pub(crate) fn headers(request: &Request) -> Response<BoxBody> {
    let mut lines = vec![format!("{} {}", request.method(), request.uri())];
    let headers = request.headers().iter();
    lines.extend(headers.map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes()))));
    text(lines.join("\n"))
}

/// How many bytes the request's body has.
pub(crate) async fn length(request: Request) -> Answer {
    Ok(text(request.into_body().collect().await?.to_bytes().len().to_string()))
}

pub(crate) async fn fetch(query: &Query) -> Answer {
    let request = http::Request::get(required(query, "url")?).body(EmptyBody::new())?;
    Ok(send(request).await?.map(box_body))
}

/// A header with whatever value, in the answer, past the checks of any crate.
pub(crate) fn inject(query: &Query) -> Answer {
    use spin_sdk::wasip3::http::types::Fields;
    let value = required(query, "value")?.as_bytes().to_vec();
    let taken = Fields::from_list(&[("x-injected".to_owned(), value)]);
    Ok(text(taken.map_or_else(
        |error| format!("refused: {error:?}"),
        |_| "taken".into(),
    )))
}

pub(crate) async fn forward(request: Request, query: &Query) -> Answer {
    let mut onward = http::Request::post(required(query, "url")?);
    if let Some(kind) = request.headers().get(http::header::CONTENT_TYPE) {
        onward = onward.header(http::header::CONTENT_TYPE, kind);
    }
    Ok(send(onward.body(request.into_body())?).await?.map(box_body))
}

/// Fetches the URL `n` times at once, and tells how many bytes came in all.
pub(crate) async fn fetch_all(query: &Query) -> Answer {
    let url = required(query, "url")?;
    let fetched = (0..number(query, "n")?).map(|_| async move {
        let request = http::Request::get(url).body(EmptyBody::new())?;
        let body = send(request).await?.into_body().collect().await?.to_bytes();
        anyhow::Ok(body.len())
    });
    let lengths = try_join_all(fetched).await?;
    Ok(text(lengths.iter().sum::<usize>().to_string()))
}

/// A body of `bytes` bytes, in pieces of 64 KiB.
pub(crate) fn big(query: &Query) -> Answer {
    const PIECE: u64 = 64 * 1024;
    let pieces = stream::unfold(number(query, "bytes")?, |left| async move {
        let piece = left.min(PIECE);
        let bytes = Bytes::from(vec![b'x'; usize::try_from(piece).unwrap_or_default()]);
        (piece > 0).then(|| (anyhow::Ok(Frame::data(bytes)), left - piece))
    });
    Ok(Response::new(box_body(StreamBody::new(pieces))))
}

/// `n` pieces of one byte, `ms` milliseconds apart.
pub(crate) fn slow(query: &Query) -> Answer {
    let (pieces, pause) = (number(query, "n")?, number(query, "ms")?);
    let pieces = stream::unfold(pieces, move |left| async move {
        if left == 0 {
            return None;
        }
        wait(pause).await;
        Some((anyhow::Ok(Frame::data(Bytes::from_static(b"."))), left - 1))
    });
    Ok(Response::new(box_body(StreamBody::new(pieces))))
}

pub(crate) async fn sleep(query: &Query) -> Answer {
    wait(number(query, "ms")?).await;
    Ok(text("slept"))
}

async fn wait(milliseconds: u64) {
    let nanoseconds = Duration::from_millis(milliseconds).as_nanos();
    wait_for(u64::try_from(nanoseconds).unwrap_or(u64::MAX)).await;
}

pub(crate) fn print(query: &Query) -> Response<BoxBody> {
    let line = query.get("line").map_or("", String::as_str);
    println!("out {line}");
    eprintln!("err {line}");
    text("printed")
}

/// The environment, and whether there is a file system.
pub(crate) fn environment() -> Response<BoxBody> {
    let mut lines: Vec<String> = std::env::vars()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let files = std::fs::read_dir("/").map_or("none".into(), |entries| entries.count().to_string());
    lines.push(format!("files: {files}"));
    text(lines.join("\n"))
}

/// How many requests this instance has had.
pub(crate) fn count() -> Response<BoxBody> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    text((COUNT.fetch_add(1, Ordering::Relaxed) + 1).to_string())
}

//! The fuzz targets, as plain functions.
//!
//! None may panic, hang or need more memory than an instance of a component has, whatever the bytes; what else must hold of
//! each is asserted in it.

pub mod answer;
pub mod definition;
pub mod envelope;
pub mod manifest;
pub mod odata;
pub mod position;
pub mod request;
pub mod soap;

use bytes::Bytes;

/// The first line, and all that follows it.
fn line(data: &[u8]) -> (&[u8], &[u8]) {
    match data.iter().position(|byte| *byte == b'\n') {
        Some(end) => (&data[..end], &data[end + 1..]),
        None => (data, &[]),
    }
}

/// Header lines up to an empty one, as far as they are headers at all, and the body.
fn message(mut data: &[u8]) -> (http::HeaderMap, Bytes) {
    let mut headers = http::HeaderMap::new();
    while !data.is_empty() {
        let (header, rest) = line(data);
        data = rest;
        if header.is_empty() {
            break;
        }
        let colon = header.iter().position(|byte| *byte == b':').unwrap_or(header.len());
        let (name, value) = (&header[..colon], header.get(colon + 1..).unwrap_or_default());
        let value = http::HeaderValue::from_bytes(value.trim_ascii());
        if let (Ok(name), Ok(value)) = (http::HeaderName::from_bytes(name), value) {
            headers.append(name, value);
        }
    }
    (headers, Bytes::copy_from_slice(data))
}

/// What must hold of every answer to a caller.
fn check_answer(answer: &midspan::testing::Response) {
    assert!(answer.header("x-ms-correlation-id").is_some());
    if answer.status() >= 400 {
        let error = answer.error();
        assert_eq!(error.status_code, answer.status());
        assert!(error.message.len() < 4096, "an error of {} bytes", error.message.len());
    }
}

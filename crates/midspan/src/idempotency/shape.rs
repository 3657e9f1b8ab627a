//! An outcome as bytes: an answer, or an error, which is told again under the repetition's own correlation id.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode};
use midspan_definition::{ErrorCode, Operation};

use crate::{
    Error, Result,
    cache::wire::{Reader, Writer},
};

const ANSWER: u64 = 1;
const ERROR: u64 = 2;

pub(super) fn encode(outcome: &Result<http::Response<Bytes>>) -> Vec<u8> {
    let mut fields = Writer::default();
    match outcome {
        Ok(response) => {
            fields.number(ANSWER);
            fields.number(u64::from(response.status().as_u16()));
            fields.number(response.headers().len() as u64);
            for (name, value) in response.headers() {
                fields.bytes(name.as_str().as_bytes());
                fields.bytes(value.as_bytes());
            }
            fields.bytes(response.body());
        }
        Err(error) => {
            fields.number(ERROR);
            for text in [
                Some(error.code().name()),
                Some(error.message()),
                error.target(),
                error.source_name(),
            ] {
                fields.bytes(text.unwrap_or_default().as_bytes());
            }
            fields.number(error.source_status().map_or(0, u64::from));
        }
    }
    fields.0
}

/// Nothing if it is not what [`encode`] wrote for this operation.
pub(super) fn decode(bytes: &[u8], operation: &Operation) -> Option<Result<http::Response<Bytes>>> {
    let mut fields = Reader(bytes);
    match fields.number()? {
        ANSWER => answer(&mut fields).map(Ok),
        ERROR => error(&mut fields, operation).map(Err),
        _ => None,
    }
}

fn answer(fields: &mut Reader<'_>) -> Option<http::Response<Bytes>> {
    let mut response = http::Response::new(Bytes::new());
    *response.status_mut() = StatusCode::from_u16(u16::try_from(fields.number()?).ok()?).ok()?;
    for _ in 0..fields.number()? {
        let name = HeaderName::from_bytes(fields.bytes()?).ok()?;
        let value = HeaderValue::from_bytes(fields.bytes()?).ok()?;
        response.headers_mut().append(name, value);
    }
    *response.body_mut() = Bytes::copy_from_slice(fields.bytes()?);
    Some(response)
}

fn error(fields: &mut Reader<'_>, operation: &Operation) -> Option<Error> {
    let code = fields.text()?;
    let code = ErrorCode::ALL.iter().find(|known| known.name() == code)?;
    let error = Error::new(*code, fields.text()?);
    let (target, source) = (fields.text()?, fields.text()?);
    let status = u16::try_from(fields.number()?).ok()?;
    let error = if target.is_empty() {
        error
    } else {
        error.with_target(target)
    };
    match operation.sources.iter().find(|usage| usage.name == source) {
        Some(usage) => Some(error.with_source(usage.name, (status > 0).then_some(status))),
        None => Some(error),
    }
}

//! Batches as JSON (OData JSON format s. 19; Learn, "Combine multiple HTTP requests using JSON batching").

use std::collections::BTreeMap;

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE},
};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header::CONTENT_TYPE};
use serde::{Deserialize, Serialize};
use serde_json::{Value, value::RawValue};

use super::{Prepared, id, place};

/// The requests as a body. A request depends on others of this batch alone: those of earlier ones have succeeded.
///
/// # Errors
/// Where it can't be JSON: why.
pub(super) fn write(requests: &[Prepared<'_>]) -> serde_json::Result<Vec<u8>> {
    #[derive(Serialize)]
    struct Body<'b> {
        requests: Vec<One<'b>>,
    }

    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct One<'b> {
        id: String,
        method: &'b str,
        url: String,
        headers: BTreeMap<&'b str, &'b str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        body: Option<Box<RawValue>>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        depends_on: Vec<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        atomicity_group: Option<String>,
    }

    let is_here = |at: &&usize| requests.iter().any(|other| other.at == **at);
    let written = requests.iter().map(|request| {
        let headers = request.headers.iter();
        Ok(One {
            id: id(request.at),
            method: request.method.as_str(),
            // Microsoft Graph reads it from its version on.
            url: format!("/{}", request.path),
            headers: headers
                .filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
                .collect(),
            body: body(&request.headers, request.body)?,
            depends_on: request.after.iter().filter(is_here).map(|at| id(*at)).collect(),
            atomicity_group: request.set.map(|set| format!("set{set}")),
        })
    });
    let requests = written.collect::<serde_json::Result<_>>()?;
    serde_json::to_vec(&Body { requests })
}

/// JSON as it is, and anything else in base64.
fn body(headers: &HeaderMap, body: &Bytes) -> serde_json::Result<Option<Box<RawValue>>> {
    if body.is_empty() {
        return Ok(None);
    }
    let json = match std::str::from_utf8(body) {
        Ok(text) if is_json(headers) => text.to_owned(),
        _ => serde_json::to_string(&STANDARD.encode(body))?,
    };
    RawValue::from_string(json).map(Some)
}

/// The answers by the places of their requests, in any order; nothing where it is no batch.
pub(super) fn read(body: &[u8]) -> Option<Vec<(usize, Response<Bytes>)>> {
    #[derive(Deserialize)]
    struct Body {
        responses: Vec<One>,
    }

    #[derive(Deserialize)]
    struct One {
        id: String,
        status: u16,
        #[serde(default)]
        headers: BTreeMap<String, Value>,
        #[serde(default)]
        body: Option<Box<RawValue>>,
    }

    let body: Body = serde_json::from_slice(body).ok()?;
    let one = |one: One| {
        let headers = one.headers.iter().filter_map(|(name, value)| {
            let value = HeaderValue::from_str(value.as_str()?).ok()?;
            Some((HeaderName::try_from(name).ok()?, value))
        });
        let mut response = Response::default();
        *response.status_mut() = StatusCode::from_u16(one.status).ok()?;
        *response.headers_mut() = headers.collect();
        *response.body_mut() = content(response.headers(), one.body.as_deref());
        Some((place(&one.id)?, response))
    };
    body.responses.into_iter().map(one).collect()
}

/// Text of another type than JSON stands as text or in base64, and bytes in base64, with either alphabet.
fn content(headers: &HeaderMap, body: Option<&RawValue>) -> Bytes {
    let json = body.map_or("null", RawValue::get);
    if json == "null" {
        return Bytes::new();
    }
    match serde_json::from_str::<String>(json) {
        Ok(text) if !is_json(headers) && headers.contains_key(CONTENT_TYPE) => {
            let decoded = STANDARD.decode(&text).or_else(|_| URL_SAFE.decode(&text));
            decoded.unwrap_or_else(|_| text.into_bytes()).into()
        }
        _ => Bytes::copy_from_slice(json.as_bytes()),
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type = media_type
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    media_type == "application/json" || media_type.ends_with("+json")
}

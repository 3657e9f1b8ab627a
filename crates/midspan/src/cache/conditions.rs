//! Conditional requests: a caller's (RFC 9111 s. 4.3.2), and our own to validate what is stored (s. 4.3.1).

use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{
        CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, DATE, ETAG, IF_MATCH, IF_MODIFIED_SINCE,
        IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE, LAST_MODIFIED, PROXY_AUTHENTICATE, RANGE, TE, TRAILER,
        TRANSFER_ENCODING, UPGRADE,
    },
};

use super::control::members;
use crate::http_date::http_date;

/// What a 304 says nothing about, since the stored body stays (RFC 9111 s. 3.2).
const OF_THE_BODY: [HeaderName; 4] = [
    CONTENT_ENCODING,
    CONTENT_LENGTH,
    HeaderName::from_static("content-md5"),
    CONTENT_RANGE,
];

/// The conditions that a request came with.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Conditions {
    none_match: Option<HeaderValue>,
    modified_since: Option<HeaderValue>,
}

impl Conditions {
    /// Takes them out of the request.
    pub(super) fn take(headers: &mut HeaderMap) -> Self {
        Self {
            none_match: headers.remove(IF_NONE_MATCH),
            modified_since: headers.remove(IF_MODIFIED_SINCE),
        }
    }

    /// Puts them into it again, for the source to judge.
    pub(super) fn put(&self, headers: &mut HeaderMap) {
        headers.extend(self.none_match.iter().map(|value| (IF_NONE_MATCH, value.clone())));
        headers.extend(
            self.modified_since
                .iter()
                .map(|value| (IF_MODIFIED_SINCE, value.clone())),
        );
    }

    /// Whether the caller has a response with these headers already (RFC 9110 s. 13.2.2).
    pub(super) fn are_met(&self, response: &HeaderMap) -> bool {
        if let Some(wanted) = &self.none_match {
            let etag = response.get(ETAG).and_then(|value| value.to_str().ok());
            return wanted.to_str().is_ok_and(|wanted| matches(wanted, etag));
        }
        let second = |value: &HeaderValue| http_date(value.to_str().ok()?);
        let modified = response
            .get(LAST_MODIFIED)
            .or_else(|| response.get(DATE))
            .and_then(second);
        match (self.modified_since.as_ref().and_then(second), modified) {
            (Some(since), Some(modified)) => modified <= since,
            _ => false,
        }
    }
}

/// Whether the request is one that a cache of whole answers leaves alone.
pub(super) fn asks_for_a_part(headers: &HeaderMap) -> bool {
    let names = [RANGE, IF_MATCH, IF_UNMODIFIED_SINCE, IF_RANGE];
    names.iter().any(|name| headers.contains_key(name))
}

/// Weak comparison (RFC 9110 s. 8.8.3.2) of a list, or `*`, with the tag of what there is.
pub(super) fn matches(wanted: &str, etag: Option<&str>) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    match etag {
        None => false,
        Some(_) if wanted.trim() == "*" => true,
        Some(etag) => members(wanted).any(|tag| opaque(tag) == opaque(etag)),
    }
}

/// Asks if what is stored has changed.
pub(super) fn validate(request: &mut HeaderMap, stored: &HeaderMap) {
    request.extend(stored.get(ETAG).map(|etag| (IF_NONE_MATCH, etag.clone())));
    request.extend(
        stored
            .get(LAST_MODIFIED)
            .map(|modified| (IF_MODIFIED_SINCE, modified.clone())),
    );
}

/// The stored headers with those of a 304 in their place (RFC 9111 s. 4.3.4); nothing where it is about another answer.
pub(super) fn freshened(stored: &HeaderMap, not_modified: &HeaderMap) -> Option<HeaderMap> {
    if not_modified
        .get(ETAG)
        .is_some_and(|etag| stored.get(ETAG) != Some(etag))
    {
        let opaque = |headers: &HeaderMap| Some(headers.get(ETAG)?.to_str().ok()?.to_owned());
        opaque(not_modified).filter(|etag| matches(etag, opaque(stored).as_deref()))?;
    }
    Some(updated(stored, not_modified))
}

/// The stored headers with those of the answer to a HEAD in their place; nothing where that is about another answer, and
/// the stored one has been overtaken (RFC 9111 s. 4.3.5).
pub(super) fn freshened_by_head(stored: &HeaderMap, length: usize, head: &HeaderMap) -> Option<HeaderMap> {
    let same = |name: &HeaderName| head.get(name).is_none_or(|value| stored.get(name) == Some(value));
    let has_length = |value: &HeaderValue| value.to_str().ok().and_then(|text| text.parse().ok()) == Some(length);
    let holds = same(&ETAG) && same(&LAST_MODIFIED) && head.get(CONTENT_LENGTH).is_none_or(has_length);
    holds.then(|| updated(stored, head))
}

fn updated(stored: &HeaderMap, with: &HeaderMap) -> HeaderMap {
    let mut headers = stored.clone();
    let update = end_to_end(with);
    for name in update.keys().filter(|name| !OF_THE_BODY.contains(name)) {
        headers.remove(name);
        for value in update.get_all(name) {
            headers.append(name, value.clone());
        }
    }
    headers
}

/// The headers that are about the answer, and not about the connection that it came by (RFC 9111 s. 3.1).
pub(super) fn end_to_end(headers: &HeaderMap) -> HeaderMap {
    let named: Vec<_> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(','))
        .map(|name| name.trim().to_ascii_lowercase())
        .collect();
    let of_connection = |name: &HeaderName| {
        [CONNECTION, PROXY_AUTHENTICATE, TE, TRAILER, TRANSFER_ENCODING, UPGRADE].contains(name)
            || matches!(
                name.as_str(),
                "keep-alive" | "proxy-connection" | "proxy-authentication-info"
            )
            || named.iter().any(|listed| listed == name.as_str())
    };
    let kept = headers.iter().filter(|(name, _)| !of_connection(name));
    kept.map(|(name, value)| (name.clone(), value.clone())).collect()
}

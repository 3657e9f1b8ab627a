//! Keys of the shared store: hashed, so that they are short whatever a URL holds, and say nothing of a user.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::{HeaderMap, HeaderName};
use sha2::{Digest, Sha256};

use super::scope::Audience;

/// The start of all that the cache keeps in the shared store.
pub(super) const PREFIX: &str = "midspan-cache:";

/// What an answer is kept under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Key([u8; 32]);

impl Key {
    /// The key of what `space` (a source, an operation) answers to `request` for `audience`; `by_headers` are those headers
    /// of the request that are a part of it.
    pub(super) fn new(
        audience: Audience,
        space: &str,
        request: &http::Request<Bytes>,
        by_headers: impl Fn(&HeaderName) -> bool,
    ) -> Self {
        let mut hash = Sha256::new_with_prefix("midspan key 1");
        audience.hash(&mut hash);
        let mut add = |bytes: &[u8]| {
            hash.update(bytes.len().to_le_bytes());
            hash.update(bytes);
        };
        add(space.as_bytes());
        add(request.method().as_str().as_bytes());
        add(request.uri().to_string().as_bytes());
        add(request.body());
        let mut headers: Vec<_> = request.headers().iter().filter(|(name, _)| by_headers(name)).collect();
        // Values of one name keep their order, which may mean something.
        headers.sort_by_key(|(name, _)| name.as_str());
        for (name, value) in headers {
            add(name.as_str().as_bytes());
            add(value.as_bytes());
        }
        Self(hash.finalize().into())
    }

    /// The key of the answer to a request with these values of the headers that the answer varies by (RFC 9111 s. 4.1).
    pub(super) fn variant(self, names: &[String], headers: &HeaderMap) -> Self {
        let mut hash = Sha256::new_with_prefix("midspan variant 1");
        hash.update(self.0);
        for name in names {
            let value = normalized(name, headers);
            for part in [name.as_bytes(), &value] {
                hash.update(part.len().to_le_bytes());
                hash.update(part);
            }
        }
        Self(hash.finalize().into())
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The name under which the store has the entry.
    pub(super) fn entry(&self) -> String {
        self.named("e")
    }

    /// The name under which the store has the right to fetch it.
    pub(super) fn lease(&self) -> String {
        self.named("l")
    }

    /// As an operator sees it.
    pub(super) fn text(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.0)
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        Some(Self(BASE64_URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?))
    }

    fn named(self, kind: &str) -> String {
        format!("{PREFIX}{kind}:{}", self.text())
    }
}

/// The values of a header as one, without the blanks that mean nothing.
fn normalized(name: &str, headers: &HeaderMap) -> Vec<u8> {
    let values: Vec<_> = headers
        .get_all(name)
        .iter()
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
        .map(<[u8]>::trim_ascii)
        .collect();
    values.join(&b',')
}

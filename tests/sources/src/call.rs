//! A request, as a system sees it.

use std::borrow::Cow;

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, Method};
use url::form_urlencoded;

use crate::population::{Draw, Guid, Kind};

/// Every header that a remembered answer may depend on, together with the target.
const HEARD: &[&str] = &[
    "accept",
    "accept-encoding",
    "authorization",
    "client-request-id",
    "consistencylevel",
    "content-type",
    "date",
    "host",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "prefer",
    "return-client-request-id",
    "soapaction",
    "x-api-key",
    "x-client-id",
    "x-ms-client-request-id",
    "x-ms-client-tracking-id",
    "x-signature",
];

/// One request, with its path and query decoded.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: Method,
    /// Percent-decoded.
    pub(crate) path: String,
    /// Path and query as sent.
    pub(crate) target: String,
    /// As sent.
    pub(crate) raw_query: String,
    query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    /// Empty without one.
    pub(crate) body: Bytes,
}

impl Call {
    pub(crate) fn new(parts: Parts, body: Bytes) -> Self {
        let raw_query = parts.uri.query().unwrap_or_default().to_owned();
        Self {
            target: parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
            method: parts.method,
            path: decoded(parts.uri.path()),
            query: form_urlencoded::parse(raw_query.as_bytes()).into_owned().collect(),
            raw_query,
            headers: parts.headers,
            body,
        }
    }

    /// The path's segments, without empty ones.
    pub(crate) fn segments(&self) -> Vec<&str> {
        self.path.split('/').filter(|segment| !segment.is_empty()).collect()
    }

    /// A query option by name, in any case.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// All query options, in order.
    pub(crate) fn query_pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.query.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// One of the headers that systems listen to.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        debug_assert!(
            HEARD.contains(&name),
            "header \"{name}\" is not in `HEARD`, so that answers would be mixed up"
        );
        self.headers.get(name)?.to_str().ok()
    }

    /// The headers that can change an answer.
    pub(crate) fn heard(&self) -> impl Iterator<Item = (&'static str, &str)> {
        HEARD
            .iter()
            .filter_map(|name| Some((*name, self.headers.get(*name)?.to_str().ok()?)))
    }

    /// Where the caller believes to be: links and contexts are built from it.
    pub(crate) fn base(&self) -> String {
        format!("http://{}", self.header("host").unwrap_or("localhost"))
    }

    /// The token of `Authorization: Bearer ...`; `None` without one or with an empty one.
    pub(crate) fn bearer(&self) -> Option<&str> {
        let (scheme, token) = self.header("authorization")?.split_once(' ')?;
        let token = token.trim();
        (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
    }

    /// This URL with some query options replaced or removed, and the values percent-encoded as Microsoft's services do.
    pub(crate) fn link(&self, dollar: &str, change: &[(&str, Option<String>)]) -> String {
        let kept = self
            .query
            .iter()
            .filter(|(name, _)| !change.iter().any(|(n, _)| name.eq_ignore_ascii_case(n)));
        let kept = kept.map(|(name, value)| (name.as_str(), value.as_str()));
        let added = change
            .iter()
            .filter_map(|(name, value)| Some((*name, value.as_deref()?)));
        let query: Vec<String> = kept
            .chain(added)
            .map(|(name, value)| format!("{}={}", name.replace('$', dollar), encoded(value)))
            .collect();
        format!("{}{}?{}", self.base(), encoded_path(&self.path), query.join("&"))
    }

    /// An id for the answer that is the same each time that the same is asked.
    pub(crate) fn request_id(&self, seed: u64) -> Guid {
        let text = [self.path.as_str(), "?", self.raw_query.as_str()];
        let sum = text
            .iter()
            .flat_map(|part| part.bytes())
            .fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
            });
        let number = Draw::new(seed, Kind::Request, sum).below(u32::MAX);
        Guid::of(seed, Kind::Request, number)
    }
}

fn decoded(text: &str) -> String {
    if text.contains('%') {
        percent_decoded(text).into_owned()
    } else {
        text.to_owned()
    }
}

fn percent_decoded(text: &str) -> Cow<'_, str> {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy()
}

/// RFC 3986 unreserved characters, and what Microsoft's services leave as it is in a link's query.
const QUERY: &percent_encoding::AsciiSet = &percent_encoding::NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b',')
    .remove(b'/');
const PATH: &percent_encoding::AsciiSet = &percent_encoding::CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'#');

pub(crate) fn encoded(value: &str) -> String {
    percent_encoding::utf8_percent_encode(value, QUERY).to_string()
}

fn encoded_path(path: &str) -> String {
    percent_encoding::utf8_percent_encode(path, PATH).to_string()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A GET with a bearer token that means nothing, to a host named `source`.
    pub(crate) fn get(target: &str) -> Call {
        get_with(target, &[("authorization", "Bearer app")])
    }

    pub(crate) fn get_with(target: &str, headers: &[(&str, &str)]) -> Call {
        send("GET", target, headers, "")
    }

    pub(crate) fn send(method: &str, target: &str, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Call {
        let mut request = http::Request::builder()
            .method(method)
            .uri(target)
            .header("host", "source");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Call::new(request.body(()).expect("a request").into_parts().0, body.into())
    }

    #[test]
    fn path_and_query_are_decoded() {
        let call = get("/a/%E2%82%AC/b?$filter=x%20eq%20'1'&%24top=5&q=a+b");
        assert_eq!(call.segments(), ["a", "€", "b"]);
        assert_eq!(call.query("$filter"), Some("x eq '1'"));
        assert_eq!(call.query("$TOP"), Some("5"));
        assert_eq!(call.query("q"), Some("a b"));
    }

    #[test]
    fn only_a_bearer_scheme_with_a_token_counts() {
        let bearer = |value| get_with("/", &[("authorization", value)]).bearer().map(str::to_owned);
        assert_eq!(bearer("Bearer abc").as_deref(), Some("abc"));
        assert_eq!(bearer("bearer abc").as_deref(), Some("abc"));
        assert_eq!(bearer("Bearer "), None);
        assert_eq!(bearer("Basic abc"), None);
    }

    #[test]
    fn a_link_keeps_the_other_options_and_reads_back_to_the_same() {
        let call = get("/v1/a b?$filter=name eq 'O''Neil %26 ü'&$top=2&$skiptoken=1"
            .replace(' ', "%20")
            .as_str());
        let link = call.link("$", &[("$skiptoken", Some("a&b=c".into()))]);
        let again = get(link.strip_prefix("http://source").expect("the same host"));
        assert_eq!(again.path, "/v1/a b");
        assert_eq!(again.query("$filter"), Some("name eq 'O''Neil & ü'"));
        assert_eq!(again.query("$skiptoken"), Some("a&b=c"));
        assert_eq!(again.query("$top"), Some("2"));
    }
}

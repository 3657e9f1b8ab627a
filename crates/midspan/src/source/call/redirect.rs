//! Redirects (RFC 9110 s. 15.4): followed where the source itself has moved things, with the method that they ask for.

use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, Method, StatusCode, Uri,
    header::{
        ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_TYPE,
        LOCATION, RANGE, USER_AGENT,
    },
    uri::Scheme,
};
use percent_encoding::{AsciiSet, CONTROLS, percent_encode};

use crate::source::url;

/// How many are followed for one request.
const MOST: usize = 5;

/// What goes along to another origin: what says of the content, and nothing of who asks.
const HARMLESS: [HeaderName; 8] = [
    ACCEPT,
    ACCEPT_ENCODING,
    ACCEPT_LANGUAGE,
    CONTENT_ENCODING,
    CONTENT_LANGUAGE,
    CONTENT_TYPE,
    RANGE,
    USER_AGENT,
];

/// What some send in a `Location` although it must be escaped.
const UNESCAPED: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'`');

/// An answer that sent a request on.
#[derive(Debug, Clone)]
pub(crate) struct Redirect {
    pub(crate) to: Uri,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
}

/// All that led to a response, in order; among its extensions, where there was one.
#[derive(Debug, Clone)]
struct Redirects(Vec<Redirect>);

/// What led to the response.
pub(crate) fn redirects(response: &http::Response<Bytes>) -> &[Redirect] {
    response
        .extensions()
        .get::<Redirects>()
        .map_or(&[], |redirects| &redirects.0)
}

/// Where a request is, on its way from one place to the next.
pub(super) struct Trail {
    pub(super) request: http::Request<Bytes>,
    /// Whether it is still, and was always, at the source's own origin: only there are its credentials sent.
    pub(super) at_home: bool,
    to_other_hosts: bool,
    followed: Vec<Redirect>,
}

impl Trail {
    pub(super) const fn new(request: http::Request<Bytes>, to_other_hosts: bool) -> Self {
        Self {
            request,
            at_home: true,
            to_other_hosts,
            followed: Vec::new(),
        }
    }

    /// Whether it has not been sent anywhere yet.
    pub(super) const fn is_new(&self) -> bool {
        self.followed.is_empty()
    }

    /// Leaves word in the response of how it was come to.
    pub(super) fn lead_to(self, response: &mut http::Response<Bytes>) {
        if !self.followed.is_empty() {
            response.extensions_mut().insert(Redirects(self.followed));
        }
    }

    /// Goes where the answer sends it, and says whether there was such a place.
    ///
    /// # Errors
    /// Why the place is not gone to, for the log; then the answer stands as it is.
    pub(super) fn follow(&mut self, status: StatusCode, headers: &HeaderMap) -> Result<bool, String> {
        let (Some(method), Some(location)) = (self.method_after(status), headers.get(LOCATION)) else {
            return Ok(false);
        };
        let to = resolved(self.request.uri(), location.as_bytes()).ok_or("its redirect leads to no URL")?;
        self.check(&to).map_err(|why| {
            // User and query may hold what is secret.
            let (scheme, host) = (to.scheme_str().unwrap_or_default(), to.host().unwrap_or_default());
            format!(
                "its redirect to `{scheme}://{host}{}` is not followed: {why}",
                to.path()
            )
        })?;
        self.followed.push(Redirect {
            to: to.clone(),
            status,
            headers: headers.clone(),
        });
        if !url::is_same_origin(self.request.uri(), &to) {
            self.at_home = false;
            let known = std::mem::take(self.request.headers_mut());
            let harmless = HARMLESS
                .iter()
                .filter_map(|name| Some((name.clone(), known.get(name)?.clone())));
            *self.request.headers_mut() = harmless.collect();
        }
        if method != *self.request.method() {
            *self.request.body_mut() = Bytes::new();
            for name in [CONTENT_TYPE, CONTENT_LENGTH, CONTENT_ENCODING, CONTENT_LANGUAGE] {
                self.request.headers_mut().remove(name);
            }
        }
        *self.request.method_mut() = method;
        *self.request.uri_mut() = to;
        Ok(true)
    }

    /// The method of the next request; none where nobody is to be sent on.
    fn method_after(&self, status: StatusCode) -> Option<Method> {
        let method = self.request.method();
        match status {
            // Browsers make a GET of a POST here. What they then read is not what came of the POST, so that it is not
            // followed at all.
            StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND => method.is_safe().then(|| method.clone()),
            // The call was done, and this is where to read what came of it.
            StatusCode::SEE_OTHER if method == Method::HEAD => Some(Method::HEAD),
            StatusCode::SEE_OTHER => Some(Method::GET),
            // The call was not done.
            StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT => Some(method.clone()),
            _ => None,
        }
    }

    fn check(&self, to: &Uri) -> Result<(), &'static str> {
        let from = self.request.uri();
        if self.followed.len() == MOST {
            return Err("five were followed before it");
        }
        if to.authority().is_some_and(|authority| authority.as_str().contains('@')) {
            return Err("it has a user in it");
        }
        if !matches!(to.scheme_str(), Some("http" | "https")) {
            return Err("its scheme is neither https nor http");
        }
        if from.scheme() == Some(&Scheme::HTTPS) && to.scheme() != Some(&Scheme::HTTPS) {
            return Err("it would be without TLS");
        }
        if !self.to_other_hosts && !url::is_same_origin(from, to) {
            return Err(
                "its scheme, host or port is not the source's; put it into the source's URL if the source has \
                        moved, or say `.redirects_to_other_hosts()`",
            );
        }
        Ok(())
    }
}

/// A URI reference from the place at which it was read (RFC 3986 s. 5.2), without its fragment.
pub(crate) fn resolved(from: &Uri, reference: &[u8]) -> Option<Uri> {
    let escaped: String = percent_encode(reference, UNESCAPED).collect();
    let reference = escaped.split('#').next()?;
    let (scheme, authority) = (from.scheme_str()?, from.authority()?);
    let directory = || from.path().rsplit_once('/').map_or("", |(directory, _)| directory);
    let text = if let Some(path) = reference.strip_prefix('/') {
        if path.starts_with('/') {
            format!("{scheme}:{reference}")
        } else {
            format!("{scheme}://{authority}{}", without_dots(reference))
        }
    } else if reference.is_empty() {
        return Some(from.clone());
    } else if reference.starts_with('?') {
        format!("{scheme}://{authority}{}{reference}", from.path())
    } else if has_scheme(reference) {
        reference.to_owned()
    } else {
        let path = without_dots(&format!("{}/{reference}", directory()));
        format!("{scheme}://{authority}{path}")
    };
    let uri = Uri::try_from(text).ok()?;
    (uri.scheme().is_some() && uri.authority().is_some()).then_some(uri)
}

/// RFC 3986 s. 3.1 and 4.2: a colon before any slash ends a scheme.
fn has_scheme(reference: &str) -> bool {
    let first = reference.split(['/', '?']).next().unwrap_or_default();
    first.contains(':')
}

/// RFC 3986 s. 5.2.4, for a path that begins with a slash and what follows it.
fn without_dots(reference: &str) -> String {
    let (path, query) = reference
        .split_once('?')
        .map_or((reference, None), |(path, query)| (path, Some(query)));
    let mut kept = Vec::new();
    for segment in path.split('/').skip(1) {
        match segment {
            "." => {}
            ".." => drop(kept.pop()),
            _ => kept.push(segment),
        }
    }
    // A path that ends in dots is a directory.
    if path.ends_with("/.") || path.ends_with("/..") {
        kept.push("");
    }
    let path = kept.join("/");
    query.map_or_else(|| format!("/{path}"), |query| format!("/{path}?{query}"))
}

#[cfg(test)]
mod tests {
    use http::header::{AUTHORIZATION, COOKIE};
    use proptest::prelude::*;

    use super::*;

    fn trail(method: &str, url: &str) -> Trail {
        let request = http::Request::builder().method(method).uri(url);
        let request = request.header(ACCEPT, "a/b").header(CONTENT_TYPE, "c/d");
        let request = request
            .header(AUTHORIZATION, "secret")
            .header(COOKIE, "secret")
            .header("x-key", "secret");
        Trail::new(request.body("body".into()).unwrap(), false)
    }

    fn location(value: &str) -> HeaderMap {
        HeaderMap::from_iter([(LOCATION, value.parse().unwrap())])
    }

    #[test]
    fn the_method_is_what_the_status_asks_for() {
        let check = |status: u16, method: &str, expected: Option<(&str, &str)>| {
            let mut trail = trail(method, "https://a.test/x");
            let followed = trail.follow(StatusCode::from_u16(status).unwrap(), &location("/y"));
            assert_eq!(followed, Ok(expected.is_some()), "{method} {status}");
            if let Some((method, body)) = expected {
                assert_eq!(trail.request.method(), method, "{status}");
                assert_eq!(trail.request.body(), body, "{method} {status}");
                assert_eq!(trail.request.headers().contains_key(CONTENT_TYPE), !body.is_empty());
                assert_eq!(
                    trail.request.headers()[AUTHORIZATION],
                    "secret",
                    "it stays where it was"
                );
                assert_eq!(trail.request.uri(), "https://a.test/y");
            }
        };
        for status in [301, 302] {
            check(status, "GET", Some(("GET", "body")));
            check(status, "HEAD", Some(("HEAD", "body")));
            check(status, "POST", None);
            check(status, "DELETE", None);
        }
        check(303, "GET", Some(("GET", "body")));
        check(303, "HEAD", Some(("HEAD", "body")));
        check(303, "POST", Some(("GET", "")));
        check(303, "PUT", Some(("GET", "")));
        for status in [307, 308] {
            check(status, "GET", Some(("GET", "body")));
            check(status, "POST", Some(("POST", "body")));
            check(status, "PATCH", Some(("PATCH", "body")));
        }
        for status in [200, 201, 300, 304, 305, 404] {
            check(status, "GET", None);
        }
    }

    #[test]
    fn references_are_resolved_as_the_rfc_has_it() {
        let check = |reference: &str, expected: Option<&str>| {
            let from = Uri::from_static("http://a/b/c/d?q");
            let uri = resolved(&from, reference.as_bytes());
            assert_eq!(uri.map(|uri| uri.to_string()).as_deref(), expected, "{reference}");
        };
        // RFC 3986 s. 5.4.1 and 5.4.2, in so far as they are URLs with an authority, without their fragments.
        check("g", Some("http://a/b/c/g"));
        check("./g", Some("http://a/b/c/g"));
        check("g/", Some("http://a/b/c/g/"));
        check("/g", Some("http://a/g"));
        check("//g", Some("http://g/"));
        check("?y", Some("http://a/b/c/d?y"));
        check("g?y", Some("http://a/b/c/g?y"));
        check("#s", Some("http://a/b/c/d?q"));
        check("g#s", Some("http://a/b/c/g"));
        check("g?y#s", Some("http://a/b/c/g?y"));
        check("", Some("http://a/b/c/d?q"));
        check(".", Some("http://a/b/c/"));
        check("./", Some("http://a/b/c/"));
        check("..", Some("http://a/b/"));
        check("../", Some("http://a/b/"));
        check("../g", Some("http://a/b/g"));
        check("../..", Some("http://a/"));
        check("../../g", Some("http://a/g"));
        check("../../../g", Some("http://a/g"));
        check("/./g", Some("http://a/g"));
        check("/../g", Some("http://a/g"));
        check("g.", Some("http://a/b/c/g."));
        check("..g", Some("http://a/b/c/..g"));
        check("./g/.", Some("http://a/b/c/g/"));
        check("g/../h", Some("http://a/b/c/h"));
        check("g?y/../x", Some("http://a/b/c/g?y/../x"));
        check("g:h", None);
        check("http:g", None);
        check("https://b.test/x y", Some("https://b.test/x%20y"));
        check("/ö", Some("http://a/%C3%B6"));
        check("/a:b", Some("http://a/a:b"));
    }

    #[test]
    fn nobody_is_sent_without_tls_nor_to_another_host_unless_it_is_said() {
        let check = |from: &str, to: &str, to_other_hosts: bool, expected: Result<bool, &str>| {
            let mut trail = trail("GET", from);
            trail.to_other_hosts = to_other_hosts;
            match (trail.follow(StatusCode::FOUND, &location(to)), expected) {
                (Err(why), Err(expected)) => {
                    assert!(why.contains(expected), "{why}");
                    assert!(!why.contains("secret"), "{why}");
                }
                (followed, expected) => assert_eq!(followed, expected.map_err(Into::into), "{to}"),
            }
        };
        let other = "host or port is not the source's";
        check("https://a.test/x", "https://A.test:443/y", false, Ok(true));
        check("https://a.test/x", "https://b.test/y?t=secret", false, Err(other));
        check("https://a.test/x", "//b.test/y", false, Err(other));
        check("https://a.test/x", "https://a.test:444/y", false, Err(other));
        check("http://a.test/x", "https://a.test/y", false, Err(other));
        check("http://a.test/x", "https://a.test/y", true, Ok(true));
        check("https://a.test/x", "https://b.test/y", true, Ok(true));
        check("https://a.test/x", "http://a.test/y", true, Err("without TLS"));
        check(
            "https://a.test/x",
            "ftp://a.test/y",
            true,
            Err("neither https nor http"),
        );
        check(
            "https://a.test/x",
            "https://u:secret@b.test/y",
            true,
            Err("it has a user in it"),
        );
        check("https://a.test/x", "https://", true, Err("leads to no URL"));
    }

    #[test]
    fn another_origin_learns_nothing_of_who_asks_not_even_on_the_way_back() {
        let mut trail = trail("POST", "https://a.test/x");
        trail.to_other_hosts = true;
        for to in ["https://b.test/y", "https://a.test/z"] {
            assert_eq!(trail.follow(StatusCode::TEMPORARY_REDIRECT, &location(to)), Ok(true));
            let headers = trail.request.headers();
            let names: Vec<_> = headers.keys().map(HeaderName::as_str).collect();
            assert_eq!(names, ["accept", "content-type"], "{to}");
            assert!(!trail.at_home);
        }
    }

    #[test]
    fn five_are_followed_and_no_more() {
        let mut trail = trail("GET", "https://a.test/x");
        for _ in 0..5 {
            assert_eq!(trail.follow(StatusCode::FOUND, &location("/x")), Ok(true));
        }
        let why = trail.follow(StatusCode::FOUND, &location("/x")).unwrap_err();
        assert!(why.ends_with("five were followed before it"), "{why}");
    }

    proptest! {
        #[test]
        fn no_location_leads_away_from_the_origin(to in "(https?:)?(//)?(a\\.test|b\\.test|u@)?[a-z25@:./%\\\\?#\u{e0} ]{0,20}") {
            let mut trail = trail("GET", "https://a.test/x/y");
            let mut headers = HeaderMap::new();
            headers.insert(LOCATION, http::HeaderValue::from_bytes(to.as_bytes()).unwrap());
            if trail.follow(StatusCode::FOUND, &headers) == Ok(true) {
                let uri = trail.request.uri();
                prop_assert_eq!(uri.scheme_str(), Some("https"));
                prop_assert_eq!(uri.host(), Some("a.test"), "{}", to);
                prop_assert!(matches!(uri.port_u16(), None | Some(443)), "{}", uri);
            }
        }
    }
}

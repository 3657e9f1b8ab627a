//! Who may ask: only pages of the dashboard itself, on this machine.
//!
//! A page anywhere on the web can send requests to a loopback port, and with a name that leads there (DNS rebinding) can
//! read the answers. A browser says in `Host`, `Origin` and `Sec-Fetch-Site` which page it is for.

use std::net::SocketAddr;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

/// Refuses what other sites send.
pub(super) async fn guard(State(own): State<SocketAddr>, request: Request, next: Next) -> Response {
    if is_own(request.headers(), own.port()) {
        next.run(request).await
    } else {
        let message = "The dashboard answers its own pages only: open it by the address that `midspan up` prints.\n";
        (StatusCode::FORBIDDEN, message).into_response()
    }
}

fn is_own(headers: &HeaderMap, port: u16) -> bool {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let is_local = |host: &str| {
        ["127.0.0.1", "localhost", "[::1]"]
            .iter()
            .any(|name| host.strip_prefix(name).and_then(|rest| rest.strip_prefix(':')) == Some(&port.to_string()))
    };
    let host = text(header::HOST).is_some_and(is_local);
    let origin = text(header::ORIGIN).is_none_or(|origin| origin.strip_prefix("http://").is_some_and(is_local));
    // `none` is what is typed or opened from a bookmark.
    let site = text(header::HeaderName::from_static("sec-fetch-site"))
        .is_none_or(|site| matches!(site, "same-origin" | "none"));
    host && origin && site
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_its_own_pages_are_answered() {
        let check = |given: &[(&'static str, &str)], expected: bool| {
            let headers = given
                .iter()
                .map(|(name, value)| (header::HeaderName::from_static(name), value.parse().unwrap()))
                .collect();
            assert_eq!(is_own(&headers, 3001), expected, "{given:?}");
        };
        check(&[("host", "127.0.0.1:3001")], true);
        check(&[("host", "localhost:3001"), ("sec-fetch-site", "none")], true);
        check(&[("host", "[::1]:3001"), ("origin", "http://[::1]:3001")], true);
        check(&[], false);
        check(&[("host", "127.0.0.1:3000")], false);
        check(&[("host", "127.0.0.1:30011")], false);
        check(&[("host", "evil.example:3001")], false);
        check(&[("host", "127.0.0.1:3001"), ("origin", "http://evil.example")], false);
        check(
            &[("host", "127.0.0.1:3001"), ("origin", "http://127.0.0.1:3000")],
            false,
        );
        check(&[("host", "127.0.0.1:3001"), ("origin", "null")], false);
        check(&[("host", "127.0.0.1:3001"), ("sec-fetch-site", "cross-site")], false);
        check(&[("host", "127.0.0.1:3001"), ("sec-fetch-site", "same-site")], false);
    }
}

//! What a component is told of its route, in request headers.

use std::net::SocketAddr;

use http::{HeaderName, HeaderValue, header, request};

use super::RouteMatch;

/// The headers that tell a component how it was reached; a value that no header can carry is left out.
///
/// They replace those of the same name that the client sent. Spin appends them instead, so that a client's own
/// `spin-client-addr` stays in front there: no component may trust them.
#[must_use]
pub fn spin_headers(
    route: &RouteMatch<'_>,
    request: &request::Parts,
    client: SocketAddr,
) -> Vec<(HeaderName, HeaderValue)> {
    let host = request
        .headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or("localhost");
    let scheme = request.uri.scheme_str().unwrap_or("http");
    let path_and_query = request.uri.path_and_query().map_or("/", |path| path.as_str());
    let prefix = route.raw_route.strip_suffix("/...").unwrap_or(route.raw_route);
    let fixed = [
        ("spin-path-info", route.path_info.clone()),
        ("spin-full-url", format!("{scheme}://{host}{path_and_query}")),
        ("spin-matched-route", route.based_route.to_owned()),
        ("spin-base-path", "/".to_owned()),
        ("spin-raw-component-route", route.raw_route.to_owned()),
        ("spin-component-route", prefix.to_owned()),
        ("spin-client-addr", client.to_string()),
    ];
    let fixed = fixed
        .into_iter()
        .map(|(name, value)| (HeaderName::from_static(name), value));
    let wildcards = route.named_wildcards.iter().filter_map(|(name, value)| {
        let name = format!("spin-path-match-{}", name.replace('_', "-").to_ascii_lowercase());
        Some((name.parse().ok()?, value.clone()))
    });
    fixed
        .chain(wildcards)
        .filter_map(|(name, value)| Some((name, HeaderValue::try_from(value).ok()?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routes::{Router, plan::testing::manifest};

    fn parts(uri: &str, host: Option<&str>) -> request::Parts {
        let builder = http::Request::builder().uri(uri);
        let builder = host
            .into_iter()
            .fold(builder, |builder, host| builder.header(header::HOST, host));
        builder.body(()).unwrap().into_parts().0
    }

    #[test]
    fn the_component_is_told_how_it_was_reached() {
        let check = |route: &RouteMatch<'_>, request: &request::Parts, expected: &[(&str, &str)]| {
            let headers = spin_headers(route, request, "127.0.0.1:8777".parse().unwrap());
            let headers: Vec<_> = headers
                .iter()
                .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
                .collect();
            assert_eq!(headers, expected);
        };
        let router = Router::build(&manifest(&["/foo/:user_id/...", "/"]).unwrap()).unwrap();
        check(
            &router.route("/foo/42/bar").unwrap(),
            &parts("https://other/foo/42/bar?key=value", Some("example.com:3000")),
            &[
                ("spin-path-info", "/bar"),
                ("spin-full-url", "https://example.com:3000/foo/42/bar?key=value"),
                ("spin-matched-route", "/foo/:user_id/..."),
                ("spin-base-path", "/"),
                ("spin-raw-component-route", "/foo/:user_id/..."),
                ("spin-component-route", "/foo/:user_id"),
                ("spin-client-addr", "127.0.0.1:8777"),
                ("spin-path-match-user-id", "42"),
            ],
        );
        check(
            &router.route("/").unwrap(),
            &parts("/", None),
            &[
                ("spin-path-info", ""),
                ("spin-full-url", "http://localhost/"),
                ("spin-matched-route", ""),
                ("spin-base-path", "/"),
                ("spin-raw-component-route", "/"),
                ("spin-component-route", "/"),
                ("spin-client-addr", "127.0.0.1:8777"),
            ],
        );
    }
}

//! Requests that a page makes to the application, under `/app`: the same origin, so that it can read every header.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderName, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};

use super::Shared;

/// Passes requests on.
pub(super) struct Relay {
    application: SocketAddr,
    client: Client<HttpConnector, Body>,
}

/// What the browser says of itself; a caller of a connector says nothing of this.
const OF_THE_BROWSER: [HeaderName; 6] = [
    header::ACCEPT_ENCODING,
    header::ACCEPT_LANGUAGE,
    header::COOKIE,
    header::HOST,
    header::ORIGIN,
    header::REFERER,
];

impl Relay {
    pub(super) fn new(application: SocketAddr) -> Self {
        Self {
            application,
            client: Client::builder(TokioExecutor::new()).build_http(),
        }
    }

    /// As the application gets it.
    fn outbound(&self, mut request: Request) -> Result<Request, axum::http::Error> {
        let path = request.uri().path_and_query().map_or("/", |all| all.as_str());
        let path = path.strip_prefix("/app").unwrap_or(path);
        *request.uri_mut() = Uri::builder()
            .scheme("http")
            .authority(self.application.to_string())
            .path_and_query(path)
            .build()?;
        let headers = request.headers_mut();
        let of_fetch: Vec<_> = headers
            .keys()
            .filter(|name| name.as_str().starts_with("sec-"))
            .cloned()
            .collect();
        for name in of_fetch.iter().chain(&OF_THE_BROWSER) {
            headers.remove(name);
        }
        Ok(request)
    }
}

/// The application's answer. It is a foreign page where a browser shows it: without scripts and without this origin.
pub(super) async fn relay(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let outbound = match shared.relay.outbound(request) {
        Ok(outbound) => outbound,
        Err(error) => return (StatusCode::BAD_REQUEST, format!("{error}\n")).into_response(),
    };
    match shared.relay.client.request(outbound).await {
        Ok(answer) => {
            let mut answer = answer.map(Body::new).into_response();
            let sandbox = HeaderValue::from_static("sandbox");
            answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, sandbox);
            answer
        }
        Err(error) => {
            let message = format!("The application on {} does not answer: {error}\n", shared.application);
            (StatusCode::BAD_GATEWAY, message).into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_application_is_asked_as_a_connector_asks_it() {
        let relay = Relay::new(([127, 0, 0, 1], 3000).into());
        let request = Request::post("http://127.0.0.1:3001/app/home/a%2Fb?news=3&x=%20")
            .header("host", "127.0.0.1:3001")
            .header("origin", "http://127.0.0.1:3001")
            .header("sec-fetch-mode", "cors")
            .header("cookie", "a=b")
            .header("x-api-key", "k")
            .body(Body::empty())
            .unwrap();
        let outbound = relay.outbound(request).unwrap();
        assert_eq!(outbound.uri(), "http://127.0.0.1:3000/home/a%2Fb?news=3&x=%20");
        assert_eq!(outbound.headers().len(), 1);
        assert_eq!(outbound.headers()["x-api-key"], "k");
    }
}

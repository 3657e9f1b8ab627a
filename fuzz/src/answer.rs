//! What a REST source answers: status, headers (redirects, caching, encodings, retries) and body: `STATUS\nNAME: VALUE\n...\n\nBODY`.

use midspan::{
    cache::Cache,
    prelude::*,
    testing::{Reply, TestHost},
};

static API: Source = Source::rest("api").titled("The API");

/// Anything
#[operation(get = "/any", auth = none, sources = [API])]
async fn any(ctx: Context) -> Result<serde_json::Value> {
    ctx.source(&API).get("/any").cached(Cache::http()).json().await
}

/// A file
#[operation(get = "/file", auth = none, sources = [API])]
async fn file(ctx: Context) -> Result<Binary> {
    ctx.source(&API).get("/file").binary().await
}

/// Gives it as the answer to every call, twice: the second one may come from the cache.
pub fn run(data: &[u8]) {
    let (status, rest) = crate::line(data);
    let status = std::str::from_utf8(status)
        .ok()
        .and_then(|status| status.parse().ok())
        .unwrap_or(200);
    let Ok(status) = http::StatusCode::from_u16(status) else {
        return;
    };
    let (headers, body) = crate::message(rest);
    let host = TestHost::new();
    host.otherwise(move |request| {
        let to = request.uri();
        assert_eq!(
            (to.scheme_str(), to.host(), to.port_u16()),
            (Some("https"), Some("api.test"), None),
            "{to}"
        );
        let mut answer = http::Response::new(body.clone());
        *answer.status_mut() = status;
        *answer.headers_mut() = headers.clone();
        Reply::answer(answer)
    });
    for _ in 0..2 {
        crate::check_answer(&host.get::<Any>("/any"));
    }
    host.settle();
    crate::check_answer(&host.get::<File>("/file"));
}

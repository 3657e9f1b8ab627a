//! The files of the pages, which are part of the program.

use axum::{
    http::{StatusCode, Uri, header},
    response::{IntoResponse, Response},
};

/// Path, type and content.
const FILES: [(&str, &str, &str); 10] = [
    ("/", HTML, include_str!("web/index.html")),
    ("/style.css", "text/css", include_str!("web/style.css")),
    ("/main.js", SCRIPT, include_str!("web/main.js")),
    ("/dom.js", SCRIPT, include_str!("web/dom.js")),
    ("/state.js", SCRIPT, include_str!("web/state.js")),
    ("/requests.js", SCRIPT, include_str!("web/requests.js")),
    ("/operations.js", SCRIPT, include_str!("web/operations.js")),
    ("/cache.js", SCRIPT, include_str!("web/cache.js")),
    ("/sources.js", SCRIPT, include_str!("web/sources.js")),
    ("/definition.js", SCRIPT, include_str!("web/definition.js")),
];
const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript";

/// Nothing from elsewhere, no script in the page, and in no other page's frame.
const POLICY: &str =
    "default-src 'self'; img-src 'self' blob: data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// A file, or nothing.
pub(super) async fn page(uri: Uri) -> Response {
    let Some((_, kind, content)) = FILES.iter().find(|(path, ..)| *path == uri.path()) else {
        return (StatusCode::NOT_FOUND, "There is no such page.\n").into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, *kind),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-cache"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, *content).into_response()
}

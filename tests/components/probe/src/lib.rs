//! A component whose path picks what it does, for the host's tests.
//!
//! The last segment of the path names the act; the query holds its parameters.

mod acts;
mod misbehave;
mod pry;
mod state;

use std::collections::BTreeMap;

use bytes::Bytes;
use http::StatusCode;
use spin_sdk::http::{BoxBody, FullBody, Request, Response, box_body};
use spin_sdk::http_service;

type Query = BTreeMap<String, String>;
type Answer = anyhow::Result<Response<BoxBody>>;

#[http_service]
async fn handle(request: Request) -> spin_sdk::http::Result<Response<BoxBody>> {
    let act = request.uri().path().rsplit('/').next().unwrap_or_default().to_owned();
    let query: Query = form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes())
        .into_owned()
        .collect();
    if act == "fail" {
        return Err("the probe was told to fail".into());
    }
    let failed = |error| text_with(StatusCode::BAD_GATEWAY, format!("{error:#}"));
    Ok(perform(&act, request, &query).await.unwrap_or_else(failed))
}

async fn perform(act: &str, request: Request, query: &Query) -> Answer {
    match act {
        "hello" => Ok(text("hello")),
        "echo" => Ok(acts::echo(request)),
        "headers" => Ok(acts::headers(&request)),
        "length" => acts::length(request).await,
        "fetch" => acts::fetch(query).await,
        "inject" => acts::inject(query),
        "forward" => acts::forward(request, query).await,
        "fetch-all" => acts::fetch_all(query).await,
        "big" => acts::big(query),
        "slow" => acts::slow(query),
        "sleep" => acts::sleep(query).await,
        "print" => Ok(acts::print(query)),
        "environment" => Ok(acts::environment()),
        "count" => Ok(acts::count()),
        "get" | "set" | "delete" | "exists" | "list" => state::key_value(act, query).await,
        "swap" | "increment" | "set-many" | "get-many" | "delete-many" => state::wasi_key_value(act, query),
        "variable" => state::variable(query).await,
        "trap" => misbehave::trap(),
        "trap-after-head" => Ok(misbehave::trap_after_head()),
        "loop" => misbehave::compute_for_ever(),
        "eat" => misbehave::eat_memory(),
        "block" => misbehave::block(query),
        "pry" => pry::pry(query).await,
        other => Ok(text_with(StatusCode::NOT_FOUND, format!("no act \"{other}\""))),
    }
}

fn text(body: impl Into<Bytes>) -> Response<BoxBody> {
    text_with(StatusCode::OK, body)
}

fn text_with(status: StatusCode, body: impl Into<Bytes>) -> Response<BoxBody> {
    let mut response = Response::new(box_body(FullBody::new(body.into())));
    *response.status_mut() = status;
    response
}

fn number(query: &Query, name: &str) -> anyhow::Result<u64> {
    anyhow::Context::context(query.get(name), format!("no \"{name}\" in the query"))?
        .parse()
        .map_err(Into::into)
}

fn required<'q>(query: &'q Query, name: &str) -> anyhow::Result<&'q str> {
    anyhow::Context::context(
        query.get(name).map(String::as_str),
        format!("no \"{name}\" in the query"),
    )
}

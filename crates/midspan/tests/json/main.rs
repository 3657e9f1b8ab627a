//! Bodies of JSON: all that is JSON is taken, and nothing else; what is too much is refused with its place.

mod limits;
mod suite;

use midspan::{input::Limits, prelude::*, testing::TestHost};

/// Anything.
#[input]
struct AnyInput {
    /// Document
    #[body]
    document: serde_json::Value,
}

/// Echo a document
#[operation(post = "/echo", auth = none)]
async fn echo(_: Context, input: AnyInput) -> Result<serde_json::Value> {
    Ok(input.document)
}

/// Echo a small document
#[operation(post = "/echo-small", auth = none, limits = Limits::DEFAULT.body(1000).depth(5).items(10).members(4).text(20))]
async fn echo_small(_: Context, input: AnyInput) -> Result<serde_json::Value> {
    Ok(input.document)
}

/// A number.
#[derive(Data)]
struct Counted {
    count: u32,
}

/// How many.
#[input]
struct CountInput {
    #[body]
    counted: Counted,
}

/// Count
#[operation(post = "/count", auth = none)]
async fn count(_: Context, input: CountInput) -> Result<u32> {
    Ok(input.counted.count)
}

fn post<O: midspan::Operation>(path: &str, body: impl Into<bytes::Bytes>) -> midspan::testing::Response {
    let request = http::Request::post(path).header("content-type", "application/json");
    TestHost::new().send::<O>(request.body(body.into()).expect("a request"))
}

//! Any request, into the input of an operation: `PATH\nNAME: VALUE\n...\n\nBODY`.

use midspan::{Operation, input::Limits, prelude::*, testing::TestHost};

/// How fast.
#[derive(Data)]
enum Speed {
    Slow,
    Fast,
}

/// A line.
#[derive(Data)]
struct Line {
    article: String,
    #[data(min = 1, max = 9)]
    quantity: u32,
    due: Option<Date>,
}

/// An order.
#[derive(Data)]
struct Order {
    id: i64,
    total: f64,
    speed: Speed,
    #[data(max_items = 5)]
    lines: Vec<Line>,
    #[data(max_length = 10)]
    note: Option<String>,
    placed: Option<Timestamp>,
    extra: Option<serde_json::Value>,
}

/// An order, and where it goes.
#[input]
struct OrderInput {
    /// Customer
    #[path]
    customer: String,
    /// Speed
    #[query]
    speed: Option<Speed>,
    /// Weights
    #[query]
    weights: Vec<f64>,
    /// Day
    #[query]
    day: Option<Date>,
    /// Since
    #[header]
    if_modified_since: Option<Timestamp>,
    /// Order
    #[body]
    order: Order,
}

/// Order
#[operation(post = "/customers/{customer}/orders", auth = none)]
async fn place_order(_: Context, input: OrderInput) -> Result<Order> {
    let _ = (
        input.customer,
        input.speed,
        input.weights,
        input.day,
        input.if_modified_since,
    );
    Ok(input.order)
}

/// Anything.
#[input]
struct AnyInput {
    /// Document
    #[body]
    document: serde_json::Value,
}

/// Echo
#[operation(post = "/any", auth = none, limits = Limits::DEFAULT.depth(16).items(100).members(100).text(4096))]
async fn any(_: Context, input: AnyInput) -> Result<serde_json::Value> {
    Ok(input.document)
}

/// A file.
#[input]
struct FileInput {
    /// File
    #[body]
    file: Binary,
}

/// Echo a file
#[operation(post = "/file", auth = none)]
async fn file(_: Context, input: FileInput) -> Result<Binary> {
    Ok(input.file)
}

/// Sends it to each.
pub fn run(data: &[u8]) {
    let (path, rest) = crate::line(data);
    let (headers, body) = crate::message(rest);
    let Ok(uri) = http::Uri::try_from(path) else { return };
    let mut request = http::Request::post(uri).body(body).expect("a request");
    *request.headers_mut() = headers;
    send::<PlaceOrder>(&request);
    send::<Any>(&request);
    *request.uri_mut() = http::Uri::from_static("/any");
    send::<Any>(&request);
    *request.uri_mut() = http::Uri::from_static("/file");
    send::<File>(&request);
}

fn send<O: Operation>(request: &http::Request<bytes::Bytes>) {
    let answer = TestHost::new().send::<O>(request.clone());
    // Nothing here can fail but by the caller's mistake.
    assert!(answer.status() < 500, "{}", answer.text());
    crate::check_answer(&answer);
}

//! Writes that are repeated, natively: the virtual clock makes a day pass in no time, and hosts die at any moment.

mod crash;
mod replay;
mod store;

use std::time::Duration;

use bytes::Bytes;
use midspan::{
    prelude::*,
    source::Retry,
    testing::{Reply, Response, TestHost},
};

static SHOP: Source = Source::rest("shop")
    .titled("The shop")
    .timeout(Duration::from_secs(2))
    .retry(Retry::times(0));

/// What to order.
#[input]
struct OrderInput {
    /// Language
    #[header(name = "accept-language")]
    #[expect(dead_code, reason = "it tells calls from others")]
    language: Option<String>,
    /// Order
    #[body]
    order: Order,
}

/// What to order.
#[derive(Data)]
struct Order {
    /// Dish
    dish: String,
}

async fn placed(ctx: &Context, order: &Order) -> Result<Created<u32>> {
    let answer = ctx.source(&SHOP).post("/orders").body(order).send().await?;
    if answer.status() == 409 {
        return Err(Error::conflict("It is sold out.").with_target("dish"));
    }
    let number = answer.success(ctx)?.json(ctx)?;
    Ok(Created {
        location: format!("/orders/{number}"),
        value: number,
    })
}

/// Order
#[operation(post = "/orders", auth = none, sources = [SHOP], deadline = "5s", idempotent = "24h")]
async fn place_order(ctx: Context, input: OrderInput) -> Result<Created<u32>> {
    placed(&ctx, &input.order).await
}

/// Order, at a shop that takes care itself
#[operation(
    post = "/careful/orders",
    id = "OrderCarefully",
    auth = none,
    sources = [SHOP],
    deadline = "5s",
    idempotent = Idempotency::kept(Duration::from_hours(24)).repeatable()
)]
async fn order_carefully(ctx: Context, input: OrderInput) -> Result<Created<u32>> {
    placed(&ctx, &input.order).await
}

/// The key that the shop is sent
#[operation(post = "/key", auth = none, sources = [], idempotent = "1h")]
async fn key_for_sources(ctx: Context) -> Result<Option<String>> {
    Ok(ctx.idempotency_key().map(ToOwned::to_owned))
}

/// A shop that numbers its orders, and takes this long for each.
fn shop(takes: Duration) -> TestHost {
    let host = TestHost::new();
    let number = std::cell::Cell::new(0);
    host.answer("shop", "POST /orders", move |_| {
        number.set(number.get() + 1);
        Reply::json(201, number.get().to_string()).after(takes)
    });
    host
}

fn request(path: &str, headers: &[(&str, &str)], body: &str) -> http::Request<Bytes> {
    let mut request = http::Request::post(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request
        .body(Bytes::copy_from_slice(body.as_bytes()))
        .expect("a request")
}

const SOUP: &str = r#"{"dish": "soup"}"#;

fn soup(key: &str) -> http::Request<Bytes> {
    request("/orders", &[("idempotency-key", key)], SOUP)
}

fn orders(host: &TestHost) -> usize {
    host.requests("shop").len()
}

fn code(answer: &Response) -> ErrorCode {
    answer.error().error.code
}

fn replayed(answer: &Response) -> bool {
    answer.header("idempotent-replayed") == Some("true")
}

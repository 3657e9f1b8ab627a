//! Operations that pass on what a source says, several in one component, with a definition that was there before.

use midspan::{
    Operation,
    bytes::Bytes,
    http::{Request, Response},
    prelude::*,
    serde_json::Value,
    source::Auth,
    testing::{Recorded, Reply, TestHost},
};

static SHOP: Source = Source::rest("shop").auth(Auth::relay(&["authorization", "x-api-key"], &["code"]));

/// Which order.
#[input]
struct OrderInput {
    /// Order
    #[path(name = "Order ID")]
    order_id: String,
    /// Version
    #[header(name = "x-api_version")]
    api_version: Option<String>,
    /// Body
    #[body]
    body: Option<Value>,
}

/// Get an order
#[operation(
    get = "/orders('{Order ID}')/",
    id = "get-order",
    auth = none,
    sources = [SHOP],
    definition = r#"{"operationId": "get-order"}"#,
    export = false
)]
async fn get_order(ctx: Context, input: OrderInput) -> Result<Response<Bytes>> {
    let call = ctx.source(&SHOP).get("/v1/orders('{id}')/").path("id", &input.order_id);
    Ok(call
        .header("x-api_version", input.api_version.unwrap_or_default())
        .send()
        .await?
        .into())
}

/// Delete an order
#[operation(delete = "/orders('{Order ID}')/", auth = none, sources = [SHOP], definition = "{}", export = false)]
async fn delete_order(ctx: Context, input: OrderInput) -> Result<Response<Bytes>> {
    let call = ctx
        .source(&SHOP)
        .delete("/v1/orders('{id}')/")
        .path("id", &input.order_id);
    let call = match &input.body {
        Some(body) => call.body(body),
        None => call,
    };
    Ok(call.send().await?.into())
}

midspan::operations!(GetOrder, DeleteOrder);

type Orders = (GetOrder, DeleteOrder);

fn request(method: &str, uri: &str, body: &'static str) -> Request<Bytes> {
    let request = Request::builder()
        .method(method)
        .uri(uri)
        .header("x-api-key", "k1")
        .header("x-other", "mine");
    request.body(body.into()).expect("a request")
}

#[test]
fn a_definition_that_was_there_keeps_its_id_and_stands_in_the_description() {
    let get = GetOrder::DESCRIPTION;
    assert_eq!((get.id, get.path), ("get-order", "/orders('{Order ID}')/"));
    assert_eq!(get.definition, Some(r#"{"operationId": "get-order"}"#));
    assert_eq!(DeleteOrder::DESCRIPTION.id, "DeleteOrder");
}

#[test]
fn a_relay_passes_on_the_caller_s_keys_and_the_source_s_status_headers_and_body() {
    let host = TestHost::new();
    let refusal = Reply::json(409, r#"{"why":"sent"}"#).header("x-shop", "7");
    host.on("shop", "GET /v1/orders('7%2F1')/", refusal);
    let answer = host.send_to::<Orders>(request("GET", "/base/orders(%277%2F1%27)?code=a%20b&x=1", ""));
    assert_eq!((answer.status(), answer.header("x-shop")), (409, Some("7")));
    assert_eq!(answer.text(), r#"{"why":"sent"}"#);
    let [sent]: [Recorded; 1] = host.requests("shop").try_into().expect("one request");
    let header = |name: &str| sent.request.headers().get(name).and_then(|value| value.to_str().ok());
    assert_eq!(
        (header("x-api-key"), header("x-other"), header("authorization")),
        (Some("k1"), None, None)
    );
    assert_eq!(sent.request.uri().query(), Some("code=a%20b"));
}

#[test]
fn a_body_may_be_left_out_where_its_field_is_an_option() {
    let host = TestHost::new();
    host.on("shop", "DELETE /v1/orders('7')/", Reply::json(204, ""));
    for (body, sent) in [("", ""), (r#"{"soft":true}"#, r#"{"soft":true}"#)] {
        assert_eq!(
            host.send_to::<Orders>(request("DELETE", "/orders('7')", body)).status(),
            204
        );
        assert_eq!(host.requests("shop").last().expect("a request").request.body(), sent);
    }
}

#[test]
fn another_method_is_told_those_that_there_are() {
    let answer = TestHost::new().send_to::<Orders>(request("PUT", "/orders('7')", ""));
    assert_eq!((answer.status(), answer.header("allow")), (405, Some("GET, DELETE")));
    assert_eq!(
        TestHost::new()
            .send_to::<Orders>(request("GET", "/orders", ""))
            .status(),
        404
    );
}

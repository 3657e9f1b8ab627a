use midspan::{prelude::*, source::Answer};
use systems::RELAY_SHOP;

/// What `GetOrder` is asked.
#[input]
pub struct GetOrderInput {
    /// Order ID
    #[path(name = "Order ID")]
    pub order_id: String,
}

/// Get an order
#[operation(
    get = "/orders('{Order ID}')/",
    id = "GetOrder",
    // Who may call is for the back end to say: it gets the caller's credentials as they come.
    auth = none,
    sources = [RELAY_SHOP],
    deadline = "120s",
    definition = include_str!("get_order.json"),
    export = false
)]
pub async fn get_order(ctx: Context, input: GetOrderInput) -> Result<Answer> {
    ctx.source(&RELAY_SHOP)
        .get("/api/orders('{Order ID}')/")
        .path("Order ID", &input.order_id)
        .send()
        .await
}

use midspan::{prelude::*, source::Answer};
use systems::RELAY_SHOP;

/// What `DeleteOrder` is asked.
#[input]
pub struct DeleteOrderInput {
    /// Order ID
    #[path(name = "Order ID")]
    pub order_id: String,
    /// Body
    #[body]
    pub body: Option<midspan::serde_json::Value>,
}

/// DeleteOrder
#[operation(
    delete = "/orders('{Order ID}')/",
    id = "DeleteOrder",
    // Who may call is for the back end to say: it gets the caller's credentials as they come.
    auth = none,
    sources = [RELAY_SHOP],
    deadline = "120s",
    definition = include_str!("delete_order.json"),
    export = false
)]
pub async fn delete_order(ctx: Context, input: DeleteOrderInput) -> Result<Answer> {
    ctx.source(&RELAY_SHOP)
        .delete("/api/orders('{Order ID}')/")
        .path("Order ID", &input.order_id)
        .body_opt(input.body.as_ref())
        .send()
        .await
}

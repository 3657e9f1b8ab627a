use midspan::{prelude::*, source::Answer};
use systems::RELAY_SHOP;

/// What `CreateOrder` is asked.
#[input]
pub struct CreateOrderInput {
    /// Body
    #[body]
    pub body: midspan::serde_json::Value,
}

/// Create an order
#[operation(
    post = "/orders",
    id = "CreateOrder",
    // Who may call is for the back end to say: it gets the caller's credentials as they come.
    auth = none,
    sources = [RELAY_SHOP],
    deadline = "120s",
    definition = include_str!("create_order.json"),
    export = false
)]
pub async fn create_order(ctx: Context, input: CreateOrderInput) -> Result<Answer> {
    ctx.source(&RELAY_SHOP)
        .post("/api/orders")
        .body(&input.body)
        .send()
        .await
}

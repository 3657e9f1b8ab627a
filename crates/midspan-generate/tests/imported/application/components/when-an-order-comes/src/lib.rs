//! `WhenAnOrderComes`.

use midspan::{prelude::*, source::Answer};
use systems::RELAY_SHOP;

/// What `WhenAnOrderComes` is asked.
#[input]
pub struct WhenAnOrderComesInput {
    /// Body
    #[body]
    pub body: midspan::serde_json::Value,
}

/// When an order comes
#[operation(
    post = "/hooks",
    id = "WhenAnOrderComes",
    // Who may call is for the back end to say: it gets the caller's credentials as they come.
    auth = none,
    sources = [RELAY_SHOP],
    deadline = "120s",
    definition = include_str!("when_an_order_comes.json")
)]
pub async fn when_an_order_comes(ctx: Context, input: WhenAnOrderComesInput) -> Result<Answer> {
    ctx.source(&RELAY_SHOP)
        .post("/api/hooks")
        .body(&input.body)
        .send()
        .await
}

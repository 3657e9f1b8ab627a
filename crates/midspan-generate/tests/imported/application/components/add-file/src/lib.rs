//! `AddFile`.

use midspan::{prelude::*, source::Answer};
use systems::RELAY_SHOP;

/// What `AddFile` is asked.
#[input]
pub struct AddFileInput {
    /// Order ID
    #[path(name = "Order ID")]
    pub order_id: String,
    /// Body
    ///
    /// As it comes.
    #[body]
    pub body: Binary,
}

/// AddFile
#[operation(
    post = "/orders('{Order ID}')/files",
    id = "AddFile",
    // Who may call is for the back end to say: it gets the caller's credentials as they come.
    auth = none,
    sources = [RELAY_SHOP],
    deadline = "120s",
    definition = include_str!("add_file.json")
)]
pub async fn add_file(ctx: Context, input: AddFileInput) -> Result<Answer> {
    ctx.source(&RELAY_SHOP)
        .post("/api/orders('{Order ID}')/files")
        .path("Order ID", &input.order_id)
        .bytes(&input.body.content_type, input.body.content)
        .send()
        .await
}

use midspan::{prelude::*, source::Answer};
use systems::RELAY_SHOP;

/// What `ListOrders` is asked.
#[input]
pub struct ListOrdersInput {
    /// How many
    ///
    /// At most so many.
    #[query(name = "$top", default = 20)]
    pub top: i64,
    /// state
    #[query]
    pub state: Vec<String>,
    /// urgent
    #[query]
    pub urgent: bool,
    /// Accept-Language
    #[header]
    pub accept_language: Option<String>,
}

/// List orders
///
/// Lists orders, the newest first.
/// At most `$top` of them.
#[operation(
    get = "/orders",
    id = "list-orders",
    // Who may call is for the back end to say: it gets the caller's credentials as they come.
    auth = none,
    sources = [RELAY_SHOP],
    deadline = "120s",
    definition = include_str!("list_orders.json"),
    export = false
)]
pub async fn list_orders(ctx: Context, input: ListOrdersInput) -> Result<Answer> {
    ctx.source(&RELAY_SHOP)
        .get("/api/orders")
        .query("$top", input.top)
        .queries("state", &input.state)
        .query("urgent", input.urgent)
        .header_opt("accept-language", input.accept_language)
        .send()
        .await
}

//! `Unsubscribe`.

use midspan::{prelude::*, source::Answer};
use systems::RELAY_SHOP;

/// What `Unsubscribe` is asked.
#[input]
pub struct UnsubscribeInput {
    /// type
    #[path]
    pub r#type: i64,
    /// Content-Type
    #[header(default = "application/json")]
    pub content_type: String,
}

/// Unsubscribe
#[operation(
    delete = "/hooks/{type}",
    id = "Unsubscribe",
    // Who may call is for the back end to say: it gets the caller's credentials as they come.
    auth = none,
    sources = [RELAY_SHOP],
    deadline = "120s",
    definition = include_str!("unsubscribe.json")
)]
pub async fn unsubscribe(ctx: Context, input: UnsubscribeInput) -> Result<Answer> {
    ctx.source(&RELAY_SHOP)
        .delete("/api/hooks/{type}")
        .path("type", input.r#type)
        .header("content-type", &input.content_type)
        .send()
        .await
}

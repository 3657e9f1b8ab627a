//! Push notifications, by a cloud flow that an HTTP request starts.

use midspan::prelude::*;

use crate::POWERAUTOMATE;

/// What to tell whom.
#[derive(Debug, Data)]
pub struct Notification {
    /// Recipient
    ///
    /// The mail address of whoever gets it.
    #[data(max_length = 254)]
    pub recipient: String,
    /// Text
    #[data(min_length = 1, max_length = 200)]
    pub text: String,
    /// Link
    ///
    /// Where a tap on it leads.
    #[data(max_length = 2000)]
    pub link: Option<String>,
}

/// Starts the flow; the id of its run. With the same tracking id, nobody is told twice.
///
/// # Errors
/// Those of the source.
pub async fn send(ctx: &Context, notification: &Notification, tracking_id: &str) -> Result<Option<String>> {
    let flow = ctx.variable("powerautomate_flow").await?;
    let answer = ctx
        .source(&POWERAUTOMATE)
        .post("/workflows/{flow}/triggers/manual/paths/invoke")
        .path("flow", flow)
        .query("api-version", "2016-06-01")
        .query("sp", "/triggers/manual/run")
        .query("sv", "1.0")
        .header("x-ms-client-tracking-id", tracking_id)
        .idempotency_key(tracking_id)
        .body(notification)
        .success()
        .await?;
    Ok(answer.header("x-ms-workflow-run-id").map(ToOwned::to_owned))
}

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
        .body(&Message {
            recipient: &notification.recipient,
            text: &notification.text,
            link: notification.link.as_deref(),
        })
        .success()
        .await?;
    Ok(answer.header("x-ms-workflow-run-id").map(ToOwned::to_owned))
}

/// As the flow's trigger has it: what is not there is left out, for `null` is no text.
#[derive(Serialize)]
struct Message<'a> {
    recipient: &'a str,
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<&'a str>,
}

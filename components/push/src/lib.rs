//! SendNotification.

use midspan::prelude::*;
use systems::{
    POWERAUTOMATE,
    push::{self, Notification},
};

/// What to send.
#[input]
struct PushInput {
    /// Tracking id
    ///
    /// Makes sure that a notification is sent once, however often the call is repeated; the call's own id unless given.
    #[header(name = "idempotency-key", visibility = "advanced", max_length = 128)]
    idempotency_key: Option<String>,
    /// Notification
    #[body]
    notification: Notification,
}

/// That a notification is on its way.
#[derive(Debug, PartialEq, Data)]
struct Sent {
    /// Run
    ///
    /// The id of the flow's run.
    run_id: Option<String>,
}

/// Send a push notification
///
/// Tells somebody something on their phone.
#[operation(post = "/notifications", auth = none, sources = [POWERAUTOMATE], deadline = "10s")]
async fn send_notification(ctx: Context, input: PushInput) -> Result<Accepted<Sent>> {
    let tracking_id = input.idempotency_key.as_deref().unwrap_or(ctx.correlation_id());
    let run_id = push::send(&ctx, &input.notification, tracking_id).await?;
    Ok(Accepted {
        location: None,
        retry_after: None,
        value: Sent { run_id },
    })
}

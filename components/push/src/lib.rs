//! SendNotification.

use std::time::Duration;

use midspan::prelude::*;
use systems::{
    POWERAUTOMATE,
    access::{EMPLOYEES, PROGRAMS},
    push::{self, Notification},
};

/// What to send.
#[input]
struct PushInput {
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

/// The flow is sent a key too.
const THE_FLOW_TELLS_ONCE: Idempotency = Idempotency::kept(Duration::from_hours(24)).repeatable();

/// Send a push notification
///
/// Tells somebody something on their phone: once, however often the call is repeated with its key.
#[operation(
    post = "/notifications",
    auth = [EMPLOYEES, PROGRAMS],
    roles = ["Notifications.Send"],
    sources = [POWERAUTOMATE],
    deadline = "10s",
    idempotent = THE_FLOW_TELLS_ONCE
)]
async fn send_notification(ctx: Context, input: PushInput) -> Result<Accepted<Sent>> {
    let tracking_id = ctx.idempotency_key().unwrap_or(ctx.correlation_id());
    let run_id = push::send(&ctx, &input.notification, tracking_id).await?;
    Ok(Accepted {
        location: None,
        retry_after: None,
        value: Sent { run_id },
    })
}

#[cfg(test)]
mod tests {
    use systems::testing::assert_needs_role;

    use super::*;

    #[test]
    fn it_is_for_those_who_have_the_role() {
        let host = systems::testing::host();
        assert_needs_role("Notifications.Send", ErrorCode::BadInput, |caller| {
            host.calls_as(caller);
            let request = midspan::http::Request::post("/notifications");
            host.send::<SendNotification>(request.body("{}".into()).unwrap())
        });
    }
}

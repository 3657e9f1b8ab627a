//! The end of a webhook.

use midspan::prelude::*;
use systems::{
    CARDS,
    access::{EMPLOYEES, PROGRAMS},
};

/// Which subscription.
#[input]
struct UnwatchInput {
    /// Subscription
    ///
    /// Its id, as it was answered when it was made.
    #[path(max_length = 64)]
    id: String,
}

/// Stop watching cards
///
/// Ends a subscription; the platform does it when a flow is switched off.
#[operation(
    delete = "/cards/subscriptions/{id}",
    auth = [EMPLOYEES, PROGRAMS],
    sources = [CARDS],
    deadline = "10s",
    visibility = "internal"
)]
async fn stop_watching_cards(ctx: Context, input: UnwatchInput) -> Result<NoContent> {
    let call = ctx.source(&CARDS).delete("/v1/subscriptions/{id}");
    let answer = call.path("id", &input.id).send().await?;
    // One that is not there has ended.
    if !answer.is_absent() {
        answer.success(&ctx)?;
    }
    Ok(NoContent)
}

#[cfg(test)]
mod tests {
    use midspan::testing::{Reply, Response};

    use super::*;

    fn stop(status: u16) -> Response {
        let host = systems::testing::host();
        host.on("cards", "DELETE /v1/subscriptions/s-1", Reply::json(status, ""));
        let request = http::Request::delete("/cards/subscriptions/s-1");
        host.send::<StopWatchingCards>(request.body("".into()).unwrap())
    }

    #[test]
    fn what_has_ended_already_has_ended() {
        assert_eq!(stop(204).status(), 204);
        assert_eq!(stop(404).status(), 204);
        assert_eq!(stop(500).error().error.code, ErrorCode::SourceFailed);
    }
}

//! A webhook that starts flows.

use midspan::{input::NotificationUrl, prelude::*};
use systems::{
    CARDS,
    access::{EMPLOYEES, PROGRAMS},
};

/// Whom to tell.
#[input]
struct WatchInput {
    /// Subscription
    #[body]
    subscription: Watch,
}

/// Whom to tell of new cards. The card system takes it as it is.
#[derive(Data)]
struct Watch {
    /// Callback URL
    ///
    /// Where the card system sends new cards.
    callback_url: NotificationUrl,
}

/// A subscription that stands.
#[derive(Debug, PartialEq, Data)]
struct Watched {
    /// Id
    id: String,
}

/// What the card system sends.
#[derive(Data)]
struct CardEvent {
    /// Event
    event: String,
    /// Card
    card: NewCard,
}

/// A card, as the card system has it.
#[derive(Data)]
struct NewCard {
    /// Id
    id: String,
    /// Title
    title: String,
    /// Text
    text: String,
    /// Category
    category: String,
    /// Priority
    priority: i32,
    /// Link
    link: Option<String>,
    /// Published
    created_at: Timestamp,
}

/// When a card arrives
///
/// Starts a flow as soon as a card is published, without asking for it.
#[operation(
    post = "/cards/subscriptions",
    auth = [EMPLOYEES, PROGRAMS],
    sources = [CARDS],
    deadline = "10s",
    visibility = "important",
    hint = "To see it work now, publish a card.",
    webhook(content = CardEvent, unsubscribe = "StopWatchingCards")
)]
async fn when_a_card_arrives(ctx: Context, input: WatchInput) -> Result<Created<Watched>> {
    let call = ctx.source(&CARDS).post("/v1/subscriptions");
    let watched: Watched = call.body(&input.subscription).json().await?;
    Ok(Created {
        location: ctx.link(&format!("/cards/subscriptions/{}", watched.id), &[]),
        value: watched,
    })
}

#[cfg(test)]
mod tests {
    use midspan::testing::Reply;

    use super::*;

    #[test]
    fn the_card_system_is_told_whom_to_call_and_the_platform_where_it_ends() {
        let host = systems::testing::host();
        host.on(
            "cards",
            "POST /v1/subscriptions",
            Reply::json(201, r#"{"id": "s-1", "deliveries": 0}"#),
        );
        let body = r#"{"callbackUrl": "https%3A%2F%2Fflow.example%2Frun%3Fsig%3Dx"}"#;
        let request = http::Request::post("/cards/subscriptions");
        let request = request.header("x-ms-apim-referrer-prefix", "https://gateway.example/apim/suite");
        let answer = host.send::<WhenACardArrives>(request.body(body.into()).unwrap());
        assert_eq!((answer.status(), answer.json::<Watched>().id.as_str()), (201, "s-1"));
        assert_eq!(
            answer.header("location"),
            Some("https://gateway.example/apim/suite/cards/subscriptions/s-1")
        );
        let sent = &host.requests("cards")[0].request;
        assert_eq!(
            sent.body().as_ref(),
            br#"{"callbackUrl":"https://flow.example/run?sig=x"}"#
        );
    }

    #[test]
    fn an_address_that_is_none_is_the_callers_mistake() {
        let host = systems::testing::host();
        let request = http::Request::post("/cards/subscriptions");
        let answer = host.send::<WhenACardArrives>(request.body(r#"{"callbackUrl": "flow.example"}"#.into()).unwrap());
        assert_eq!(
            answer.error().error.target.as_deref(),
            Some("callbackUrl"),
            "{}",
            answer.text()
        );
        assert!(host.requests("cards").is_empty());
    }
}

//! WhenACardIsPublished.

use midspan::prelude::*;
use systems::{
    CARDS,
    access::{EMPLOYEES, PROGRAMS},
    cards::{self, Card},
};

/// Where the trigger stands.
#[input]
struct TriggerInput {
    /// State
    #[query(visibility = "internal", max_length = 1500)]
    triggerstate: Option<Position>,
}

/// When a card is published
///
/// Starts a flow for each new card, and for each that is withdrawn.
#[operation(get = "/cards/new", auth = [EMPLOYEES, PROGRAMS], sources = [CARDS], deadline = "10s", visibility = "important", hint = "To see it work now, publish a card.")]
async fn when_a_card_is_published(ctx: Context, input: TriggerInput) -> Result<Polled<Card>> {
    let state = ctx.trigger_state(input.triggerstate.as_ref()).await?;
    let (cards, cursor) = match state {
        None => (Vec::new(), cards::cursor(&ctx).await?),
        Some(since) => {
            let changes = cards::since(&ctx, &since).await?;
            (changes.cards, changes.cursor)
        }
    };
    let next = ctx.trigger_link("/cards/new", &[], &cursor).await?;
    Ok(Polled::since(cards, next))
}

#[cfg(test)]
mod tests {
    use midspan::testing::{Reply, Response, TestHost};

    use super::*;

    fn page(ids: &[&str], cursor: &str, next: &str) -> Reply {
        let card = |id: &&str| {
            format!(
                r#"{{"id": "{id}", "title": "t", "text": "x", "category": "c", "link": null, "status": "active",
                "createdAt": "2026-03-02T08:00:00Z"}}"#
            )
        };
        let cards: Vec<String> = ids.iter().map(card).collect();
        let body = format!(
            r#"{{"cards": [{}], "cursor": "{cursor}", "next": {next}}}"#,
            cards.join(",")
        );
        Reply::json(200, body)
    }

    fn host(replies: Vec<Reply>) -> TestHost {
        let host = systems::testing::host();
        for reply in replies {
            host.on("cards", "GET /v1/cards", reply);
        }
        host
    }

    fn next(answer: &Response) -> String {
        answer.header("location").unwrap().to_owned()
    }

    #[test]
    fn the_first_call_starts_nothing_and_later_ones_what_is_new_the_newest_last() {
        let older = r#""/v1/cards?since=c-1&limit=100&before=b-1""#;
        let host = host(vec![
            page(&["old"], "c-1", "null"),
            page(&["4", "3"], "c-4", older),
            page(&["2"], "c-4", "null"),
        ]);
        let first = host.get::<WhenACardIsPublished>("/cards/new");
        assert_eq!(first.status(), 202);
        let second = host.get::<WhenACardIsPublished>(&next(&first));
        assert_eq!(second.status(), 200);
        let ids: Vec<String> = second.json::<Vec<Card>>().into_iter().map(|card| card.id).collect();
        assert_eq!(ids, ["2", "3", "4"]);
        let asked = host.requests("cards");
        assert_eq!(asked[2].request.uri().query(), Some("limit=100&since=c-1&before=b-1"));
        assert!(
            asked[1].request.headers()["x-signature"]
                .to_str()
                .unwrap()
                .starts_with("sha256=")
        );
    }

    #[test]
    fn a_cursor_that_is_too_old_starts_over_from_now() {
        let gone = Reply::json(410, "{}");
        let host = host(vec![
            page(&["old"], "c-1", "null"),
            gone,
            page(&["new"], "c-9", "null"),
            page(&[], "c-9", "null"),
        ]);
        let mut answer = host.get::<WhenACardIsPublished>("/cards/new");
        for _ in 0..2 {
            answer = host.get::<WhenACardIsPublished>(&next(&answer));
            assert_eq!(answer.status(), 202);
        }
        assert_eq!(
            host.requests("cards")[3].request.uri().query(),
            Some("limit=100&since=c-9")
        );
    }
}

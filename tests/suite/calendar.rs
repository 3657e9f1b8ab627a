//! GetMyCalendar: the connector asks Microsoft Graph on behalf of whoever calls.

use http::Request;
use midspan_sources::{Fault, System};
use midspan_tests::{Answer, Tier};

async fn calendar_of(tier: &Tier, token: &str) -> Answer {
    let request =
        Request::get("/me/calendar?from=2026-03-02&days=14").header("authorization", format!("Bearer {token}"));
    tier.client.send(request, "").await
}

fn token_of(tier: &Tier, number: u32) -> String {
    let employee = tier.sources.population().employee(number).expect("an employee");
    tier.sources.user_token(&employee)
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_sees_their_own_calendar() {
    let tier = Tier::start().await;
    let tokens = [7, 8].map(|number| token_of(&tier, number));
    for (number, token) in [(7, &tokens[0]), (8, &tokens[1]), (7, &tokens[0])] {
        let answer = calendar_of(&tier, token).await;
        assert_eq!(answer.status(), 200, "{}", answer.text());
        let from = "2026-03-02T00:00:00Z".parse().unwrap();
        let to = "2026-03-16T00:00:00Z".parse().unwrap();
        let events = tier.sources.population().events(number, from, to);
        let subjects: Vec<_> = events.iter().map(|event| event.subject.to_string()).collect();
        let json = answer.json();
        let shown = json["value"].as_array().expect("a list");
        let shown: Vec<_> = shown
            .iter()
            .map(|event| event["subject"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(shown, subjects);
        assert!(!shown.is_empty());
    }
    assert_eq!(
        tier.sources.count_of(System::Entra, "POST *"),
        2,
        "a token a user, kept in the store"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_not_signed_in_is_told_to() {
    let tier = Tier::start().await;
    let answer = tier.get("/me/calendar").await;
    assert_eq!((answer.status(), answer.error_code().as_str()), (401, "Unauthorized"));
    let made_up = Request::get("/me/calendar").header("authorization", "Bearer eyJhbGciOiJub25lIn0.e30.");
    let answer = tier.client.send(made_up, "").await;
    assert_eq!(
        (answer.status(), answer.error_code().as_str()),
        (401, "Unauthorized"),
        "{}",
        answer.text()
    );
    assert_eq!(tier.sources.count(System::Graph), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authorization_server_that_fails_is_named() {
    let tier = Tier::start().await;
    let token = token_of(&tier, 7);
    tier.sources.fault(System::Entra, "POST *", Fault::status(503));
    let answer = calendar_of(&tier, &token).await;
    assert_eq!(answer.status(), 502, "{}", answer.text());
    assert_eq!(answer.json()["error"]["source"], "graph");
}

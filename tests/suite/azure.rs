//! ListSubscriptions and ListResourceGroups: the connector itself asks Azure, with a token of Entra ID.

use midspan_sources::{CLIENT_SECRET, Fault, System};
use midspan_tests::Tier;

#[tokio::test(flavor = "multi_thread")]
async fn all_groups_of_a_subscription_come_in_pages_with_one_token() {
    let tier = Tier::start().await;
    let subscriptions = tier.get("/subscriptions").await.json();
    let id = subscriptions["value"][0]["subscriptionId"]
        .as_str()
        .expect("an id")
        .to_owned();
    let mut link = format!("/subscriptions/{id}/groups");
    let (mut names, mut pages) = (Vec::new(), 0);
    loop {
        let page = tier.get(&link).await.json();
        let groups = page["value"].as_array().expect("a list");
        names.extend(
            groups
                .iter()
                .map(|group| group["name"].as_str().expect("a name").to_owned()),
        );
        pages += 1;
        match page["nextLink"].as_str() {
            Some(next) => link = next.to_owned(),
            None => break,
        }
    }
    assert!(pages > 1, "{names:?}");
    let all = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), all, "no group twice");
    // The second operation finds the first one's in the store, unless it comes before that is written.
    let tokens = tier.sources.count_of(System::Entra, "POST *");
    assert!((1..=2).contains(&tokens), "{tokens}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_that_is_not_there_and_throttling_are_told_apart() {
    let tier = Tier::start().await;
    let answer = tier
        .get("/subscriptions/00000000-0000-0000-0000-000000000000/groups")
        .await;
    assert_eq!((answer.status(), answer.error_code().as_str()), (502, "SourceFailed"));
    assert_eq!(answer.json()["error"]["sourceStatus"], 404);
    tier.sources
        .fault(System::Azure, "*", Fault::status_retry_after(429, 17));
    let answer = tier.get("/subscriptions").await;
    assert_eq!(
        (answer.status(), answer.error_code().as_str()),
        (503, "SourceThrottled")
    );
    assert_eq!(answer.header("retry-after"), Some("17"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_registration_says_nothing_of_the_secret() {
    let tier = Tier::start().await;
    tier.sources.fault(System::Entra, "POST *", Fault::status(401));
    let answer = tier.get("/subscriptions").await;
    assert_eq!(answer.status(), 502, "{}", answer.text());
    assert_eq!(answer.json()["error"]["source"], "azure");
    assert!(!answer.text().contains(CLIENT_SECRET));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_was_revoked_is_renewed_once() {
    let tier = Tier::start().await;
    assert_eq!(tier.get("/subscriptions").await.status(), 200);
    tier.sources.revoke_tokens();
    assert_eq!(tier.get("/subscriptions").await.status(), 200);
    assert_eq!(tier.sources.count_of(System::Entra, "POST *"), 2);
    assert_eq!(
        tier.sources.count(System::Azure),
        3,
        "with the old token, refused, with the new one"
    );
}

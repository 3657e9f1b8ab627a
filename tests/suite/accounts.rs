//! SearchAccounts: a join over many rows, in a handful of calls.

use midspan_sources::{Fault, System};
use midspan_tests::Tier;

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_accounts_with_their_contacts_take_a_handful_of_calls() {
    let tier = Tier::start().await;
    let answer = tier.get("/accounts?text=co&top=200").await;
    assert_eq!(answer.status(), 200, "{}", answer.text());
    let json = answer.json();
    let accounts = json["value"].as_array().expect("a list");
    assert!(accounts.len() > 100, "{}", accounts.len());
    let with_contact = accounts
        .iter()
        .filter(|account| account["contact"]["name"].is_string())
        .count();
    assert!(with_contact > 50, "{with_contact}");
    assert!(
        tier.sources.count(System::Dataverse) <= 5,
        "{}",
        tier.sources.count(System::Dataverse)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn contacts_that_do_not_come_fail_the_search_and_nothing_is_made_up() {
    let tier = Tier::start().await;
    tier.sources.fault(System::Dataverse, "*/contacts", Fault::InvalidJson);
    let answer = tier.get("/accounts?text=co").await;
    assert_eq!((answer.status(), answer.error_code().as_str()), (502, "SourceInvalid"));
}

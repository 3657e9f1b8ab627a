//! ListNews: pages that lead to one another.

use midspan_sources::{Population, System};
use midspan_tests::Tier;

#[tokio::test(flavor = "multi_thread")]
async fn following_the_next_links_gives_every_item_once_the_newest_first() {
    let tier = Tier::start().await;
    let mut next = Some("/news?top=100".to_owned());
    let mut ids = Vec::new();
    while let Some(url) = next {
        let page = tier.get(&url).await.json();
        ids.extend(
            page["value"]
                .as_array()
                .unwrap()
                .iter()
                .filter_map(|item| item["id"].as_u64()),
        );
        next = page["nextLink"].as_str().map(Into::into);
    }
    let expected: Vec<u64> = (1..=u64::from(Population::NEWS)).rev().collect();
    assert_eq!(ids, expected);
    assert_eq!(tier.sources.count(System::SharePoint), 30);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_link_leads_through_the_gateway_where_the_request_came_through_one() {
    let tier = Tier::start().await;
    let prefix = "https://unitedstates-002.azure-apim.net/apim/suite/shared";
    let request = http::Request::get("/news?top=2").header("x-ms-apim-referrer-prefix", prefix);
    let page = tier.client.send(request, "").await.json();
    let next = page["nextLink"].as_str().unwrap();
    assert!(next.starts_with(&format!("{prefix}/news?top=2&after=")), "{next}");
    let direct = tier.get("/news?top=2").await.json();
    let base = tier.client.base();
    let next = direct["nextLink"].as_str().unwrap();
    assert!(next.starts_with(&format!("{base}/news?top=2&after=")), "{next}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_position_that_was_made_up_can_not_reach_another_address() {
    let tier = Tier::start().await;
    let answer = tier
        .get("/news?after=http%3A%2F%2F127.0.0.1%3A1%2F%26%24top%3D5000")
        .await;
    assert_eq!(answer.status(), 400, "{}", answer.text());
    assert_eq!(answer.error_code(), "BadInput");
    assert_eq!(answer.json()["error"]["target"], "after");
    assert_eq!(tier.sources.count(System::SharePoint), 0);
}

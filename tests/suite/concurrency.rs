//! Many callers at once.

use futures::{StreamExt, stream};
use midspan_sources::System;
use midspan_tests::Tier;

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_concurrent_callers_each_get_their_own_view() {
    const CALLERS: u32 = 1000;
    let tier = Tier::start().await;
    let wrong: Vec<String> = stream::iter(1..=CALLERS)
        .map(|number| {
            let client = tier.client.clone();
            async move {
                let answer = client.get(&format!("/home/E{number:06}?news=1")).await;
                let expected = format!("E{number:06}");
                let right = answer.status() == 200 && answer.json()["profile"]["employeeId"] == expected.as_str();
                (!right).then(|| format!("{expected}: {} {}", answer.status(), answer.text()))
            }
        })
        .buffer_unordered(CALLERS as usize)
        .filter_map(std::future::ready)
        .collect()
        .await;
    assert!(wrong.is_empty(), "{} of {CALLERS}: {:?}", wrong.len(), wrong.first());
    assert_eq!(tier.sources.count(System::Graph), u64::from(CALLERS));
}

//! Many callers at once, and one that does harm.

use futures::{StreamExt, stream};
use http::Request;
use midspan_sources::System;
use midspan_tests::{Answer, Client, Tier};

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_concurrent_callers_each_get_their_own_answer() {
    const CALLERS: u32 = 1000;
    let tier = Tier::start_test_operations().await;
    let names: Vec<String> = (1..=CALLERS)
        .filter_map(|number| Some(tier.sources.population().employee(number)?.display_name()))
        .collect();
    let wrong: Vec<String> = stream::iter(1..=CALLERS)
        .map(|number| look_up(tier.client.clone(), number))
        .buffer_unordered(CALLERS as usize)
        .filter_map(|(number, answer)| {
            let right = answer.status() == 200 && answer.json()["name"] == names[number as usize - 1].as_str();
            std::future::ready((!right).then(|| format!("{number}: {} {}", answer.status(), answer.text())))
        })
        .collect()
        .await;
    assert!(wrong.is_empty(), "{} of {CALLERS}: {:?}", wrong.len(), wrong.first());
    assert_eq!(tier.sources.count(System::Graph), u64::from(CALLERS));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_component_that_traps_gives_a_5xx_and_harms_no_other() {
    let tier = Tier::start_test_operations().await;
    let others = stream::iter(1..=50).map(|number| look_up(tier.client.clone(), number));
    let traps = stream::iter(0..10).map(|_| tier.get("/probe/trap"));
    let (others, traps) = futures::join!(
        others.buffer_unordered(10).collect::<Vec<_>>(),
        traps.buffer_unordered(5).collect::<Vec<_>>(),
    );
    for (number, answer) in others {
        assert_eq!(answer.status(), 200, "{number}: {}", answer.text());
    }
    for answer in traps {
        assert_eq!(answer.status(), 500, "{}", answer.text());
        assert!(!answer.text().contains("wasm"), "{}", answer.text());
    }
    assert_eq!(tier.get("/probe/hello").await.text(), "hello");
}

async fn look_up(client: Client, number: u32) -> (u32, Answer) {
    let body = format!(r#"{{"employeeId": "E{number:06}", "days": [1]}}"#);
    let request = Request::post("/patient").header("content-type", "application/json");
    (number, client.send(request, body).await)
}

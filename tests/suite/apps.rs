//! ListApps: what somebody can open.

use midspan_tests::Tier;

#[tokio::test(flavor = "multi_thread")]
async fn everybody_sees_the_shared_apps_and_their_own() {
    let tier = Tier::start().await;
    let shared = count(&tier.get("/apps").await.json());
    assert!(shared > 0);
    let mut most = 0;
    for number in 1..20 {
        let employee = tier.sources.population().employee(number).unwrap();
        let request = http::Request::get("/apps").header(
            "authorization",
            format!("Bearer {}", tier.sources.user_token(&employee)),
        );
        let answer = tier.client.send(request, "").await;
        assert_eq!(answer.status(), 200, "{}", answer.text());
        most = most.max(count(&answer.json()));
    }
    assert!(most > shared, "nobody has an app of their own: {most}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_is_flat_and_can_be_opened() {
    let tier = Tier::start().await;
    let apps = tier.get("/apps").await.json();
    let app = &apps["value"][0];
    assert!(app["url"].as_str().unwrap().starts_with("https://"), "{app}");
    assert!(!app["name"].as_str().unwrap().is_empty(), "{app}");
}

fn count(apps: &serde_json::Value) -> usize {
    apps["value"].as_array().map_or(0, Vec::len)
}

//! What the embedded host refuses before a component sees it. Spin has other limits and other texts.

use midspan_host::Limits;
use midspan_tests::{Tier, is_spin};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_large_is_refused_with_its_own_code() {
    if is_spin() {
        return;
    }
    let limits = Limits {
        url: 200,
        header_bytes: 2_000,
        request_body: 1_000,
        ..Limits::default()
    };
    let tier = Tier::start_with("spin.toml", limits).await;
    let long = "x".repeat(3_000);
    let answer = tier.get(&format!("/news?after={long}")).await;
    assert_eq!((answer.status(), answer.error_code().as_str()), (414, "UriTooLong"));
    let answer = tier
        .client
        .send(http::Request::get("/news").header("x-long", &long), "")
        .await;
    assert_eq!(
        (answer.status(), answer.error_code().as_str()),
        (431, "HeadersTooLarge")
    );
    let answer = tier.client.send(http::Request::post("/news"), long).await;
    assert_eq!((answer.status(), answer.error_code().as_str()), (413, "BodyTooLarge"));
    assert_eq!(tier.get("/news").await.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_path_without_an_operation_is_a_404_of_the_contract() {
    if is_spin() {
        return;
    }
    let tier = Tier::start().await;
    let answer = tier.get("/payroll").await;
    assert_eq!((answer.status(), answer.error_code().as_str()), (404, "NotFound"));
}

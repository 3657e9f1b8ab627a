//! One component, several operations of one path.

use http::{Method, Request};
use midspan_definition::read;
use midspan_tests::{Tier, component_file};

#[tokio::test(flavor = "multi_thread")]
async fn the_method_says_which_operation_of_the_path_answers() {
    let tier = Tier::start_test_operations().await;
    let send = async |method: Method, body: &'static str| {
        let request = Request::builder().method(method).uri("/colours/red");
        tier.client.send(request, body).await
    };
    assert_eq!(send(Method::GET, "").await.json()["code"], "red");
    let kept = send(Method::PUT, r##"{"code": "#f00"}"##).await;
    assert_eq!((kept.status(), kept.json()["code"].as_str()), (201, Some("#f00")));
    assert!(
        kept.header("location")
            .is_some_and(|location| location.ends_with("/colours/red"))
    );
    assert_eq!(send(Method::DELETE, "").await.status(), 204);
    let refused = send(Method::PATCH, "{}").await;
    assert_eq!(
        (refused.status(), refused.header("allow")),
        (405, Some("GET, PUT, DELETE"))
    );
}

#[test]
fn a_component_of_several_operations_carries_all_their_descriptions() {
    let component = std::fs::read(component_file("test-colours")).expect("the component is built");
    let descriptions = read::descriptions(&component).expect("it has descriptions");
    let mut ids: Vec<_> = descriptions
        .iter()
        .map(|description| description["id"].as_str())
        .collect();
    ids.sort_unstable();
    assert_eq!(ids, [Some("ForgetColour"), Some("GetColour"), Some("KeepColour")]);
}

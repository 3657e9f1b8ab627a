//! GetPhoto: a picture, as it is.

use midspan_sources::{Fault, System};
use midspan_tests::Tier;

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_is_a_picture_with_its_entity_tag() {
    let tier = Tier::start().await;
    let people = tier.sources.population();
    let with = (1..=100_000)
        .filter_map(|number| people.employee(number))
        .find(|one| one.has_photo);
    let answer = tier.get(&format!("/people/{}/photo", with.unwrap().id)).await;
    assert_eq!(answer.status(), 200, "{}", answer.text());
    assert_eq!(answer.header("content-type"), Some("image/png"));
    assert!(answer.header("etag").is_some());
    assert!(answer.body().starts_with(b"\x89PNG\r\n\x1a\n"));
    assert!(answer.body().ends_with(b"IEND\xae\x42\x60\x82"), "the whole picture");
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_without_a_photo_and_a_source_that_fails_are_told_apart() {
    let tier = Tier::start().await;
    let people = tier.sources.population();
    let mut without = (1..=100_000)
        .filter_map(|number| people.employee(number))
        .filter(|one| !one.has_photo);
    let mut path = || format!("/people/{}/photo", without.next().expect("somebody").id);
    let answer = tier.get(&path()).await;
    assert_eq!((answer.status(), answer.error_code().as_str()), (404, "NotFound"));

    tier.sources.fault(System::Graph, "*/photo/$value", Fault::status(500));
    let another = path();
    let answer = tier.get(&another).await;
    assert_eq!((answer.status(), answer.error_code().as_str()), (502, "SourceFailed"));
    assert_eq!(answer.header("content-type"), Some("application/json"));

    tier.sources.clear_faults();
    tier.sources
        .fault(System::Graph, "*/photo/$value", Fault::Truncate { after: 20 });
    let answer = tier.get(&another).await;
    assert_eq!(
        (answer.status(), answer.error_code().as_str()),
        (502, "SourceUnreachable")
    );
}

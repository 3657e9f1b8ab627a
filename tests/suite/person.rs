//! GetPerson: one colleague.

use midspan_tests::Tier;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_found_by_name_and_by_id_with_the_manager() {
    let tier = Tier::start().await;
    let people = tier.sources.population();
    let employee = people.employee(4711).unwrap();
    let manager = people.employee(employee.manager.unwrap()).unwrap();
    for key in [employee.mail(), employee.id.to_string()] {
        let person = tier.get(&format!("/people/{key}")).await.json();
        assert_eq!(person["displayName"], employee.display_name().as_str(), "{person}");
        assert_eq!(
            person["manager"],
            json!({"id": manager.id.to_string(), "displayName": manager.display_name(), "mail": manager.mail()})
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_head_of_the_company_has_no_manager() {
    let tier = Tier::start().await;
    let head = tier.sources.population().employee(1).unwrap();
    let person = tier.get(&format!("/people/{}", head.id)).await.json();
    assert_eq!(person["employeeId"], "E000001");
    assert_eq!(person["manager"], json!(null));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_of_that_name_is_a_404() {
    let tier = Tier::start().await;
    let answer = tier.get("/people/nobody@contoso.example").await;
    assert_eq!((answer.status(), answer.error_code().as_str()), (404, "NotFound"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_can_not_climb_to_another_resource() {
    let tier = Tier::start().await;
    for (path, status) in [
        ("/people/..%2Fgroups", 400),
        ("/people/x%2F..%2F..%2Fgroups", 400),
        ("/people/x%2Fphoto%2F%24value", 404),
        ("/people/x%3F%24top=1", 404),
    ] {
        let answer = tier.get(path).await;
        assert_eq!(answer.status(), status, "{path}: {}", answer.text());
    }
    let reached: Vec<_> = tier.sources.requests(midspan_sources::System::Graph);
    let paths: Vec<&str> = reached.iter().map(|request| request.path.as_str()).collect();
    assert_eq!(paths, ["/v1.0/users/x/photo/$value", "/v1.0/users/x?$top=1"]);
}

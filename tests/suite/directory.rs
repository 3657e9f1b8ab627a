//! SearchDirectory and GetColleague: a GraphQL service.

use midspan_sources::{Fault, System};
use midspan_tests::Tier;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn walking_a_search_by_its_links_meets_everybody_once() {
    let tier = Tier::start().await;
    let (mut link, mut found) = ("/directory?name=Jos%C3%A9%20Mu&top=30".to_owned(), Vec::new());
    loop {
        let answer = tier.get(&link).await;
        assert_eq!(answer.status(), 200, "{}", answer.text());
        let page = answer.json();
        let people = page["value"].as_array().expect("people").iter();
        found.extend(people.map(|person| person["employeeId"].as_str().expect("a number").to_owned()));
        match page["nextLink"].as_str() {
            Some(next) => link = next.to_owned(),
            None => break,
        }
    }
    let everybody = tier.sources.population().employees();
    let expected = everybody.filter(|employee| employee.display_name().starts_with("José Mu"));
    assert!(found.len() > 30);
    assert_eq!(
        found,
        expected.map(|employee| employee.employee_id()).collect::<Vec<_>>()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_colleague_comes_with_team_and_manager_and_without_what_may_not_be_seen() {
    let tier = Tier::start().await;
    let leader = tier.get("/directory/E000042").await.json();
    assert_eq!(leader["manager"]["employeeId"], "E000006");
    assert_eq!(leader["team"].as_array().map(Vec::len), Some(8));
    assert_eq!(
        (&leader["salary"], &leader["missing"]),
        (&Value::Null, &json!(["person.salary"]))
    );
    let other = tier.get("/directory/E099999").await.json();
    assert!(other["salary"].as_f64().is_some_and(|salary| salary > 0.0));
    assert_eq!(other["missing"], json!([]));
    let nobody = tier.get("/directory/E999999").await;
    assert_eq!((nobody.status(), nobody.error_code().as_str()), (404, "NotFound"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_is_sent_once_and_then_only_its_hash() {
    let tier = Tier::start().await;
    for number in [42, 43] {
        assert_eq!(tier.get(&format!("/directory/E{number:06}")).await.status(), 200);
    }
    let asked = tier.sources.requests(System::Directory);
    let methods: Vec<&str> = asked.iter().map(|request| request.method.as_str()).collect();
    let with_query = asked
        .iter()
        .filter(|request| request.query.contains("query=") || request.body.contains("\"query\":\"query"));
    assert_eq!(with_query.count(), 1, "{methods:?}");
    assert_eq!(asked.len(), 3, "the hash, the query, the hash");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_throttles_is_asked_again_or_named() {
    let tier = Tier::start().await;
    tier.sources.fault(System::Directory, "*", Fault::fail_first(1, 503));
    assert_eq!(tier.get("/directory?name=A&top=1").await.status(), 200);
    tier.sources.clear_faults();
    tier.sources
        .fault(System::Directory, "*", Fault::status_retry_after(429, 30));
    let answer = tier.get("/directory?name=B&top=1").await;
    assert_eq!(answer.error_code(), "SourceThrottled");
    assert_eq!(answer.header("retry-after"), Some("30"));
}

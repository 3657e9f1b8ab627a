//! GetHome: one view from eight systems.

use midspan_sources::System;
use midspan_tests::Tier;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn the_home_view_shows_what_the_systems_hold() {
    let tier = Tier::start().await;
    let answer = tier.get("/home/E000042?news=3").await;
    assert_eq!(answer.status(), 200, "{}", answer.text());
    let view = answer.json();

    let people = tier.sources.population();
    let employee = people.employee(42).unwrap();
    assert_eq!(
        view["profile"],
        json!({
            "id": employee.id.to_string(),
            "employeeId": "E000042",
            "displayName": employee.display_name(),
            "givenName": employee.given_name,
            "jobTitle": employee.job_title,
            "department": employee.department,
            "officeLocation": employee.office(),
            "mail": employee.mail(),
        })
    );
    assert_eq!(view["news"]["status"], "fresh", "{view}");
    assert_eq!(ids(&view["news"]["value"]), [3000, 2999, 2998]);
    assert_eq!(view["apps"]["status"], "fresh", "{view}");
    assert!(!view["apps"]["value"].as_array().unwrap().is_empty(), "{view}");
    assert_eq!(view["tasks"]["status"], "fresh", "{view}");
    let leave = people.leave(42, 2026);
    assert_eq!(
        view["leave"]["value"]["remaining"],
        f64::from(leave.remaining()) / 2.0,
        "{view}"
    );
    assert_eq!(view["cards"]["value"].as_array().map(Vec::len), Some(5), "{view}");
    assert_eq!(view["team"]["value"].as_array().map(Vec::len), Some(8), "{view}");
    for system in [
        System::Graph,
        System::SharePoint,
        System::PowerApps,
        System::Dataverse,
        System::Payroll,
        System::Cards,
        System::Directory,
    ] {
        assert_eq!(tier.sources.count(system), 1, "{system}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_calendar_is_that_of_whoever_has_signed_in() {
    let tier = Tier::start().await;
    let employee = tier.sources.population().employee(42).unwrap();
    let token = format!("Bearer {}", tier.sources.user_token(&employee));
    let signed_in = http::Request::get("/home/E000042").header("authorization", token);
    let view = tier.client.send(signed_in, "").await.json();
    assert_eq!(view["calendar"]["status"], "fresh", "{view}");
    let anybody = tier.get("/home/E000042").await.json();
    assert_eq!(anybody["calendar"]["status"], "missing", "{anybody}");
    assert_eq!(anybody["calendar"]["code"], "Unauthorized", "{anybody}");
    assert_eq!(anybody["leave"]["status"], "fresh", "{anybody}");
}

#[tokio::test(flavor = "multi_thread")]
async fn open_tasks_are_the_employees_own_the_first_due_first() {
    let tier = Tier::start().await;
    let population = tier.sources.population();
    for number in [1, 42, 99_999] {
        let view = tier.get(&format!("/home/E{number:06}")).await.json();
        let mut subjects: Vec<String> = texts(&view["tasks"]["value"], "subject");
        let mut expected: Vec<String> = population
            .tasks(number)
            .into_iter()
            .filter(|task| task.state == midspan_sources::TaskState::Open)
            .map(|task| task.subject())
            .collect();
        let due: Vec<String> = texts(&view["tasks"]["value"], "due");
        assert!(due.is_sorted(), "{due:?}");
        subjects.sort();
        expected.sort();
        assert_eq!(subjects, expected, "employee {number}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_employee_who_does_not_exist_is_a_404_that_names_the_field() {
    let tier = Tier::start().await;
    let answer = tier.get("/home/E999999").await;
    assert_eq!(answer.status(), 404);
    assert_eq!(answer.error_code(), "NotFound");
    assert_eq!(answer.json()["error"]["target"], "employee_id");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_with_a_token_sees_the_apps_that_are_their_own() {
    let tier = Tier::start().await;
    let employee = tier.sources.population().employee(42).unwrap();
    let own = http::Request::get("/home/E000042").header(
        "authorization",
        format!("Bearer {}", tier.sources.user_token(&employee)),
    );
    let with_token = tier.client.send(own, "").await.json();
    let without = tier.get("/home/E000042").await.json();
    let count = |view: &Value| view["apps"]["value"].as_array().map_or(0, Vec::len);
    assert!(count(&with_token) >= count(&without), "{with_token}");
    let sent = tier.sources.requests(System::PowerApps);
    assert_ne!(sent[0].header("authorization"), sent[1].header("authorization"));
    let to_graph = tier.sources.requests(System::Graph);
    assert_eq!(
        to_graph[0].header("authorization"),
        Some("Bearer service-principal"),
        "only a source that is declared to takes the caller's token"
    );
}

fn ids(items: &Value) -> Vec<u64> {
    let items = items.as_array().expect("a list");
    items.iter().filter_map(|item| item["id"].as_u64()).collect()
}

fn texts(items: &Value, field: &str) -> Vec<String> {
    let items = items.as_array().expect("a list");
    items
        .iter()
        .filter_map(|item| item[field].as_str().map(Into::into))
        .collect()
}

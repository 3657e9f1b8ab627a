//! ListTasks and CompleteTask: pages of tasks, and one that is done unless it was changed in the meantime.

use http::Request;
use midspan_sources::{Fault, System};
use midspan_tests::{Answer, Tier};
use serde_json::{Value, json};

/// Somebody with more than two open tasks, and all of them.
async fn busy_employee(tier: &Tier) -> (String, Vec<Value>) {
    for number in 1.. {
        let employee = format!("E{number:06}");
        let list = tier.get(&format!("/employees/{employee}/tasks?top=100")).await.json();
        let tasks = list["value"].as_array().expect("a list").clone();
        if tasks.len() > 2 {
            return (employee, tasks);
        }
    }
    unreachable!("there is somebody with much to do")
}

async fn complete(tier: &Tier, task: &Value, version: &Value) -> Answer {
    let path = format!("/tasks/{}/complete", task["id"].as_str().expect("an id"));
    let request = Request::post(path).header("content-type", "application/json");
    tier.client
        .send(request, json!({ "version": version }).to_string())
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn tasks_come_in_pages_that_lead_to_each_other() {
    let tier = Tier::start().await;
    let (employee, all) = busy_employee(&tier).await;
    let mut link = format!("/employees/{employee}/tasks?top=2");
    let mut seen = Vec::new();
    loop {
        let page = tier.get(&link).await.json();
        let tasks = page["value"].as_array().expect("a list");
        assert!((1..=2).contains(&tasks.len()), "{page}");
        seen.extend(tasks.iter().cloned());
        match page["nextLink"].as_str() {
            Some(next) => link = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(seen, all);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_completed_task_is_done_and_its_old_version_completes_nothing() {
    let tier = Tier::start().await;
    let (employee, tasks) = busy_employee(&tier).await;
    let done = complete(&tier, &tasks[0], &tasks[0]["version"]).await;
    assert_eq!((done.status(), done.text().as_str()), (204, ""));
    let left = tier.get(&format!("/employees/{employee}/tasks?top=100")).await.json();
    assert_eq!(left["value"], json!(tasks[1..]));

    let again = complete(&tier, &tasks[0], &tasks[0]["version"]).await;
    assert_eq!((again.status(), again.error_code().as_str()), (409, "Conflict"));
    assert_eq!(again.json()["error"]["source"], "dataverse");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_may_have_taken_effect_is_not_sent_twice() {
    let tier = Tier::start().await;
    let (_, tasks) = busy_employee(&tier).await;
    tier.sources
        .fault(System::Dataverse, "PATCH *", Fault::status_retry_after(503, 0));
    let answer = complete(&tier, &tasks[0], &tasks[0]["version"]).await;
    assert_eq!((answer.status(), answer.error_code().as_str()), (502, "SourceFailed"));
    assert_eq!(tier.sources.count_of(System::Dataverse, "PATCH *"), 1);

    tier.sources.clear_faults();
    tier.sources.fault(System::Dataverse, "PATCH *", Fault::Hang);
    let answer = complete(&tier, &tasks[0], &tasks[0]["version"]).await;
    assert_eq!((answer.status(), answer.error_code().as_str()), (502, "SourceTimeout"));
    assert!(
        answer.json()["message"]
            .as_str()
            .is_some_and(|text| text.contains("Look whether it took effect"))
    );
    assert_eq!(tier.sources.count_of(System::Dataverse, "PATCH *"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_throttled_list_passes_the_wait_on() {
    let tier = Tier::start().await;
    tier.sources
        .fault(System::Dataverse, "*/tasks", Fault::status_retry_after(429, 30));
    let answer = tier.get("/employees/E000042/tasks").await;
    assert_eq!(
        (answer.status(), answer.error_code().as_str()),
        (503, "SourceThrottled")
    );
    assert_eq!(answer.header("retry-after"), Some("30"));
}

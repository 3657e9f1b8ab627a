//! What the reference connector keeps in the shared cache, for whom, and what its writes take back.

use http::Request;
use midspan_sources::{Employee, Fault, System};
use midspan_tests::{Answer, Tier};
use serde_json::{Value, json};

/// Somebody who has signed in.
struct User {
    employee: Employee,
    authorization: String,
}

impl User {
    fn of(tier: &Tier, number: u32) -> Self {
        let employee = tier.sources.population().employee(number).expect("there is one");
        let authorization = format!("Bearer {}", tier.sources.user_token(&employee));
        Self {
            employee,
            authorization,
        }
    }

    async fn get(&self, tier: &Tier, path: &str) -> Answer {
        let request = Request::get(path).header("authorization", &self.authorization);
        tier.client.send(request, "").await
    }

    async fn post(&self, tier: &Tier, path: &str, body: &Value) -> Answer {
        let request = Request::post(path).header("authorization", &self.authorization);
        let request = request.header("content-type", "application/json");
        tier.client.send(request, body.to_string()).await
    }

    fn own(&self, what: &str) -> String {
        format!("/employees/{}/{what}", self.employee.employee_id())
    }
}

fn status(answer: &Answer) -> &str {
    answer.header("cache-status").unwrap_or_default()
}

/// The sources that the cache answered for.
fn hits(answer: &Answer) -> Vec<&str> {
    let members = status(answer).split(", ").filter(|member| member.contains("; hit"));
    members
        .map(|member| member.split(';').next().unwrap_or_default())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn news_are_read_once_for_all_and_stand_in_for_a_site_that_is_down() {
    let tier = Tier::start().await;
    let first = tier.get("/news?top=3").await;
    assert!(
        status(&first).starts_with("sharepoint; fwd=uri-miss; fwd-status=200; ttl="),
        "{}",
        status(&first)
    );
    assert_eq!(
        first.header("cache-control"),
        Some("private, max-age=60"),
        "whoever reads them has to say who they are"
    );
    tier.sources.fault(System::SharePoint, "*", Fault::status(503));
    let again = User::of(&tier, 7).get(&tier, "/news?top=3").await;
    assert!(
        status(&again).starts_with("sharepoint; hit; ttl="),
        "{}",
        status(&again)
    );
    assert_eq!(again.json(), first.json());
    let tag = first.header("etag").expect("a tag");
    let same = tier
        .client
        .send(Request::get("/news?top=3").header("if-none-match", tag), "")
        .await;
    assert_eq!((same.status(), same.text().as_str()), (304, ""));
    assert_eq!(tier.sources.count(System::SharePoint), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gets_what_was_kept_for_somebody_else() {
    let tier = Tier::start().await;
    let users = [42, 43, 44].map(|number| User::of(&tier, number));
    let mut first = Vec::new();
    for user in &users {
        let view = user.get(&tier, &format!("/home/{}", user.employee.employee_id())).await;
        first.push((
            user.get(&tier, "/apps").await.json(),
            user.get(&tier, "/me/calendar").await.json(),
            view.json(),
        ));
    }
    tier.sources.reset_counts();
    for _ in 0..3 {
        for (user, (apps, calendar, view)) in users.iter().zip(&first) {
            assert_eq!(&user.get(&tier, "/apps").await.json(), apps);
            assert_eq!(
                &user.get(&tier, "/me/calendar").await.json()["value"][0],
                &calendar["value"][0]
            );
            let again = user
                .get(&tier, &format!("/home/{}", user.employee.employee_id()))
                .await
                .json();
            assert_eq!(again["tasks"], view["tasks"]);
            assert_eq!(again["leave"], view["leave"]);
        }
    }
    assert_eq!(tier.sources.count(System::PowerApps), 0, "each had asked already");
    assert_eq!(tier.sources.count(System::Payroll), 0);
    let asked = tier.sources.count(System::Dataverse);
    let other = users[0].get(&tier, &users[1].own("tasks")).await;
    assert_eq!((other.status(), other.error_code().as_str()), (403, "Forbidden"));
    assert_eq!(tier.sources.count(System::Dataverse), asked);
    // Who may see what is another's is not told what that one was.
    let other = tier.get(&users[1].own("tasks")).await;
    assert!(
        status(&other).starts_with("dataverse; fwd=uri-miss"),
        "{}",
        status(&other)
    );
    assert_eq!(other.header("cache-control"), Some("private, max-age=60"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_home_screen_of_somebody_who_comes_again_asks_no_source() {
    let tier = Tier::start().await;
    let user = User::of(&tier, 42);
    assert!(hits(&user.get(&tier, "/home/E000042").await).is_empty());
    for system in System::ALL {
        tier.sources.fault(system, "*", Fault::status(500));
    }
    let again = user.get(&tier, "/home/E000042").await;
    let view = again.json();
    let mut hits = hits(&again);
    hits.sort_unstable();
    // The calendar is asked for from this minute on, which may be another one by now.
    hits.retain(|source| *source != "graph");
    assert_eq!(
        hits,
        ["cards", "dataverse", "directory", "payroll", "powerapps", "sharepoint"]
    );
    for part in ["news", "apps", "tasks", "leave", "cards", "team"] {
        assert_eq!(view[part]["status"], "fresh", "{part}");
    }
    assert_eq!(view["profile"]["employeeId"], "E000042");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_is_done_is_gone_from_what_was_kept_of_its_owner() {
    let tier = Tier::start().await;
    let (user, first) = busy_user(&tier).await;
    let kept = user.get(&tier, &user.own("tasks")).await;
    assert!(status(&kept).starts_with("dataverse; hit"), "{}", status(&kept));
    let task = &first["value"][0];
    let path = format!("/tasks/{}/complete", task["id"].as_str().expect("an id"));
    let colleague = User::of(&tier, user.employee.number % 100 + 1);
    let version = json!({ "version": task["version"] });
    let refused = colleague.post(&tier, &path, &version).await;
    assert_eq!(refused.status(), 403, "{}", refused.text());
    // A program that may act for all does it for them.
    let done = Request::post(&path).header("content-type", "application/json");
    let done = tier.client.send(done, version.to_string()).await;
    assert_eq!(done.status(), 204, "{}", done.text());
    let after = user.get(&tier, &user.own("tasks")).await.json();
    let ids = |list: &Value| -> Vec<Value> {
        list["value"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|task| task["id"].clone())
            .collect()
    };
    assert!(
        ids(&first).contains(&task["id"]) && !ids(&after).contains(&task["id"]),
        "{after}"
    );
}

async fn busy_user(tier: &Tier) -> (User, Value) {
    for number in 1.. {
        let user = User::of(tier, number);
        let list = user.get(tier, &user.own("tasks")).await.json();
        if list["value"].as_array().is_some_and(|tasks| !tasks.is_empty()) {
            return (user, list);
        }
    }
    unreachable!("there is somebody with something to do")
}

#[tokio::test(flavor = "multi_thread")]
async fn leave_that_is_asked_for_takes_back_the_balance_that_was_kept() {
    let tier = Tier::start().await;
    let user = User::of(&tier, 42);
    let before = user.get(&tier, &user.own("leave")).await.json();
    let kept = user.get(&tier, &user.own("leave")).await;
    assert!(status(&kept).starts_with("payroll; hit"), "{}", status(&kept));
    let leave = json!({"from": "2026-07-06", "to": "2026-07-06", "kind": "vacation"});
    let asked = user.post(&tier, &user.own("leave/requests"), &leave).await;
    assert_eq!(asked.status(), 202, "{}", asked.text());
    let after = user.get(&tier, &user.own("leave")).await.json();
    let left = |balance: &Value| balance["remaining"].as_f64().expect("a number");
    assert!(left(&after) < left(&before), "{after}");
}

//! Each route over real HTTP: it answers, its pages end, and the same seed answers the same bytes.

use anyhow::Result;
use midspan_sources::{Options, Population, Sources, System, TaskState, token_for};

use crate::client::{Client, TOKEN};

const NEWS: &str = "/sites/intranet/_api/web/lists/getbytitle(%27News%27)/items";
const APPS: &str = "/providers/Microsoft.PowerApps/apps?api-version=2016-11-01";
const NO_METADATA: (&str, &str) = ("accept", "application/json;odata=nometadata");

/// Every route there is, with the content type that it answers.
const ROUTES: &[(System, &str, &str)] = &[
    (System::Graph, "/v1.0/users?$top=3", "application/json"),
    (System::Graph, "/v1.0/users/e000042@contoso.example", "application/json"),
    (
        System::Graph,
        "/v1.0/users/e000042@contoso.example/manager",
        "application/json",
    ),
    (
        System::Graph,
        "/v1.0/users/e000042@contoso.example/photo/$value",
        "image/png",
    ),
    (
        System::Graph,
        "/v1.0/users/e000042@contoso.example/calendarView?startDateTime=2026-03-02&endDateTime=2026-03-09",
        "application/json",
    ),
    (System::SharePoint, NEWS, "application/atom+xml"),
    (
        System::SharePoint,
        "/sites/intranet/_api/web/lists/getbytitle(%27News%27)/items(17)",
        "application/atom+xml",
    ),
    (System::PowerApps, APPS, "application/json"),
    (System::Dataverse, "/api/data/v9.2/tasks?$top=3", "application/json"),
    (
        System::Dataverse,
        "/api/data/v9.2/accounts?$top=3&$expand=primarycontactid",
        "application/json",
    ),
    (System::Dataverse, "/api/data/v9.2/contacts?$top=3", "application/json"),
    (
        System::Entra,
        "/contoso.example/v2.0/.well-known/openid-configuration",
        "application/json",
    ),
    (System::Payroll, "/LeaveService.svc?wsdl", "text/xml"),
    (
        System::Directory,
        "/graphql?query=%7Bperson(id:%22E000042%22)%7BdisplayName%7D%7D",
        "application/json",
    ),
];

#[tokio::test]
async fn every_route_answers_and_is_counted() -> Result<()> {
    let sources = Sources::start(Options::default()).await?;
    let client = Client::new();
    for (system, target, content_type) in ROUTES {
        let response = client.get(&format!("{}{target}", sources.url(*system)), &[]).await?;
        assert_eq!(response.status(), 200, "{target}");
        let found = response.headers()["content-type"].to_str()?;
        assert!(found.starts_with(content_type), "{target}: {found}");
    }
    for system in System::ALL {
        let routes = ROUTES.iter().filter(|(of, ..)| *of == system).count();
        assert_eq!(sources.count(system), routes as u64, "{system}");
    }
    assert_eq!(sources.count_of(System::Graph, "GET /v1.0/users/*"), 4);
    Ok(())
}

#[tokio::test]
async fn one_app_and_one_task_are_found_by_the_ids_of_their_lists() -> Result<()> {
    let sources = Sources::start(Options::default()).await?;
    let client = Client::new();
    let apps = client
        .json(&format!("{}{APPS}", sources.url(System::PowerApps)), &[])
        .await?;
    let id = apps["value"][0]["id"].as_str().unwrap_or_default();
    let app = client
        .json(
            &format!("{}{id}?api-version=2016-11-01", sources.url(System::PowerApps)),
            &[],
        )
        .await?;
    assert_eq!(app, apps["value"][0]);

    let dataverse = sources.url(System::Dataverse);
    let tasks = client
        .json(&format!("{dataverse}/api/data/v9.2/tasks?$top=1"), &[])
        .await?;
    let id = tasks["value"][0]["activityid"].as_str().unwrap_or_default();
    let task = client
        .json(&format!("{dataverse}/api/data/v9.2/tasks({id})"), &[])
        .await?;
    assert_eq!(task["subject"], tasks["value"][0]["subject"]);
    Ok(())
}

#[tokio::test]
async fn a_persons_token_shows_that_persons_apps() -> Result<()> {
    let sources = Sources::start(Options::default()).await?;
    let population = sources.population();
    let owner = population
        .employees()
        .find(|e| !population.own_apps(e.number).is_empty())
        .expect("an owner of apps");
    let token = format!("Bearer {}", token_for(&owner));
    let client = Client::new();
    let url = format!("{}{APPS}&$top=3", sources.url(System::PowerApps));
    let page = client.json(&url, &[("authorization", &token)]).await?;
    let first = population.own_apps(owner.number)[0];
    assert_eq!(page["value"][0]["name"], first.id.to_string());
    assert_eq!(
        client.json(&url, &[]).await?["value"][0]["properties"]["displayName"],
        "Cafeteria"
    );
    Ok(())
}

#[tokio::test]
async fn walking_any_list_by_its_links_meets_everything_once() -> Result<()> {
    let sources = Sources::start(Options::default()).await?;
    let client = Client::new();
    let population = Population::new(1);

    let url = format!(
        "{}/v1.0/users?$filter=department%20eq%20%27Legal%27&$select=id&$top=999",
        sources.url(System::Graph)
    );
    let users = client.walk(&url, &[], ["/value", "/@odata.nextLink"]).await?;
    let lawyers = population
        .employees()
        .filter(|e| e.department == "Legal")
        .map(|e| e.id.to_string());
    assert!(
        users
            .iter()
            .map(|user| user["id"].as_str().unwrap_or_default().to_owned())
            .eq(lawyers)
    );

    for (accept, names) in [
        (NO_METADATA.1, ["/value", "/odata.nextLink"]),
        ("application/json;odata=verbose", ["/d/results", "/d/__next"]),
    ] {
        let url = format!(
            "{}{NEWS}?$select=Id&$orderby=PublishedDate%20desc&$top=450",
            sources.url(System::SharePoint)
        );
        let items = client.walk(&url, &[("accept", accept)], names).await?;
        assert!(
            items
                .iter()
                .map(|item| item["Id"].as_u64().unwrap_or_default())
                .eq((1..=3_000).rev()),
            "{accept}"
        );
    }

    let url = format!("{}{APPS}&$top=3", sources.url(System::PowerApps));
    let apps = client.walk(&url, &[], ["/value", "/nextLink"]).await?;
    let shared = population.shared_apps();
    assert!(
        apps.iter()
            .map(|app| app["name"].as_str().unwrap_or_default().to_owned())
            .eq(shared.iter().map(|app| app.id.to_string()))
    );

    let employee = (1..1_000)
        .find(|number| population.tasks(*number).len() == 12)
        .expect("somebody busy");
    let url = format!(
        "{}/api/data/v9.2/tasks?$select=subject&$orderby=subject%20desc&$filter=contoso_employeenumber%20eq%20%27E{employee:06}%27",
        sources.url(System::Dataverse)
    );
    let tasks = client
        .walk(
            &url,
            &[("prefer", "odata.maxpagesize=5")],
            ["/value", "/@odata.nextLink"],
        )
        .await?;
    let mut expected: Vec<_> = population.tasks(employee);
    expected.sort_by_key(|task| (std::cmp::Reverse(task.subject()), task.number()));
    assert!(
        tasks
            .iter()
            .map(|task| task["activityid"].as_str().unwrap_or_default().to_owned())
            .eq(expected.iter().map(|t| t.id.to_string()))
    );
    Ok(())
}

#[tokio::test]
async fn what_was_changed_is_read_as_changed_from_then_on() -> Result<()> {
    let sources = Sources::start(Options::default()).await?;
    let client = Client::new();
    let tasks = (1..).map(|number| sources.population().tasks(number));
    let open = tasks
        .flatten()
        .find(|task| task.state == TaskState::Open)
        .expect("an open task");
    let url = format!("{}/api/data/v9.2/tasks({})", sources.url(System::Dataverse), open.id);
    let before = client.json(&url, &[]).await?;
    assert_eq!(before["statecode"], 0);
    let headers = [
        ("content-type", "application/json"),
        ("if-match", before["@odata.etag"].as_str().unwrap_or_default()),
    ];
    let changed = client.send("PATCH", &url, &headers, r#"{"statecode": 1}"#).await?;
    assert_eq!(changed.status(), 204);
    assert_eq!(client.json(&url, &[]).await?["statecode"], 1);
    let again = client.send("PATCH", &url, &headers, r#"{"statecode": 1}"#).await?;
    assert_eq!(again.status(), 412);
    Ok(())
}

#[tokio::test]
async fn the_same_seed_answers_the_same_bytes_and_another_seed_others() -> Result<()> {
    let client = Client::new();
    let mut answers = Vec::new();
    for seed in [1, 1, 2] {
        let sources = Sources::start(Options {
            seed,
            ..Options::default()
        })
        .await?;
        let mut bodies = Vec::new();
        for (system, target, _) in ROUTES {
            let url = format!("{}{target}", sources.url(*system));
            bodies.push(client.get(&url, &[("host", "source"), NO_METADATA]).await?.into_body());
        }
        answers.push(bodies);
    }
    assert!(answers[0] == answers[1], "seed 1 twice");
    for (((system, target, _), one), other) in ROUTES.iter().zip(&answers[0]).zip(&answers[2]) {
        // A photo is drawn from the number alone, and there is one tenant and one description of a service.
        let drawn = !matches!(system, System::Entra | System::Payroll) && !target.ends_with("$value");
        assert!(!drawn || one != other, "{target}");
    }
    Ok(())
}

#[tokio::test]
async fn what_was_sent_can_be_asserted() -> Result<()> {
    let sources = Sources::start(Options::default()).await?;
    let url = format!("{}/api/data/v9.2/tasks?$top=1", sources.url(System::Dataverse));
    Client::new()
        .send(
            "POST",
            &url,
            &[("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")],
            "{}",
        )
        .await?;
    let [request] = sources.requests(System::Dataverse).try_into().expect("one request");
    assert_eq!(
        (request.method.as_str(), request.path.as_str(), request.query.as_str()),
        ("POST", "/api/data/v9.2/tasks", "$top=1")
    );
    assert_eq!(
        request.header("traceparent"),
        Some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    );
    assert_eq!(request.header("authorization"), Some(TOKEN));
    assert_eq!(request.body, "{}");
    sources.reset_counts();
    assert_eq!(
        (
            sources.count(System::Dataverse),
            sources.requests(System::Dataverse).len()
        ),
        (0, 0)
    );
    Ok(())
}

#[tokio::test]
async fn a_port_that_is_taken_is_an_error_that_names_it() -> Result<()> {
    let first = Sources::start(Options::default()).await?;
    let taken = first.url(System::Graph).trim_start_matches("http://").parse()?;
    let mut options = Options::default();
    options.listen[System::PowerApps as usize] = taken;
    let error = Sources::start(options).await.err().expect("an error");
    assert_eq!(
        error.to_string(),
        format!("could not listen on {taken} for \"powerapps\"")
    );
    Ok(())
}

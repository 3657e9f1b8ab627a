//! GetHome: profile, news highlights, apps and open tasks, in one view.

use std::{collections::HashMap, sync::Arc, time::Duration};

use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use http::HeaderMap;
use jiff::Timestamp;
use midspan_definition::ErrorCode;
use serde::{Deserialize, Serialize};
use tokio::{time::timeout_at, try_join};

use super::{
    Call,
    request::{Failure, RequestContext},
    source::Sources,
};

pub(super) const DEADLINE: Duration = Duration::from_secs(3);

#[derive(Serialize)]
struct HomeView {
    profile: Profile,
    news: Part<Vec<NewsItem>>,
    apps: Part<Vec<App>>,
    tasks: Part<Vec<Task>>,
}

#[derive(Serialize)]
struct Part<T> {
    status: &'static str,
    value: Option<T>,
    code: Option<ErrorCode>,
    message: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Profile {
    id: String,
    employee_id: String,
    display_name: String,
    given_name: Option<String>,
    job_title: Option<String>,
    department: Option<String>,
    office_location: Option<String>,
    mail: Option<String>,
}

#[derive(Serialize)]
struct NewsItem {
    id: u32,
    title: String,
    teaser: Option<String>,
    category: Option<String>,
    published: Timestamp,
}

#[derive(Serialize)]
struct App {
    id: String,
    name: String,
    description: Option<String>,
    url: String,
    color: Option<String>,
}

#[derive(Serialize)]
struct Task {
    id: String,
    subject: String,
    due: Option<Timestamp>,
    priority: &'static str,
}

pub(super) async fn get_home(
    State(sources): State<Arc<Sources>>,
    Path(employee_id): Path<String>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let context = RequestContext::admit(&headers, DEADLINE);
    let view = compose(&sources, &context, &employee_id, &query);
    let outcome = timeout_at(context.deadline().into(), view).await.unwrap_or_else(|_| {
        Err(Failure {
            code: ErrorCode::DeadlineExceeded,
            message: "GetHome did not end in time. Try again.".to_owned(),
            source: None,
            target: None,
        })
    });
    context.answer(outcome)
}

async fn compose(
    sources: &Sources,
    context: &RequestContext,
    employee_id: &str,
    query: &HashMap<String, String>,
) -> Result<HomeView, Failure> {
    if employee_id.chars().count() > 20 {
        let message = "\"employee_id\" must have at most 20 characters.".to_owned();
        return Err(Failure::bad_input("employee_id", message));
    }
    let top = match query.get("news").map(|text| text.parse::<u32>()) {
        None => 5,
        Some(Ok(top @ 1..=50)) => top,
        Some(_) => return Err(Failure::bad_input("news", "\"news\" must be between 1 and 50.".to_owned())),
    };
    let (profile, news, apps, tasks) = try_join!(
        profile(sources, context, employee_id),
        async { optional(news(sources, context, top).await) },
        async { optional(apps(sources, context).await) },
        async { optional(tasks(sources, context, employee_id).await) },
    )?;
    Ok(HomeView {
        profile,
        news,
        apps,
        tasks,
    })
}

fn optional<T>(outcome: Result<T, Failure>) -> Result<Part<T>, Failure> {
    match outcome {
        Ok(value) => Ok(Part {
            status: "fresh",
            value: Some(value),
            code: None,
            message: None,
        }),
        Err(failure) if failure.source.is_some() => Ok(Part {
            status: "missing",
            value: None,
            code: Some(failure.code),
            message: Some(failure.message),
        }),
        Err(failure) => Err(failure),
    }
}

#[derive(Deserialize)]
struct Page<T> {
    value: Vec<T>,
}

async fn profile(sources: &Sources, context: &RequestContext, employee_id: &str) -> Result<Profile, Failure> {
    let page: Page<Profile> = Call::get(&sources.client, &sources.graph, "/v1.0/users")
        .query("$filter", &format!("employeeId eq {}", literal(employee_id)))
        .query(
            "$select",
            "id,employeeId,displayName,givenName,jobTitle,department,officeLocation,mail",
        )
        .query("$top", "1")
        .json(context)
        .await?;
    page.value.into_iter().next().ok_or_else(|| Failure {
        code: ErrorCode::NotFound,
        message: format!("There is no employee with the number \"{employee_id}\". Check it with payroll."),
        source: None,
        target: Some("employee_id"),
    })
}

async fn news(sources: &Sources, context: &RequestContext, top: u32) -> Result<Vec<NewsItem>, Failure> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Item {
        id: u32,
        title: String,
        teaser: Option<String>,
        category: Option<String>,
        published_date: Timestamp,
    }
    let path = "/sites/intranet/_api/web/lists/getbytitle('News')/items";
    let page: Page<Item> = Call::get(&sources.client, &sources.sharepoint, path)
        .header("accept", "application/json;odata=nometadata")
        .query("$select", "Id,Title,Teaser,Category,PublishedDate")
        .query("$orderby", "Id desc")
        .query("$top", &top.to_string())
        .json(context)
        .await?;
    let item = |item: Item| NewsItem {
        id: item.id,
        title: item.title,
        teaser: item.teaser,
        category: item.category,
        published: item.published_date,
    };
    Ok(page.value.into_iter().map(item).collect())
}

async fn apps(sources: &Sources, context: &RequestContext) -> Result<Vec<App>, Failure> {
    #[derive(Deserialize)]
    struct Resource {
        name: String,
        properties: Properties,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Properties {
        display_name: String,
        description: Option<String>,
        app_open_uri: String,
        background_color: Option<String>,
    }
    let path = "/providers/Microsoft.PowerApps/apps";
    let page: Page<Resource> = Call::get(&sources.client, &sources.powerapps, path)
        .query("api-version", "2016-11-01")
        .json(context)
        .await?;
    let app = |resource: Resource| App {
        id: resource.name,
        name: resource.properties.display_name,
        description: resource.properties.description.filter(|text| !text.is_empty()),
        url: resource.properties.app_open_uri,
        color: resource.properties.background_color,
    };
    Ok(page.value.into_iter().map(app).collect())
}

async fn tasks(sources: &Sources, context: &RequestContext, employee_id: &str) -> Result<Vec<Task>, Failure> {
    #[derive(Deserialize)]
    struct Row {
        activityid: String,
        subject: Option<String>,
        scheduledend: Option<Timestamp>,
        prioritycode: Option<u8>,
    }
    let filter = format!("statecode eq 0 and contoso_employeenumber eq {}", literal(employee_id));
    let page: Page<Row> = Call::get(&sources.client, &sources.dataverse, "/api/data/v9.2/tasks")
        .header("odata-version", "4.0")
        .query("$select", "activityid,subject,scheduledend,prioritycode")
        .query("$filter", &filter)
        .query("$orderby", "scheduledend asc")
        .query("$top", "20")
        .json(context)
        .await?;
    let task = |row: Row| Task {
        id: row.activityid,
        subject: row.subject.unwrap_or_default(),
        due: row.scheduledend,
        priority: match row.prioritycode {
            Some(0) => "Low",
            Some(2) => "High",
            _ => "Normal",
        },
    };
    Ok(page.value.into_iter().map(task).collect())
}

/// A text literal of OData: quoted, with quotes in it doubled.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

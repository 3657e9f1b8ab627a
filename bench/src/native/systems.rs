//! What GetHome reads in the four systems.

use jiff::Timestamp;
use midspan_definition::ErrorCode;
use serde::Deserialize;

use super::{
    call::Call,
    request::{Failure, RequestContext},
    source::Sources,
    view::{App, NewsItem, Profile, Task},
};

#[derive(Deserialize)]
struct Page<T> {
    value: Vec<T>,
}

pub(super) async fn profile(
    sources: &Sources,
    context: &RequestContext,
    employee_id: &str,
) -> Result<Profile, Failure> {
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

pub(super) async fn news(sources: &Sources, context: &RequestContext, top: u32) -> Result<Vec<NewsItem>, Failure> {
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

pub(super) async fn apps(sources: &Sources, context: &RequestContext) -> Result<Vec<App>, Failure> {
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

pub(super) async fn tasks(
    sources: &Sources,
    context: &RequestContext,
    employee_id: &str,
) -> Result<Vec<Task>, Failure> {
    #[derive(Deserialize)]
    struct Row {
        activityid: String,
        subject: Option<String>,
        scheduledend: Option<Timestamp>,
        prioritycode: Option<u8>,
        #[serde(rename = "@odata.etag")]
        etag: Option<String>,
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
            Some(0) => "low",
            Some(2) => "high",
            _ => "normal",
        },
        version: row.etag,
    };
    Ok(page.value.into_iter().map(task).collect())
}

/// A text literal of OData: quoted, with quotes in it doubled.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

//! The four calls, none of them cached.

use midspan::{
    prelude::*,
    source::odata::{Query, field},
};
use systems::{
    DATAVERSE, GRAPH, POWERAPPS, SHAREPOINT,
    apps::App,
    news::NewsItem,
    profile::Profile,
    tasks::{Priority, Task},
};

#[derive(Deserialize)]
struct Page<T> {
    value: Vec<T>,
}

pub(crate) async fn profile(ctx: &Context, employee_id: &str) -> Result<Profile> {
    let query = Query::new()
        .filter(field("employeeId").eq(employee_id))
        .select(["id", "employeeId", "displayName", "givenName"])
        .select(["jobTitle", "department", "officeLocation", "mail"])
        .top(1);
    let page: Page<Profile> = ctx.source(&GRAPH).get("/v1.0/users").odata(&query).json().await?;
    page.value.into_iter().next().ok_or_else(|| {
        let message = format!("There is no employee with the number \"{employee_id}\". Check it with payroll.");
        Error::not_found(message).with_target("employee_id")
    })
}

pub(crate) async fn news(ctx: &Context, top: u32) -> Result<Vec<NewsItem>> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Item {
        id: u32,
        title: String,
        teaser: Option<String>,
        category: Option<String>,
        published_date: Timestamp,
    }
    let query = Query::new()
        .select(["Id", "Title", "Teaser", "Category", "PublishedDate"])
        .order_by(field("Id").descending())
        .top(top);
    let page: Page<Item> = ctx
        .source(&SHAREPOINT)
        .get("/sites/intranet/_api/web/lists/getbytitle('News')/items")
        .header("accept", "application/json;odata=nometadata")
        .odata(&query)
        .json()
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

pub(crate) async fn apps(ctx: &Context) -> Result<Vec<App>> {
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
    let page: Page<Resource> = ctx
        .source(&POWERAPPS)
        .get("/providers/Microsoft.PowerApps/apps")
        .query("api-version", "2016-11-01")
        .json()
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

pub(crate) async fn tasks(ctx: &Context, employee_id: &str) -> Result<Vec<Task>> {
    #[derive(Deserialize)]
    struct Row {
        activityid: String,
        subject: Option<String>,
        scheduledend: Option<Timestamp>,
        prioritycode: Option<u8>,
        #[serde(rename = "@odata.etag")]
        etag: Option<String>,
    }
    let of_employee = field("contoso_employeenumber").eq(employee_id);
    let query = Query::new()
        .select(["activityid", "subject", "scheduledend", "prioritycode"])
        .filter(field("statecode").eq(0).and(of_employee))
        .order_by(field("scheduledend").ascending())
        .top(20);
    let page: Page<Row> = ctx
        .source(&DATAVERSE)
        .get("/api/data/v9.2/tasks")
        .header("odata-version", "4.0")
        .odata(&query)
        .json()
        .await?;
    let task = |row: Row| Task {
        id: row.activityid,
        subject: row.subject.unwrap_or_default(),
        due: row.scheduledend,
        priority: match row.prioritycode {
            Some(0) => Priority::Low,
            Some(2) => Priority::High,
            _ => Priority::Normal,
        },
        version: row.etag,
    };
    Ok(page.value.into_iter().map(task).collect())
}

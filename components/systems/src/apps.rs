//! Apps, from the Power Apps resource provider.

use midspan::prelude::*;

use crate::{POWERAPPS, kept};

/// An app that somebody can open.
#[derive(Debug, PartialEq, Data)]
pub struct App {
    /// Id
    pub id: String,
    /// Name
    pub name: String,
    /// What it is for
    pub description: Option<String>,
    /// Link that opens it
    pub url: String,
    /// Background colour, as `rgba(r,g,b,a)`
    pub color: Option<String>,
}

/// The apps that the caller can open.
///
/// # Errors
/// Those of the source.
pub async fn list(ctx: &Context) -> Result<Vec<App>> {
    let page: Page = ctx
        .source(&POWERAPPS)
        .get("/providers/Microsoft.PowerApps/apps")
        .query("api-version", "2016-11-01")
        .cached(kept::APPS)
        .tag("apps")
        .json()
        .await?;
    Ok(page.value.into_iter().map(App::from).collect())
}

#[derive(Deserialize)]
struct Page {
    value: Vec<Resource>,
}

/// As the resource provider has it.
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

impl From<Resource> for App {
    fn from(resource: Resource) -> Self {
        let properties = resource.properties;
        Self {
            id: resource.name,
            name: properties.display_name,
            description: properties.description.filter(|text| !text.is_empty()),
            url: properties.app_open_uri,
            color: properties.background_color,
        }
    }
}

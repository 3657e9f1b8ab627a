//! What the connector is called and where it is: the part of its definition that no operation knows.

use serde::Deserialize;
use serde_json::{Map, Value, json};

/// `[application.tool.midspan]` of a manifest; Spin passes over what stands under `tool`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct About {
    /// What makers see: at most 30 characters, without "API" or "connector".
    pub title: String,
    /// What it is for, in 30 to 500 characters.
    pub description: String,
    /// Its version.
    pub version: String,
    /// The host that the gateway calls, such as `suite.contoso.com`.
    pub host: String,
    /// The path under which the operations stand; `/` by default.
    pub base_path: String,
    /// `https` by default.
    pub scheme: String,
    /// Who made it, for certification.
    pub publisher: String,
    /// The product's page.
    pub website: String,
    /// The product's privacy statement.
    pub privacy_policy: String,
    /// One or two of the connector gallery's categories.
    pub categories: Vec<String>,
    /// `#RRGGBB`, neither white nor the default blue; also of the icon that is made where there is none.
    pub brand_color: String,
    /// A PNG file of about 230 by 230 pixels, relative to the manifest.
    pub icon: Option<String>,
    /// Whom to ask.
    pub contact: Option<Contact>,
}

/// Whom to ask.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// Their name.
    pub name: String,
    /// Their page.
    pub url: String,
    /// Their address.
    pub email: String,
}

impl Default for About {
    fn default() -> Self {
        Self {
            title: String::new(),
            description: String::new(),
            version: "1.0.0".to_owned(),
            host: String::new(),
            base_path: "/".to_owned(),
            scheme: "https".to_owned(),
            publisher: String::new(),
            website: String::new(),
            privacy_policy: String::new(),
            categories: Vec::new(),
            brand_color: "#3c5a99".to_owned(),
            icon: None,
            contact: None,
        }
    }
}

/// The definition without its operations.
pub(super) fn root(about: &About) -> Map<String, Value> {
    let mut info = json!({ "title": about.title, "description": about.description, "version": about.version });
    if let Some(Contact { name, url, email }) = &about.contact {
        info["contact"] = json!({ "name": name, "url": url, "email": email });
    }
    let mut root = Map::new();
    let mut add = |name: &str, value: Value| root.insert(name.to_owned(), value);
    add("swagger", "2.0".into());
    add("info", info);
    add("host", about.host.clone().into());
    add("basePath", about.base_path.clone().into());
    add("schemes", json!([about.scheme]));
    add("consumes", json!(["application/json"]));
    add("produces", json!(["application/json"]));
    let metadata = [
        ("Website", about.website.clone()),
        ("Privacy policy", about.privacy_policy.clone()),
        ("Categories", about.categories.join(";")),
    ];
    let metadata = metadata.into_iter().filter(|(_, value)| !value.is_empty());
    let metadata: Vec<_> = metadata
        .map(|(name, value)| json!({ "propertyName": name, "propertyValue": value }))
        .collect();
    add("x-ms-connector-metadata", metadata.into());
    root
}

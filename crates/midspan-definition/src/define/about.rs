//! What the connector is called and where it is: the part of its definition that no operation knows.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{DefineError, calls, connection::Connection, description::Operation};

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
    /// `Preview` or `Production` (`x-ms-api-annotation`).
    pub status: String,
    /// The name by which the platform knows the connector, such as `shared_contosonews`; it is in the definition where an
    /// operation is replaced by another. Else it is made of the title.
    pub api: String,
    /// The operation by which a new connection is tried.
    pub test_connection: Option<TestConnection>,
    /// What copilots are told of the connector (`x-ms-openai-manifest`).
    pub openai: Option<OpenAi>,
    /// What the gateway does with requests and answers.
    pub policies: Vec<Policy>,
    /// What operations can't know of the schemes by which makers connect, by the scheme's name.
    pub connections: BTreeMap<String, Connection>,
    /// Files that say all of this, and more, in its place: then of the rest `host` and `icon` alone count.
    pub files: Option<Files>,
    /// Components whose operations are no part of the definition, such as an operator's own.
    pub exclude: Vec<String>,
}

/// A connector's own part of its definition, as files relative to the manifest; see [`Template`](super::Template).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Files {
    /// `apiDefinition.swagger.json` without its operations.
    pub definition: String,
    /// `apiProperties.json`.
    pub properties: String,
}

/// The operation by which a new connection is tried.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestConnection {
    /// Its `operationId`.
    pub operation: String,
    /// What it is given.
    #[serde(default)]
    pub parameters: Map<String, Value>,
}

/// What copilots are told of the connector.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenAi {
    /// What it is for, to a model.
    pub model_description: String,
    /// What people call it.
    pub human_name: String,
    /// Whom to ask.
    pub contact_email: String,
    /// The terms of use.
    pub legal_url: String,
}

/// An instance of a policy template of the gateway (Learn, "Use policies to modify connector requests and responses").
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// The template, such as `setheader`.
    pub template: String,
    /// What it is for.
    pub title: String,
    /// The operations that it is for; all of them where there is none.
    #[serde(default)]
    pub operations: Vec<String>,
    /// `Request` or `Response`, for the templates that ask for it.
    #[serde(default)]
    pub section: String,
    /// The template's parameters, without their prefix.
    #[serde(default)]
    pub parameters: BTreeMap<String, Value>,
}

impl About {
    /// The name by which the platform knows the connector.
    pub(super) fn api_name(&self) -> String {
        if !self.api.is_empty() {
            return self.api.clone();
        }
        let letters = self.title.chars().filter(char::is_ascii_alphanumeric);
        format!("shared_{}", letters.collect::<String>().to_lowercase())
    }
}

/// Whether the operations are there that the manifest names.
pub(super) fn check(about: &About, operations: &[Operation]) -> Vec<DefineError> {
    let mut errors = Vec::new();
    let mut error = |setting: String, problem: String| errors.push(DefineError::Setting { setting, problem });
    if let Some(test) = &about.test_connection {
        let setting = || "test_connection".to_owned();
        match calls::find(operations, &test.operation) {
            Err(problem) => error(setting(), problem),
            Ok(found) => {
                for name in test.parameters.keys().filter(|name| !calls::takes(found, name)) {
                    error(
                        setting(),
                        format!("operation \"{}\" has no parameter \"{name}\"", found.id),
                    );
                }
                for name in calls::missing(found, |name| test.parameters.contains_key(name)) {
                    let problem = format!("operation \"{}\" requires \"{name}\", which is not given", found.id);
                    error(setting(), problem);
                }
            }
        }
    }
    for policy in &about.policies {
        for id in &policy.operations {
            if let Err(problem) = calls::find(operations, id) {
                error(format!("policy \"{}\"", policy.title), problem);
            }
        }
    }
    errors
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
            status: String::new(),
            api: String::new(),
            test_connection: None,
            openai: None,
            policies: Vec::new(),
            connections: BTreeMap::new(),
            files: None,
            exclude: Vec::new(),
        }
    }
}

/// The definition without its operations.
pub(super) fn root(about: &About) -> Map<String, Value> {
    let mut info = json!({ "title": about.title, "description": about.description, "version": about.version });
    if let Some(Contact { name, url, email }) = &about.contact {
        info["contact"] = json!({ "name": name, "url": url, "email": email });
    }
    if !about.status.is_empty() {
        info["x-ms-api-annotation"] = json!({ "status": about.status });
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
    if let Some(TestConnection { operation, parameters }) = &about.test_connection {
        let test = json!({ "operationId": operation, "parameters": parameters });
        add("x-ms-capabilities", json!({ "testConnection": test }));
    }
    if let Some(openai) = &about.openai {
        add(
            "x-ms-openai-manifest",
            json!({
                "modelDescription": openai.model_description,
                "humanName": openai.human_name,
                "contactEmail": openai.contact_email,
                "legalUrl": openai.legal_url,
            }),
        );
    }
    add("definitions", json!({}));
    root
}

//! The connector's files, from the descriptions that its components carry.
//!
//! The same components and the same settings give the same bytes: all members are sorted. Parameters stay in the author's
//! order, since Power Fx gives required ones by their place.
//!
//! ```
//! use midspan_definition::define::{About, Described, define};
//!
//! let about = About { title: "Contoso News".to_owned(), host: "news.contoso.com".to_owned(), ..About::default() };
//! let description = serde_json::json!({
//!     "version": 1, "id": "GetTitle", "method": "GET", "path": "/title", "summary": "Get the title",
//!     "deadlineMs": 3000, "parameters": [], "output": {"type": "string"}, "statuses": [200], "sources": [],
//! });
//! let files = define(&about, &[Described { component: "title".to_owned(), description }])?;
//! assert!(files.definition.contains("\"operationId\": \"GetTitle\""));
//! # Ok::<(), midspan_definition::define::DefineErrors>(())
//! ```

mod about;
mod calls;
mod connection;
mod contract;
mod description;
mod dynamic;
mod icon;
mod names;
mod operation;
mod properties;
mod readme;
mod schema;
mod security;
mod template;

use std::{collections::BTreeMap, fmt};

use serde_json::{Value, json};

pub use self::{
    about::{About, Contact, Files, OpenAi, Policy, TestConnection},
    connection::Connection,
    icon::icon,
    template::{Template, TemplateError},
};
use self::{description::Operation, names::Names, schema::Schemas, security::Security};

/// A component and what it says of itself, as [`read::descriptions`](crate::read::descriptions) gives it.
#[derive(Debug, Clone)]
pub struct Described {
    /// The component's id in the manifest.
    pub component: String,
    /// The description.
    pub description: Value,
}

/// The texts of a connector's files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectorFiles {
    /// `apiDefinition.swagger.json`.
    pub definition: String,
    /// `apiProperties.json`.
    pub properties: String,
    /// `settings.json`, for paconn.
    pub settings: String,
    /// `readme.md`.
    pub readme: String,
}

/// Why components don't make a connector.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DefineError {
    /// A description is of another version of Midspan, or damaged.
    #[error("component \"{component}\" describes itself in a way that this version does not read: {reason}")]
    Unreadable {
        /// The component.
        component: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Two components have the same `operationId`.
    #[error("components \"{first}\" and \"{second}\" are both the operation \"{id}\"")]
    SameId {
        /// The id.
        id: String,
        /// The first component.
        first: String,
        /// The second component.
        second: String,
    },
    /// Two components answer the same requests.
    #[error("components \"{first}\" and \"{second}\" both answer {method} {path}")]
    SamePath {
        /// The HTTP method.
        method: String,
        /// The path.
        path: String,
        /// The first component.
        first: String,
        /// The second component.
        second: String,
    },
    /// An operation says of another one what doesn't hold: a dropdown of an operation that isn't there, or of a property
    /// that it doesn't answer.
    #[error("{file}:{line}: operation \"{operation}\": {problem}")]
    Call {
        /// The source file, as the compiler named it.
        file: String,
        /// The line in it.
        line: u32,
        /// The operation that says so.
        operation: String,
        /// What doesn't hold.
        problem: String,
    },
    /// Makers could not connect to the operation as they connect to the others, or not as it admits callers.
    #[error("operation \"{operation}\": {problem}")]
    Authentication {
        /// The operation.
        operation: String,
        /// Why, and what to do.
        problem: String,
    },
    /// The manifest says of an operation what doesn't hold.
    #[error("[application.tool.midspan]: {setting}: {problem}")]
    Setting {
        /// Which setting.
        setting: String,
        /// What doesn't hold.
        problem: String,
    },
    /// What an operation's `definition` says and what its code does are two things.
    #[error("component \"{component}\": {id} and its `definition` are not the same: {what}")]
    Contradiction {
        /// The component.
        component: String,
        /// The operation.
        id: String,
        /// What is different, and what to do.
        what: String,
    },
    /// The connector's own file has parameters for a path that is no operation's.
    #[error(
        "the connector's file has parameters for the path \"{path}\", which no operation has; take it out, or correct it"
    )]
    UnknownPath {
        /// The path.
        path: String,
    },
    /// There is nothing to describe.
    #[error("there is no operation")]
    NoOperation,
}

/// Everything that is wrong with the components, so that it is mended in one go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefineErrors(pub Vec<DefineError>);

impl fmt::Display for DefineErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<_> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&lines.join("\n"))
    }
}

impl std::error::Error for DefineErrors {}

/// The files of the connector that these components make.
///
/// # Errors
/// [`DefineErrors`] says which components don't fit together.
pub fn define(about: &About, components: &[Described]) -> Result<ConnectorFiles, DefineErrors> {
    define_in(&Template::of(about), about, components)
}

/// The same, where the connector's own part is not made from `about` alone: it stands in `template`.
///
/// # Errors
/// As [`define`], and where the template has parameters for a path that is no operation's.
pub fn define_in(template: &Template, about: &About, components: &[Described]) -> Result<ConnectorFiles, DefineErrors> {
    let operations = read(template, components)?;
    let mut errors = calls::check(&operations);
    errors.extend(about::check(about, &operations));
    let security = if template.has_security_of_its_own() {
        errors.extend(security::check(template, &operations));
        None
    } else {
        Security::of(about, &operations)
            .map_err(|found| errors.extend(found))
            .ok()
    };
    if !errors.is_empty() {
        return Err(DefineErrors(errors));
    }
    let names = Names::of(&operations, template.definition_names());
    let mut schemas = Schemas::new(&names);
    let mut paths = template.paths();
    for operation in &operations {
        let item = paths.entry(operation.path.clone()).or_default();
        let method = operation.method.to_lowercase();
        let mut value = if let Some(own) = &operation.definition {
            own.clone()
        } else {
            item.extend(operation::beside(operation, &mut schemas));
            operation::write(operation, &about.api_name(), &mut schemas)
        };
        if let Some(open) = security.as_ref().and_then(|security| security.of_operation(operation)) {
            value.insert("security".to_owned(), open);
        }
        item.insert(method, value.into());
    }
    let mut definition = template.definition(&paths, schemas.into_definitions());
    let mut properties = properties::write(template.properties(), &operations);
    if let Some(security) = &security {
        definition.extend(security.root());
        security.write(&mut properties);
    }
    Ok(ConnectorFiles {
        definition: text(definition.into()),
        properties: text(properties),
        settings: text(json!({
            "apiDefinition": "apiDefinition.swagger.json",
            "apiProperties": "apiProperties.json",
            "icon": "icon.png",
        })),
        readme: readme::write(&template.about(about), &operations),
    })
}

/// The operations by their id.
fn read(template: &Template, components: &[Described]) -> Result<Vec<Operation>, DefineErrors> {
    let mut errors = Vec::new();
    let mut operations: Vec<(&str, Operation)> = Vec::new();
    for Described { component, description } in components {
        match serde_json::from_value::<Operation>(description.clone()) {
            Ok(operation) => {
                let contradictions = contract::check(&operation, template);
                errors.extend(contradictions.into_iter().map(|what| DefineError::Contradiction {
                    component: component.clone(),
                    id: operation.id.clone(),
                    what,
                }));
                operations.push((component, operation));
            }
            Err(error) => {
                errors.push(DefineError::Unreadable {
                    component: component.clone(),
                    reason: error.to_string(),
                });
            }
        }
    }
    operations.sort_by(|(_, one), (_, other)| one.id.cmp(&other.id));
    for (index, (second, operation)) in operations.iter().enumerate() {
        for (first, earlier) in &operations[..index] {
            let (first, second) = ((*first).to_owned(), (*second).to_owned());
            if earlier.id == operation.id {
                errors.push(DefineError::SameId {
                    id: operation.id.clone(),
                    first,
                    second,
                });
            } else if earlier.method == operation.method && earlier.path == operation.path {
                let (method, path) = (operation.method.clone(), operation.path.clone());
                errors.push(DefineError::SamePath {
                    method,
                    path,
                    first,
                    second,
                });
            }
        }
    }
    let known = |path: &str| operations.iter().any(|(_, operation)| operation.path == path);
    // What an operation needs has gone astray without one; published definitions have paths without any.
    let astray = template
        .paths()
        .into_iter()
        .filter(|(path, item)| item.contains_key("parameters") && !known(path));
    errors.extend(astray.map(|(path, _)| DefineError::UnknownPath { path }));
    if operations.is_empty() && errors.is_empty() {
        errors.push(DefineError::NoOperation);
    }
    if errors.is_empty() {
        Ok(operations.into_iter().map(|(_, operation)| operation).collect())
    } else {
        Err(DefineErrors(errors))
    }
}

/// JSON with sorted members, whichever map `serde_json` was built with.
fn text(value: Value) -> String {
    format!("{:#}\n", sorted(value))
}

fn sorted(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let members: BTreeMap<_, _> = members.into_iter().map(|(name, value)| (name, sorted(value))).collect();
            Value::Object(members.into_iter().collect())
        }
        Value::Array(items) => items.into_iter().map(sorted).collect(),
        other => other,
    }
}

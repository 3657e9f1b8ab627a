//! A Midspan application from a connector that exists, or from any OpenAPI document: `midspan import`.
//!
//! Every operation becomes a relay to the original back end, and keeps its part of the definition as a file beside its
//! code, word for word; what is left of the definition is a file of the application. So `midspan define` gives the same
//! definition again. What isn't OpenAPI 2.0 is turned into it first.

mod code;
mod credentials;
mod operation;
mod route;
mod swagger;
mod workspace;

use std::collections::BTreeMap;

use heck::ToKebabCase;

pub use self::code::type_name as operation_type;
use self::{
    credentials::Credentials,
    operation::{METHODS, Operation},
};
use crate::{
    Error,
    openapi::{Document, Version},
    rust::{Scope, source_name},
    tree::{self, Node, Value, print},
};

/// What an application is made from.
#[derive(Debug, Clone, Copy)]
pub struct ImportRequest<'a> {
    /// The definition's file, as the user named it; for messages.
    pub file: &'a str,
    /// The definition: OpenAPI 2.0 or 3.x, JSON or YAML.
    pub text: &'a str,
    /// `apiProperties.json`, where there is one: its file and its text.
    pub properties: Option<(&'a str, &'a str)>,
    /// How the application depends on the crate `midspan`, as a value in TOML.
    pub midspan: &'a str,
    /// Whether there is an icon, which the caller puts at [`ICON`].
    pub icon: bool,
}

/// Where an application has its icon.
pub const ICON: &str = "definition/icon.png";

/// An application: its files, and what its user should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// What makers call it.
    pub title: String,
    /// Paths relative to its folder, and texts.
    pub files: BTreeMap<String, String>,
    /// How many operations it has.
    pub operations: usize,
    /// What is not as it was, or works in another way, and why: a sentence each, with its place.
    pub notes: Vec<String>,
}

/// A component: operations that share a route.
struct Component<'a> {
    name: String,
    operations: Vec<Operation<'a>>,
}

/// The application that relays to the back end which a definition describes.
///
/// # Errors
/// Where a text can't be read, is no OpenAPI document, or has operations that can't be told apart: at its place.
pub fn import(request: &ImportRequest<'_>) -> Result<Application, Error> {
    let root = tree::read(request.file, request.text)?;
    let original = Document::of(request.file, &root).map_err(|error| match error.help {
        // The other kinds of description are for another command.
        Some(help) if help.contains("--odata") => Error {
            help: Some("name an apiDefinition.swagger.json, or an OpenAPI document".to_owned()),
            ..error
        },
        help => Error { help, ..error },
    })?;
    let (origin, base_path) = original.server();
    let mut notes = Vec::new();
    let converted = match original.version {
        Version::V2 => None,
        Version::V3 => Some(swagger::converted(&original)),
    };
    let root = converted.as_ref().unwrap_or(&root);
    notes.extend(original.notes());
    let document = Document::of(request.file, root)?;
    let properties = match request.properties {
        Some((file, text)) => Some(properties(file, text)?),
        None => None,
    };
    let operations = operation::operations(&document, &base_path)?;
    if operations.is_empty() {
        return Err(
            Error::new(request.file, root.at, "the document has no operation").with_help("there is nothing to import")
        );
    }
    let name = document
        .title()
        .split('(')
        .next()
        .and_then(source_name)
        .unwrap_or_else(|| "backend".to_owned());
    let template = template(root, &operations);
    let application = workspace::Application {
        request,
        document: &document,
        credentials: Credentials::of(&document, properties.as_ref()),
        source: Scope::default().constant(&name).to_string(),
        name,
        origin,
        components: components(operations),
    };
    let mut files = application.files();
    let properties = properties.unwrap_or_else(|| bare_properties(root));
    notes.extend(policies(request.properties.map_or("", |(file, _)| file), &properties));
    files.insert("definition/definition.json".to_owned(), print::json(&template));
    files.insert("definition/properties.json".to_owned(), print::json(&properties));
    let (title, operations) = (document.title().to_owned(), application.operations());
    drop(application);
    notes.extend(document.notes());
    notes.dedup();
    Ok(Application {
        title,
        files,
        operations,
        notes,
    })
}

fn properties(file: &str, text: &str) -> Result<Node, Error> {
    let root = tree::read(file, text)?;
    if root.get("properties").is_some_and(Node::is_map) {
        return Ok(root);
    }
    Err(Error::new(
        file,
        root.at,
        "these are no connector's properties: there is no object \"properties\"",
    )
    .with_help("name the folder of a connector, or its definition alone"))
}

/// For a document that is no connector yet.
fn bare_properties(root: &Node) -> Node {
    let node = |value| Node { at: root.at, value };
    let map = |members: Vec<(&str, Node)>| {
        node(Value::Map(
            members
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
        ))
    };
    let text = |text: &str| node(Value::Text(text.to_owned()));
    let keys = root.map("securityDefinitions").iter().filter_map(|(_, scheme)| {
        let secret = |name: &str| {
            let label = map(vec![("displayName", text(name))]);
            (
                name.to_owned(),
                map(vec![("type", text("securestring")), ("uiDefinition", label)]),
            )
        };
        match scheme.text("type")? {
            "apiKey" => Some(vec![secret("api_key")]),
            "basic" => Some(vec![secret("username"), secret("password")]),
            _ => None,
        }
    });
    let parameters = keys.take(1).flatten().collect();
    map(vec![(
        "properties",
        map(vec![
            ("connectionParameters", node(Value::Map(parameters))),
            ("iconBrandColor", text("#3c5a99")),
            ("capabilities", node(Value::List(Vec::new()))),
        ]),
    )])
}

/// The definition without its operations: path items keep what else they have.
fn template(root: &Node, operations: &[Operation<'_>]) -> Node {
    let mut root = root.clone();
    let Value::Map(members) = &mut root.value else {
        return root;
    };
    for (_, paths) in members.iter_mut().filter(|(name, _)| name == "paths") {
        let Value::Map(items) = &mut paths.value else { continue };
        for (_, item) in &mut *items {
            if let Value::Map(members) = &mut item.value {
                members.retain(|(name, _)| !METHODS.contains(&name.as_str()));
            }
        }
        items.retain(|(path, item)| {
            let is_used = operations.iter().any(|operation| operation.path == path);
            !is_used || !item.members().is_empty()
        });
    }
    root
}

/// Operations that hosts can't tell apart are one component.
fn components(operations: Vec<Operation<'_>>) -> Vec<Component<'_>> {
    let mut groups: Vec<(String, Vec<Operation<'_>>)> = Vec::new();
    for operation in operations {
        match groups.iter_mut().find(|(key, _)| *key == operation.route.key) {
            Some((_, group)) => group.push(operation),
            None => groups.push((operation.route.key.clone(), vec![operation])),
        }
    }
    let mut names = Scope::new(&["systems", "midspan", "std", "core", "alloc", "test", "proc_macro"]);
    let components = groups.into_iter().map(|(_, operations)| {
        let text = match operations.as_slice() {
            [only] => only.name.clone(),
            several => several[0].path.replace(|c: char| !c.is_ascii_alphanumeric(), " "),
        };
        Component {
            name: kebab(&names.value(&text).to_string()),
            operations,
        }
    });
    components.collect()
}

/// As Spin names components: words in lower case that begin with a letter, `-` between.
fn kebab(name: &str) -> String {
    let mut kebab = String::new();
    for word in name
        .trim_start_matches("r#")
        .to_kebab_case()
        .split('-')
        .filter(|word| !word.is_empty())
    {
        if !kebab.is_empty() && word.starts_with(|c: char| c.is_ascii_alphabetic()) {
            kebab.push('-');
        }
        if kebab.is_empty() && !word.starts_with(|c: char| c.is_ascii_alphabetic()) {
            kebab.push('n');
        }
        kebab.push_str(word);
    }
    // Not a keyword of Rust, since it is a crate's name too.
    if name.starts_with("r#") {
        kebab + "-operation"
    } else {
        kebab
    }
}

/// Policies of the gateway that decide where a request goes: with them it does not come here.
fn policies(file: &str, properties: &Node) -> Vec<String> {
    let list = properties
        .get("properties")
        .map(|own| own.list("policyTemplateInstances"))
        .unwrap_or_default();
    let mut notes: Vec<String> = list
        .iter()
        .filter_map(|policy| {
            let template = policy.text("templateId")?;
            let why = match template.to_ascii_lowercase().as_str() {
                "dynamichosturl" => "sends requests to an address of its own, past this application; take it out to relay",
                "routerequesttoendpoint" => {
                    "sends requests to another path than the definition has; take it out, or give the component that path in \
                     spin.toml"
                }
                _ => return None,
            };
            Some(format!("{file}:{}:{}: policy \"{template}\" of the gateway {why}", policy.at.line, policy.at.column))
        })
        .collect();
    if let Some(script) = properties.get("properties").and_then(|own| own.get("scriptOperations")) {
        notes.push(format!(
            "{file}:{}:{}: the gateway runs a script for some operations; it stays as it is, or becomes Rust here",
            script.at.line, script.at.column
        ));
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_have_names_that_spin_and_cargo_take() {
        let check = |name: &str, expected: &str| assert_eq!(kebab(name), expected, "{name}");
        check("get_pet", "get-pet");
        check("r#match", "match-operation");
        check("users_2", "users2");
        check("_3d_model", "n3d-model");
        check("get_v2_1_x", "get-v21-x");
    }
}

//! The operations of a definition, as far as a relay has to know them.

use std::collections::{HashMap, HashSet};

use super::route::Route;
use crate::{
    Error,
    openapi::Document,
    rust::Scope,
    tree::{Node, Value},
};

/// The methods that a path of OpenAPI 2.0 can have.
pub(super) const METHODS: [&str; 7] = ["get", "put", "post", "delete", "options", "head", "patch"];

/// Names that the code of an operation has for other things, in the case of functions.
const RESERVED: &[&str] = &[
    "answer",
    "binary",
    "box",
    "component",
    "context",
    "ctx",
    "data",
    "error",
    "err",
    "input",
    "lib",
    "main",
    "midspan",
    "mod",
    "none",
    "ok",
    "operation",
    "option",
    "result",
    "some",
    "source",
    "std",
    "core",
    "string",
    "systems",
    "vec",
];

/// One method of one path.
pub(super) struct Operation<'a> {
    /// Its `operationId`.
    pub(super) id: String,
    /// The function, its module and its file.
    pub(super) name: String,
    /// Lower case.
    pub(super) method: &'static str,
    pub(super) path: &'a str,
    /// What stands under the method, with an id.
    pub(super) definition: Node,
    pub(super) parameters: Vec<Parameter<'a>>,
    pub(super) body: Option<Body>,
    pub(super) route: Route,
}

/// A path, query or header parameter.
pub(super) struct Parameter<'a> {
    pub(super) name: &'a str,
    /// `path`, `query` or `header`.
    pub(super) place: &'static str,
    pub(super) field: String,
    pub(super) label: String,
    pub(super) description: &'a str,
    pub(super) ty: Type,
    pub(super) required: bool,
    /// A literal of Rust.
    pub(super) default: Option<String>,
    /// Whether the relay gives it on; hosts write some headers themselves.
    pub(super) passed: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    Text,
    Integer,
    Number,
    Boolean,
    /// A query's parameter that may come several times.
    Texts,
}

/// What is sent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Body {
    Json {
        required: bool,
    },
    /// Files, forms and all that is not JSON: passed on as it comes.
    Bytes,
}

/// RFC 9110 s. 7.6.1 and 7.2; and what the answer is encoded with is between the source and us.
const NOT_PASSED: [&str; 11] = [
    "accept-encoding",
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// All operations, in the document's order.
///
/// # Errors
/// Two operations have one id, or something stands where an operation belongs.
pub(super) fn operations<'a>(document: &Document<'a>, base_path: &str) -> Result<Vec<Operation<'a>>, Error> {
    let mut names = Scope::new(RESERVED);
    let given = given_ids(document);
    let mut ids: HashMap<String, &Node> = HashMap::new();
    let mut operations = Vec::new();
    for (path, item) in document.root.map("paths") {
        if !path.starts_with('/') {
            if !path.starts_with("x-") {
                document.note(
                    item.at,
                    &format!("path \"{path}\" does not start with \"/\" and is left out"),
                );
            }
            continue;
        }
        if !closes_braces(path) {
            let message = format!("path \"{path}\" opens a brace and does not close it");
            return Err(Error::new(document.file, item.at, message).with_help("correct the path"));
        }
        let item = document.resolve(item).unwrap_or(item);
        for (method, node) in item.members() {
            let Some(method) = METHODS.into_iter().find(|known| known == method) else {
                continue;
            };
            if !node.is_map() {
                let message = format!("there is no operation under {} {path}", method.to_uppercase());
                return Err(Error::new(document.file, node.at, message).with_help("it is an object with \"responses\""));
            }
            let id = node.text("operationId").map(str::trim).unwrap_or_default();
            let id = if id.is_empty() {
                made_up(method, path, |id| !given.contains(id) && !ids.contains_key(id))
            } else {
                node.text("operationId").unwrap_or_default().to_owned()
            };
            if let Some(first) = ids.insert(id.clone(), node) {
                let message = format!("operationId \"{id}\" stands here and in line {}", first.at.line);
                return Err(Error::new(document.file, node.at, message).with_help("give one of them another id"));
            }
            let mut name = names.value(&id).to_string();
            // Its type has no underscore to begin with.
            if name.trim_start_matches('_').starts_with(|c: char| c.is_ascii_digit()) {
                name = names.value(&format!("operation {id}")).to_string();
            }
            let name = name
                .strip_prefix("r#")
                .map(|name| format!("{name}_operation"))
                .unwrap_or(name);
            operations.push(Operation {
                definition: with_id(node, &id),
                name,
                id,
                method,
                path,
                parameters: parameters(document, item, node, path),
                body: body(document, item, node),
                route: Route::new(base_path, path),
            });
        }
    }
    Ok(operations)
}

fn closes_braces(path: &str) -> bool {
    let mut open = false;
    for letter in path.chars() {
        match letter {
            '{' if open => return false,
            '{' => open = true,
            '}' if !open => return false,
            '}' => open = false,
            _ => {}
        }
    }
    !open
}

/// The ids that the document has.
fn given_ids<'a>(document: &Document<'a>) -> HashSet<&'a str> {
    let items = document.root.map("paths").iter();
    let nodes = items.flat_map(|(_, item)| document.resolve(item).unwrap_or(item).members());
    nodes.filter_map(|(_, node)| node.text("operationId")).collect()
}

/// An id for an operation without one: from its method and path, with a number where others have the same.
fn made_up(method: &str, path: &str, is_free: impl Fn(&str) -> bool) -> String {
    let name = Scope::default()
        .ty(&format!("{method} {}", path.replace(['{', '}'], " ")))
        .to_string();
    let numbered = (2_u32..).map(|number| format!("{name}_{number}"));
    let mut all = std::iter::once(name.clone()).chain(numbered);
    all.find(|id| is_free(id)).unwrap_or(name)
}

fn with_id(node: &Node, id: &str) -> Node {
    let mut node = node.clone();
    if node.text("operationId").is_none_or(|own| own != id)
        && let Value::Map(members) = &mut node.value
    {
        members.retain(|(name, _)| name != "operationId");
        let value = Node {
            at: node.at,
            value: Value::Text(id.to_owned()),
        };
        members.insert(0, ("operationId".to_owned(), value));
    }
    node
}

/// Own parameters, and those of the path that they don't replace.
fn all<'a>(document: &Document<'a>, item: &'a Node, node: &'a Node) -> Vec<&'a Node> {
    let mut found: Vec<&Node> = Vec::new();
    for parameter in node.list("parameters").iter().chain(item.list("parameters")) {
        let Some(parameter) = document.resolve(parameter) else {
            continue;
        };
        let same =
            |other: &&Node| other.text("name") == parameter.text("name") && other.text("in") == parameter.text("in");
        if !found.iter().any(same) {
            found.push(parameter);
        }
    }
    found
}

fn parameters<'a>(document: &Document<'a>, item: &'a Node, node: &'a Node, path: &'a str) -> Vec<Parameter<'a>> {
    let mut fields = Scope::new(&["body", "ctx", "input"]);
    let mut found: Vec<Parameter<'a>> = Vec::new();
    for parameter in all(document, item, node) {
        let (Some(name), Some(place)) = (parameter.text("name"), parameter.text("in")) else {
            continue;
        };
        let Some(place) = ["path", "query", "header"].into_iter().find(|known| *known == place) else {
            continue;
        };
        let known = found
            .iter()
            .any(|one| one.place == place && one.name.eq_ignore_ascii_case(name) && place == "header");
        let is_nowhere = place == "path" && !path.contains(&format!("{{{name}}}"));
        let is_no_header = place == "header" && !is_header_name(name);
        if known || is_nowhere || is_no_header || name.is_empty() || name.contains(char::is_control) {
            document.note(
                parameter.at,
                &format!("{place} parameter \"{name}\" can't be sent, and is not relayed"),
            );
            continue;
        }
        let ty = ty(document, parameter, place);
        let default = default(parameter, ty).filter(|_| place != "path");
        found.push(Parameter {
            name,
            place,
            field: fields.value(name).to_string(),
            label: parameter.text("x-ms-summary").unwrap_or(name).to_owned(),
            description: parameter.text("description").unwrap_or_default(),
            ty,
            required: place == "path" || (parameter.is("required") && default.is_none()),
            default,
            passed: place != "header" || !NOT_PASSED.contains(&name.to_ascii_lowercase().as_str()),
        });
    }
    // Published definitions leave some out.
    for name in path.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0)) {
        if !found.iter().any(|one| one.place == "path" && one.name == name) {
            found.push(Parameter {
                name,
                place: "path",
                field: fields.value(name).to_string(),
                label: name.to_owned(),
                description: "",
                ty: Type::Text,
                required: true,
                default: None,
                passed: true,
            });
        }
    }
    found
}

fn ty(document: &Document<'_>, parameter: &Node, place: &str) -> Type {
    match parameter.text("type") {
        Some("integer") => Type::Integer,
        Some("number") => Type::Number,
        Some("boolean") => Type::Boolean,
        Some("array") if place == "query" && parameter.text("collectionFormat") == Some("multi") => Type::Texts,
        Some(_) => Type::Text,
        None => {
            document.note(parameter.at, "a parameter without a type is taken as text");
            Type::Text
        }
    }
}

fn default(parameter: &Node, ty: Type) -> Option<String> {
    match (&parameter.get("default")?.value, ty) {
        (Value::Text(text), Type::Text) if !text.is_empty() && parameter.text("type") == Some("string") => {
            Some(format!("{text:?}"))
        }
        (Value::Number(digits), Type::Integer) => digits.parse::<i64>().ok().map(|number| number.to_string()),
        (Value::Bool(value), Type::Boolean) => Some(value.to_string()),
        _ => None,
    }
}

/// RFC 9110 s. 5.1.
fn is_header_name(name: &str) -> bool {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(is_token)
}

fn body<'a>(document: &Document<'a>, item: &'a Node, node: &'a Node) -> Option<Body> {
    let parameters = all(document, item, node);
    if parameters
        .iter()
        .any(|parameter| parameter.text("in") == Some("formData"))
    {
        return Some(Body::Bytes);
    }
    let body = parameters
        .into_iter()
        .find(|parameter| parameter.text("in") == Some("body"))?;
    let schema = body.get("schema").and_then(|schema| document.resolve(schema));
    let is_file = schema.is_some_and(|schema| {
        schema.text("type") == Some("string") && matches!(schema.text("format"), Some("binary" | "byte"))
    });
    let own = node.get("consumes").is_some();
    let consumes = if own { node } else { document.root }.list("consumes");
    let mut types = consumes.iter().filter_map(Node::as_text);
    let is_json = consumes.is_empty() || types.any(|ty| ty.contains("json") || ty.contains("*/*"));
    Some(if is_json && !is_file {
        Body::Json {
            required: body.is("required"),
        }
    } else {
        Body::Bytes
    })
}

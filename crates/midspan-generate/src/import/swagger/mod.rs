//! OpenAPI 3.0 and 3.1 in the words of OpenAPI 2.0, which is what Power Platform reads.
//!
//! What has no word there is left out and noted; where a schema allows several shapes, any is taken.

mod operation;
mod schema;

use crate::{
    openapi::Document,
    tree::{Node, Value},
};

/// The same document as OpenAPI 2.0.
pub(super) fn converted(document: &Document<'_>) -> Node {
    let root = document.root;
    let mut out = Members::new(root);
    out.text("swagger", "2.0");
    let mut info = Members::new(root);
    if let Some(given) = root.get("info") {
        info = Members::new(given);
        for (name, value) in given.members() {
            if ["title", "description", "termsOfService", "contact", "version"].contains(&name.as_str())
                || name.starts_with("x-")
            {
                info.add(name, value.clone());
            }
        }
        if let Some(license) = given.get("license") {
            info.add("license", keeping(license, &["name", "url"]));
        }
    }
    out.add("info", info.into_node());
    server(document, &mut out);
    if let Some(schemas) = root.get("components").and_then(|components| components.get("schemas")) {
        let definitions = schemas.members().iter();
        let definitions = definitions.map(|(name, schema)| (name.clone(), schema::schema(document, schema)));
        out.add(
            "definitions",
            Node {
                at: schemas.at,
                value: Value::Map(definitions.collect()),
            },
        );
    }
    let paths = root.map("paths").iter().map(|(path, item)| {
        let item = document.resolve(item).unwrap_or(item);
        (path.clone(), operation::item(document, item))
    });
    out.list_or_map("paths", Value::Map(paths.collect()));
    security(document, &mut out);
    for name in ["security", "tags", "externalDocs"] {
        if let Some(value) = root.get(name) {
            out.add(name, value.clone());
        }
    }
    for (name, value) in root.members().iter().filter(|(name, _)| name.starts_with("x-")) {
        out.add(name, value.clone());
    }
    if let Some(webhooks) = root.get("webhooks") {
        document.note(webhooks.at, "\"webhooks\" has no word in OpenAPI 2.0 and is left out");
    }
    out.into_node()
}

fn server(document: &Document<'_>, out: &mut Members) {
    let (origin, path) = document.server();
    match origin.as_deref().and_then(|origin| origin.split_once("://")) {
        Some((scheme, host)) => {
            out.text("host", host);
            out.list_or_map("schemes", Value::List(vec![out.node(Value::Text(scheme.to_owned()))]));
        }
        None => {
            let message = "the document says no address of its server; give the source's URL, and `host` in spin.toml";
            document.note(document.root.at, message);
            out.list_or_map("schemes", Value::List(vec![out.node(Value::Text("https".to_owned()))]));
        }
    }
    out.text("basePath", if path.is_empty() { "/" } else { &path });
}

fn security(document: &Document<'_>, out: &mut Members) {
    let schemes = document
        .root
        .get("components")
        .map(|components| components.map("securitySchemes"))
        .unwrap_or_default();
    let mut definitions = Vec::new();
    for (name, scheme) in schemes {
        let Some(scheme) = document.resolve(scheme) else {
            continue;
        };
        let mut found = Members::new(scheme);
        match (
            scheme.text("type"),
            scheme.text("in"),
            scheme.text("scheme").map(str::to_ascii_lowercase).as_deref(),
        ) {
            (Some("apiKey"), Some(place @ ("header" | "query")), _) => {
                found.text("type", "apiKey");
                found.text("name", scheme.text("name").unwrap_or_default());
                found.text("in", place);
            }
            (Some("http"), _, Some("basic")) => found.text("type", "basic"),
            // The platform has no other word for it.
            (Some("http"), _, Some("bearer")) => {
                found.text("type", "apiKey");
                found.text("name", "Authorization");
                found.text("in", "header");
            }
            (Some("oauth2"), ..) => flow(scheme, &mut found),
            _ => {}
        }
        if found.is_empty() {
            document.note(
                scheme.at,
                &format!("security \"{name}\" has no word in OpenAPI 2.0 and is left out"),
            );
            continue;
        }
        if let Some(description) = scheme.get("description") {
            found.add("description", description.clone());
        }
        definitions.push((name.clone(), found.into_node()));
    }
    if !definitions.is_empty() {
        out.list_or_map("securityDefinitions", Value::Map(definitions));
    }
}

fn flow(scheme: &Node, out: &mut Members) {
    let flows = [
        ("authorizationCode", "accessCode"),
        ("implicit", "implicit"),
        ("password", "password"),
        ("clientCredentials", "application"),
    ];
    let found = flows
        .iter()
        .find_map(|(own, word)| Some((scheme.get("flows")?.get(own)?, word)));
    let Some((flow, word)) = found else { return };
    out.text("type", "oauth2");
    out.text("flow", word);
    for name in ["authorizationUrl", "tokenUrl", "scopes"] {
        if let Some(value) = flow.get(name) {
            out.add(name, value.clone());
        }
    }
}

/// The members of an object that is being written.
struct Members {
    like: Node,
    members: Vec<(String, Node)>,
}

impl Members {
    /// At the place of `like`.
    fn new(like: &Node) -> Self {
        Self {
            like: Node {
                at: like.at,
                value: Value::Null,
            },
            members: Vec::new(),
        }
    }

    fn add(&mut self, name: &str, value: Node) {
        self.members.push((name.to_owned(), value));
    }

    fn text(&mut self, name: &str, text: &str) {
        self.list_or_map(name, Value::Text(text.to_owned()));
    }

    fn list_or_map(&mut self, name: &str, value: Value) {
        self.add(name, self.node(value));
    }

    fn node(&self, value: Value) -> Node {
        Node {
            at: self.like.at,
            value,
        }
    }

    fn has(&self, name: &str) -> bool {
        self.members.iter().any(|(known, _)| known == name)
    }

    fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    fn into_node(self) -> Node {
        Node {
            at: self.like.at,
            value: Value::Map(self.members),
        }
    }
}

/// Those members that are named, and extensions.
fn keeping(node: &Node, names: &[&str]) -> Node {
    let kept = node.members().iter();
    let kept = kept.filter(|(name, _)| names.contains(&name.as_str()) || name.starts_with("x-"));
    Node {
        at: node.at,
        value: Value::Map(kept.cloned().collect()),
    }
}

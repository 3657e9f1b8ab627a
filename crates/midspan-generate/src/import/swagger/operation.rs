//! Path items and operations.

use super::{
    Members, keeping,
    schema::{resolved, schema},
};
use crate::{
    import::operation::METHODS,
    openapi::Document,
    tree::{Node, Value},
};

pub(super) fn item<'a>(document: &Document<'a>, item: &'a Node) -> Node {
    let mut out = Members::new(item);
    for (name, value) in item.members() {
        match name.as_str() {
            "parameters" => {
                let parameters = value.items().iter().filter_map(|one| parameter(document, one));
                out.list_or_map("parameters", Value::List(parameters.collect()));
            }
            method if METHODS.contains(&method) => out.add(method, operation(document, value)),
            name if name.starts_with("x-") => out.add(name, value.clone()),
            "trace" => document.note(value.at, "the method TRACE has no word in OpenAPI 2.0 and is left out"),
            _ => {}
        }
    }
    out.into_node()
}

fn operation<'a>(document: &Document<'a>, node: &'a Node) -> Node {
    let mut out = Members::new(node);
    let mut parameters: Vec<Node> = node
        .list("parameters")
        .iter()
        .filter_map(|one| parameter(document, one))
        .collect();
    let mut consumes = Vec::new();
    let mut produces = Vec::new();
    let mut responses = None;
    for (name, value) in node.members() {
        match name.as_str() {
            "tags" | "summary" | "description" | "operationId" | "deprecated" | "security" | "externalDocs" => {
                out.add(name, value.clone());
            }
            "requestBody" => {
                if let Some(body) = document.resolve(value) {
                    consumes = request_body(document, body, &mut parameters);
                }
            }
            "responses" => responses = Some(self::responses(document, value, &mut produces)),
            "callbacks" | "servers" => {
                document.note(
                    value.at,
                    &format!("\"{name}\" has no word in OpenAPI 2.0 and is left out"),
                );
            }
            name if name.starts_with("x-") => out.add(name, value.clone()),
            _ => {}
        }
    }
    for (name, types) in [("consumes", consumes), ("produces", produces)] {
        if !types.is_empty() {
            let types = types.into_iter().map(|ty| out.node(Value::Text(ty))).collect();
            out.list_or_map(name, Value::List(types));
        }
    }
    out.list_or_map("parameters", Value::List(parameters));
    let responses = responses.unwrap_or_else(|| {
        let mut default = Members::new(node);
        default.text("description", "The answer");
        vec![("default".to_owned(), default.into_node())]
    });
    out.list_or_map("responses", Value::Map(responses));
    out.into_node()
}

fn parameter<'a>(document: &Document<'a>, node: &'a Node) -> Option<Node> {
    let node = document.resolve(node)?;
    let place = node.text("in").unwrap_or_default();
    if !["path", "query", "header"].contains(&place) {
        document.note(
            node.at,
            &format!("a parameter in \"{place}\" has no word in OpenAPI 2.0 and is left out"),
        );
        return None;
    }
    let mut out = Members::new(node);
    for (name, value) in node.members() {
        if ["name", "in", "description", "required"].contains(&name.as_str()) || name.starts_with("x-") {
            out.add(name, value.clone());
        }
    }
    if let Some(empty) = node.get("allowEmptyValue").filter(|_| place == "query") {
        out.add("allowEmptyValue", empty.clone());
    }
    match node.get("schema") {
        Some(given) => {
            let flat = resolved(document, given);
            one_text(document, given, &flat, &mut out);
            if flat.text("type") == Some("array") {
                out.text("collectionFormat", collection(node, place));
            }
        }
        None => out.text("type", "string"),
    }
    Some(out.into_node())
}

/// A schema where only one text has room: objects are texts there.
fn one_text<'a>(document: &Document<'a>, given: &'a Node, flat: &Node, out: &mut Members) {
    let ty = flat.text("type").filter(|ty| *ty != "object").unwrap_or("string");
    let ty = ty.to_owned();
    out.text("type", &ty);
    for (name, value) in flat.members() {
        match name.as_str() {
            "type"
            | "title"
            | "example"
            | "readOnly"
            | "xml"
            | "externalDocs"
            | "properties"
            | "additionalProperties"
            | "required"
            | "allOf"
            | "discriminator"
            | "items" => {}
            name if !out.has(name) => out.add(name, value.clone()),
            _ => {}
        }
    }
    if ty == "array" {
        let given = document.resolve(given).unwrap_or(given);
        let mut items = Members::new(flat);
        match given.get("items") {
            Some(given) => {
                let flat = resolved(document, given);
                one_text(document, given, &flat, &mut items);
            }
            None => items.text("type", "string"),
        }
        items.members.retain(|(name, _)| name != "description");
        out.add("items", items.into_node());
    }
}

fn collection(node: &Node, place: &str) -> &'static str {
    let explodes = node.get("explode").and_then(Node::scalar);
    match node.text("style") {
        Some("spaceDelimited") => "ssv",
        Some("pipeDelimited") => "pipes",
        _ if place == "query" && explodes.as_deref() != Some("false") => "multi",
        _ => "csv",
    }
}

/// The body's media types; its schema, or its fields, become parameters.
fn request_body<'a>(document: &Document<'a>, body: &'a Node, parameters: &mut Vec<Node>) -> Vec<String> {
    let content = body.map("content");
    let form =
        |name: &str| name.starts_with("multipart/form-data") || name.starts_with("application/x-www-form-urlencoded");
    let json = content.iter().find(|(name, _)| name.contains("json"));
    let Some((name, media)) = json.or_else(|| content.first()) else {
        return Vec::new();
    };
    let given = media.get("schema");
    let object = given.and_then(|given| document.resolve(given));
    let fields = object.map(|object| object.map("properties")).unwrap_or_default();
    if form(name) && !fields.is_empty() {
        let required: Vec<_> = object
            .map(|object| object.list("required"))
            .unwrap_or_default()
            .iter()
            .filter_map(Node::as_text)
            .collect();
        for (field, given) in fields {
            let flat = resolved(document, given);
            let mut out = Members::new(given);
            out.text("name", field);
            out.text("in", "formData");
            out.list_or_map("required", Value::Bool(required.contains(&field.as_str())));
            if flat.text("format") == Some("binary") {
                out.text("type", "file");
                if let Some(description) = flat.get("description") {
                    out.add("description", description.clone());
                }
            } else {
                one_text(document, given, &flat, &mut out);
            }
            parameters.push(out.into_node());
        }
        return vec![name.clone()];
    }
    let mut out = Members::new(body);
    out.text("name", "body");
    out.text("in", "body");
    for (name, value) in body.members() {
        if ["description", "required"].contains(&name.as_str()) || name.starts_with("x-") {
            out.add(name, value.clone());
        }
    }
    out.add(
        "schema",
        match given.filter(|_| name.contains("json")) {
            Some(given) => schema(document, given),
            None => file(body),
        },
    );
    parameters.push(out.into_node());
    if name.contains("json") {
        content
            .iter()
            .map(|(name, _)| name.clone())
            .filter(|name| name.contains("json"))
            .collect()
    } else {
        vec![name.clone()]
    }
}

fn file(like: &Node) -> Node {
    let mut out = Members::new(like);
    out.text("type", "string");
    out.text("format", "binary");
    out.into_node()
}

fn responses<'a>(document: &Document<'a>, node: &'a Node, produces: &mut Vec<String>) -> Vec<(String, Node)> {
    let mut all: Vec<(String, Node)> = Vec::new();
    for (status, given) in node.members() {
        if status.starts_with("x-") {
            all.push((status.clone(), given.clone()));
            continue;
        }
        let Some(given) = document.resolve(given) else { continue };
        // A range has no word; the first status of it is the likeliest.
        let status = match status.strip_suffix("XX").or_else(|| status.strip_suffix("xx")) {
            Some(class) => {
                document.note(
                    given.at,
                    &format!("the statuses {status} have no word in OpenAPI 2.0; {class}00 stands for them"),
                );
                format!("{class}00")
            }
            None => status.clone(),
        };
        if all.iter().any(|(known, _)| *known == status) {
            continue;
        }
        all.push((status, response(document, given, produces)));
    }
    all
}

fn response<'a>(document: &Document<'a>, node: &'a Node, produces: &mut Vec<String>) -> Node {
    let mut out = Members::new(node);
    out.text("description", node.text("description").unwrap_or_default());
    let content = node.map("content");
    if let Some((name, media)) = content
        .iter()
        .find(|(name, _)| name.contains("json"))
        .or_else(|| content.first())
    {
        if !produces.contains(name) {
            produces.push(name.clone());
        }
        match media.get("schema") {
            Some(given) if name.contains("json") => out.add("schema", schema(document, given)),
            Some(given) => out.add("schema", text_or_file(document, given)),
            None => {}
        }
    }
    let headers = node.map("headers").iter().filter_map(|(name, given)| {
        let given = document.resolve(given)?;
        let mut header = Members::new(given);
        if let Some(description) = given.get("description") {
            header.add("description", description.clone());
        }
        match given.get("schema") {
            Some(schema) => {
                let flat = resolved(document, schema);
                one_text(document, schema, &flat, &mut header);
            }
            None => header.text("type", "string"),
        }
        Some((name.clone(), header.into_node()))
    });
    let headers: Vec<_> = headers.collect();
    if !headers.is_empty() {
        out.list_or_map("headers", Value::Map(headers));
    }
    let extensions = keeping(node, &[]);
    for (name, value) in extensions.members() {
        out.add(name, value.clone());
    }
    out.into_node()
}

fn text_or_file<'a>(document: &Document<'a>, given: &'a Node) -> Node {
    let flat = schema(document, given);
    if flat.text("type") == Some("string") || flat.get("$ref").is_some() {
        flat
    } else {
        file(given)
    }
}

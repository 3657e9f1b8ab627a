//! Operations as they are called: parameters, body and answer, from either version of OpenAPI.

use super::{
    document::{Document, Version},
    parameter::{Parameter, Place, parameters},
    schema::Schemas,
};
use crate::{rust::Ty, tree::Node};

const METHODS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch"];

/// One method of one path.
pub(super) struct Operation {
    pub(super) id: String,
    pub(super) doc: String,
    /// Upper case.
    pub(super) method: String,
    /// The path's template, below the server's address.
    pub(super) path: String,
    pub(super) parameters: Vec<Parameter>,
    pub(super) body: Option<Body>,
    pub(super) answer: Answer,
    /// Where the answer has the link to its next page, as `x-ms-pageable` says.
    pub(super) next_link: Option<String>,
}

/// What is sent. A form's fields are parameters.
pub(super) enum Body {
    Json {
        ty: Ty,
        required: bool,
        /// Where it is not plain `application/json`.
        content_type: Option<String>,
    },
    Bytes {
        content_type: String,
    },
    Form,
    Multipart,
}

/// What comes back with a status of 2xx.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Answer {
    Nothing,
    Json(Ty),
    /// JSON, or nothing with 404.
    Found(Ty),
    Text,
    Binary,
}

/// All operations, in the document's order, with their paths below `base_path`.
pub(super) fn operations<'a>(document: &Document<'a>, schemas: &mut Schemas<'a>, base_path: &str) -> Vec<Operation> {
    let mut operations = Vec::new();
    for (path, item) in document.root.map("paths") {
        let Some(item) = document.resolve(item) else { continue };
        for &method in METHODS {
            if let Some(operation) = item.get(method).filter(|node| node.is_map()) {
                let id = match operation.text("operationId").map(str::trim) {
                    Some(id) if !id.is_empty() => id.to_owned(),
                    _ => format!("{method} {path}"),
                };
                let path = format!("{base_path}/{}", path.trim_start_matches('/'));
                operations.push(read(document, schemas, (method, path, id), item, operation));
            }
        }
    }
    operations
}

fn read<'a>(
    document: &Document<'a>,
    schemas: &mut Schemas<'a>,
    (method, path, id): (&str, String, String),
    item: &'a Node,
    node: &'a Node,
) -> Operation {
    let declared = item.list("parameters").iter().chain(node.list("parameters"));
    let declared: Vec<&Node> = declared.filter_map(|parameter| document.resolve(parameter)).collect();
    let mut found = parameters(document, schemas, &declared, (&path, &id));
    let body = match document.version {
        Version::V2 => body_2(document, schemas, node, &declared, &id),
        Version::V3 => body_3(document, schemas, node, &id, &mut found),
    };
    if !matches!(body, Some(Body::Form | Body::Multipart)) {
        found.retain(|parameter| parameter.place != Place::Form);
    }
    let mut answer = answer(document, schemas, node, &id);
    if let Answer::Json(ty) = &answer
        && method == "get"
        && path.contains('{')
        && node.map("responses").iter().any(|(status, _)| status == "404")
    {
        answer = Answer::Found(ty.clone());
    }
    Operation {
        doc: text_of(node, method, &path),
        id,
        method: method.to_ascii_uppercase(),
        path,
        parameters: found,
        body,
        answer,
        next_link: node
            .get("x-ms-pageable")
            .and_then(|pageable| pageable.text("nextLinkName"))
            .map(str::to_owned),
    }
}

fn text_of(node: &Node, method: &str, path: &str) -> String {
    let texts = ["summary", "description"]
        .into_iter()
        .filter_map(|name| node.text(name));
    let mut texts: Vec<&str> = texts.map(str::trim).filter(|text| !text.is_empty()).collect();
    texts.dedup();
    let call = format!("`{} {}`", method.to_ascii_uppercase(), path.replace('`', "'"));
    texts.push(&call);
    let mut text = texts.join("\n\n");
    if node.is("deprecated") {
        text.push_str("\n\nThe source advises against it: it is deprecated.");
    }
    text
}

fn body_2<'a>(
    document: &Document<'a>,
    schemas: &mut Schemas<'a>,
    node: &'a Node,
    declared: &[&'a Node],
    id: &str,
) -> Option<Body> {
    let consumes = media_types(document, node, "consumes");
    if let Some(body) = declared
        .iter()
        .rev()
        .find(|parameter| parameter.text("in") == Some("body"))
    {
        let schema = body.get("schema").filter(|schema| schema.is_map());
        let is_binary = schema.is_some_and(|schema| schema.text("format") == Some("binary"));
        if let Some(content_type) = consumes.first().filter(|_| is_binary) {
            return Some(Body::Bytes {
                content_type: content_type.clone(),
            });
        }
        return Some(Body::Json {
            ty: schema.map_or(Ty::Any, |schema| schemas.ty(schema, &format!("{id} body"))),
            required: body.is("required"),
            content_type: json_type(&consumes),
        });
    }
    let mut form = declared
        .iter()
        .filter(|parameter| parameter.text("in") == Some("formData"))
        .peekable();
    form.peek()?;
    let has_file = form.any(|field| field.text("type") == Some("file"));
    let is_multipart = has_file || consumes.iter().any(|media| media.starts_with("multipart/"));
    Some(if is_multipart { Body::Multipart } else { Body::Form })
}

fn body_3<'a>(
    document: &Document<'a>,
    schemas: &mut Schemas<'a>,
    node: &'a Node,
    id: &str,
    found: &mut Vec<Parameter>,
) -> Option<Body> {
    let body = document.resolve(node.get("requestBody")?)?;
    let content = body.map("content");
    let names: Vec<String> = content.iter().map(|(name, _)| name.clone()).collect();
    let of = |wanted: &str| content.iter().find(|(name, _)| essence(name) == wanted);
    if let Some((name, media)) = content.iter().find(|(name, _)| is_json(name)) {
        let schema = media.get("schema").filter(|schema| schema.is_map());
        return Some(Body::Json {
            ty: schema.map_or(Ty::Any, |schema| schemas.ty(schema, &format!("{id} body"))),
            required: body.is("required"),
            content_type: json_type(&names).or_else(|| (essence(name) != "application/json").then(|| name.clone())),
        });
    }
    for (wanted, kind) in [
        ("multipart/form-data", Body::Multipart),
        ("application/x-www-form-urlencoded", Body::Form),
    ] {
        if let Some((_, media)) = of(wanted) {
            if let Some(schema) = media.get("schema") {
                found.extend(schemas.form(schema, id));
            }
            return Some(kind);
        }
    }
    let (name, _) = content.first()?;
    Some(Body::Bytes {
        content_type: if name.contains('*') {
            "application/octet-stream".into()
        } else {
            name.clone()
        },
    })
}

fn answer<'a>(document: &Document<'a>, schemas: &mut Schemas<'a>, node: &'a Node, id: &str) -> Answer {
    let is_success = |status: &str| status.starts_with('2') || status == "default";
    let mut successes: Vec<(&str, &Node)> = node
        .map("responses")
        .iter()
        .filter(|(status, _)| is_success(status))
        .filter_map(|(status, response)| Some((status.as_str(), document.resolve(response)?)))
        .collect();
    successes.sort_by_key(|(status, _)| *status);
    let has_success = successes.iter().any(|(status, _)| *status != "default");
    // `default` is mostly the form of errors.
    successes.retain(|(status, _)| !has_success || *status != "default");
    let place = format!("{id} response");
    let answers = successes.iter().map(|(_, response)| match document.version {
        Version::V2 => answer_2(document, schemas, node, response, &place),
        Version::V3 => answer_3(schemas, response, &place),
    });
    let answers: Vec<Answer> = answers.collect();
    let told = answers.iter().find(|answer| **answer != Answer::Nothing);
    told.cloned().unwrap_or(Answer::Nothing)
}

fn answer_2<'a>(
    document: &Document<'a>,
    schemas: &mut Schemas<'a>,
    node: &'a Node,
    response: &'a Node,
    place: &str,
) -> Answer {
    let Some(schema) = response.get("schema").filter(|schema| schema.is_map()) else {
        return Answer::Nothing;
    };
    let produces = media_types(document, node, "produces");
    let says_json = produces.is_empty() || produces.iter().any(|media| is_json(media) || media.contains('*'));
    match (schema.text("type"), schema.text("format")) {
        (Some("file"), _) | (_, Some("binary")) => Answer::Binary,
        (Some("string"), _) if !says_json => Answer::Text,
        _ if !says_json && !produces.iter().any(|media| media.starts_with("text/")) => Answer::Binary,
        _ => Answer::Json(schemas.ty(schema, place)),
    }
}

fn answer_3<'a>(schemas: &mut Schemas<'a>, response: &'a Node, place: &str) -> Answer {
    let content = response.map("content");
    let json = content
        .iter()
        .find(|(name, _)| is_json(name))
        .or_else(|| content.iter().find(|(name, _)| name == "*/*"));
    if let Some((_, media)) = json {
        return match media.get("schema").filter(|schema| schema.is_map()) {
            Some(schema) if schema.text("format") == Some("binary") => Answer::Binary,
            Some(schema) => Answer::Json(schemas.ty(schema, place)),
            None => Answer::Json(Ty::Any),
        };
    }
    match content.first() {
        None => Answer::Nothing,
        Some((name, _)) if name.starts_with("text/") => Answer::Text,
        Some(_) => Answer::Binary,
    }
}

/// The operation's `consumes` or `produces`, else the document's.
fn media_types(document: &Document<'_>, node: &Node, name: &str) -> Vec<String> {
    let own = node.get(name).or_else(|| document.root.get(name));
    let items = own.map(Node::items).unwrap_or_default();
    items.iter().filter_map(Node::as_text).map(str::to_owned).collect()
}

fn essence(media: &str) -> &str {
    media.split(';').next().unwrap_or_default().trim()
}

/// `application/json`, `text/json` and the structured-syntax suffix (RFC 6839 s. 3.1).
fn is_json(media: &str) -> bool {
    let essence = essence(media).to_ascii_lowercase();
    essence.ends_with("/json") || essence.ends_with("+json")
}

/// The media type to name, where the source takes JSON only under another name than `application/json`.
fn json_type(media: &[String]) -> Option<String> {
    let takes_plain = media
        .iter()
        .any(|media| essence(media) == "application/json" || media.contains('*'));
    media.iter().find(|media| !takes_plain && is_json(media)).cloned()
}

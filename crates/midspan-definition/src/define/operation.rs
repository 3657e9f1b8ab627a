//! An operation in the words of OpenAPI 2.0.

use serde_json::{Map, Value, json};

use super::{
    description::{Member, Operation},
    schema::{Schemas, rules, texts},
};

/// Errors have one shape (docs/errors.md). It is told in words: a schema here would be taken for the answer's.
const ERROR: &str = "An error: `message` says what went wrong and what to do, `error.code` is what to branch on";

pub(super) fn write(operation: &Operation, schemas: &mut Schemas<'_>) -> Value {
    let mut value = Map::new();
    let mut add = |name: &str, text: &str| {
        if !text.is_empty() {
            value.insert(name.to_owned(), text.into());
        }
    };
    add("operationId", &operation.id);
    add("summary", &operation.summary);
    add("description", &operation.description);
    add("x-ms-visibility", operation.visibility.as_deref().unwrap_or_default());
    let mut parameters: Vec<_> = operation
        .parameters
        .iter()
        .map(|member| parameter(member, schemas))
        .collect();
    if let Some(body) = &operation.body {
        let schema = schemas.write(body);
        parameters.push(json!({ "name": "body", "in": "body", "required": true, "schema": schema }));
        if body.is_binary() {
            value.insert("consumes".to_owned(), json!(["application/octet-stream"]));
        }
    }
    value.insert("parameters".to_owned(), parameters.into());
    value.insert("responses".to_owned(), responses(operation, schemas));
    if operation.output.is_binary() {
        // The source decides.
        value.insert("produces".to_owned(), json!(["*/*"]));
    }
    if let Some(name) = operation.next_link() {
        value.insert("x-ms-pageable".to_owned(), json!({ "nextLinkName": name }));
    }
    Value::Object(value)
}

fn parameter(member: &Member, schemas: &mut Schemas<'_>) -> Value {
    let place = member.place.as_deref().unwrap_or("query");
    let mut parameter = schemas.inline(member.schema.not_null());
    parameter.extend(texts(member));
    parameter.extend(rules(member));
    parameter.insert("name".to_owned(), member.name.as_str().into());
    parameter.insert("in".to_owned(), place.into());
    // One with a default need not be given.
    let required = place == "path" || (member.required && member.default.is_none());
    parameter.insert("required".to_owned(), required.into());
    if place == "path" {
        parameter.insert("x-ms-url-encoding".to_owned(), "single".into());
    }
    Value::Object(parameter)
}

fn responses(operation: &Operation, schemas: &mut Schemas<'_>) -> Value {
    let mut responses = Map::new();
    for status in &operation.statuses {
        let mut response = json!({ "description": phrase(*status) });
        if *status == 201 {
            response["headers"] = json!({ "Location": { "type": "string", "description": "Where it is" } });
        }
        responses.insert(status.to_string(), response);
    }
    if operation.statuses != [204] {
        // The designer reads one schema, at 200 or 201: of an answer that is only accepted too.
        let read = operation
            .statuses
            .iter()
            .find(|status| matches!(status, 200 | 201))
            .unwrap_or(&200);
        let response = responses
            .entry(read.to_string())
            .or_insert_with(|| json!({ "description": phrase(*read) }));
        response["schema"] = schemas.write(&operation.output);
    }
    responses.insert("default".to_owned(), json!({ "description": ERROR }));
    Value::Object(responses)
}

/// RFC 9110 s. 15.
fn phrase(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        _ => "Success",
    }
}

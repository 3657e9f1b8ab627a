//! An operation in the words of OpenAPI 2.0.

use serde_json::{Map, Value, json};

use super::{
    description::{Designer, Member, Operation, Schema, Trigger},
    dynamic,
    schema::{Schemas, texts},
};

/// Errors have one shape (docs/errors.md). It is told in words: a schema here would be taken for the answer's.
const ERROR: &str = "An error: `message` says what went wrong and what to do, `error.code` is what to branch on";

/// draft-ietf-httpapi-idempotency-key-header.
const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

pub(super) fn write(operation: &Operation, api: &str, schemas: &mut Schemas<'_>) -> Map<String, Value> {
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
    let is_key = |member: &Member| member.name.eq_ignore_ascii_case(IDEMPOTENCY_KEY);
    if operation.idempotency_ms.is_some() && !operation.parameters.iter().any(is_key) {
        parameters.push(idempotency_key());
    }
    if let Some(body) = &operation.body {
        let required = !matches!(body, Schema::Nullable { .. });
        let schema = schemas.known_by(body.not_null(), operation.designer.body.as_ref());
        parameters.push(json!({ "name": "body", "in": "body", "required": required, "schema": schema }));
        if body.is_binary() {
            value.insert("consumes".to_owned(), json!(["application/octet-stream"]));
        }
    }
    let form: Vec<_> = operation
        .parameters
        .iter()
        .filter(|member| member.place.as_deref() == Some("formData"))
        .collect();
    if form.iter().any(|member| member.schema.is_binary()) {
        value.insert("consumes".to_owned(), json!(["multipart/form-data"]));
    } else if !form.is_empty() {
        value.insert("consumes".to_owned(), json!(["application/x-www-form-urlencoded"]));
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
    value.extend(designer(&operation.designer, api));
    value
}

/// What stands at the path, beside the operation.
pub(super) fn beside(operation: &Operation, schemas: &mut Schemas<'_>) -> Option<(String, Value)> {
    let content = operation.content()?;
    let description = if operation.description.is_empty() {
        &operation.summary
    } else {
        &operation.description
    };
    let content = json!({ "description": description, "schema": schemas.answer(content, None) });
    Some(("x-ms-notification-content".to_owned(), content))
}

fn designer(designer: &Designer, api: &str) -> Map<String, Value> {
    let mut value = Map::new();
    let mut add = |name: &str, member: Value| value.insert(name.to_owned(), member);
    match &designer.trigger {
        None => {}
        Some(Trigger::Polling) => {
            add("x-ms-trigger", "batch".into());
            add("x-ms-trigger-metadata", json!({ "kind": "query", "mode": "polling" }));
        }
        Some(Trigger::Webhook { content, .. }) => {
            let many = matches!(content, Schema::Array { .. });
            add("x-ms-trigger", if many { "batch" } else { "single" }.into());
        }
    }
    if !designer.hint.is_empty() {
        add("x-ms-trigger-hint", designer.hint.as_str().into());
    }
    if designer.deprecated {
        add("deprecated", true.into());
    }
    let annotation = annotation(designer, api);
    if !annotation.is_empty() {
        add("x-ms-api-annotation", annotation.into());
    }
    if designer.no_generic_test {
        add("x-ms-no-generic-test", true.into());
    }
    if designer.openai {
        add("x-ms-openai-data", json!({ "openai-enabled": true }));
    }
    if !designer.agentic_protocol.is_empty() {
        add("x-ms-agentic-protocol", designer.agentic_protocol.as_str().into());
    }
    value
}

fn annotation(designer: &Designer, api: &str) -> Map<String, Value> {
    let mut annotation = Map::new();
    if !designer.family.is_empty() {
        annotation.insert("family".to_owned(), designer.family.as_str().into());
        annotation.insert("revision".to_owned(), designer.revision.unwrap_or(1).into());
    }
    if !designer.status.is_empty() {
        annotation.insert("status".to_owned(), designer.status.as_str().into());
    }
    if let Some(replacement) = &designer.replacement {
        let replacement = json!({ "api": api, "operationId": replacement.operation });
        annotation.insert("replacement".to_owned(), replacement);
    }
    annotation
}

/// What a maker sets who repeats calls by other means than the platform's own.
fn idempotency_key() -> Value {
    json!({
        "name": IDEMPOTENCY_KEY,
        "in": "header",
        "required": false,
        "type": "string",
        "maxLength": 255,
        "x-ms-summary": "Idempotency key",
        "description": "Makes sure that this is done once, however often the call is repeated: a text of your own for each \
                        thing to be done.",
        "x-ms-visibility": "advanced",
    })
}

fn parameter(member: &Member, schemas: &mut Schemas<'_>) -> Value {
    let place = member.place.as_deref().unwrap_or("query");
    let mut parameter = schemas.with_rules(member);
    parameter.remove("x-nullable");
    if place == "formData" && member.schema.is_binary() {
        parameter.insert("type".to_owned(), "file".into());
        for name in ["format", "minLength", "maxLength"] {
            parameter.remove(name);
        }
    }
    parameter.extend(texts(member));
    if let Some(dynamic) = &member.dynamic {
        parameter.extend(dynamic::write(dynamic, "body"));
    }
    parameter.insert("name".to_owned(), member.name.as_str().into());
    parameter.insert("in".to_owned(), place.into());
    // One with a default need not be given.
    let required = place == "path" || (member.required && member.default.is_none());
    parameter.insert("required".to_owned(), required.into());
    if place == "path" {
        let encoding = if member.double_encoded { "double" } else { "single" };
        parameter.insert("x-ms-url-encoding".to_owned(), encoding.into());
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
        response["schema"] = schemas.answer(&operation.output, operation.designer.output.as_ref());
    }
    for response in &operation.designer.responses {
        let value = json!({ "description": response.description });
        responses.insert(response.status.to_string(), value);
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

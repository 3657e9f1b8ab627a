//! One change, or more, for each rule.

#![allow(clippy::too_many_lines, reason = "tables")]

mod dynamic;
mod file;
mod metadata;
mod operations;
mod paths_and_parameters;
mod properties;
mod schemas;
mod webhooks_and_security;

use midspan_definition::lint::Rule;
use serde_json::{Value, json};

use crate::edit::Edit;

const LIST_NEWS: &str = "/paths/~1topics~1{topic}~1news/get";
const LIST_TOPICS: &str = "/paths/~1topics/get";
const CREATE: &str = "/paths/~1news/post";
const ITEM: &str = "/definitions/Item";

fn set(base: &str, rest: &str, value: impl Into<Value>) -> Edit {
    Edit::set(&format!("{base}{rest}"), value)
}

fn remove(base: &str, rest: &str) -> Edit {
    Edit::remove(&format!("{base}{rest}"))
}

fn reference(name: &str) -> Value {
    json!({ "$ref": name })
}

/// A schema that is so many references deep.
fn deep(levels: usize) -> Value {
    (0..levels).fold(
        json!({ "type": "string" }),
        |inner, _| json!({ "type": "object", "properties": { "in": inner } }),
    )
}

fn wide(properties: usize) -> Value {
    let properties = (0..properties)
        .map(|index| (format!("p{index}"), json!({ "type": "string" })))
        .collect();
    json!({ "type": "object", "properties": Value::Object(properties) })
}

/// An object whose properties are all `Wide`.
fn references(count: usize) -> Value {
    let wide = reference("#/definitions/Wide");
    let properties = (0..count).map(|index| (format!("p{index}"), wide.clone())).collect();
    json!({ "type": "object", "properties": Value::Object(properties) })
}

/// A list of operations with these members each.
fn paths(count: usize) -> Vec<Edit> {
    let operation = |index| json!({ "get": { "operationId": format!("Get{index}"), "responses": { "200": { "description": "Got" } } } });
    (0..count)
        .map(|index| Edit::set(&format!("/paths/~1many{index}"), operation(index)))
        .collect()
}

/// Two more members of the family of `CreateNews`.
fn family(annotations: &[Value]) -> Vec<Edit> {
    let member = |(index, annotation): (usize, &Value)| {
        let id = annotation
            .get("id")
            .and_then(Value::as_str)
            .map_or(format!("CreateNews_V{}", index + 2), str::to_owned);
        let mut annotation = annotation.clone();
        annotation.as_object_mut().expect("an object").remove("id");
        annotation["family"] = json!("CreateNews");
        let operation = json!({
            "operationId": id, "x-ms-api-annotation": annotation, "responses": { "200": { "description": "Made" } },
        });
        Edit::set(&format!("/paths/~1made{index}"), json!({ "post": operation }))
    };
    annotations.iter().enumerate().map(member).collect()
}

pub(crate) fn all() -> Vec<(Rule, Vec<Edit>)> {
    [
        file::all(),
        operations::all(),
        dynamic::all(),
        paths_and_parameters::all(),
        metadata::all(),
        schemas::all(),
        webhooks_and_security::all(),
        properties::all(),
    ]
    .concat()
}

//! Schemas.

use super::Members;
use crate::{
    openapi::{Document, reference},
    tree::{Node, Value},
};

/// How deep schemas within schemas are followed.
const MAX_DEPTH: usize = 64;

/// What both versions say in the same words.
const SAME: [&str; 21] = [
    "title",
    "description",
    "default",
    "format",
    "multipleOf",
    "maximum",
    "minimum",
    "maxLength",
    "minLength",
    "pattern",
    "maxItems",
    "minItems",
    "uniqueItems",
    "maxProperties",
    "minProperties",
    "required",
    "enum",
    "readOnly",
    "xml",
    "externalDocs",
    "example",
];

pub(super) fn schema(document: &Document<'_>, node: &Node) -> Node {
    within(document, node, 0)
}

/// The schema of a parameter, where no reference may stand.
pub(super) fn resolved<'a>(document: &Document<'a>, node: &'a Node) -> Node {
    schema(document, document.resolve(node).unwrap_or(node))
}

fn within(document: &Document<'_>, node: &Node, depth: usize) -> Node {
    let mut out = Members::new(node);
    if let Some(target) = reference(node) {
        match target.strip_prefix("#/components/schemas/") {
            Some(name) => out.text("$ref", &format!("#/definitions/{name}")),
            None => document.note(
                node.at,
                &format!("schema \"{target}\" is not among the named ones; any is taken"),
            ),
        }
        return out.into_node();
    }
    if depth > MAX_DEPTH || !node.is_map() {
        return out.into_node();
    }
    let next = |node: &Node| within(document, node, depth + 1);
    types(node, &mut out);
    for (name, value) in node.members() {
        match name.as_str() {
            name if SAME.contains(&name) || (name.starts_with("x-") && name != "x-nullable") => {
                out.add(name, value.clone());
            }
            "const" if node.get("enum").is_none() => out.list_or_map("enum", Value::List(vec![value.clone()])),
            "examples" if node.get("example").is_none() => {
                if let Some(first) = value.items().first() {
                    out.add("example", first.clone());
                }
            }
            "exclusiveMaximum" => bound(value, ["exclusiveMaximum", "maximum"], &mut out),
            "exclusiveMinimum" => bound(value, ["exclusiveMinimum", "minimum"], &mut out),
            "items" => out.add("items", next(value)),
            "allOf" => out.list_or_map("allOf", Value::List(value.items().iter().map(next).collect())),
            "properties" => {
                let properties = value
                    .members()
                    .iter()
                    .map(|(name, property)| (name.clone(), next(property)));
                out.list_or_map("properties", Value::Map(properties.collect()));
            }
            "additionalProperties" if value.is_map() => out.add("additionalProperties", next(value)),
            "additionalProperties" => out.add("additionalProperties", value.clone()),
            "discriminator" => {
                if let Some(property) = value.get("propertyName") {
                    out.add("discriminator", property.clone());
                }
            }
            "oneOf" | "anyOf" => one_of(document, value, &mut out, next),
            _ => {}
        }
    }
    if out
        .members
        .iter()
        .any(|(name, value)| name == "type" && value.as_text() == Some("array"))
        && !out.has("items")
    {
        out.list_or_map("items", Value::Map(Vec::new()));
    }
    out.into_node()
}

/// One type, and whether null is one of the values.
fn types(node: &Node, out: &mut Members) {
    let mut nullable = node.is("nullable") || node.is("x-nullable");
    match node.get("type").map(|ty| (&ty.value, ty)) {
        Some((Value::Text(ty), _)) => out.text("type", ty),
        Some((Value::List(_), list)) => {
            let all: Vec<_> = list.items().iter().filter_map(Node::as_text).collect();
            nullable |= all.contains(&"null");
            let types: Vec<_> = all.into_iter().filter(|ty| *ty != "null").collect();
            // Several types have no word: any is taken.
            if let [only] = types.as_slice() {
                out.text("type", only);
            }
        }
        _ => {}
    }
    if nullable {
        out.list_or_map("x-nullable", Value::Bool(true));
    }
}

/// In 3.1 a number of its own, before that a flag beside the other bound.
fn bound(value: &Node, [flag, bound]: [&str; 2], out: &mut Members) {
    match value.value {
        Value::Number(_) => {
            out.members.retain(|(name, _)| name != bound);
            out.add(bound, value.clone());
            out.list_or_map(flag, Value::Bool(true));
        }
        _ => out.add(flag, value.clone()),
    }
}

fn one_of(document: &Document<'_>, value: &Node, out: &mut Members, next: impl Fn(&Node) -> Node) {
    let is_null = |node: &&Node| node.text("type") == Some("null");
    let (nulls, others): (Vec<&Node>, Vec<&Node>) = value.items().iter().partition(is_null);
    if !nulls.is_empty() && !out.has("x-nullable") {
        out.list_or_map("x-nullable", Value::Bool(true));
    }
    match others.as_slice() {
        [] => {}
        [only] if !out.has("allOf") => out.list_or_map("allOf", Value::List(vec![next(only)])),
        _ => document.note(
            value.at,
            "one of several schemas has no word in OpenAPI 2.0; any is taken",
        ),
    }
}

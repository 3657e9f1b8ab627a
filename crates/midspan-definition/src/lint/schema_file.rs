//! Microsoft's JSON schemas of the two files.
//!
//! They are stricter than the platform in places and know nothing newer than 2024-10, so what they say is a warning, and
//! only said where no rule has said it better.

use std::sync::LazyLock;

use jsonschema::{
    ValidationError, Validator,
    error::{TypeKind, ValidationErrorKind},
};

use super::{Findings, Rule, keywords::is_known_extension, metadata::shown};
use crate::document::{Document, Node};

/// Both from microsoft/PowerPlatformConnectors, MIT; see the licence beside them.
static DEFINITION: LazyLock<Option<Validator>> =
    LazyLock::new(|| validator(include_bytes!("../../schemas/apiDefinition.swagger.schema.json")));
static PROPERTIES: LazyLock<Option<Validator>> =
    LazyLock::new(|| validator(include_bytes!("../../schemas/paconn-apiProperties.schema.json")));

/// What the platform has learnt since; what is below it can't be checked.
const NEWER: [&str; 7] = [
    "x-ms-openai-manifest",
    "x-ms-openai-data",
    "x-ms-agentic-protocol",
    "connectionParameterSets",
    "scriptOperations",
    "x-ms-capabilities",
    "enableOnbehalfOfLogin",
];

fn is_newer(name: &str) -> bool {
    NEWER.contains(&name) || name.strip_prefix("x-ms-").is_some_and(is_known_extension)
}

pub(super) fn check_definition(document: &Document, findings: &mut Findings<'_>) {
    check(DEFINITION.as_ref(), document, findings);
}

pub(super) fn check_properties(document: &Document, findings: &mut Findings<'_>) {
    check(PROPERTIES.as_ref(), document, findings);
}

fn validator(schema: &[u8]) -> Option<Validator> {
    jsonschema::validator_for(&readable(schema)?).ok()
}

/// The schemas have comments, which this crate's reader puts up with, and names that aren't URIs, such as
/// `x-ms-capabilities<api>`.
fn readable(schema: &[u8]) -> Option<serde_json::Value> {
    let mut schema = Document::parse("schema", schema).ok()?.root().to_json();
    name_plainly(&mut schema);
    Some(schema)
}

fn name_plainly(value: &mut serde_json::Value) {
    let plain = |name: &str| name.replace('<', "-of-").replace('>', "");
    match value {
        serde_json::Value::Object(members) => {
            for (key, mut inner) in std::mem::take(members) {
                match &mut inner {
                    serde_json::Value::String(reference) if key == "$ref" => *reference = plain(reference),
                    other => name_plainly(other),
                }
                members.insert(plain(&key), inner);
            }
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(name_plainly),
        _ => {}
    }
}

fn check(validator: Option<&Validator>, document: &Document, findings: &mut Findings<'_>) {
    let Some(validator) = validator else { return };
    let json = document.root().to_json();
    let mut causes = Vec::new();
    for error in validator.iter_errors(&json) {
        self::causes(&error, document, findings, &mut causes);
    }
    for (at, message) in causes {
        findings.at_offset(at, Rule::SchemaViolation, message);
    }
}

/// What to tell of an error, and where; nothing where a rule has told it.
fn causes(error: &ValidationError<'_>, document: &Document, told: &Findings<'_>, causes: &mut Vec<(usize, String)>) {
    let pointer = error.instance_path().as_str();
    let Some(node) = document.at(pointer) else { return };
    if NEWER.iter().any(|name| pointer.contains(name)) {
        return;
    }
    let start = member_start(document, pointer).unwrap_or(node.start);
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            let unexpected = unexpected.iter().filter(|name| !is_newer(name));
            for member in unexpected.filter_map(|name| node.member(name)) {
                if !told.within(member.start, member.value.end) {
                    causes.push((member.start, format!("the schema allows no `{}` here", member.name)));
                }
            }
        }
        ValidationErrorKind::Required { property } => {
            let end = if node.get("$ref").is_some() {
                node.end
            } else {
                node.start + 1
            };
            if !told.within(start, end) {
                causes.push((start, format!("the schema requires {property} here")));
            }
        }
        _ if told.within(start, node.end) => {}
        ValidationErrorKind::OneOfNotValid { context } | ValidationErrorKind::AnyOf { context } => {
            match context.iter().min_by_key(|errors| distance(errors)) {
                Some(closest) if closest.len() <= 3 => {
                    for error in closest {
                        self::causes(error, document, told, causes);
                    }
                }
                _ => causes.push((start, "this has none of the forms that the schema allows".to_owned())),
            }
        }
        _ => causes.push((start, phrase(error, node))),
    }
}

/// How far an alternative is from fitting. Alternatives are told apart by a word, such as `in` or `templateId`; one
/// that fails deeper inside has fitted more.
fn distance(errors: &[ValidationError<'_>]) -> (usize, usize, usize) {
    let words = errors
        .iter()
        .filter(|error| matches!(error.kind(), ValidationErrorKind::Enum { .. }))
        .count();
    let depths = errors
        .iter()
        .map(|error| error.instance_path().as_str().matches('/').count());
    (words, usize::MAX - depths.min().unwrap_or(0), errors.len())
}

fn phrase(error: &ValidationError<'_>, node: &Node) -> String {
    let value = shown(node);
    match error.kind() {
        ValidationErrorKind::Type {
            kind: TypeKind::Single(kind),
        } => format!("the schema asks for {kind}, not {value}"),
        ValidationErrorKind::Enum { options } => {
            let options = options.to_string();
            let options: String = options.chars().take(120).collect();
            format!("the schema allows one of {options}, not {value}")
        }
        ValidationErrorKind::Format { format } => format!("the schema asks for a {format}, not {value}"),
        ValidationErrorKind::Pattern { pattern } => format!("the schema asks for the pattern {pattern}, not {value}"),
        _ => {
            let text = error.masked_with(value).to_string();
            text.chars().take(200).collect()
        }
    }
}

/// Where the key of a value stands; none for items and for the whole.
fn member_start(document: &Document, pointer: &str) -> Option<usize> {
    let (parent, _) = pointer.rsplit_once('/')?;
    let node = document.at(pointer)?;
    let member = document
        .at(parent)?
        .members()
        .iter()
        .find(|member| member.value.start == node.start)?;
    Some(member.start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_schemas_can_be_checked_with() {
        for schema in [
            &include_bytes!("../../schemas/apiDefinition.swagger.schema.json")[..],
            include_bytes!("../../schemas/paconn-apiProperties.schema.json"),
        ] {
            jsonschema::validator_for(&readable(schema).expect("JSON")).expect("a schema");
        }
    }
}

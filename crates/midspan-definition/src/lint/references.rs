//! Every `$ref` leads to where such a thing may stand.

use super::{
    Findings, Rule,
    connector::{Connector, members},
};
use crate::document::{Node, Value};

/// What a reference is expected to lead to.
#[derive(Clone, Copy)]
enum Kind {
    Schema,
    Parameter,
    Response,
}

pub(super) fn check(connector: &Connector<'_>, findings: &mut Findings<'_>) {
    let root = connector.root;
    for member in root.members() {
        match member.name.as_str() {
            "definitions" => shared(
                connector,
                &member.value,
                Kind::Schema,
                Rule::SchemaRefLoopNotAllowed,
                findings,
            ),
            "parameters" => shared(
                connector,
                &member.value,
                Kind::Parameter,
                Rule::ParameterRefLoopNotAllowed,
                findings,
            ),
            "responses" => shared(
                connector,
                &member.value,
                Kind::Response,
                Rule::ResponseRefLoopNotAllowed,
                findings,
            ),
            "paths" => paths(connector, &member.value, findings),
            _ => {}
        }
    }
}

/// What is shared: references within it are followed, itself it is none.
fn shared(connector: &Connector<'_>, node: &Node, kind: Kind, rule: Rule, findings: &mut Findings<'_>) {
    for member in node.members() {
        match member.value.get("$ref").filter(|node| node.as_str().is_some()) {
            Some(reference) => {
                // One that leads nowhere is told as that.
                if !reported(connector, reference, kind, findings) {
                    let message = format!("\"{}\" is only a reference to another", member.name);
                    findings.at(reference, rule, message);
                }
            }
            None => walk(connector, &member.value, kind, findings),
        }
    }
}

fn paths(connector: &Connector<'_>, paths: &Node, findings: &mut Findings<'_>) {
    for item in paths.members().iter().filter(|item| !item.name.starts_with("x-")) {
        for member in item.value.members() {
            match member.name.as_str() {
                "parameters" => parameters(connector, &member.value, findings),
                "$ref" => findings.at(
                    &member.value,
                    Rule::PathItemRefNotSuppored,
                    "a path may not be a `$ref`",
                ),
                _ => {
                    for part in member.value.members() {
                        match part.name.as_str() {
                            "parameters" => parameters(connector, &part.value, findings),
                            "responses" => responses(connector, &part.value, findings),
                            "schema" => walk(connector, &part.value, Kind::Schema, findings),
                            _ => {}
                        }
                    }
                }
            }
        }
    }
}

fn parameters(connector: &Connector<'_>, parameters: &Node, findings: &mut Findings<'_>) {
    for parameter in parameters.items() {
        walk(connector, parameter, Kind::Parameter, findings);
    }
}

fn responses(connector: &Connector<'_>, responses: &Node, findings: &mut Findings<'_>) {
    for response in responses.members() {
        walk(connector, &response.value, Kind::Response, findings);
    }
}

/// A value that may be a reference of this kind; below it, only schemas are referred to.
fn walk(connector: &Connector<'_>, node: &Node, kind: Kind, findings: &mut Findings<'_>) {
    if let Some(reference) = node.get("$ref").filter(|node| node.as_str().is_some()) {
        let broken = reported(connector, reference, kind, findings);
        if !broken && let Some(beside) = beside(node) {
            let message = format!("\"{}\" stands beside a `$ref`, where it is passed over", beside.name);
            findings.at_offset(beside.start, Rule::AdditionalPropertyNotAllowedAdjacentToRef, message);
        }
        return;
    }
    match &node.value {
        Value::Object(members) => {
            for member in members.iter().filter(|member| holds_schemas(&member.name)) {
                let inner = &member.value;
                match member.name.as_str() {
                    "properties" => {
                        inner
                            .members()
                            .iter()
                            .for_each(|one| walk(connector, &one.value, Kind::Schema, findings));
                    }
                    _ => walk(connector, inner, Kind::Schema, findings),
                }
            }
        }
        Value::Array(items) => items
            .iter()
            .for_each(|item| walk(connector, item, Kind::Schema, findings)),
        _ => {}
    }
}

/// Examples, defaults and extensions hold data, in which a `$ref` is no reference.
fn holds_schemas(name: &str) -> bool {
    matches!(
        name,
        "schema" | "items" | "properties" | "additionalProperties" | "allOf"
    )
}

/// The platform's own extensions are read beside a reference; anything else is not.
fn beside(node: &Node) -> Option<&crate::document::Member> {
    node.members().iter().find(|member| member.name != "$ref")
}

/// Reports a reference that leads nowhere or elsewhere; says whether it did.
fn reported(connector: &Connector<'_>, reference: &Node, kind: Kind, findings: &mut Findings<'_>) -> bool {
    let text = reference.as_str().unwrap_or_default();
    let (start, not_valid, not_found) = match kind {
        Kind::Schema => (
            "#/definitions/",
            Rule::SchemaReferenceNotValid,
            Rule::SchemaReferenceNotFound,
        ),
        Kind::Parameter => (
            "#/parameters/",
            Rule::ParameterReferenceNotValid,
            Rule::ParameterReferenceNotFound,
        ),
        Kind::Response => (
            "#/responses/",
            Rule::ResponseReferenceNotValid,
            Rule::ResponseReferenceNotFound,
        ),
    };
    if !text.starts_with(start) {
        findings.at(
            reference,
            not_valid,
            format!("reference \"{text}\" does not start with \"{start}\""),
        );
        true
    } else if !is_pointer(&text[1..]) {
        let message = format!("\"{text}\" is no JSON Pointer: a `~` is written `~0`");
        findings.at(reference, Rule::JsonPointerNotValid, message);
        true
    } else if connector.target(text).is_none() {
        let kind = members(connector.root, start[2..].trim_end_matches('/')).iter();
        let name = &text[start.len()..];
        let near = kind
            .map(|member| member.name.as_str())
            .find(|other| other.eq_ignore_ascii_case(name));
        let hint = near.map(|near| format!("; there is \"{near}\"")).unwrap_or_default();
        findings.at(
            reference,
            not_found,
            format!("reference \"{text}\" leads nowhere{hint}"),
        );
        true
    } else {
        false
    }
}

/// RFC 6901 s. 3: a tilde is followed by 0 or 1.
fn is_pointer(text: &str) -> bool {
    text.split('~').skip(1).all(|rest| rest.starts_with(['0', '1']))
}

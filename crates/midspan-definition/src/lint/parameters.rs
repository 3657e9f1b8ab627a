//! Parameters, each once.

use std::collections::HashSet;

use super::{
    Findings, Rule,
    connector::{Connector, items, members},
};
use crate::document::Node;

/// Headers that the gateway or HTTP itself sets.
const RESERVED_HEADERS: [&str; 7] = [
    "authorization",
    "connection",
    "content-length",
    "cookie",
    "host",
    "transfer-encoding",
    "x-ms-apim-referrer",
];

/// Keywords that a body has in its schema.
const OF_SCHEMAS: [&str; 8] = [
    "type",
    "format",
    "items",
    "enum",
    "default",
    "properties",
    "minimum",
    "maximum",
];

pub(super) fn check(connector: &Connector<'_>, findings: &mut Findings<'_>) {
    let mut seen = HashSet::new();
    for parameter in all(connector) {
        if parameter.is_object() && parameter.get("$ref").is_none() && seen.insert(parameter.start) {
            required(parameter, findings);
            place(parameter, findings);
            visibility(parameter, findings);
            texts(parameter, findings);
        }
    }
}

/// Shared ones and those of paths and operations.
fn all<'a>(connector: &Connector<'a>) -> Vec<&'a Node> {
    let mut all: Vec<_> = members(connector.root, "parameters")
        .iter()
        .map(|member| &member.value)
        .collect();
    for operation in &connector.operations {
        all.extend(&operation.parameters);
        // An operation's own parameter stands before the path's, which is checked all the same.
        all.extend(
            items(&operation.item.value, "parameters")
                .iter()
                .map(|node| connector.shared(node, "#/parameters/")),
        );
    }
    all
}

fn required(parameter: &Node, findings: &mut Findings<'_>) {
    for name in ["name", "in"] {
        if parameter.get(name).is_none() {
            findings.at(
                parameter,
                Rule::RequiredPropertyMissing,
                format!("`{name}` of the parameter is missing"),
            );
        }
    }
    if let Some(node) = parameter.get("name")
        && node.as_str().is_some_and(|name| name.trim().is_empty())
    {
        findings.at(node, Rule::RequiredValueEmpty, "the parameter's name is empty");
    }
    let is_body = parameter.text("in") == Some("body");
    if is_body && parameter.get("schema").is_none() {
        findings.at(parameter, Rule::BodyParameterSchemaRequired, "the body has no `schema`");
    }
    if !is_body && parameter.get("in").is_some() && parameter.get("type").is_none() && parameter.get("schema").is_none()
    {
        findings.at(
            parameter,
            Rule::RequiredPropertyMissing,
            format!("`type` of parameter \"{}\" is missing", name(parameter)),
        );
    }
}

fn place(parameter: &Node, findings: &mut Findings<'_>) {
    let name = name(parameter);
    let place = parameter.text("in").unwrap_or_default();
    let has = |member: &str| parameter.get(member).is_some();
    let mut at = |member: &str, rule, message: String| {
        findings.at(parameter.get(member).unwrap_or(parameter), rule, message);
    };
    if name.eq_ignore_ascii_case("connectionId") {
        let message = format!("a parameter is called \"{name}\"");
        at("name", Rule::ConnectionIdParameterNotAllowed, message);
    }
    match place {
        "path" => {
            if !parameter.is_true("required") {
                let message = format!("path parameter \"{name}\" is not required");
                at("required", Rule::PathParameterMustBeRequired, message);
            }
            if !has("x-ms-url-encoding") {
                let message = format!("path parameter \"{name}\" does not say how it is escaped");
                at("name", Rule::PathParameterMissingEncoding, message);
            }
        }
        "query" if has("x-ms-url-encoding") => {
            let message = format!("query parameter \"{name}\" says how it is escaped");
            at("x-ms-url-encoding", Rule::QueryParameterEncodingNotSupported, message);
        }
        "header" if RESERVED_HEADERS.contains(&name.to_ascii_lowercase().as_str()) => {
            let message = format!("header \"{name}\" is set by the gateway");
            at("name", Rule::ReservedParameterIsUsed, message);
        }
        "formData" if !name.is_ascii() => {
            let message = format!("form data \"{name}\" is not ASCII");
            at("name", Rule::InvalidFormDataParameterName, message);
        }
        "body" => {
            for member in parameter.members().iter().map(|member| member.name.as_str()) {
                if OF_SCHEMAS.contains(&member) {
                    let message = format!("`{member}` of the body belongs into its `schema`");
                    at(member, Rule::BodyParameterPropertyNotValid, message);
                }
            }
        }
        _ => {}
    }
    if place != "formData" && parameter.text("type") == Some("file") {
        let message = format!("file \"{name}\" is not in form data");
        at("type", Rule::FileParameterMustBeInFormData, message);
    }
    if place != "body" && !place.is_empty() && has("schema") {
        let message = format!("parameter \"{name}\" is no body, and has a schema");
        at("schema", Rule::NonBodyParameterSchemaNotValid, message);
    }
    if !matches!(place, "query" | "formData") && has("allowEmptyValue") {
        let message = format!("`allowEmptyValue` of \"{name}\" stands outside the query and forms");
        at(
            "allowEmptyValue",
            Rule::AllowEmptyValueOnlyValidForQueryFormData,
            message,
        );
    }
}

/// The maker can't give what is internal.
fn visibility(parameter: &Node, findings: &mut Findings<'_>) {
    let internal = parameter
        .get("x-ms-visibility")
        .filter(|node| node.as_str() == Some("internal"));
    let Some(at) = internal.filter(|_| parameter.text("in") != Some("body")) else {
        return;
    };
    let name = name(parameter);
    match (parameter.is_true("required"), parameter.get("default").is_some()) {
        (false, true) => {
            let message = format!("parameter \"{name}\" is internal, and left out because it is optional");
            findings.at(at, Rule::PropertyMustBeRequired, message);
        }
        (true, false) => {
            let message = format!("parameter \"{name}\" is required and internal, but has no default");
            findings.at(at, Rule::InternalRequiredWithoutDefault, message);
        }
        _ => {}
    }
}

fn texts(parameter: &Node, findings: &mut Findings<'_>) {
    summary(parameter, &format!("parameter \"{}\"", name(parameter)), findings);
}

/// `x-ms-summary` has at most 80 characters (Learn, "OpenAPI extensions for custom connectors").
pub(super) fn summary(node: &Node, what: &str, findings: &mut Findings<'_>) {
    if let Some(node) = node.get("x-ms-summary")
        && let Some(text) = node.as_str()
    {
        let length = text.chars().count();
        if length > 80 {
            let message = format!("`x-ms-summary` of {what} has {length} characters; the limit is 80");
            findings.at(node, Rule::FieldLengthExceeded, message);
        }
        super::metadata::in_english(node, &format!("`x-ms-summary` of {what}"), findings);
    }
}

fn name(parameter: &Node) -> &str {
    parameter.text("name").unwrap_or_default()
}

//! Responses, and which of them the designer shows.

use std::collections::HashSet;

use super::{
    Findings, Rule,
    connector::{Connector, Operation, members},
};
use crate::document::Node;

pub(super) fn check(connector: &Connector<'_>, findings: &mut Findings<'_>) {
    let mut seen = HashSet::new();
    for operation in &connector.operations {
        statuses(operation, findings);
        shown(connector, operation, findings);
        for (_, response) in connector.responses(operation) {
            if response.is_object() && response.get("$ref").is_none() && seen.insert(response.start) {
                one(connector, operation, response, findings);
            }
        }
        pages(connector, operation, findings);
    }
    for member in members(connector.root, "responses") {
        if member.value.is_object() && member.value.get("$ref").is_none() && seen.insert(member.value.start) {
            description(&member.value, findings);
        }
    }
}

fn statuses(operation: &Operation<'_>, findings: &mut Findings<'_>) {
    let Some(responses) = operation.node.get("responses") else {
        let message = format!("operation \"{}\" has no response", operation.name());
        return findings.at_offset(operation.member.start, Rule::OperationMustHaveResponse, message);
    };
    let named = || {
        responses
            .members()
            .iter()
            .filter(|member| !member.name.starts_with("x-"))
    };
    if responses.is_object() && named().count() == 0 {
        let message = format!("operation \"{}\" has no response", operation.name());
        return findings.at(responses, Rule::OperationMustHaveResponse, message);
    }
    for member in named() {
        let is_status = member.name.len() == 3 && matches!(member.name.parse(), Ok(100..=599));
        if !is_status && member.name != "default" {
            let message = format!("\"{}\" is no status code", member.name);
            findings.at_offset(member.start, Rule::ResponseMustBeDefaultOrHttpStatusCode, message);
        }
    }
    if responses.is_object() && !named().any(|member| member.name.starts_with('2')) {
        let message = format!("operation \"{}\" describes no success", operation.name());
        findings.at(responses, Rule::OperationShouldHaveSuccessfulResponse, message);
    }
}

/// The designer shows one response.
fn shown(connector: &Connector<'_>, operation: &Operation<'_>, findings: &mut Findings<'_>) {
    let responses = connector.responses(operation);
    let with_schema: Vec<_> = responses
        .iter()
        .filter(|(_, response)| response.get("schema").is_some())
        .collect();
    let Some(at) = operation.node.get("responses") else {
        return;
    };
    let name = operation.name();
    let expected: Vec<_> = with_schema
        .iter()
        .filter(|(status, _)| *status != "default")
        .map(|(status, _)| *status)
        .collect();
    if expected.len() > 1 {
        let message = format!(
            "operation \"{name}\" has schemas at {}; the designer uses one",
            expected.join(", ")
        );
        findings.at(at, Rule::OperationHasManyResponsesWithSchema, message);
    }
    if let Some((_, default)) = with_schema.iter().find(|(status, _)| *status == "default") {
        let message = format!("the default response of \"{name}\" has a schema");
        // A shared response is told once, where it stands.
        findings.at(default, Rule::DefaultResponseHasSchema, message);
    }
    let webhook = operation.item.value.get("x-ms-notification-content").is_some();
    let seen = with_schema
        .iter()
        .any(|(status, _)| matches!(*status, "200" | "201" | "default"));
    let elsewhere = with_schema.iter().find(|(status, _)| status.starts_with('2'));
    if let Some((status, _)) = elsewhere.filter(|_| !seen && !webhook) {
        let message = format!("the answer of \"{name}\" is described at {status}, where the designer does not look");
        findings.at(at, Rule::SchemaDefinitionSetIncorrectly, message);
    } else if operation.is_trigger() && !webhook && !seen {
        let message = format!("trigger \"{name}\" does not describe what it gives");
        findings.at(at, Rule::SchemaDefinitionSetIncorrectly, message);
    }
}

fn one(connector: &Connector<'_>, operation: &Operation<'_>, response: &Node, findings: &mut Findings<'_>) {
    description(response, findings);
    let mut seen = HashSet::new();
    for header in members(response, "headers") {
        if !seen.insert(header.name.to_ascii_lowercase()) {
            let message = format!("header \"{}\" stands twice, in different case", header.name);
            findings.at_offset(header.start, Rule::ResponseHeadersAreNotUnique, message);
        }
    }
    let produces = operation.mime_types(connector.root, "produces");
    for example in members(response, "examples") {
        let types = produces.map_or(&[][..], Node::items).iter().filter_map(Node::as_str);
        // Without `produces`, nothing contradicts the example.
        if produces.is_some()
            && example.name.contains('/')
            && !types.map(essence).any(|one| one == essence(&example.name))
        {
            let message = format!(
                "operation \"{}\" does not produce \"{}\"",
                operation.name(),
                example.name
            );
            findings.at_offset(example.start, Rule::ResponseExampleMustBeProducedByOperation, message);
        }
    }
}

fn description(response: &Node, findings: &mut Findings<'_>) {
    if response.get("description").is_none() {
        findings.warn_at(
            response,
            Rule::RequiredPropertyMissing,
            "`description` of the response is missing",
        );
    }
}

fn essence(mime: &str) -> String {
    mime.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn pages(connector: &Connector<'_>, operation: &Operation<'_>, findings: &mut Findings<'_>) {
    let Some(node) = operation
        .node
        .get("x-ms-pageable")
        .and_then(|pageable| pageable.get("nextLinkName"))
    else {
        return;
    };
    let Some(name) = node.as_str() else { return };
    if !matches!(name, "nextLink" | "@odata.nextLink") {
        findings.at(
            node,
            Rule::InvalidNextLinkNameValue,
            format!("\"{name}\" is not followed by the platform"),
        );
    } else if let Some(answer) = connector.answer(operation)
        && !connector.is_open(answer)
        && connector.property(answer, name).is_none()
    {
        let message = format!("the answer of \"{}\" has no property \"{name}\"", operation.name());
        findings.at(node, Rule::NextLinkPropertyMissing, message);
    }
}

//! Operations: their ids, texts and what they take.

use std::collections::HashMap;

use super::{
    Findings, Rule,
    connector::{Connector, Operation, identity, items, variables},
    metadata::{ends_well, in_english, schemes, shown, url},
    values::{self, Mime},
};
use crate::document::{Node, same_json};

/// The platform's limits (Learn, "Custom connector FAQ" and "Certification").
const MAX_OPERATIONS: usize = 256;
const MAX_SUMMARY: usize = 80;
/// API Management's.
const MAX_ID: usize = 80;

pub(super) fn check(connector: &Connector<'_>, findings: &mut Findings<'_>) {
    if connector.operations.len() > MAX_OPERATIONS
        && let Some(paths) = connector.root.get("paths")
    {
        let message = format!(
            "there are {} operations; the limit is {MAX_OPERATIONS}",
            connector.operations.len()
        );
        findings.at(paths, Rule::TotalOperationsCountExceedsMaxAllowed, message);
    }
    let mut ids: HashMap<&str, &Operation<'_>> = HashMap::new();
    for operation in &connector.operations {
        id(operation, &mut ids, findings);
        texts(operation, findings);
        parameter_list(connector, operation, findings);
        path_parameters(operation, findings);
        consumes(connector, operation, findings);
        if let Some(node) = operation.node.get("schemes") {
            schemes(node, findings);
        }
        if let Some(docs) = operation.node.get("externalDocs") {
            url(docs, "url", findings);
        }
        agentic_protocol(operation, findings);
    }
    for keyword in ["consumes", "produces"] {
        mime_types(connector.root.get(keyword), keyword, findings);
    }
}

fn id<'c, 'a>(
    operation: &'c Operation<'a>,
    ids: &mut HashMap<&'a str, &'c Operation<'a>>,
    findings: &mut Findings<'_>,
) {
    let Some(node) = operation.node.get("operationId") else {
        let message = format!("{} has no `operationId`", operation.name());
        return findings.at_offset(operation.member.start, Rule::OperationIdRequired, message);
    };
    let Some(id) = node.as_str() else { return };
    if id.trim().is_empty() {
        return findings.at(node, Rule::RequiredValueEmpty, "`operationId` is empty");
    }
    if let Some(other) = ids.insert(id, operation) {
        let message = format!(
            "operation \"{id}\" is defined twice; the other is {} {}",
            other.method.to_uppercase(),
            other.path
        );
        findings.at(node, Rule::OperationIdNotUnique, message);
    }
    // Power Apps calls `GetNews_V2` `GetNewsV2`, and Microsoft's own connectors have such ids.
    let (stem, revision) = match id.rsplit_once("_V") {
        Some((stem, revision)) if revision.bytes().all(|byte| byte.is_ascii_digit()) => (stem, revision),
        _ => (id, ""),
    };
    if !stem.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        let sanitized: String = stem.chars().filter(char::is_ascii_alphanumeric).collect();
        let message = format!("operation \"{id}\" is called \"{sanitized}{revision}\" by the platform");
        findings.at(node, Rule::OperationIdSanitized, message);
    }
    let length = id.chars().count();
    if length > MAX_ID {
        let message = format!("operation \"{id}\" has an id of {length} characters; the limit is {MAX_ID}");
        findings.at(node, Rule::OperationIdTooLong, message);
    }
}

fn texts(operation: &Operation<'_>, findings: &mut Findings<'_>) {
    let Some(node) = operation.node.get("summary") else {
        return;
    };
    let Some(summary) = node.as_str() else { return };
    if summary.trim().is_empty() {
        return findings.at(
            node,
            Rule::RequiredValueEmpty,
            format!("the summary of \"{}\" is empty", operation.name()),
        );
    }
    let length = summary.chars().count();
    if length > MAX_SUMMARY {
        let message = format!(
            "the summary of \"{}\" has {length} characters; the limit is {MAX_SUMMARY}",
            operation.name()
        );
        findings.at(node, Rule::OperationSummaryTooLong, message);
    }
    let restricted = |c: char| matches!(c, '/' | '\\' | '<' | '>') || c.is_control();
    if let Some(c) = summary.chars().find(|c| restricted(*c)) {
        let message = format!("the summary of \"{}\" has {c:?}", operation.name());
        findings.at(node, Rule::RestrictedCharactersInSummary, message);
    }
    ends_well(node, &format!("the summary of \"{}\"", operation.name()), findings);
    in_english(node, &format!("the summary of \"{}\"", operation.name()), findings);
}

fn parameter_list(connector: &Connector<'_>, operation: &Operation<'_>, findings: &mut Findings<'_>) {
    let own: Vec<_> = items(operation.node, "parameters").iter().collect();
    let name = operation.name();
    for (index, node) in own.iter().enumerate() {
        let parameter = connector.shared(node, "#/parameters/");
        let before = own[..index]
            .iter()
            .map(|other| connector.shared(other, "#/parameters/"));
        if let Some(other) = before.clone().find(|other| identity(other) == identity(parameter)) {
            let (called, place) = identity(parameter);
            let (called, place) = (called.unwrap_or_default(), place.unwrap_or_default());
            if same_json(other, parameter) {
                let message = format!("operation \"{name}\" has the same parameter \"{called}\" twice");
                findings.at(node, Rule::OperationParametersAreNotUnique, message);
            } else {
                let message = format!("operation \"{name}\" has two parameters \"{called}\" in \"{place}\"");
                findings.at(node, Rule::OperationParametersContainDuplicateParameter, message);
            }
        } else if parameter.text("in") == Some("body") && before.clone().any(|other| other.text("in") == Some("body")) {
            let message = format!("operation \"{name}\" has two bodies");
            findings.at(node, Rule::OperationParametersContainMultipleBodyParameters, message);
        }
    }
    let stands_in = |place| {
        operation
            .parameters
            .iter()
            .any(|parameter| parameter.text("in") == Some(place))
    };
    if stands_in("body") && stands_in("formData") {
        let message = format!("operation \"{name}\" has a body and form data");
        findings.at_offset(
            operation.member.start,
            Rule::ParameterListContainsFormDataAndBody,
            message,
        );
    }
    if operation.is_trigger() && operation.method == "get" && (stands_in("body") || stands_in("formData")) {
        let message = format!("trigger \"{name}\" is polled, and has a body");
        findings.at_offset(
            operation.member.start,
            Rule::BodyOrFormDataParameterInFetchOperationNotAllowed,
            message,
        );
    }
}

fn path_parameters(operation: &Operation<'_>, findings: &mut Findings<'_>) {
    let in_path = |parameter: &&&Node| parameter.text("in") == Some("path");
    let template: Vec<_> = variables(operation.path).collect();
    // A variable with a default or a catch-all is told elsewhere.
    let bare = |variable: &str| {
        variable
            .trim_start_matches(['*', '+'])
            .split('=')
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    for variable in template.iter().map(|variable| bare(variable)) {
        if !operation
            .parameters
            .iter()
            .filter(in_path)
            .any(|parameter| parameter.text("name") == Some(&variable))
        {
            let message = format!(
                "operation \"{}\" does not define \"{variable}\" of its path",
                operation.name()
            );
            findings.at_offset(operation.member.start, Rule::OperationMissingPathParameter, message);
        }
    }
    for parameter in operation.parameters.iter().filter(in_path) {
        let Some(name) = parameter.text("name") else { continue };
        if !template.iter().any(|variable| bare(variable) == name) {
            let message = format!("path parameter \"{name}\" is not in \"{}\"", operation.path);
            findings.at(parameter, Rule::PathParameterNotDefinedInTemplate, message);
        }
    }
}

fn consumes(connector: &Connector<'_>, operation: &Operation<'_>, findings: &mut Findings<'_>) {
    for keyword in ["consumes", "produces"] {
        mime_types(operation.node.get(keyword), keyword, findings);
    }
    let parameters = || operation.parameters.iter().copied();
    let Some(input) = parameters().find(|parameter| matches!(parameter.text("in"), Some("body" | "formData"))) else {
        return;
    };
    let name = operation.name();
    let Some(consumes) = operation
        .mime_types(connector.root, "consumes")
        .filter(|node| !node.items().is_empty())
    else {
        let message = format!("operation \"{name}\" has a body, but no `consumes`");
        return findings.at_offset(operation.member.start, Rule::ConsumesMissing, message);
    };
    let kinds: Vec<_> = consumes
        .items()
        .iter()
        .filter_map(Node::as_str)
        .map(values::mime)
        .collect();
    let at = if operation.node.get("consumes").is_some() {
        consumes.start
    } else {
        operation.member.start
    };
    let is_binary = |node: &Node| node.text("format") == Some("binary");
    let (what, fits): (&str, &[Mime]) = if input.text("in") == Some("body") {
        let schema = connector.body(operation);
        match schema.and_then(|schema| schema.text("type")) {
            Some("object" | "array") => (
                "an object or array",
                &[Mime::Structured, Mime::UrlEncoded, Mime::FormData],
            ),
            Some("string") if schema.is_some_and(is_binary) => return,
            _ => return,
        }
    } else if parameters().any(|parameter| parameter.text("type") == Some("file")) {
        ("a file", &[Mime::FormData, Mime::UrlEncoded])
    } else {
        ("form data", &[Mime::FormData, Mime::UrlEncoded])
    };
    if !kinds.iter().any(|kind| fits.contains(kind)) {
        let message = format!("operation \"{name}\" takes {what}, which none of its MIME types can carry");
        findings.at_offset(at, Rule::MimeTypeNotCompatibleWithRequestContentSchemaType, message);
    }
    if kinds == [Mime::UrlEncoded] {
        for parameter in parameters().filter(|node| node.text("in") == Some("formData") && is_binary(node)) {
            let message = format!("operation \"{name}\" takes binary text in a URL-encoded form");
            findings.at(parameter, Rule::StringBinaryNotSupportedForFormUrlEncoded, message);
        }
    }
}

fn mime_types(node: Option<&Node>, keyword: &str, findings: &mut Findings<'_>) {
    for item in node.map_or(&[][..], Node::items) {
        let Some(text) = item.as_str() else { continue };
        if !values::is_mime_type(text) {
            findings.at(item, Rule::MimeTypeNotValid, format!("{} is no MIME type", shown(item)));
        } else if values::mime(text) == Mime::Unsupported {
            let message = format!("{} in `{keyword}` is not supported", shown(item));
            findings.at(item, Rule::MimeTypeNotSupported, message);
        }
    }
}

/// Learn, "Extend your agent with Model Context Protocol".
fn agentic_protocol(operation: &Operation<'_>, findings: &mut Findings<'_>) {
    let Some(node) = operation.node.get("x-ms-agentic-protocol") else {
        return;
    };
    if operation.method != "post" {
        findings.at(
            node,
            Rule::AgenticProtocolNotValid,
            "`x-ms-agentic-protocol` stands at a method other than POST",
        );
    } else if node.as_str() != Some("mcp-streamable-1.0") {
        findings.at(
            node,
            Rule::AgenticProtocolNotValid,
            format!("{} is no protocol of agents", shown(node)),
        );
    }
}

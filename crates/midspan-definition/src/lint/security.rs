//! Security definitions and requirements.

use super::{
    Findings, Rule,
    connector::{Connector, items, members},
    metadata::shown,
};
use crate::document::Node;

pub(super) fn check(connector: &Connector<'_>, findings: &mut Findings<'_>) {
    for member in members(connector.root, "securityDefinitions") {
        definition(&member.name, &member.value, findings);
    }
    requirements(connector, connector.root, findings);
    for operation in &connector.operations {
        requirements(connector, operation.node, findings);
    }
}

fn definition(name: &str, node: &Node, findings: &mut Findings<'_>) {
    let required = |needed: &[&str], findings: &mut Findings<'_>| {
        for property in needed.iter().filter(|property| node.get(property).is_none()) {
            let message = format!("`{property}` of security definition \"{name}\" is missing");
            findings.at(node, Rule::SecuritySchemePropertyRequired, message);
        }
    };
    let Some(kind) = node.get("type") else {
        return required(&["type"], findings);
    };
    let needed: &[&str] = match (kind.as_str(), node.text("flow")) {
        (Some("basic"), _) => &[],
        (Some("apiKey"), _) => &["name", "in"],
        (Some("oauth2"), Some("implicit")) => &["authorizationUrl"],
        (Some("oauth2"), Some("password" | "application")) => &["tokenUrl"],
        (Some("oauth2"), Some("accessCode")) => &["authorizationUrl", "tokenUrl"],
        (Some("oauth2"), None) => &["flow"],
        (Some("oauth2"), Some(_)) => {
            let flow = node.get("flow").unwrap_or(node);
            return findings.at(
                flow,
                Rule::JsonValueNotInEnum,
                format!("{} is no flow of OAuth 2.0", shown(flow)),
            );
        }
        (Some(_), _) => {
            return findings.at(
                kind,
                Rule::JsonValueNotInEnum,
                format!("{} is no type of security", shown(kind)),
            );
        }
        (None, _) => return,
    };
    required(needed, findings);
    if let Some(place) = node.get("in").filter(|_| kind.as_str() == Some("apiKey"))
        && !matches!(place.as_str(), Some("header" | "query"))
    {
        findings.at(
            place,
            Rule::JsonValueNotInEnum,
            format!("{} is no place of a key", shown(place)),
        );
    }
    let optional: &[&str] = if kind.as_str() == Some("oauth2") {
        &["flow", "scopes"]
    } else {
        &[]
    };
    for member in node.members() {
        let known = |list: &[&str]| list.contains(&member.name.as_str());
        if !known(needed) && !known(optional) && !known(&["type", "description"]) && !member.name.starts_with("x-") {
            let message = format!(
                "`{}` is no property of security of the type {}",
                member.name,
                shown(kind)
            );
            findings.at_offset(member.start, Rule::SecuritySchemePropertyNotValid, message);
        }
    }
}

fn requirements(connector: &Connector<'_>, holder: &Node, findings: &mut Findings<'_>) {
    for member in items(holder, "security").iter().flat_map(Node::members) {
        let name = &member.name;
        let Some(definition) = connector.root.get("securityDefinitions").and_then(|all| all.get(name)) else {
            let message = format!("security \"{name}\" is not defined");
            findings.at_offset(member.start, Rule::SecurityRequirementMustBeDefined, message);
            continue;
        };
        if !member.value.is_array() {
            let message = format!("security \"{name}\" has no list of scopes");
            findings.at(&member.value, Rule::SecurityRequirementMustHaveValue, message);
            continue;
        }
        let oauth = definition.text("type") == Some("oauth2");
        for scope in member.value.items() {
            let Some(text) = scope.as_str() else { continue };
            if !oauth {
                let message = format!("security \"{name}\" is not OAuth, and names scope \"{text}\"");
                findings.at(scope, Rule::SecurityRequirementMustHaveEmptyValue, message);
            } else if definition.get("scopes").and_then(|scopes| scopes.get(text)).is_none() {
                let message = format!("scope \"{text}\" of \"{name}\" is not defined");
                findings.at(scope, Rule::OAuthSecurityRequirementValueMustBeScopeName, message);
            }
        }
    }
}

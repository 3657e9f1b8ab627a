//! `apiProperties.json`: what a maker gives to connect, and the policies of the gateway.

mod connection;
mod policies;

use super::{
    Findings, Rule,
    connector::{Connector, items, members},
    metadata::shown,
};
use crate::document::Node;

pub(super) fn check(root: &Node, connector: &Connector<'_>, findings: &mut Findings<'_>) {
    if !is(root, "object", "the file", findings) {
        return;
    }
    let Some(properties) = root.get("properties") else {
        return findings.at(root, Rule::RequiredPropertyMissing, "`properties` is missing");
    };
    if !is(properties, "object", "`properties`", findings) {
        return;
    }
    colour(properties, findings);
    if let Some(owner) = properties.get("stackOwner") {
        findings.at(
            owner,
            Rule::StackOwnerSet,
            "`stackOwner` is set; `paconn update` fails on it",
        );
    }
    let null = |node: &Node| node.type_name() == "null";
    for (name, expected) in [
        ("capabilities", "array"),
        ("connectionParameters", "object"),
        ("connectionParameterSets", "object"),
        ("policyTemplateInstances", "array"),
        ("scriptOperations", "array"),
    ] {
        if let Some(node) = properties.get(name).filter(|node| !null(node)) {
            is(node, expected, &format!("`{name}`"), findings);
        }
    }
    for parameter in members(properties, "connectionParameters") {
        connection::parameter(&parameter.name, &parameter.value, findings);
    }
    if let Some(sets) = properties
        .get("connectionParameterSets")
        .filter(|sets| sets.is_object())
    {
        connection::sets(sets, findings);
    }
    connection::answers_security(properties, connector, findings);
    policies::check(properties, connector, findings);
    for item in items(properties, "scriptOperations") {
        operation_is_there(item, "scriptOperations", connector, findings);
    }
}

/// Whether a value has the type; says so where it hasn't.
fn is(node: &Node, expected: &str, what: &str, findings: &mut Findings<'_>) -> bool {
    let found = node.type_name();
    if found != expected {
        findings.at(
            node,
            Rule::JsonTypeIncorrect,
            format!("{what} is {found}; it must be {expected}"),
        );
    }
    found == expected
}

/// Learn, "Submit your connector for certification": neither white nor the default blue.
fn colour(properties: &Node, findings: &mut Findings<'_>) {
    let Some(node) = properties.get("iconBrandColor") else {
        return findings.warn_at(properties, Rule::RequiredPropertyMissing, "`iconBrandColor` is missing");
    };
    let text = node.as_str().unwrap_or_default();
    let digits = text.strip_prefix('#').unwrap_or_default();
    let is_colour = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_colour {
        findings.at(
            node,
            Rule::IconBrandColorNotValid,
            format!("{} is no colour such as #0b5cab", shown(node)),
        );
    } else if ["ffffff", "007ee5"].contains(&digits.to_ascii_lowercase().as_str()) {
        let message = format!("{text} is white or the colour of custom connectors");
        findings.at(node, Rule::IconBrandColorNotValid, message);
    }
}

fn operation_is_there(item: &Node, holder: &str, connector: &Connector<'_>, findings: &mut Findings<'_>) {
    if let Some(id) = item.as_str()
        && !id.is_empty()
        && connector.operation(id).is_none()
    {
        let message = format!("`{holder}` names \"{id}\", which is no operation of the definition");
        findings.at(item, Rule::PolicyOperationNotFound, message);
    }
}

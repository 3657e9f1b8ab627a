//! How to connect, and where to.

use super::{ChangeRule, Changes, In, operations::same};
use crate::{
    connector::{Connector, items, members},
    document::{Document, Node, same_json},
};

pub(super) fn compare(old: &Connector<'_>, new: &Connector<'_>, changes: &mut Changes<'_>) {
    address(old.root, new.root, changes);
    security(old.root, new.root, changes);
    let properties = |side: Option<&Document>| {
        side.map(Document::root)
            .and_then(|root| root.get("properties"))
            .cloned()
    };
    let (before, now) = (properties(changes.old.properties), properties(changes.new.properties));
    if let (Some(before), Some(now)) = (before, now) {
        parameters(&before, &now, changes);
        policies(&before, &now, changes);
        if !same(before.get("iconBrandColor"), now.get("iconBrandColor")) {
            let at = now.get("iconBrandColor").unwrap_or(&now);
            changes.add(
                In::NewProperties,
                at,
                ChangeRule::PresentationChanged,
                "the brand colour is another",
            );
        }
    }
}

fn address(old: &Node, new: &Node, changes: &mut Changes<'_>) {
    for keyword in ["host", "basePath", "schemes"] {
        if !same(old.get(keyword), new.get(keyword)) {
            let at = new.get(keyword).unwrap_or(new);
            changes.add(In::New, at, ChangeRule::HostChanged, format!("`{keyword}` is another"));
        }
    }
    for pointer in ["/info/title", "/info/description"] {
        if !same(old.at(pointer), new.at(pointer)) {
            let at = new.at(pointer).unwrap_or(new);
            let name = pointer.trim_start_matches("/info/");
            changes.add(
                In::New,
                at,
                ChangeRule::PresentationChanged,
                format!("the {name} is another"),
            );
        }
    }
}

fn security(old: &Node, new: &Node, changes: &mut Changes<'_>) {
    for before in members(old, "securityDefinitions") {
        let Some(now) = new.get("securityDefinitions").and_then(|all| all.get(&before.name)) else {
            let message = format!("security \"{}\" is gone", before.name);
            changes.at_offset(In::Old, before.start, ChangeRule::AuthenticationChanged, message);
            continue;
        };
        let differs = |keyword: &str| !same(before.value.get(keyword), now.get(keyword));
        if ["type", "in", "name", "flow", "authorizationUrl", "tokenUrl"]
            .iter()
            .any(|keyword| differs(keyword))
        {
            let message = format!("security \"{}\" works in another way", before.name);
            changes.add(In::New, now, ChangeRule::AuthenticationChanged, message);
        } else if differs("scopes") {
            let message = format!("security \"{}\" has other scopes", before.name);
            changes.add(In::New, now, ChangeRule::ScopesChanged, message);
        }
    }
    let required = |root: &Node| {
        items(root, "security")
            .iter()
            .flat_map(Node::members)
            .map(|member| member.name.clone())
            .collect::<Vec<_>>()
    };
    let (before, now) = (required(old), required(new));
    if before != now && !now.is_empty() && !before.iter().any(|name| now.contains(name)) {
        let message = format!("calls require \"{}\"", now.join("\", \""));
        changes.add(
            In::New,
            new.get("security").unwrap_or(new),
            ChangeRule::AuthenticationChanged,
            message,
        );
    }
}

fn parameters(old: &Node, new: &Node, changes: &mut Changes<'_>) {
    let now = new.get("connectionParameters").unwrap_or(new);
    for before in members(old, "connectionParameters") {
        let name = &before.name;
        let Some(now) = new.get("connectionParameters").and_then(|all| all.get(name)) else {
            let message = format!("connection parameter \"{name}\" is gone");
            changes.at_offset(
                In::OldProperties,
                before.start,
                ChangeRule::ConnectionParameterRemoved,
                message,
            );
            continue;
        };
        let settings = |node: &Node, name: &str| node.at(&format!("/oAuthSettings/{name}")).cloned();
        let differs = |name: &str| !same(settings(&before.value, name).as_ref(), settings(now, name).as_ref());
        if !same(before.value.get("type"), now.get("type"))
            || differs("identityProvider")
            || differs("customParameters")
        {
            let message = format!("connection parameter \"{name}\" works in another way");
            changes.add(In::NewProperties, now, ChangeRule::AuthenticationChanged, message);
        } else if differs("scopes") {
            let message = format!("connection parameter \"{name}\" has other scopes");
            changes.add(In::NewProperties, now, ChangeRule::ScopesChanged, message);
        }
    }
    for added in now
        .members()
        .iter()
        .filter(|_| new.get("connectionParameters").is_some())
    {
        let known = old
            .get("connectionParameters")
            .is_some_and(|all| all.get(&added.name).is_some());
        let optional = added
            .value
            .at("/uiDefinition/constraints/required")
            .and_then(Node::as_str)
            == Some("false");
        let hidden = added
            .value
            .at("/uiDefinition/constraints/hidden")
            .and_then(Node::as_str)
            == Some("true");
        if !known && !optional && !hidden {
            let message = format!("connections need \"{}\"", added.name);
            changes.at_offset(
                In::NewProperties,
                added.start,
                ChangeRule::ConnectionParameterAdded,
                message,
            );
        }
    }
    if !same(old.get("connectionParameterSets"), new.get("connectionParameterSets")) {
        let at = new.get("connectionParameterSets").unwrap_or(new);
        let message = "the sets of connection parameters are others";
        changes.add(In::NewProperties, at, ChangeRule::AuthenticationChanged, message);
    }
}

fn policies(old: &Node, new: &Node, changes: &mut Changes<'_>) {
    let lacks = |list: &[Node], policy: &Node| !list.iter().any(|other| same_policy(other, policy));
    let (before, now) = (
        items(old, "policyTemplateInstances"),
        items(new, "policyTemplateInstances"),
    );
    let name = |policy: &Node| {
        let title = policy.text("title").or_else(|| policy.text("templateId"));
        title.unwrap_or_default().to_owned()
    };
    for policy in before.iter().filter(|policy| lacks(now, policy)) {
        let message = format!("policy \"{}\" is gone or another", name(policy));
        changes.add(In::OldProperties, policy, ChangeRule::PolicyChanged, message);
    }
    for policy in now.iter().filter(|policy| lacks(before, policy)) {
        let message = format!("policy \"{}\" is new or another", name(policy));
        changes.add(In::NewProperties, policy, ChangeRule::PolicyChanged, message);
    }
}

/// A title does nothing.
fn same_policy(one: &Node, other: &Node) -> bool {
    one.text("templateId") == other.text("templateId")
        && match (one.get("parameters"), other.get("parameters")) {
            (Some(one), Some(other)) => same_json(one, other),
            (one, other) => one.is_none() && other.is_none(),
        }
}

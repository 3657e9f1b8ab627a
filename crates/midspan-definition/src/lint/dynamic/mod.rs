//! Extensions that call another operation while a maker designs: lists, schemas, trees, connection tests.

mod call;
mod reference;

use std::collections::HashSet;

use self::call::Call;
use super::{
    Findings, Rule,
    connector::{Connector, DYNAMIC, Operation},
    reach::children,
};
use crate::document::Node;

pub(super) fn check(connector: &Connector<'_>, findings: &mut Findings<'_>) {
    for operation in &connector.operations {
        let mut seen = HashSet::new();
        for parameter in operation.parameters.iter().copied() {
            if parameter.text("in") == Some("body") {
                for name in DYNAMIC.iter().filter(|name| parameter.get(name).is_some()) {
                    let at = parameter.get(name).unwrap_or(parameter);
                    let message = format!("`{name}` stands at the body instead of in its schema");
                    findings.at(at, Rule::DynamicExtensionDefinitionNotAllowedInParameter, message);
                }
            } else {
                node(connector, Some(operation), parameter, findings);
            }
            let inner = if parameter.text("in") == Some("body") {
                parameter.get("schema")
            } else {
                parameter.get("items")
            };
            within(connector, operation, inner, &mut seen, findings);
        }
        let responses = connector.responses(operation);
        let answers = responses
            .iter()
            .map(|(_, response)| *response)
            .chain(operation.item.value.get("x-ms-notification-content"));
        for answer in answers {
            within(connector, operation, answer.get("schema"), &mut seen, findings);
        }
        named_operations(connector, operation, findings);
    }
    if let Some(capabilities) = connector.root.get("x-ms-capabilities") {
        if let Some(test) = capabilities.get("testConnection") {
            Call {
                connector,
                caller: None,
                extension: test,
            }
            .check(findings);
        }
        if let Some(picker) = capabilities.get("file-picker") {
            for part in ["open", "browse"].iter().filter_map(|name| picker.get(name)) {
                Call {
                    connector,
                    caller: None,
                    extension: part,
                }
                .target(findings);
            }
        }
    }
}

/// Schemas below one, references followed.
fn within<'a>(
    connector: &Connector<'a>,
    operation: &Operation<'a>,
    schema: Option<&'a Node>,
    seen: &mut HashSet<usize>,
    findings: &mut Findings<'_>,
) {
    let mut open: Vec<_> = schema.into_iter().collect();
    while let Some(schema) = open.pop() {
        let schema = connector.resolve(schema);
        if seen.insert(schema.start) {
            node(connector, Some(operation), schema, findings);
            open.extend(children(schema));
        }
    }
}

/// Extensions other than the dynamic ones that name an operation.
fn named_operations(connector: &Connector<'_>, operation: &Operation<'_>, findings: &mut Findings<'_>) {
    for pointer in ["/x-ms-notification", "/x-ms-operation-context/simulate"] {
        if let Some(extension) = operation.node.at(pointer) {
            Call {
                connector,
                caller: None,
                extension,
            }
            .target(findings);
        }
    }
}

/// The dynamic extensions of one parameter or schema.
fn node<'a>(connector: &Connector<'a>, caller: Option<&Operation<'a>>, node: &'a Node, findings: &mut Findings<'_>) {
    for (name, newer) in [
        ("x-ms-dynamic-values", "x-ms-dynamic-list"),
        ("x-ms-dynamic-schema", "x-ms-dynamic-properties"),
    ] {
        if let Some(extension) = node.get(name).filter(|extension| extension.is_object()) {
            let call = Call {
                connector,
                caller,
                extension,
            };
            if name == "x-ms-dynamic-values" && extension.get("operationId").is_none() {
                built_in(node, extension, findings);
                continue;
            }
            call.check(findings);
            if node.get(newer).is_none() {
                call.needs_newer(newer, findings);
            }
        }
    }
    if let Some(extension) = node
        .get("x-ms-dynamic-values")
        .filter(|values| values.get("operationId").is_some())
    {
        let call = Call {
            connector,
            caller,
            extension,
        };
        call.list("value-collection", &["value-path", "value-title"], findings);
    }
    if let Some(extension) = node.get("x-ms-dynamic-list") {
        let call = Call {
            connector,
            caller,
            extension,
        };
        call.check(findings);
        call.list("itemsPath", &["itemValuePath", "itemTitlePath"], findings);
    }
    if let Some(extension) = node.get("x-ms-dynamic-properties") {
        let call = Call {
            connector,
            caller,
            extension,
        };
        call.check(findings);
        call.property("itemValuePath", findings);
    }
    if let Some(extension) = node.get("x-ms-dynamic-schema") {
        Call {
            connector,
            caller,
            extension,
        }
        .property("value-path", findings);
        schema_paths(extension, node.get("x-ms-dynamic-properties"), findings);
    }
    if let Some(tree) = node.get("x-ms-dynamic-tree") {
        for part in ["open", "browse"].iter().filter_map(|name| tree.get(name)) {
            Call {
                connector,
                caller,
                extension: part,
            }
            .check(findings);
        }
        for name in ["settings", "open"] {
            selected_item(tree.get(name), findings);
        }
    }
    for name in DYNAMIC.iter().filter(|name| **name != "x-ms-dynamic-tree") {
        selected_item(node.get(name), findings);
    }
}

/// Values that the platform has itself.
fn built_in(node: &Node, extension: &Node, findings: &mut Findings<'_>) {
    match extension.text("capability") {
        Some("file-picker") if node.get("x-ms-dynamic-tree").is_none() => {
            findings.at(
                extension,
                Rule::DynamicTreeExtensionMissing,
                "a file picker has no `x-ms-dynamic-tree`",
            );
        }
        None if extension.get("builtInOperation").is_none() && extension.get("capability").is_none() => {
            let message = "`x-ms-dynamic-values` has no `operationId`, `builtInOperation` or `capability`";
            findings.at(extension, Rule::OneOfPropertiesRequired, message);
        }
        _ => {}
    }
}

fn schema_paths(extension: &Node, newer: Option<&Node>, findings: &mut Findings<'_>) {
    let Some(at) = extension.get("value-path") else { return };
    let path = at.as_str().unwrap_or_default();
    let schema = path.strip_suffix("properties").map(|start| start.trim_end_matches('/'));
    let schema = schema.filter(|start| start.len() + "/properties".len() == path.len() || start.is_empty());
    match (newer, schema) {
        (None, Some(_)) => {
            let message = format!("`value-path` \"{path}\" points to the properties of a schema");
            findings.at(
                at,
                Rule::DynamicPropertiesExtensionRequiredForPropertiesValuePath,
                message,
            );
        }
        (Some(newer), _) => {
            let expected = schema.unwrap_or(path);
            let found = newer.text("itemValuePath").unwrap_or_default();
            if found != expected {
                let at = newer.get("itemValuePath").unwrap_or(newer);
                let message = format!("`itemValuePath` is \"{found}\"; by `value-path` it is \"{expected}\"");
                findings.at(at, Rule::DynamicPropertiesItemValuePathMismatch, message);
            }
        }
        (None, None) => {}
    }
}

fn selected_item(node: Option<&Node>, findings: &mut Findings<'_>) {
    let Some(node) = node else { return };
    for member in node.members() {
        if member.name == "selectedItemValuePath" {
            let message = "`selectedItemValuePath` stands outside `browse`";
            findings.at_offset(
                member.start,
                Rule::SelectedItemValuePathNotAllowedInThisPosition,
                message,
            );
        } else {
            selected_item(Some(&member.value), findings);
        }
    }
}

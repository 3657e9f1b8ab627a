//! Triggers that the back end calls, and what polls beside them.

use super::{
    Findings, Rule,
    connector::{Connector, Operation, items, members},
};
use crate::document::Node;

pub(super) fn check(connector: &Connector<'_>, findings: &mut Findings<'_>) {
    let mut first_webhook = None;
    for operation in &connector.operations {
        let callbacks = callbacks(connector, operation);
        for callback in &callbacks {
            callback.check(findings);
        }
        in_answers(connector, operation, findings);
        let content = operation.item.value.get("x-ms-notification-content").is_some();
        let subscribes = matches!(operation.method, "post" | "put" | "patch");
        if !callbacks.is_empty() && !content && operation.is_trigger() {
            let message = format!("webhook \"{}\" does not describe what it sends", operation.name());
            findings.at_offset(
                operation.item.start,
                Rule::OperationMustHaveNotificationContentExtension,
                message,
            );
        }
        if operation.is_trigger() && content && subscribes && callbacks.is_empty() {
            let message = format!(
                "webhook \"{}\" has no property for the address to call",
                operation.name()
            );
            findings.at_offset(
                operation.member.start,
                Rule::WebhookOperationsMissingNotificationUrlProperty,
                message,
            );
        }
        if operation.is_trigger() && !callbacks.is_empty() {
            first_webhook.get_or_insert(operation);
        }
        notification(connector, operation, !callbacks.is_empty(), findings);
    }
    let unsubscribes = |operation: &Operation<'_>| operation.method == "delete";
    if let Some(webhook) = first_webhook.filter(|_| !connector.operations.iter().any(unsubscribes)) {
        let message = format!("webhook \"{}\" has no operation that unsubscribes", webhook.name());
        findings.at_offset(webhook.member.start, Rule::WebhookUnsubscribeMissing, message);
    }
}

/// A property or parameter that is the address to call.
struct Callback<'a> {
    name: &'a str,
    node: &'a Node,
    in_body: bool,
    /// Whether it and all that it stands in is required.
    required: bool,
    /// Whether it or something that it stands in is internal.
    internal: bool,
}

impl Callback<'_> {
    fn check(&self, findings: &mut Findings<'_>) {
        let Self { name, node, .. } = self;
        if !self.in_body {
            let message = format!("\"{name}\", the address to call, stands outside the body");
            return findings.at(node, Rule::NotificationUrlNotAllowedInThisPosition, message);
        }
        if !self.required {
            let message = format!("\"{name}\", the address to call, is not required");
            findings.at(node, Rule::NotificationUrlNotRequired, message);
        }
        if !self.internal {
            let message = format!("\"{name}\", the address to call, is not internal");
            findings.at(node, Rule::NotificationUrlNotInternal, message);
        }
        if node.text("type") != Some("string") {
            let message = format!("\"{name}\", the address to call, is no text");
            findings.at(node, Rule::NotificationUrlNotString, message);
        }
    }
}

fn callbacks<'a>(connector: &Connector<'a>, operation: &Operation<'a>) -> Vec<Callback<'a>> {
    let mut found = Vec::new();
    for parameter in operation.parameters.iter().copied() {
        let required = parameter.is_true("required");
        let internal = parameter.text("x-ms-visibility") == Some("internal");
        if parameter.is_true("x-ms-notification-url") {
            let name = parameter.text("name").unwrap_or_default();
            found.push(Callback {
                name,
                node: parameter,
                in_body: false,
                required,
                internal,
            });
        }
        if let Some(schema) = parameter.get("schema") {
            within(
                connector,
                schema,
                Above {
                    required,
                    internal,
                    depth: 16,
                },
                &mut found,
            );
        }
    }
    found
}

/// What holds of all that a property stands in.
#[derive(Clone, Copy)]
struct Above {
    required: bool,
    internal: bool,
    depth: u8,
}

fn within<'a>(connector: &Connector<'a>, schema: &'a Node, above: Above, found: &mut Vec<Callback<'a>>) {
    let Some(depth) = above.depth.checked_sub(1) else {
        return;
    };
    let schema = connector.resolve(schema);
    let internal = above.internal || schema.text("x-ms-visibility") == Some("internal");
    let listed: Vec<_> = items(schema, "required").iter().filter_map(Node::as_str).collect();
    for member in members(schema, "properties") {
        let node = connector.resolve(&member.value);
        let required = above.required && listed.contains(&member.name.as_str());
        let internal = internal || node.text("x-ms-visibility") == Some("internal");
        if node.is_true("x-ms-notification-url") {
            found.push(Callback {
                name: &member.name,
                node,
                in_body: true,
                required,
                internal,
            });
        } else {
            within(
                connector,
                node,
                Above {
                    required,
                    internal,
                    depth,
                },
                found,
            );
        }
    }
    for part in items(schema, "allOf") {
        within(
            connector,
            part,
            Above {
                internal,
                depth,
                ..above
            },
            found,
        );
    }
}

fn in_answers(connector: &Connector<'_>, operation: &Operation<'_>, findings: &mut Findings<'_>) {
    for (_, response) in connector.responses(operation) {
        let Some(schema) = response.get("schema") else { continue };
        for property in members(connector.resolve(schema), "properties") {
            if property.value.is_true("x-ms-notification-url") {
                let message = format!("\"{}\", the address to call, stands in a response", property.name);
                findings.at(&property.value, Rule::NotificationUrlNotAllowedInThisPosition, message);
            }
        }
    }
}

/// `x-ms-notification` names the webhook that saves polling.
fn notification(connector: &Connector<'_>, operation: &Operation<'_>, is_webhook: bool, findings: &mut Findings<'_>) {
    let Some(extension) = operation.node.get("x-ms-notification") else {
        return;
    };
    let name = operation.name();
    if is_webhook {
        let message = format!("webhook \"{name}\" has `x-ms-notification`");
        findings.at(
            extension,
            Rule::NotificationExtensionNotSupportedInWebhookOperation,
            message,
        );
    } else if !operation.is_trigger() {
        let message = format!("operation \"{name}\" is no trigger, and has `x-ms-notification`");
        findings.at(extension, Rule::NotificationExtensionSupportedForTriggerOnly, message);
    }
    let Some(id) = extension.get("operationId") else { return };
    // One that is not there is told with the other extensions that name operations.
    let Some(other) = id.as_str().and_then(|id| connector.operation(id)) else {
        return;
    };
    if callbacks(connector, other).is_empty() {
        let message = format!("operation \"{}\" is no webhook", other.name());
        findings.at(id, Rule::NotificationOperationMustBeWebhook, message);
    }
    for parameter in &operation.parameters {
        let Some(twin) = parameter.text("name").and_then(|name| other.parameter(name)) else {
            continue;
        };
        let same = |keyword: &str| parameter.text(keyword) == twin.text(keyword);
        if !same("type") || !same("x-ms-visibility") {
            let called = parameter.text("name").unwrap_or_default();
            let message = format!(
                "parameter \"{called}\" differs between \"{name}\" and \"{}\"",
                other.name()
            );
            findings.at(
                parameter,
                Rule::ParamtersWithSameNameMustHaveSameTypeAndVisibility,
                message,
            );
        }
    }
}

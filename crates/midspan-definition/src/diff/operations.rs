//! Operations: which there are, what they are, what they answer.

use super::{ChangeRule, Changes, In, Level, inputs, schemas};
use crate::{
    connector::{Connector, Operation},
    document::{Node, same_json},
};

pub(super) fn compare(old: &Connector<'_>, new: &Connector<'_>, changes: &mut Changes<'_>) {
    for operation in &old.operations {
        changes.operation = Some(operation.id.to_owned());
        match counterpart(operation, new) {
            Some(other) => one(old, operation, new, other, changes),
            None => gone(old, operation, new, changes),
        }
    }
    for operation in &new.operations {
        let known = old.operations.iter().any(|other| is_same(other, operation));
        let renamed = old
            .operations
            .iter()
            .any(|other| is_renamed(old, other, new, operation));
        if !known && !renamed {
            changes.operation = Some(operation.id.to_owned());
            let message = format!("operation \"{}\" is new", operation.name());
            changes.at_offset(In::New, operation.member.start, ChangeRule::OperationAdded, message);
        }
    }
    changes.operation = None;
}

fn is_same(one: &Operation<'_>, other: &Operation<'_>) -> bool {
    if one.id.is_empty() || other.id.is_empty() {
        one.id == other.id && one.method == other.method && one.path == other.path
    } else {
        one.id == other.id
    }
}

fn counterpart<'c, 'a>(operation: &Operation<'_>, new: &'c Connector<'a>) -> Option<&'c Operation<'a>> {
    new.operations.iter().find(|other| is_same(operation, other))
}

/// Whether an operation has the other's place under another id, and both ids are otherwise unknown.
fn is_renamed(old: &Connector<'_>, one: &Operation<'_>, new: &Connector<'_>, other: &Operation<'_>) -> bool {
    one.method == other.method
        && one.path == other.path
        && new.operation(one.id).is_none()
        && old.operation(other.id).is_none()
}

fn gone(old: &Connector<'_>, operation: &Operation<'_>, new: &Connector<'_>, changes: &mut Changes<'_>) {
    // Makers have no action of it, but dropdowns and subscriptions that exist may call it.
    let internal = operation.node.text("x-ms-visibility") == Some("internal");
    let level = if internal { Level::Risky } else { Level::Breaking };
    match new
        .operations
        .iter()
        .find(|other| is_renamed(old, operation, new, other))
    {
        Some(other) => {
            let message = format!("operation \"{}\" is called \"{}\"", operation.name(), other.name());
            let at = other.node.get("operationId").map_or(other.member.start, |id| id.start);
            changes.add_as(level, In::New, at, ChangeRule::OperationRenamed, message);
            one(old, operation, new, other, changes);
        }
        None => {
            let message = format!("operation \"{}\" is gone", operation.name());
            changes.add_as(
                level,
                In::Old,
                operation.member.start,
                ChangeRule::OperationRemoved,
                message,
            );
        }
    }
}

fn one<'o, 'n>(
    old: &Connector<'o>,
    was: &Operation<'o>,
    new: &Connector<'n>,
    is: &Operation<'n>,
    changes: &mut Changes<'_>,
) {
    let name = is.name();
    let at = is.member.start;
    if was.method != is.method || was.path != is.path {
        let (method, path) = (is.method.to_uppercase(), is.path);
        let message = format!("operation \"{name}\" has moved to {method} {path}");
        changes.at_offset(In::New, at, ChangeRule::OperationMoved, message);
    }
    let hidden = |operation: &Operation<'_>| operation.node.text("x-ms-visibility") == Some("internal");
    match (hidden(was), hidden(is)) {
        (false, true) => {
            let message = format!("operation \"{name}\" is internal");
            changes.at_offset(In::New, at, ChangeRule::OperationHidden, message);
        }
        (true, false) => {
            let message = format!("operation \"{name}\" is no longer internal");
            changes.at_offset(In::New, at, ChangeRule::OperationShown, message);
        }
        _ => {}
    }
    if is.is_deprecated() && !was.is_deprecated() {
        let message = format!("operation \"{name}\" is deprecated");
        changes.at_offset(In::New, at, ChangeRule::OperationDeprecated, message);
    }
    let differs = |keyword: &str| !same(was.node.get(keyword), is.node.get(keyword));
    if differs("summary") || differs("description") {
        let message = format!("operation \"{name}\" has another summary or description");
        changes.at_offset(In::New, at, ChangeRule::OperationTextChanged, message);
    }
    if differs("x-ms-trigger") {
        let message = match (was.node.text("x-ms-trigger"), is.node.text("x-ms-trigger")) {
            (Some(was), Some(is)) => format!("trigger \"{name}\" was {was}, and is {is}"),
            (None, _) => format!("operation \"{name}\" is a trigger"),
            (_, None) => format!("operation \"{name}\" is no trigger any more"),
        };
        changes.at_offset(In::New, at, ChangeRule::TriggerChanged, message);
    }
    if differs("x-ms-pageable") {
        let message = format!("operation \"{name}\" gives its pages in another way");
        changes.at_offset(In::New, at, ChangeRule::PagingChanged, message);
    }
    content_types(old, was, new, is, changes);
    inputs::compare(old, was, new, is, changes);
    answers(old, was, new, is, changes);
}

pub(super) fn same(one: Option<&Node>, other: Option<&Node>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => same_json(one, other),
        (None, None) => true,
        _ => false,
    }
}

/// That one more type is taken is no change for those who send another.
fn content_types<'o, 'n>(
    old: &Connector<'o>,
    was: &Operation<'o>,
    new: &Connector<'n>,
    is: &Operation<'n>,
    changes: &mut Changes<'_>,
) {
    let Some(before) = was
        .mime_types(old.root, "consumes")
        .and_then(|types| types.items().first())
    else {
        return;
    };
    let Some(now) = is.mime_types(new.root, "consumes") else {
        return;
    };
    let has_body = is
        .parameters
        .iter()
        .any(|parameter| matches!(parameter.text("in"), Some("body" | "formData")));
    if has_body && !now.items().iter().any(|other| same_json(before, other)) {
        let message = format!(
            "operation \"{}\" no longer takes {}",
            is.name(),
            before.as_str().unwrap_or_default()
        );
        changes.at_offset(In::New, is.member.start, ChangeRule::ContentTypeChanged, message);
    }
}

fn answers<'o, 'n>(
    old: &Connector<'o>,
    was: &Operation<'o>,
    new: &Connector<'n>,
    is: &Operation<'n>,
    changes: &mut Changes<'_>,
) {
    let name = is.name();
    let status = |responses: &[(&str, &Node)]| {
        responses
            .iter()
            .map(|(status, _)| *status)
            .filter(|status| status.starts_with('2'))
            .min()
            .map(str::to_owned)
    };
    let (before, now) = (status(&old.responses(was)), status(&new.responses(is)));
    if let (Some(before), Some(now)) = (&before, &now)
        && before != now
    {
        let message = format!("operation \"{name}\" answers {now} instead of {before}");
        changes.at_offset(In::New, is.member.start, ChangeRule::ResponseStatusChanged, message);
    }
    answer(old, old.answer(was), new, new.answer(is), is, "the answer", changes);
    let content = |operation: &Operation<'_>| operation.item.value.get("x-ms-notification-content").is_some();
    if content(was) || content(is) {
        let was = was.item.value.at("/x-ms-notification-content/schema");
        let sent = is.item.value.at("/x-ms-notification-content/schema");
        answer(old, was, new, sent, is, "what is sent", changes);
    }
}

fn answer<'o, 'n>(
    old: &Connector<'o>,
    was: Option<&'o Node>,
    new: &Connector<'n>,
    is: Option<&'n Node>,
    operation: &Operation<'n>,
    what: &str,
    changes: &mut Changes<'_>,
) {
    let name = operation.name();
    match (was, is) {
        (Some(was), Some(is)) => schemas::compare_outputs(old, was, new, is, &name, what, changes),
        (Some(was), None) => {
            let message = format!("{what} of \"{name}\" is no longer described");
            changes.add(In::Old, was, ChangeRule::ResponseRemoved, message);
        }
        (None, Some(is)) => {
            changes.add(
                In::New,
                is,
                ChangeRule::ResponseAdded,
                format!("{what} of \"{name}\" is described"),
            );
        }
        (None, None) => {}
    }
}

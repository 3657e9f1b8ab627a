//! What an operation takes.

use super::{ChangeRule, Changes, In, schemas};
use crate::{
    connector::{Connector, Operation},
    document::Node,
};

pub(super) fn compare<'o, 'n>(
    old: &Connector<'o>,
    was: &Operation<'o>,
    new: &Connector<'n>,
    is: &Operation<'n>,
    changes: &mut Changes<'_>,
) {
    let name = is.name();
    // A body has one name or another; nobody sees it.
    let find = |operation: &Operation<'n>, wanted: &Node| -> Option<&'n Node> {
        let body = wanted.text("in") == Some("body");
        let is_body = |node: &Node| node.text("in") == Some("body");
        let same = |other: &&&Node| is_body(other) == body && (body || other.text("name") == wanted.text("name"));
        operation.parameters.iter().find(same).copied()
    };
    let called = |parameter: &Node| match parameter.text("in") {
        Some("body") => "the body".to_owned(),
        _ => format!("\"{}\"", parameter.text("name").unwrap_or_default()),
    };
    for before in was.parameters.iter().copied() {
        let Some(now) = find(is, before) else {
            let message = format!("operation \"{name}\" no longer takes {}", called(before));
            changes.add(In::Old, before, ChangeRule::ParameterRemoved, message);
            continue;
        };
        let what = called(now);
        if before.text("in") != now.text("in") {
            let message = format!("{what} of \"{name}\" is in {} instead of {}", place(now), place(before));
            changes.add(In::New, now, ChangeRule::ParameterMoved, message);
        }
        let required = |node: &Node| node.is_true("required");
        schemas::became_required(required(before), required(now), now, &what, &name, changes);
        if now.text("in") == Some("body") {
            if let (Some(before), Some(now)) = (before.get("schema"), now.get("schema")) {
                schemas::compare_inputs(old, before, new, now, &name, "", changes);
            }
        } else {
            schemas::compare_inputs(
                old,
                before,
                new,
                now,
                &name,
                now.text("name").unwrap_or_default(),
                changes,
            );
        }
    }
    for now in is.parameters.iter().copied() {
        let known = was
            .parameters
            .iter()
            .any(|before| find(is, before).is_some_and(|found| found.start == now.start));
        if !known {
            schemas::added(now, now.is_true("required"), &called(now), &name, changes);
        }
    }
    order(was, is, changes);
}

fn place(parameter: &Node) -> &str {
    parameter.text("in").unwrap_or_default()
}

/// Power Fx gives required parameters by their place; of those that both have, the order counts.
fn order(was: &Operation<'_>, is: &Operation<'_>, changes: &mut Changes<'_>) {
    fn required<'a>(operation: &Operation<'a>) -> Vec<&'a str> {
        let visible = |parameter: &&&Node| {
            parameter.is_true("required")
                && parameter.text("in") != Some("body")
                && parameter.text("x-ms-visibility") != Some("internal")
        };
        operation
            .parameters
            .iter()
            .filter(visible)
            .filter_map(|parameter| parameter.text("name"))
            .collect()
    }
    let (before, now) = (required(was), required(is));
    let common_before: Vec<_> = before.iter().filter(|name| now.contains(name)).collect();
    let common_now: Vec<_> = now.iter().filter(|name| before.contains(name)).collect();
    if common_before != common_now {
        let message = format!(
            "operation \"{}\" takes its required parameters in another order",
            is.name()
        );
        changes.at_offset(
            In::New,
            is.member.start,
            ChangeRule::RequiredParametersReordered,
            message,
        );
    }
}

//! Paths: their form, and that each request finds one operation.

use std::collections::HashMap;

use super::{
    Findings, Rule,
    connector::{Connector, METHODS, identity, items, members, variables},
};
use crate::document::{Member, Node};

pub(super) fn check(connector: &Connector<'_>, findings: &mut Findings<'_>) {
    let mut by_case: HashMap<String, &str> = HashMap::new();
    for item in members(connector.root, "paths")
        .iter()
        .filter(|item| !item.name.starts_with("x-"))
    {
        form(item, findings);
        if let Some(other) = by_case.insert(item.name.to_lowercase(), &item.name)
            && other != item.name
        {
            let message = format!("path \"{}\" differs from \"{other}\" by its case only", item.name);
            findings.at_offset(item.start, Rule::PathRedefined, message);
        }
        common_parameters(connector, item, findings);
        for member in item.value.members() {
            if METHODS.contains(&member.name.as_str()) && !member.value.is_object() {
                findings.at(
                    &member.value,
                    Rule::JsonTypeIncorrect,
                    format!("\"{}\" is no object", member.name),
                );
            }
        }
    }
    same_routes(connector, findings);
}

fn form(item: &Member, findings: &mut Findings<'_>) {
    let path = item.name.as_str();
    let mut report = |rule, message: String| findings.at_offset(item.start, rule, message);
    if !path.starts_with('/') {
        report(
            Rule::OperationPathMustStartWithSlash,
            format!("path \"{path}\" does not start with `/`"),
        );
    }
    let fixed = outside_braces(path);
    if fixed.contains(['?', '#']) {
        let message = format!("path \"{path}\" has a query or a fragment");
        report(Rule::OperationPathMayNotContainQueryOrFragment, message);
    }
    if path.contains('*') {
        report(
            Rule::OperationPathContainsUnsupportedCharacters,
            format!("path \"{path}\" has a wildcard"),
        );
    }
    if !braces_match(path) {
        let message = format!("path \"{path}\" has a brace that is not closed in its segment");
        report(Rule::OperationPathTemplateNotValid, message);
    } else if let Some(variable) = variables(path).find(|variable| variable.contains('=')) {
        let message = format!("variable \"{{{variable}}}\" sets a default");
        report(Rule::OperationPathVariablesContainDefaults, message);
    }
}

fn outside_braces(path: &str) -> String {
    let mut depth = 0_i32;
    let outside = |c: &char| {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        depth == 0
    };
    path.chars().filter(outside).collect()
}

/// Each variable stands within one segment, and none in another.
fn braces_match(path: &str) -> bool {
    let mut open = false;
    for c in path.chars() {
        match c {
            // A variable stands within one segment.
            '{' | '/' if open => return false,
            '{' => open = true,
            '}' if !open => return false,
            '}' => open = false,
            _ => {}
        }
    }
    !open
}

fn common_parameters(connector: &Connector<'_>, item: &Member, findings: &mut Findings<'_>) {
    let parameters: Vec<_> = items(&item.value, "parameters").iter().collect();
    let path = &item.name;
    for (index, node) in parameters.iter().enumerate() {
        let parameter = connector.shared(node, "#/parameters/");
        let same = |other: &&&Node| identity(connector.shared(other, "#/parameters/")) == identity(parameter);
        if parameters[..index].iter().any(|other| same(&other)) {
            let name = parameter.text("name").unwrap_or_default();
            let message = format!("path \"{path}\" has parameter \"{name}\" twice");
            findings.at(node, Rule::PathParametersContainDuplicateParameter, message);
        } else if parameter.text("in") == Some("body")
            && parameters[..index]
                .iter()
                .any(|other| connector.shared(other, "#/parameters/").text("in") == Some("body"))
        {
            let message = format!("path \"{path}\" has two bodies");
            findings.at(node, Rule::PathParametersContainMultipleBodyParameters, message);
        }
    }
}

/// Operations whose paths match the same requests.
fn same_routes(connector: &Connector<'_>, findings: &mut Findings<'_>) {
    let mut routes: Vec<(&str, Vec<&str>, &Member)> = Vec::new();
    for operation in &connector.operations {
        let segments: Vec<_> = operation.path.trim_start_matches('/').split('/').collect();
        let rivals = routes
            .iter()
            .filter(|(method, others, _)| *method == operation.method && overlap(&segments, others));
        for (_, others, other) in rivals {
            let same = segments
                .iter()
                .zip(others)
                .all(|(one, other)| shape(one).eq_ignore_ascii_case(&shape(other)));
            let (path, other) = (operation.path, &other.name);
            if path.eq_ignore_ascii_case(other) {
                // Told as `PathRedefined`.
            } else if same {
                let message = format!("\"{path}\" matches the same requests as \"{other}\"");
                findings.at_offset(operation.member.start, Rule::DuplicateOperationPath, message);
            } else {
                let message = format!("\"{path}\" matches some requests of \"{other}\"");
                findings.at_offset(operation.member.start, Rule::PartialDuplicateOperationPath, message);
            }
        }
        routes.push((operation.method, segments, operation.item));
    }
}

fn overlap(one: &[&str], other: &[&str]) -> bool {
    let matches = |a: &str, b: &str| a.contains('{') || b.contains('{') || a.eq_ignore_ascii_case(b);
    one.len() == other.len() && one.iter().zip(other).all(|(a, b)| matches(a, b) && affixes_agree(a, b))
}

/// `items('{id}')` and `people('{id}')` can't match the same segment.
fn affixes_agree(a: &str, b: &str) -> bool {
    let (prefix_a, suffix_a) = affixes(a);
    let (prefix_b, suffix_b) = affixes(b);
    let starts = prefix_a.starts_with(prefix_b) || prefix_b.starts_with(prefix_a);
    let ends = suffix_a.ends_with(suffix_b) || suffix_b.ends_with(suffix_a);
    starts && ends
}

fn affixes(segment: &str) -> (&str, &str) {
    let prefix = segment.split('{').next().unwrap_or_default();
    let suffix = if segment.contains('}') {
        segment.rsplit('}').next().unwrap_or_default()
    } else {
        segment
    };
    (prefix, suffix)
}

/// A segment with its variables' names left out.
fn shape(segment: &str) -> String {
    let mut shape = segment.to_owned();
    for name in variables(segment) {
        shape = shape.replace(&format!("{{{name}}}"), "{}");
    }
    shape
}

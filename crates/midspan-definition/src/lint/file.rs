//! What is wrong with a file as a file.

use std::collections::HashSet;

use super::{Findings, Rule};
use crate::document::{Document, Node, Peculiarity, Value};

/// The largest definition that the platform takes (Learn, "Custom connector FAQ").
const MAX_BYTES: usize = 1024 * 1024;
/// The longest definition that a solution takes.
const MAX_CHARACTERS_IN_SOLUTION: usize = 500_000;

pub(super) fn check(document: &Document, findings: &mut Findings<'_>) {
    let mut at_start = |rule, message: String| findings.at_offset(0, rule, message);
    for peculiarity in document.peculiarities() {
        let (rule, message) = match peculiarity {
            Peculiarity::ByteOrderMark => (Rule::ByteOrderMark, "the file starts with a byte order mark"),
            Peculiarity::NotUtf8 => (Rule::NotUtf8, "the file is not UTF-8; it was read as Windows-1252"),
            Peculiarity::Loose => (Rule::LooseJson, "the file has comments or trailing commas"),
        };
        at_start(rule, message.to_owned());
    }
    let bytes = document.text().len();
    if bytes > MAX_BYTES {
        at_start(
            Rule::DefinitionTooLarge,
            format!("the file has {bytes} bytes; the limit is {MAX_BYTES}"),
        );
    } else if bytes > MAX_CHARACTERS_IN_SOLUTION {
        let message =
            format!("the file has {bytes} bytes; in a solution the limit is {MAX_CHARACTERS_IN_SOLUTION} characters");
        at_start(Rule::DefinitionTooLarge, message);
    }
    duplicate_keys(document.root(), findings);
}

fn duplicate_keys(node: &Node, findings: &mut Findings<'_>) {
    match &node.value {
        Value::Object(members) => {
            let mut seen = HashSet::with_capacity(members.len());
            for member in members {
                if !seen.insert(member.name.as_str()) {
                    let message = format!("key \"{}\" stands twice in this object", member.name);
                    findings.at_offset(member.start, Rule::DuplicateKey, message);
                }
                duplicate_keys(&member.value, findings);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| duplicate_keys(item, findings)),
        _ => {}
    }
}

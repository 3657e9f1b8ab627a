//! What a rule has found.

use std::fmt;

use super::{Rule, Severity};
use crate::document::{Document, Node, Position};

/// One thing that is wrong, at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule that is broken.
    pub rule: Rule,
    /// How bad it is.
    pub severity: Severity,
    /// The file, as the user named it.
    pub file: String,
    /// Where in the file.
    pub position: Position,
    /// The JSON pointer to the value.
    pub pointer: String,
    /// What is wrong: a lower-case phrase, names in quotes.
    pub message: String,
}

impl Finding {
    /// How to mend it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        self.rule.help()
    }
}

/// As a compiler says it.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            rule,
            severity,
            file,
            position,
            message,
            ..
        } = self;
        write!(
            f,
            "{}: {file}:{position}: {message} [{}]\n  help: {}",
            severity.name(),
            rule.name(),
            rule.help()
        )
    }
}

/// Collects findings in one file.
pub struct Findings<'a> {
    document: &'a Document,
    found: Vec<(usize, Rule, Severity, String)>,
}

impl<'a> Findings<'a> {
    pub(super) fn new(document: &'a Document) -> Self {
        Self {
            document,
            found: Vec::new(),
        }
    }

    /// At a value.
    pub(super) fn at(&mut self, node: &Node, rule: Rule, message: impl Into<String>) {
        self.at_offset(node.start, rule, message);
    }

    /// At a member's name or any other byte of the file.
    pub(super) fn at_offset(&mut self, offset: usize, rule: Rule, message: impl Into<String>) {
        self.found.push((offset, rule, rule.severity(), message.into()));
    }

    /// At a value, where the platform lives with what the rule otherwise refuses.
    pub(super) fn warn_at(&mut self, node: &Node, rule: Rule, message: impl Into<String>) {
        self.found.push((node.start, rule, Severity::Warning, message.into()));
    }

    /// Whether a rule has found something in these bytes.
    pub(super) fn within(&self, start: usize, end: usize) -> bool {
        self.found.iter().any(|(offset, ..)| (start..end).contains(offset))
    }

    /// The findings by their place, each once.
    pub(super) fn into_sorted(mut self) -> Vec<Finding> {
        self.found.sort();
        self.found.dedup();
        let document = self.document;
        let findings = self.found.into_iter().map(|(offset, rule, severity, message)| Finding {
            rule,
            severity,
            file: document.name().to_owned(),
            position: document.position(offset),
            pointer: document.pointer_to(offset),
            message,
        });
        findings.collect()
    }
}

//! Compares two definitions: what those who use the connector would notice.
//!
//! Operations are matched by their id, as flows and apps know them; then parameters by name, bodies and answers by the
//! path of their properties. `$ref`s are followed, so moving a schema is no change.
//!
//! ```
//! use midspan_definition::{diff::{ChangeRule, Side, diff}, document::Document};
//!
//! let definition = |parameters: &str| Document::parse("api.json", format!(r#"{{"paths": {{"/news": {{"get": {{
//!     "operationId": "ListNews", "parameters": [{parameters}], "responses": {{}}
//! }}}}}}}}"#).as_bytes()).expect("JSON");
//! let old = definition("");
//! let new = definition(r#"{"name": "topic", "in": "query", "type": "string", "required": true}"#);
//! let changes = diff(Side::of(&old), Side::of(&new));
//! assert_eq!(changes[0].rule, ChangeRule::RequiredParameterAdded);
//! assert_eq!(changes[0].message, "operation \"ListNews\" requires \"topic\"");
//! ```

mod connection;
mod inputs;
mod operations;
mod revision;
mod rule;
mod schemas;

use std::fmt;

pub use self::{
    revision::{Revision, revisions},
    rule::{ChangeRule, Level},
};
use crate::{
    connector::Connector,
    document::{Document, Node, Position},
};

/// One of the two definitions.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    /// `apiDefinition.swagger.json`.
    pub definition: &'a Document,
    /// `apiProperties.json`.
    pub properties: Option<&'a Document>,
}

impl<'a> Side<'a> {
    /// A definition alone.
    #[must_use]
    pub const fn of(definition: &'a Document) -> Self {
        Self {
            definition,
            properties: None,
        }
    }
}

/// One thing that has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What kind of change it is.
    pub rule: ChangeRule,
    /// What it means to those who use the connector.
    pub level: Level,
    /// The `operationId` that it is about.
    pub operation: Option<String>,
    /// The file in which it is seen: the old one, where something is gone.
    pub file: String,
    /// Where in the file.
    pub position: Position,
    /// The JSON pointer to the value.
    pub pointer: String,
    /// What has changed: a lower-case phrase, names in quotes.
    pub message: String,
}

/// As a compiler says it.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            rule,
            level,
            file,
            position,
            message,
            ..
        } = self;
        write!(
            f,
            "{}: {file}:{position}: {message} [{}]\n  why: {}",
            level.name(),
            rule.name(),
            rule.why().trim()
        )
    }
}

/// Everything that has changed, the worst first.
#[must_use]
pub fn diff(old: Side<'_>, new: Side<'_>) -> Vec<Change> {
    let mut changes = Changes {
        old,
        new,
        operation: None,
        found: Vec::new(),
    };
    let (old_connector, new_connector) = (Connector::new(old.definition), Connector::new(new.definition));
    operations::compare(&old_connector, &new_connector, &mut changes);
    connection::compare(&old_connector, &new_connector, &mut changes);
    let mut found = changes.found;
    found.sort_by(|one, other| {
        one.level
            .cmp(&other.level)
            .then_with(|| one.operation.cmp(&other.operation))
    });
    found.dedup();
    found
}

/// In which of the files a value stands.
#[derive(Debug, Clone, Copy)]
enum In {
    Old,
    New,
    OldProperties,
    NewProperties,
}

/// Collects changes.
struct Changes<'a> {
    old: Side<'a>,
    new: Side<'a>,
    operation: Option<String>,
    found: Vec<Change>,
}

impl Changes<'_> {
    fn add(&mut self, place: In, node: &Node, rule: ChangeRule, message: impl Into<String>) {
        self.add_as(rule.level(), place, node.start, rule, message);
    }

    fn at_offset(&mut self, place: In, offset: usize, rule: ChangeRule, message: impl Into<String>) {
        self.add_as(rule.level(), place, offset, rule, message);
    }

    /// A change that here means something else than usual.
    fn add_as(&mut self, level: Level, place: In, offset: usize, rule: ChangeRule, message: impl Into<String>) {
        let document = match place {
            In::Old => Some(self.old.definition),
            In::New => Some(self.new.definition),
            In::OldProperties => self.old.properties,
            In::NewProperties => self.new.properties,
        };
        let document = document.unwrap_or(self.new.definition);
        self.found.push(Change {
            rule,
            level,
            operation: self.operation.clone(),
            file: document.name().to_owned(),
            position: document.position(offset),
            pointer: document.pointer_to(offset),
            message: message.into(),
        });
    }
}

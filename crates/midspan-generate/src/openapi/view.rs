//! A schema with all that it is composed of.

use std::collections::BTreeSet;

use super::document::{Document, reference};
use crate::tree::{Node, Value};

/// How deep `allOf` and references within it are followed.
const MAX_DEPTH: usize = 24;

/// What a schema says, taken together with the parts of its `allOf`.
#[derive(Default)]
pub(super) struct View<'a> {
    pub(super) doc: String,
    /// The types that it allows, but for null.
    pub(super) types: Vec<&'a str>,
    pub(super) format: Option<&'a str>,
    pub(super) nullable: bool,
    pub(super) properties: Vec<(&'a str, &'a Node)>,
    pub(super) required: BTreeSet<&'a str>,
    pub(super) items: Option<&'a Node>,
    /// What it says of properties that it does not name: nothing, a schema, or `true`.
    pub(super) additional: Option<&'a Node>,
    /// The values that it lists, as texts.
    pub(super) choices: Vec<String>,
    /// The schemas of which a value fulfils one.
    pub(super) one_of: Vec<&'a Node>,
}

impl<'a> View<'a> {
    pub(super) fn of(document: &Document<'a>, schema: &'a Node) -> Self {
        let mut view = Self::default();
        view.absorb(document, schema, 0);
        view
    }

    fn absorb(&mut self, document: &Document<'a>, schema: &'a Node, depth: usize) {
        if depth > MAX_DEPTH {
            return document.note(schema.at, "a schema is composed of itself");
        }
        if self.doc.is_empty() {
            self.doc = doc(schema);
        }
        self.nullable |= schema.is("nullable") || schema.is("x-nullable");
        if let Some(target) = reference(schema) {
            if let Some(target) = document.target(schema, &target) {
                self.absorb(document, target, depth + 1);
            }
            return;
        }
        self.absorb_types(schema);
        self.format = self.format.or_else(|| schema.text("format"));
        for (name, property) in schema.map("properties") {
            match self.properties.iter_mut().find(|(known, _)| known == name) {
                Some(known) => known.1 = property,
                None => self.properties.push((name, property)),
            }
        }
        self.required
            .extend(schema.list("required").iter().filter_map(Node::as_text));
        self.items = self.items.or_else(|| schema.get("items"));
        self.additional = self.additional.or_else(|| schema.get("additionalProperties"));
        self.absorb_choices(schema);
        for part in schema.list("allOf") {
            self.absorb(document, part, depth + 1);
        }
        for name in ["oneOf", "anyOf"] {
            self.one_of.extend(schema.list(name));
        }
    }

    fn absorb_types(&mut self, schema: &'a Node) {
        let Some(node) = schema.get("type") else { return };
        let list = std::slice::from_ref(node);
        let names = if node.items().is_empty() { list } else { node.items() };
        for name in names.iter().filter_map(Node::as_text) {
            match name {
                "null" => self.nullable = true,
                _ if self.types.contains(&name) => {}
                _ => self.types.push(name),
            }
        }
    }

    fn absorb_choices(&mut self, schema: &'a Node) {
        for value in schema.list("enum").iter().chain(schema.get("const")) {
            match value.scalar() {
                Some(text) if !self.choices.contains(&text) => self.choices.push(text),
                Some(_) => {}
                None => self.nullable |= value.value == Value::Null,
            }
        }
    }

    /// The one type that it allows, said or shown.
    pub(super) fn kind(&self) -> Option<&'a str> {
        match self.types.as_slice() {
            [one] => Some(one),
            [] if !self.properties.is_empty() || self.additional.is_some() => Some("object"),
            [] if self.items.is_some() => Some("array"),
            [] if !self.choices.is_empty() && self.one_of.is_empty() => Some("string"),
            _ => None,
        }
    }
}

/// What makers or developers read of a schema, a parameter or a header.
pub(super) fn doc(node: &Node) -> String {
    let texts = ["description", "x-ms-summary", "title"]
        .into_iter()
        .filter_map(|name| node.text(name));
    texts
        .map(str::trim)
        .find(|text| !text.is_empty())
        .unwrap_or_default()
        .to_owned()
}

//! The objects of OpenAPI 2.0 have the members that the specification gives them, of the right types.

mod table;

use std::collections::HashSet;

pub(super) use self::table::is_known_extension;
use self::table::{Kind, Shape};
use super::{
    Findings, Rule,
    connector::{Connector, METHODS},
    metadata::shown,
};
use crate::document::{Member, Node};

pub(super) fn check(connector: &Connector<'_>, findings: &mut Findings<'_>) {
    Walk {
        findings,
        seen: HashSet::new(),
    }
    .object(connector.root, Kind::Root);
}

struct Walk<'f, 'd> {
    findings: &'f mut Findings<'d>,
    seen: HashSet<usize>,
}

impl Walk<'_, '_> {
    fn object(&mut self, node: &Node, kind: Kind) {
        if !node.is_object() || !self.seen.insert(node.start) {
            return;
        }
        for member in node.members() {
            let name = member.name.as_str();
            if name == "$ref" {
                self.typed(member, Shape::Text);
            } else if let Some(shape) = kind.shape_of(name) {
                if self.typed(member, shape) {
                    self.below(&member.value, shape);
                }
            } else {
                self.unknown(member, kind);
            }
        }
        self.closed_lists(node, kind);
    }

    /// Whether the value has the type that the keyword asks for.
    fn typed(&mut self, member: &Member, shape: Shape) -> bool {
        let value = &member.value;
        let found = value.type_name();
        let expected = shape.type_name();
        let fits = expected.is_empty()
            || found == expected
            || (expected == "number" && found == "integer")
            || (expected == "integer" && value.as_f64().is_some_and(|number| number.fract() == 0.0))
            || (shape == Shape::SchemaOrBool && found == "boolean");
        if !fits {
            let message = format!("`{}` is {found}; it must be {expected}", member.name);
            let at = value;
            // Published connectors have texts of other types; what is structure can't be read.
            if shape.is_structure() {
                self.findings.at(at, Rule::JsonTypeIncorrect, message);
            } else {
                self.findings.warn_at(at, Rule::JsonTypeIncorrect, message);
            }
        }
        fits
    }

    fn below(&mut self, value: &Node, shape: Shape) {
        match shape {
            Shape::Object(kind) => self.object(value, kind),
            Shape::ListOf(kind) => {
                for item in value.items() {
                    if item.is_object() {
                        self.object(item, kind);
                    } else {
                        let message = format!("{} is {}; it must be object", shown(item), item.type_name());
                        self.findings.at(item, Rule::JsonTypeIncorrect, message);
                    }
                }
            }
            Shape::MapOf(kind) => {
                for member in value.members().iter().filter(|member| !member.name.starts_with("x-")) {
                    if member.value.is_object() {
                        self.object(&member.value, kind);
                    } else {
                        let message = format!("\"{}\" is {}; it must be object", member.name, member.value.type_name());
                        self.findings.at(&member.value, Rule::JsonTypeIncorrect, message);
                    }
                }
            }
            Shape::SchemaOrBool => self.object(value, Kind::Schema),
            Shape::UniqueTexts | Shape::UniqueList => self.unique(value),
            _ => {}
        }
    }

    fn unique(&mut self, list: &Node) {
        let mut seen = HashSet::new();
        for item in list.items() {
            if !seen.insert(item.to_json().to_string()) {
                self.findings
                    .at(item, Rule::ArrayDuplicateValue, format!("{} stands twice", shown(item)));
            }
        }
    }

    fn unknown(&mut self, member: &Member, kind: Kind) {
        let name = member.name.as_str();
        let (rule, message) = if kind.is_extension() {
            (
                Rule::AdditionalPropertyNotAllowed,
                format!("`{name}` is no property of {}", kind.name()),
            )
        } else if let Some(rest) = name.strip_prefix("x-ms-") {
            if table::is_known_extension(rest) {
                return;
            }
            (
                Rule::UnknownExtension,
                format!("the platform knows no extension `{name}`"),
            )
        } else if name.starts_with("x-") {
            return;
        } else if table::is_foreign_keyword(name) {
            (
                Rule::SwaggerKeywordNotSupported,
                format!("keyword `{name}` is not supported"),
            )
        } else if kind == Kind::Parameter && matches!(name, "title" | "example" | "properties" | "readOnly") {
            // Told of bodies by their own rule; harmless elsewhere.
            (
                Rule::ExtensionNameNotValid,
                format!("`{name}` is no property of {}", kind.name()),
            )
        } else {
            (
                Rule::ExtensionNameNotValid,
                format!("`{name}` is no property of {}", kind.name()),
            )
        };
        self.findings.at_offset(member.start, rule, message);
    }

    fn closed_lists(&mut self, node: &Node, kind: Kind) {
        let (types, places): (&[&str], &[&str]) = match kind {
            Kind::Parameter => (
                &["string", "number", "integer", "boolean", "array", "file"],
                &["path", "query", "header", "formData", "body"],
            ),
            Kind::Schema => (
                &[
                    "string", "number", "integer", "boolean", "array", "object", "null", "file",
                ],
                &[],
            ),
            _ => (&[], &[]),
        };
        for (name, list) in [("type", types), ("in", places)] {
            if let Some(value) = node.get(name).filter(|_| !list.is_empty())
                && let Some(text) = value.as_str()
                && !list.contains(&text)
                && !(kind == Kind::Parameter && name == "type" && node.text("in") == Some("body"))
            {
                let message = format!("`{name}` is \"{text}\"; it must be one of {}", list.join(", "));
                self.findings.at(value, Rule::JsonValueNotInEnum, message);
            }
        }
        for (name, list) in table::EXTENSION_VALUES {
            if let Some(value) = node.get(name)
                && !value.as_str().is_some_and(|text| list.contains(&text))
            {
                let message = format!("`{name}` is {}; it must be one of {}", shown(value), list.join(", "));
                self.findings.warn_at(value, Rule::JsonValueNotInEnum, message);
            }
        }
        if kind == Kind::PathItem {
            for member in node
                .members()
                .iter()
                .filter(|member| METHODS.contains(&member.name.as_str()))
            {
                self.object(&member.value, Kind::Operation);
            }
        }
    }
}

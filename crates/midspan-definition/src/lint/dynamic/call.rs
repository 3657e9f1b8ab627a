//! One call of an operation by an extension.

use super::reference::Meaning;
use crate::{
    document::Node,
    lint::{
        Findings, Rule,
        connector::{Connector, Operation, items, members},
        metadata::shown,
        values::has_type,
    },
};

/// An extension that names an operation, and the operation whose parameters it can pass on.
pub(super) struct Call<'c, 'a> {
    pub(super) connector: &'c Connector<'a>,
    pub(super) caller: Option<&'c Operation<'a>>,
    pub(super) extension: &'a Node,
}

/// Where a path in an answer leads.
enum End<'a> {
    Found(&'a Node),
    /// The schema says no more.
    Open,
    Nowhere,
}

impl<'c, 'a> Call<'c, 'a> {
    /// The operation that is called, and all that it is given.
    pub(super) fn check(&self, findings: &mut Findings<'_>) {
        let Some(target) = self.target(findings) else { return };
        let given = self.extension.get("parameters");
        for member in given.map_or(&[][..], Node::members) {
            let meaning = Meaning::of(self.connector, target, &member.name);
            if meaning.is_nothing() {
                let message = format!("operation \"{}\" has no parameter \"{}\"", target.name(), member.name);
                findings.at_offset(member.start, Rule::OperationParameterNameNotFound, message);
                continue;
            }
            if meaning.parameter.is_some() && meaning.property.is_some() {
                let message = format!(
                    "\"{}\" is a parameter of \"{}\" and a property of its body",
                    member.name,
                    target.name()
                );
                findings.at_offset(member.start, Rule::OperationParameterNameIsAmbiguous, message);
            }
            self.value(target, meaning, &member.value, findings);
        }
        let has =
            |name: &str| given.is_some_and(|given| given.members().iter().any(|member| names(&member.name, name)));
        for name in self.required(target) {
            if !has(name) {
                let at = given.unwrap_or(self.extension);
                let message = format!(
                    "operation \"{}\" requires \"{name}\", which is not given",
                    target.name()
                );
                findings.at(at, Rule::OperationMissingRequiredProperty, message);
            }
        }
    }

    /// The operation that is called.
    pub(super) fn target(&self, findings: &mut Findings<'_>) -> Option<&'c Operation<'a>> {
        let Some(node) = self.extension.get("operationId") else {
            findings.at(
                self.extension,
                Rule::OneOfPropertiesRequired,
                "`operationId` is missing",
            );
            return None;
        };
        let id = node.as_str()?;
        let target = self.connector.operation(id);
        if target.is_none() {
            let all = self.connector.operations.iter().map(|operation| operation.id);
            let near = all.clone().find(|other| other.eq_ignore_ascii_case(id));
            let hint = near.map(|near| format!("; there is \"{near}\"")).unwrap_or_default();
            findings.at(
                node,
                Rule::OperationIdNotFound,
                format!("there is no operation \"{id}\"{hint}"),
            );
        }
        target
    }

    /// What the called operation can't do without.
    fn required(&self, target: &Operation<'a>) -> Vec<&'a str> {
        let needed = |parameter: &&&Node| parameter.is_true("required") && parameter.get("default").is_none();
        let mut names = Vec::new();
        for parameter in target.parameters.iter().filter(needed) {
            if parameter.text("in") != Some("body") {
                names.extend(parameter.text("name"));
            } else if let Some(schema) = parameter.get("schema").map(|schema| self.connector.resolve(schema)) {
                let required = items(schema, "required").iter().filter_map(Node::as_str);
                let without_default = |name: &&str| {
                    self.connector
                        .property(schema, name)
                        .is_none_or(|property| property.get("default").is_none())
                };
                names.extend(required.filter(without_default));
            }
        }
        names
    }

    /// A value that is given: fixed, or taken from the caller.
    fn value(&self, target: &Operation<'a>, wanted: Meaning<'a>, value: &'a Node, findings: &mut Findings<'_>) {
        match reference(value) {
            Some(reference) => self.passed_on(target, wanted, reference, findings),
            None => {
                let fixed = value.get("value").unwrap_or(value);
                if value.is_object() && value.get("value").is_none() {
                    // The item of a tree, or a form of reference that is newer than this list.
                    return;
                }
                if let Some(kind) = wanted.kind().filter(|kind| !has_type(fixed, kind)) {
                    let message = format!("the fixed value {} is no {kind}", shown(fixed));
                    findings.at(fixed, Rule::OperationParameterStaticTypeMismatch, message);
                }
            }
        }
    }

    fn passed_on(&self, target: &Operation<'a>, wanted: Meaning<'a>, reference: &'a Node, findings: &mut Findings<'_>) {
        let (Some(caller), Some(name)) = (self.caller, reference.as_str()) else {
            return;
        };
        let source = Meaning::of(self.connector, caller, name);
        if source.is_nothing() {
            let message = format!("operation \"{}\" has no parameter \"{name}\" to pass on", caller.name());
            return findings.at(reference, Rule::OperationParameterNameNotFound, message);
        }
        let (Some(wanted_node), Some(source_node)) = (wanted.node(), source.node()) else {
            return;
        };
        if let (Some(kind), Some(found)) = (wanted.kind(), source.kind())
            && kind != found
            && !(kind == "number" && found == "integer")
        {
            let message = format!(
                "\"{name}\" is a {found}; operation \"{}\" takes a {kind}",
                target.name()
            );
            findings.at(reference, Rule::OperationParameterTypeMismatch, message);
        }
        if wanted.always_has_value() && wanted_node.get("default").is_none() && !source.always_has_value() {
            let message = format!("\"{name}\" is optional; operation \"{}\" requires it", target.name());
            findings.at(reference, Rule::OperationParameterRequiredMismatch, message);
        }
        if source.is_internal() && source_node.get("default").is_none() {
            let message = format!("\"{name}\" is internal: the maker can't give it");
            findings.at(reference, Rule::SourcePropertyInternal, message);
        }
    }

    /// Whether the older form of an extension can say what this one means.
    pub(super) fn needs_newer(&self, newer: &str, findings: &mut Findings<'_>) {
        let Some(caller) = self.caller else { return };
        let (ambiguous, inner) = if newer == "x-ms-dynamic-list" {
            let inner = Rule::DynamicListExtensionRequiredForNonParameterReferences;
            (Rule::DynamicListExtensionRequiredForAmbiguousReferences, inner)
        } else {
            let inner = Rule::DynamicPropertiesExtensionRequiredForNonParameterReferences;
            (Rule::DynamicPropertiesExtensionRequiredForAmbiguousReferences, inner)
        };
        for member in members(self.extension, "parameters") {
            let Some(reference) = reference(&member.value) else {
                continue;
            };
            let Some(name) = reference.as_str() else { continue };
            let source = Meaning::of(self.connector, caller, name);
            match (source.parameter, source.property) {
                (Some(_), Some(_)) => {
                    let message = format!("\"{name}\" is a parameter and a property of the body");
                    findings.at(reference, ambiguous, message);
                }
                (None, Some(_)) => findings.at(reference, inner, format!("\"{name}\" is a property of the body")),
                _ => {}
            }
        }
    }

    /// A list in the answer, and the properties of its items.
    pub(super) fn list(&self, list: &str, properties: &[&str], findings: &mut Findings<'_>) {
        let Some(answer) = self.answer() else { return };
        let path = self.extension.text(list).unwrap_or_default();
        let at = self.extension.get(list).unwrap_or(self.extension);
        let item = match self.along(answer, path) {
            End::Open => return,
            End::Found(node) if node.text("type") == Some("array") || node.get("items").is_some() => node.get("items"),
            End::Found(node) if self.connector.is_open(node) => return,
            End::Found(_) | End::Nowhere => {
                let message = match path {
                    "" => format!("the answer of \"{}\" is no array", self.id()),
                    path => format!("the answer of \"{}\" has no array at \"{path}\"", self.id()),
                };
                return findings.at(at, Rule::InvokedOperationShouldProduceArray, message);
            }
        };
        let Some(item) = item else { return };
        for name in properties {
            self.has(item, "the items of the answer", name, findings);
        }
    }

    /// A property of the answer.
    pub(super) fn property(&self, name: &str, findings: &mut Findings<'_>) {
        if let Some(answer) = self.answer() {
            self.has(answer, "the answer", name, findings);
        }
    }

    fn has(&self, schema: &'a Node, what: &str, name: &str, findings: &mut Findings<'_>) {
        let Some(node) = self.extension.get(name) else { return };
        let path = node.as_str().unwrap_or_default();
        if let End::Nowhere = self.along(schema, path) {
            let message = format!("{what} of \"{}\" has no property \"{path}\"", self.id());
            findings.at(node, Rule::InvokedOperationShouldProduceProperty, message);
        }
    }

    fn answer(&self) -> Option<&'a Node> {
        let target = self.connector.operation(self.id())?;
        self.connector.answer(target)
    }

    fn id(&self) -> &'a str {
        self.extension.text("operationId").unwrap_or_default()
    }

    fn along(&self, schema: &'a Node, path: &str) -> End<'a> {
        let mut node = self.connector.resolve(schema);
        for name in path.split('/').filter(|name| !name.is_empty()) {
            match self.connector.property(node, name) {
                Some(found) => node = found,
                None if self.connector.is_open(node) => return End::Open,
                None => return End::Nowhere,
            }
        }
        End::Found(node)
    }
}

/// The name that is passed on: by `x-ms-dynamic-values` and `-schema`, or by `-list` and `-properties`.
fn reference(value: &Node) -> Option<&Node> {
    value.get("parameter").or_else(|| value.get("parameterReference"))
}

/// Whether a given name is that of a parameter or of a property in the body.
fn names(given: &str, wanted: &str) -> bool {
    given == wanted || given.split('/').any(|part| part == wanted)
}

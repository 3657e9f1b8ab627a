//! Two schemas, property by property.

use std::collections::HashSet;

use super::{ChangeRule, Changes, In, operations::same};
use crate::{
    connector::{Connector, DYNAMIC, items, members},
    document::{Node, same_json},
};

/// Compares what an operation takes: what was right must stay right.
pub(super) fn compare_inputs<'o, 'n>(
    old: &Connector<'o>,
    was: &'o Node,
    new: &Connector<'n>,
    is: &'n Node,
    operation: &str,
    path: &str,
    changes: &mut Changes<'_>,
) {
    Comparison {
        old,
        new,
        operation,
        input: true,
        what: "the body",
        changes,
        seen: HashSet::new(),
    }
    .pair(was, is, path);
}

/// Compares what an operation answers: what was there must stay there.
pub(super) fn compare_outputs<'o, 'n>(
    old: &Connector<'o>,
    was: &'o Node,
    new: &Connector<'n>,
    is: &'n Node,
    operation: &str,
    what: &str,
    changes: &mut Changes<'_>,
) {
    Comparison {
        old,
        new,
        operation,
        input: false,
        what,
        changes,
        seen: HashSet::new(),
    }
    .pair(was, is, "");
}

/// A parameter or a property of a body that is new.
pub(super) fn added(node: &Node, required: bool, what: &str, operation: &str, changes: &mut Changes<'_>) {
    let (rule, message) = match (required, node.get("default").is_some()) {
        (true, false) => (
            ChangeRule::RequiredParameterAdded,
            format!("operation \"{operation}\" requires {what}"),
        ),
        (true, true) => (
            ChangeRule::RequiredParameterWithDefaultAdded,
            format!("operation \"{operation}\" requires {what}, which has a default"),
        ),
        (false, _) => (
            ChangeRule::OptionalParameterAdded,
            format!("operation \"{operation}\" takes {what}"),
        ),
    };
    changes.add(In::New, node, rule, message);
}

/// A parameter or a property of a body that must or needn't be given any more.
pub(super) fn became_required(
    was: bool,
    is: bool,
    node: &Node,
    what: &str,
    operation: &str,
    changes: &mut Changes<'_>,
) {
    match (was, is) {
        (false, true) => {
            let message = format!("{what} of \"{operation}\" is required");
            changes.add(In::New, node, ChangeRule::ParameterBecameRequired, message);
        }
        (true, false) => {
            let message = format!("{what} of \"{operation}\" is optional");
            changes.add(In::New, node, ChangeRule::ParameterBecameOptional, message);
        }
        _ => {}
    }
}

struct Comparison<'c, 'o, 'n, 'd> {
    old: &'c Connector<'o>,
    new: &'c Connector<'n>,
    operation: &'c str,
    input: bool,
    what: &'c str,
    changes: &'c mut Changes<'d>,
    /// Pairs that are being compared or have been: schemas may come back to themselves.
    seen: HashSet<(usize, usize)>,
}

impl<'o, 'n> Comparison<'_, 'o, 'n, '_> {
    fn pair(&mut self, was: &'o Node, is: &'n Node, path: &str) {
        let (was, is) = (self.old.resolve(was), self.new.resolve(is));
        if !self.seen.insert((was.start, is.start)) {
            return;
        }
        if !self.types(was, is, path) {
            return;
        }
        self.values(was, is, path);
        if self.input {
            self.bounds(was, is, path);
        }
        self.appearance(was, is, path);
        self.properties(was, is, path);
        if let (Some(was), Some(is)) = (was.get("items"), is.get("items")) {
            self.pair(was, is, &format!("{path}[]"));
        }
        let additional = |node: &Node| node.get("additionalProperties").is_some_and(Node::is_object);
        if additional(was)
            && additional(is)
            && let (Some(was), Some(is)) = (was.get("additionalProperties"), is.get("additionalProperties"))
        {
            self.pair(was, is, &format!("{path}{{}}"));
        }
    }

    /// As messages call the value.
    fn called(&self, path: &str) -> String {
        match path {
            "" => self.what.to_owned(),
            path => format!("\"{path}\""),
        }
    }

    fn add(&mut self, node: &Node, rule: ChangeRule, message: &str) {
        self.changes.add(In::New, node, rule, message);
    }

    /// Whether the types agree, so that what is within can be compared.
    fn types(&mut self, was: &Node, is: &Node, path: &str) -> bool {
        let kind = |node: &Node| match node.text("type") {
            Some(kind) => kind.to_owned(),
            None if node.get("properties").is_some() => "object".to_owned(),
            None => "any value".to_owned(),
        };
        let (before, now) = (kind(was), kind(is));
        let (what, operation) = (self.called(path), self.operation);
        let at = is.get("type").unwrap_or(is);
        if before != now {
            let wider = now == "any value" || (before == "integer" && now == "number");
            let rule = match self.input {
                true if wider => ChangeRule::ParameterTypeWidened,
                true => ChangeRule::ParameterTypeChanged,
                false => ChangeRule::ResponseFieldTypeChanged,
            };
            self.add(
                at,
                rule,
                &format!("{what} of \"{operation}\" was {before}, and is {now}"),
            );
            return false;
        }
        if was.text("format") != is.text("format") {
            let form = |node: &Node| {
                node.text("format")
                    .map_or("no format".to_owned(), |format| format!("format {format}"))
            };
            let rule = self.rule(
                ChangeRule::ParameterFormatChanged,
                ChangeRule::ResponseFieldFormatChanged,
            );
            let message = format!("{what} of \"{operation}\" had {}, and has {}", form(was), form(is));
            self.add(is.get("format").unwrap_or(is), rule, &message);
        }
        true
    }

    fn rule(&self, input: ChangeRule, output: ChangeRule) -> ChangeRule {
        if self.input { input } else { output }
    }

    fn values(&mut self, was: &Node, is: &Node, path: &str) {
        let (before, now) = (was.get("enum"), is.get("enum"));
        let (what, operation) = (self.called(path), self.operation);
        match (before, now) {
            (None, Some(now)) if self.input => {
                let message = format!("{what} of \"{operation}\" takes a closed list of values");
                self.add(now, ChangeRule::ParameterValueRemoved, &message);
            }
            (Some(_), None) if !self.input => {
                let message = format!("{what} of \"{operation}\" can have any value");
                self.add(is, ChangeRule::ResponseValueAdded, &message);
            }
            (Some(before), Some(now)) => {
                let lacks = |list: &Node, value: &Node| !list.items().iter().any(|other| same_json(other, value));
                for value in before.items().iter().filter(|value| lacks(now, value)) {
                    let rule = self.rule(ChangeRule::ParameterValueRemoved, ChangeRule::ResponseValueRemoved);
                    let message = format!("{what} of \"{operation}\" no longer has the value {}", value.to_json());
                    self.changes.add(In::Old, value, rule, message);
                }
                for value in now.items().iter().filter(|value| lacks(before, value)) {
                    let rule = self.rule(ChangeRule::ParameterValueAdded, ChangeRule::ResponseValueAdded);
                    let message = format!("{what} of \"{operation}\" has the new value {}", value.to_json());
                    self.add(value, rule, &message);
                }
            }
            _ => {}
        }
    }

    fn bounds(&mut self, was: &Node, is: &Node, path: &str) {
        let (what, operation) = (self.called(path), self.operation);
        let lower = ["minimum", "minLength", "minItems", "minProperties"];
        let upper = ["maximum", "maxLength", "maxItems", "maxProperties"];
        for (keyword, is_lower) in lower
            .map(|keyword| (keyword, true))
            .into_iter()
            .chain(upper.map(|keyword| (keyword, false)))
        {
            let value = |node: &Node| {
                let open = if is_lower { f64::NEG_INFINITY } else { f64::INFINITY };
                node.get(keyword).and_then(Node::as_f64).unwrap_or(open)
            };
            let (before, now) = (value(was), value(is));
            let narrower = if is_lower { now > before } else { now < before };
            let wider = if is_lower { now < before } else { now > before };
            let at = is.get(keyword).unwrap_or(is);
            if narrower {
                let message = format!("`{keyword}` of {what} of \"{operation}\" is {now}");
                self.add(at, ChangeRule::ParameterBoundsNarrowed, &message);
            } else if wider {
                let message = format!("`{keyword}` of {what} of \"{operation}\" is wider");
                self.add(at, ChangeRule::ParameterBoundsWidened, &message);
            }
        }
        if let Some(pattern) = is
            .get("pattern")
            .filter(|_| !same(was.get("pattern"), is.get("pattern")))
        {
            let message = format!("{what} of \"{operation}\" has another `pattern`");
            self.add(pattern, ChangeRule::ParameterBoundsNarrowed, &message);
        }
        if !same(was.get("default"), is.get("default")) {
            let message = match is.get("default") {
                Some(default) => format!("{what} of \"{operation}\" has the default {}", default.to_json()),
                None => format!("{what} of \"{operation}\" has no default any more"),
            };
            self.add(
                is.get("default").unwrap_or(is),
                ChangeRule::ParameterDefaultChanged,
                &message,
            );
        }
    }

    fn appearance(&mut self, was: &Node, is: &Node, path: &str) {
        let (what, operation) = (self.called(path), self.operation);
        let differs = |keyword: &str| !same(was.get(keyword), is.get(keyword));
        let hidden = |node: &Node| node.text("x-ms-visibility") == Some("internal");
        if hidden(is) && !hidden(was) {
            let rule = self.rule(ChangeRule::ParameterHidden, ChangeRule::ResponseFieldHidden);
            self.add(is, rule, &format!("{what} of \"{operation}\" is internal"));
        } else if [
            "x-ms-summary",
            "description",
            "x-ms-visibility",
            "x-ms-enum-values",
            "title",
        ]
        .iter()
        .any(|keyword| differs(keyword))
        {
            let rule = self.rule(ChangeRule::ParameterTextChanged, ChangeRule::ResponseTextChanged);
            self.add(
                is,
                rule,
                &format!("{what} of \"{operation}\" has another text or visibility"),
            );
        }
        if DYNAMIC.iter().any(|keyword| differs(keyword)) {
            let message = format!("{what} of \"{operation}\" gets its values or fields from elsewhere");
            self.add(is, ChangeRule::DynamicSourceChanged, &message);
        }
    }

    fn properties(&mut self, was: &'o Node, is: &'n Node, path: &str) {
        let (before, now) = (properties(self.old, was), properties(self.new, is));
        let inner = |name: &str| {
            if path.is_empty() {
                name.to_owned()
            } else {
                format!("{path}/{name}")
            }
        };
        for property in &before {
            let path = inner(property.name);
            let (what, operation) = (self.called(&path), self.operation);
            let Some(other) = now.iter().find(|other| other.name == property.name) else {
                let rule = self.rule(ChangeRule::ParameterRemoved, ChangeRule::ResponseFieldRemoved);
                let message = if self.input {
                    format!("operation \"{operation}\" no longer takes {what}")
                } else {
                    format!("operation \"{operation}\" no longer answers {what}")
                };
                self.changes.add(In::Old, property.node, rule, message);
                continue;
            };
            if self.input {
                became_required(
                    property.required,
                    other.required,
                    other.node,
                    &what,
                    operation,
                    self.changes,
                );
            } else if property.required && !other.required {
                let message = format!("{what} of \"{operation}\" may be missing");
                self.add(other.node, ChangeRule::ResponseFieldBecameOptional, &message);
            } else if other.required && !property.required {
                let message = format!("{what} of \"{operation}\" is always there");
                self.add(other.node, ChangeRule::ResponseFieldBecameRequired, &message);
            }
            self.pair(property.node, other.node, &path);
        }
        for property in now
            .iter()
            .filter(|property| !before.iter().any(|other| other.name == property.name))
        {
            let what = self.called(&inner(property.name));
            if self.input {
                added(property.node, property.required, &what, self.operation, self.changes);
            } else {
                let message = format!("operation \"{}\" answers {what}", self.operation);
                self.add(property.node, ChangeRule::ResponseFieldAdded, &message);
            }
        }
    }
}

struct Property<'a> {
    name: &'a str,
    node: &'a Node,
    required: bool,
}

/// An object's properties, also those that `allOf` brings in.
fn properties<'a>(connector: &Connector<'a>, schema: &'a Node) -> Vec<Property<'a>> {
    let mut found = Vec::new();
    collect(connector, schema, 16, &mut found);
    found
}

fn collect<'a>(connector: &Connector<'a>, schema: &'a Node, depth: u8, found: &mut Vec<Property<'a>>) {
    let Some(depth) = depth.checked_sub(1) else { return };
    let required: Vec<_> = items(schema, "required").iter().filter_map(Node::as_str).collect();
    for member in members(schema, "properties") {
        if !found.iter().any(|other: &Property<'_>| other.name == member.name) {
            let required = required.contains(&member.name.as_str());
            found.push(Property {
                name: &member.name,
                node: &member.value,
                required,
            });
        }
    }
    for part in items(schema, "allOf") {
        collect(connector, connector.resolve(part), depth, found);
    }
}

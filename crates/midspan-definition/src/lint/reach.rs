//! Every schema of a definition, once, with what it is used for.

use std::collections::{HashMap, HashSet};

use super::connector::{Connector, items, members};
use crate::document::Node;

/// Where a schema stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// A shared schema.
    Definition,
    /// The whole body of a request.
    Body,
    /// A whole response, or what a webhook sends.
    Response,
    /// A parameter that is no body, a header, or their items.
    Simple,
    /// Within another schema.
    Nested,
}

/// A schema.
#[derive(Debug, Clone, Copy)]
pub(super) struct Site<'a> {
    pub(super) node: &'a Node,
    pub(super) place: Place,
    /// Whether a request can hold it.
    pub(super) input: bool,
    /// Whether an answer can hold it.
    pub(super) output: bool,
}

/// Calls `see` with every schema.
pub(super) fn each_schema<'a>(connector: &Connector<'a>, see: &mut impl FnMut(Site<'a>)) {
    let mut walk = Walk {
        seen: HashSet::new(),
        see,
    };
    let (requests, answers) = roots(connector);
    let input = reachable(connector, requests.iter().copied());
    let output = reachable(connector, answers.iter().copied());
    let site = |node: &'a Node, place| {
        let key = node.start;
        Site {
            node,
            place,
            input: input.contains(&key),
            output: output.contains(&key),
        }
    };
    for member in members(connector.root, "definitions") {
        walk.tree(site(&member.value, Place::Definition));
    }
    for node in requests {
        walk.tree(site(node, Place::Body));
    }
    for node in answers {
        walk.tree(site(node, Place::Response));
    }
    for node in simple(connector) {
        walk.simple(node);
    }
}

/// The schemas of requests and of answers, as they stand: not followed.
fn roots<'a>(connector: &Connector<'a>) -> (Vec<&'a Node>, Vec<&'a Node>) {
    let (mut requests, mut answers) = (Vec::new(), Vec::new());
    let mut responses: Vec<_> = members(connector.root, "responses")
        .iter()
        .map(|member| &member.value)
        .collect();
    let mut parameters: Vec<_> = members(connector.root, "parameters")
        .iter()
        .map(|member| &member.value)
        .collect();
    for operation in &connector.operations {
        parameters.extend(&operation.parameters);
        responses.extend(connector.responses(operation).into_iter().map(|(_, response)| response));
        responses.extend(operation.item.value.get("x-ms-notification-content"));
    }
    requests.extend(parameters.into_iter().filter_map(|parameter| parameter.get("schema")));
    answers.extend(responses.into_iter().filter_map(|response| response.get("schema")));
    (requests, answers)
}

/// Parameters that are no body, and headers.
fn simple<'a>(connector: &Connector<'a>) -> Vec<&'a Node> {
    let shared = members(connector.root, "parameters").iter().map(|member| &member.value);
    let own = connector
        .operations
        .iter()
        .flat_map(|operation| operation.parameters.iter().copied());
    let parameters = shared
        .chain(own)
        .filter(|parameter| parameter.text("in") != Some("body"));
    let responses = connector
        .operations
        .iter()
        .flat_map(|operation| connector.responses(operation));
    let headers = responses
        .flat_map(|(_, response)| members(response, "headers"))
        .map(|header| &header.value);
    parameters.chain(headers).collect()
}

struct Walk<'s, F> {
    seen: HashSet<usize>,
    see: &'s mut F,
}

impl<'a, F: FnMut(Site<'a>)> Walk<'_, F> {
    fn tree(&mut self, site: Site<'a>) {
        if !site.node.is_object() || !self.seen.insert(site.node.start) {
            return;
        }
        (self.see)(site);
        for node in children(site.node) {
            self.tree(Site {
                node,
                place: Place::Nested,
                ..site
            });
        }
    }

    fn simple(&mut self, node: &'a Node) {
        if node.is_object() && self.seen.insert(node.start) {
            (self.see)(Site {
                node,
                place: Place::Simple,
                input: false,
                output: false,
            });
            if let Some(items) = node.get("items") {
                self.simple(items);
            }
        }
    }
}

/// The schemas that stand directly within one.
pub(super) fn children(node: &Node) -> impl Iterator<Item = &Node> {
    let properties = members(node, "properties").iter().map(|member| &member.value);
    let item = node.get("items").into_iter().filter(|item| item.is_object());
    let additional = node
        .get("additionalProperties")
        .into_iter()
        .filter(|value| value.is_object());
    properties.chain(item).chain(additional).chain(items(node, "allOf"))
}

/// The places of all schemas that these lead to, themselves included.
fn reachable<'a>(connector: &Connector<'a>, from: impl Iterator<Item = &'a Node>) -> HashSet<usize> {
    let mut seen = HashSet::new();
    let mut open: Vec<_> = from.collect();
    while let Some(node) = open.pop() {
        if seen.insert(node.start) {
            open.extend(node.text("$ref").and_then(|reference| connector.target(reference)));
            open.extend(children(node));
        }
    }
    seen
}

/// How large schemas are when every reference is written out, each counted once.
pub(super) struct Sizes<'c, 'a> {
    connector: &'c Connector<'a>,
    known: HashMap<usize, Size>,
    open: HashSet<usize>,
}

/// The size of a schema.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Size {
    /// How many schemas it is made of.
    pub(super) count: u64,
    /// How deep they stand in one another.
    pub(super) depth: u64,
}

impl<'c, 'a> Sizes<'c, 'a> {
    pub(super) fn new(connector: &'c Connector<'a>) -> Self {
        Self {
            connector,
            known: HashMap::new(),
            open: HashSet::new(),
        }
    }

    /// The size of a schema; where it comes back to itself, it ends.
    pub(super) fn of(&mut self, node: &'a Node) -> Size {
        let node = self.connector.resolve(node);
        if let Some(size) = self.known.get(&node.start) {
            return *size;
        }
        if !self.open.insert(node.start) {
            return Size { count: 1, depth: 1 };
        }
        let inner = children(node).fold(Size::default(), |sum, child| {
            let size = self.of(child);
            Size {
                count: sum.count.saturating_add(size.count),
                depth: sum.depth.max(size.depth),
            }
        });
        self.open.remove(&node.start);
        let size = Size {
            count: inner.count.saturating_add(1),
            depth: inner.depth + 1,
        };
        self.known.insert(node.start, size);
        size
    }
}

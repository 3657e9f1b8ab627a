//! A definition's operations, parameters and schemas, found and resolved.

use std::collections::HashMap;

use crate::document::{Document, Member, Node};

/// The methods that a path of OpenAPI 2.0 can have.
pub(crate) const METHODS: [&str; 7] = ["get", "put", "post", "delete", "options", "head", "patch"];

/// The extensions that call another operation while a maker designs.
pub(crate) const DYNAMIC: [&str; 5] = [
    "x-ms-dynamic-values",
    "x-ms-dynamic-list",
    "x-ms-dynamic-schema",
    "x-ms-dynamic-properties",
    "x-ms-dynamic-tree",
];

/// A definition, indexed.
pub(crate) struct Connector<'a> {
    pub(crate) root: &'a Node,
    pub(crate) operations: Vec<Operation<'a>>,
    by_id: HashMap<&'a str, usize>,
    definitions: HashMap<&'a str, &'a Node>,
}

/// One operation of a definition.
pub(crate) struct Operation<'a> {
    pub(crate) path: &'a str,
    /// The path's name and its value, the path item.
    pub(crate) item: &'a Member,
    pub(crate) method: &'a str,
    /// The method's name and its value, the operation.
    pub(crate) member: &'a Member,
    pub(crate) node: &'a Node,
    /// Empty where it has none.
    pub(crate) id: &'a str,
    /// Own and of the path, references followed, own ones first.
    pub(crate) parameters: Vec<&'a Node>,
}

impl<'a> Connector<'a> {
    pub(crate) fn new(document: &'a Document) -> Self {
        let root = document.root();
        let definitions = members(root, "definitions")
            .iter()
            .map(|member| (member.name.as_str(), &member.value));
        let mut connector = Self {
            root,
            operations: Vec::new(),
            by_id: HashMap::new(),
            definitions: definitions.collect(),
        };
        for item in members(root, "paths").iter().filter(|item| item.name.starts_with('/')) {
            for member in item
                .value
                .members()
                .iter()
                .filter(|member| METHODS.contains(&member.name.as_str()))
            {
                connector.add(item, member);
            }
        }
        connector
    }

    fn add(&mut self, item: &'a Member, member: &'a Member) {
        let id = member.value.text("operationId").unwrap_or_default();
        if !id.is_empty() {
            self.by_id.entry(id).or_insert(self.operations.len());
        }
        let own: Vec<_> = items(&member.value, "parameters")
            .iter()
            .map(|node| self.shared(node, "#/parameters/"))
            .collect();
        let common = items(&item.value, "parameters")
            .iter()
            .map(|node| self.shared(node, "#/parameters/"));
        let overridden = |one: &&Node| own.iter().any(|other| identity(one) == identity(other));
        let common: Vec<_> = common.filter(|one| !overridden(one)).collect();
        self.operations.push(Operation {
            path: &item.name,
            item,
            method: &member.name,
            member,
            node: &member.value,
            id,
            parameters: own.into_iter().chain(common).collect(),
        });
    }

    /// The operation with this id.
    pub(crate) fn operation(&self, id: &str) -> Option<&Operation<'a>> {
        self.by_id.get(id).map(|index| &self.operations[*index])
    }

    /// What a `$ref` leads to, in the end; the node itself where there is none or it leads nowhere.
    pub(crate) fn resolve(&self, node: &'a Node) -> &'a Node {
        let mut node = node;
        // A chain this long is a loop.
        for _ in 0..32 {
            match node.text("$ref").and_then(|reference| self.target(reference)) {
                Some(target) => node = target,
                None => return node,
            }
        }
        node
    }

    /// What a reference to a shared parameter or response leads to; elsewhere it isn't followed.
    pub(crate) fn shared(&self, node: &'a Node, start: &str) -> &'a Node {
        let reference = node.text("$ref").filter(|reference| reference.starts_with(start));
        reference.map_or(node, |_| self.resolve(node))
    }

    /// What a reference leads to.
    pub(crate) fn target(&self, reference: &str) -> Option<&'a Node> {
        if let Some(name) = reference.strip_prefix("#/definitions/")
            && let Some(found) = self.definitions.get(name)
        {
            return Some(found);
        }
        let pointer = reference.strip_prefix('#')?;
        match self.root.at(pointer) {
            Some(found) => Some(found),
            // A reference is a URI fragment: names may be percent-encoded in it (RFC 6901 s. 6).
            None => self.root.at(&percent_decoded(pointer)?),
        }
    }

    /// The body's schema, references followed.
    pub(crate) fn body(&self, operation: &Operation<'a>) -> Option<&'a Node> {
        let body = operation
            .parameters
            .iter()
            .find(|parameter| parameter.text("in") == Some("body"))?;
        Some(self.resolve(body.get("schema")?))
    }

    /// The operation's responses by status, references followed.
    pub(crate) fn responses(&self, operation: &Operation<'a>) -> Vec<(&'a str, &'a Node)> {
        let responses = members(operation.node, "responses").iter();
        responses
            .map(|member| (member.name.as_str(), self.shared(&member.value, "#/responses/")))
            .collect()
    }

    /// The schema of the first successful response that has one.
    pub(crate) fn answer(&self, operation: &Operation<'a>) -> Option<&'a Node> {
        let mut responses = self.responses(operation);
        responses.retain(|(status, _)| status.starts_with('2') || *status == "default");
        responses.sort_by_key(|(status, _)| *status);
        responses
            .iter()
            .find_map(|(_, response)| response.get("schema"))
            .map(|schema| self.resolve(schema))
    }

    /// A property of an object schema, references followed, also where `allOf` brings it in.
    pub(crate) fn property(&self, schema: &'a Node, name: &str) -> Option<&'a Node> {
        self.property_within(schema, name, 16)
    }

    fn property_within(&self, schema: &'a Node, name: &str, depth: u8) -> Option<&'a Node> {
        let schema = self.resolve(schema);
        if let Some(found) = schema.get("properties").and_then(|properties| properties.get(name)) {
            return Some(self.resolve(found));
        }
        let depth = depth.checked_sub(1)?;
        items(schema, "allOf")
            .iter()
            .find_map(|part| self.property_within(part, name, depth))
    }

    /// Whether what a value can hold isn't fully described, so that a path may lead anywhere.
    pub(crate) fn is_open(&self, schema: &'a Node) -> bool {
        let schema = self.resolve(schema);
        let has = |name| schema.get(name).is_some();
        let described = has("properties") || has("items") || has("allOf");
        let dynamic = has("x-ms-dynamic-schema") || has("x-ms-dynamic-properties");
        let additional = schema
            .get("additionalProperties")
            .is_some_and(|value| value.as_bool() != Some(false));
        dynamic || additional || (!described && matches!(schema.text("type"), None | Some("object")))
    }
}

impl<'a> Operation<'a> {
    /// As messages name it.
    pub(crate) fn name(&self) -> String {
        if self.id.is_empty() {
            format!("{} {}", self.method.to_uppercase(), self.path)
        } else {
            self.id.to_owned()
        }
    }

    /// The parameter with this name, wherever it stands.
    pub(crate) fn parameter(&self, name: &str) -> Option<&'a Node> {
        self.parameters
            .iter()
            .copied()
            .find(|parameter| parameter.text("name") == Some(name))
    }

    /// Its MIME types, own or the definition's.
    pub(crate) fn mime_types(&self, root: &'a Node, keyword: &str) -> Option<&'a Node> {
        self.node.get(keyword).or_else(|| root.get(keyword))
    }

    pub(crate) fn is_trigger(&self) -> bool {
        self.node.get("x-ms-trigger").is_some()
    }

    pub(crate) fn is_deprecated(&self) -> bool {
        self.node.is_true("deprecated")
    }
}

/// The members of an object's member.
pub(crate) fn members<'a>(node: &'a Node, name: &str) -> &'a [Member] {
    node.get(name).map_or(&[], Node::members)
}

/// The items of an object's member.
pub(crate) fn items<'a>(node: &'a Node, name: &str) -> &'a [Node] {
    node.get(name).map_or(&[], Node::items)
}

/// What makes a parameter one and the same: its name and its place.
pub(crate) fn identity(parameter: &Node) -> (Option<&str>, Option<&str>) {
    (parameter.text("name"), parameter.text("in"))
}

/// The names of a path's variables.
pub(crate) fn variables(path: &str) -> impl Iterator<Item = &str> {
    path.split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .map(|(name, _)| name)
}

pub(crate) fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

//! What a name in a dynamic extension means to an operation.

use crate::{
    document::Node,
    lint::connector::{Connector, Operation, items},
};

/// A parameter, or a property of the body, or both.
#[derive(Clone, Copy, Default)]
pub(super) struct Meaning<'a> {
    pub(super) parameter: Option<&'a Node>,
    pub(super) property: Option<Property<'a>>,
    /// Whether the body may have properties that its schema doesn't name.
    pub(super) open: bool,
}

/// A property of a body.
#[derive(Clone, Copy)]
pub(super) struct Property<'a> {
    pub(super) node: &'a Node,
    /// Whether a request always has it.
    pub(super) required: bool,
    /// Whether it, or what it stands in, is hidden from the maker.
    pub(super) internal: bool,
}

impl<'a> Meaning<'a> {
    pub(super) fn of(connector: &Connector<'a>, operation: &Operation<'a>, name: &str) -> Self {
        let body = operation
            .parameters
            .iter()
            .copied()
            .find(|parameter| parameter.text("in") == Some("body"));
        let parameter = operation.parameter(name);
        let Some(body) = body else {
            return Self {
                parameter,
                ..Self::default()
            };
        };
        let Some(schema) = body.get("schema") else {
            return Self {
                parameter,
                ..Self::default()
            };
        };
        let own = body
            .text("name")
            .and_then(|own| name.strip_prefix(own)?.strip_prefix('/'));
        let path = own.or_else(|| name.strip_prefix("body/")).unwrap_or(name);
        let required = body.is_true("required");
        let internal = body.text("x-ms-visibility") == Some("internal");
        let (property, open) = along(
            connector,
            Property {
                node: schema,
                required,
                internal,
            },
            path,
        );
        Self {
            parameter,
            property,
            open,
        }
    }

    pub(super) fn is_nothing(&self) -> bool {
        self.parameter.is_none() && self.property.is_none() && !self.open
    }

    /// The type that it has.
    pub(super) fn kind(&self) -> Option<&'a str> {
        self.node()?.text("type")
    }

    pub(super) fn node(&self) -> Option<&'a Node> {
        self.parameter.or(self.property.map(|property| property.node))
    }

    /// Whether a request always has a value for it.
    pub(super) fn always_has_value(&self) -> bool {
        let has_default = self.node().is_none_or(|node| node.get("default").is_some());
        let required = match (self.parameter, self.property) {
            (Some(parameter), _) => parameter.is_true("required"),
            (None, Some(property)) => property.required,
            (None, None) => true,
        };
        has_default || required
    }

    /// Whether the maker can't give it a value.
    pub(super) fn is_internal(&self) -> bool {
        match (self.parameter, self.property) {
            (Some(parameter), _) => parameter.text("x-ms-visibility") == Some("internal"),
            (None, Some(property)) => property.internal,
            (None, None) => false,
        }
    }
}

/// Follows a path of properties; the flag says that it ends where the schema says no more.
fn along<'a>(connector: &Connector<'a>, from: Property<'a>, path: &str) -> (Option<Property<'a>>, bool) {
    let mut at = from;
    for name in path.split('/') {
        let schema = connector.resolve(at.node);
        let Some(node) = connector.property(schema, name) else {
            return (None, connector.is_open(schema));
        };
        let listed = items(schema, "required").iter().any(|item| item.as_str() == Some(name));
        let internal = at.internal || node.text("x-ms-visibility") == Some("internal");
        at = Property {
            node,
            required: at.required && listed,
            internal,
        };
    }
    (Some(at), false)
}

//! A JSON value with its place in the text.

use jsonc_parser::{ast, common::Ranged};

use super::unescape;

/// A JSON value, from the byte `start` up to the byte `end` of the text.
#[derive(Debug, Clone)]
pub struct Node {
    /// Its first byte.
    pub start: usize,
    /// The byte after its last.
    pub end: usize,
    /// What it is.
    pub value: Value,
}

/// What a [`Node`] is. Numbers keep the digits that they are written with.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the words of RFC 8259")]
pub enum Value {
    Null,
    Bool(bool),
    Number(String),
    String(String),
    Array(Vec<Node>),
    Object(Vec<Member>),
}

/// A name and its value, in the order of the file.
#[derive(Debug, Clone)]
pub struct Member {
    /// The name's first byte.
    pub start: usize,
    /// The name.
    pub name: String,
    /// The value.
    pub value: Node,
}

impl Node {
    /// The text, where it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// True or false, where it is one of them.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self.value {
            Value::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// The number, where it is one.
    #[must_use]
    pub fn as_f64(&self) -> Option<f64> {
        match &self.value {
            Value::Number(digits) => digits.parse().ok(),
            _ => None,
        }
    }

    /// The whole number, where it is one.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match &self.value {
            Value::Number(digits) => digits.parse().ok(),
            _ => None,
        }
    }

    /// The items of an array; none if it is something else.
    #[must_use]
    pub fn items(&self) -> &[Self] {
        match &self.value {
            Value::Array(items) => items,
            _ => &[],
        }
    }

    /// The members of an object; none if it is something else.
    #[must_use]
    pub fn members(&self) -> &[Member] {
        match &self.value {
            Value::Object(members) => members,
            _ => &[],
        }
    }

    /// Whether it is an object.
    #[must_use]
    pub fn is_object(&self) -> bool {
        matches!(self.value, Value::Object(_))
    }

    /// Whether it is an array.
    #[must_use]
    pub fn is_array(&self) -> bool {
        matches!(self.value, Value::Array(_))
    }

    /// The member of an object with this name; the last one, as most readers of JSON have it.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&Member> {
        self.members().iter().rev().find(|member| member.name == name)
    }

    /// The value of an object's member.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.member(name).map(|member| &member.value)
    }

    /// The text of an object's member, where it is one.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }

    /// Whether an object's member is `true`.
    #[must_use]
    pub fn is_true(&self, name: &str) -> bool {
        self.get(name).and_then(Self::as_bool) == Some(true)
    }

    /// The value at a JSON pointer (RFC 6901) below this one.
    #[must_use]
    pub fn at(&self, pointer: &str) -> Option<&Self> {
        if pointer.is_empty() {
            return Some(self);
        }
        pointer
            .strip_prefix('/')?
            .split('/')
            .try_fold(self, |node, token| match &node.value {
                Value::Object(_) => node.get(&unescape(token)),
                Value::Array(items) => items.get(token.parse::<usize>().ok()?),
                _ => None,
            })
    }

    /// The name of its type in JSON Schema.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match &self.value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(digits) if digits.contains(['.', 'e', 'E']) => "number",
            Value::Number(_) => "integer",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        }
    }

    /// The same value without its places.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(value) => (*value).into(),
            // A number too large for a double has no other form in serde_json.
            Value::Number(digits) => serde_json::from_str(digits).unwrap_or_else(|_| digits.clone().into()),
            Value::String(text) => text.clone().into(),
            Value::Array(items) => items.iter().map(Self::to_json).collect(),
            Value::Object(members) => {
                let members = members
                    .iter()
                    .map(|member| (member.name.clone(), member.value.to_json()));
                serde_json::Value::Object(members.collect())
            }
        }
    }
}

/// Whether two values are the same JSON; the order of members doesn't matter.
#[must_use]
pub fn same_json(one: &Node, other: &Node) -> bool {
    match (&one.value, &other.value) {
        (Value::Null, Value::Null) => true,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Number(a), Value::Number(b)) => a == b || one.as_f64() == other.as_f64(),
        (Value::String(a), Value::String(b)) => a == b,
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_json(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter().all(|member| {
                    other
                        .get(&member.name)
                        .is_some_and(|value| same_json(&member.value, value))
                })
        }
        _ => false,
    }
}

impl From<ast::Value<'_>> for Node {
    fn from(value: ast::Value<'_>) -> Self {
        let range = value.range();
        let value = match value {
            ast::Value::NullKeyword(_) => Value::Null,
            ast::Value::BooleanLit(literal) => Value::Bool(literal.value),
            ast::Value::NumberLit(literal) => Value::Number(literal.value.to_owned()),
            ast::Value::StringLit(literal) => Value::String(literal.value.into_owned()),
            ast::Value::Array(array) => Value::Array(array.elements.into_iter().map(Self::from).collect()),
            ast::Value::Object(object) => Value::Object(object.properties.into_iter().map(Member::from).collect()),
        };
        Self {
            start: range.start,
            end: range.end,
            value,
        }
    }
}

impl From<ast::ObjectProp<'_>> for Member {
    fn from(property: ast::ObjectProp<'_>) -> Self {
        let start = property.range.start;
        let name = property.name.as_str().to_owned();
        Self {
            start,
            name,
            value: property.value.into(),
        }
    }
}

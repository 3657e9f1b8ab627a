//! JSON and YAML with the place of every value, so that what is wrong can be shown where it stands.

mod json;
pub(crate) mod print;
mod yaml;

use crate::{At, Error};

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    pub(crate) at: At,
    pub(crate) value: Value,
}

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    /// As it is written.
    Number(String),
    Text(String),
    List(Vec<Node>),
    /// Members in the order of the text; of two with one name the last one counts, as in most parsers.
    Map(Vec<(String, Node)>),
}

/// Reads JSON (with comments and trailing commas, which many tools let pass) or YAML 1.2.
///
/// # Errors
/// Where the text is neither: at its place.
pub(crate) fn read(file: &str, text: &str) -> Result<Node, Error> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim_start().starts_with(['{', '[', '/']) {
        json::read(file, text)
    } else {
        yaml::read(file, text)
    }
}

impl Node {
    /// The member of this name that is not null.
    pub(crate) fn get(&self, name: &str) -> Option<&Self> {
        let members = self.members();
        let member = members.iter().rev().find(|(own, _)| own == name);
        member.map(|(_, node)| node).filter(|node| node.value != Value::Null)
    }

    /// A member that is text.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_text()
    }

    /// A member's items; none where it is no list.
    pub(crate) fn list(&self, name: &str) -> &[Self] {
        self.get(name).map(Self::items).unwrap_or_default()
    }

    /// A member's members; none where it is no map.
    pub(crate) fn map(&self, name: &str) -> &[(String, Self)] {
        self.get(name).map(Self::members).unwrap_or_default()
    }

    /// Whether a member is `true`.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.get(name).is_some_and(|node| node.value == Value::Bool(true))
    }

    pub(crate) fn as_text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A text, a number or a truth value as text; real descriptions mix them up.
    pub(crate) fn scalar(&self) -> Option<String> {
        match &self.value {
            Value::Text(text) | Value::Number(text) => Some(text.clone()),
            Value::Bool(value) => Some(value.to_string()),
            Value::Null | Value::List(_) | Value::Map(_) => None,
        }
    }

    pub(crate) fn items(&self) -> &[Self] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    pub(crate) fn members(&self) -> &[(String, Self)] {
        match &self.value {
            Value::Map(members) => members,
            _ => &[],
        }
    }

    pub(crate) fn is_map(&self) -> bool {
        matches!(self.value, Value::Map(_))
    }

    /// What a JSON pointer (RFC 6901) leads to: `/definitions/Pet`.
    pub(crate) fn pointer(&self, pointer: &str) -> Option<&Self> {
        pointer.strip_prefix('/')?.split('/').try_fold(self, |node, token| {
            let name = token.replace("~1", "/").replace("~0", "~");
            match &node.value {
                Value::List(items) => items.get(name.parse::<usize>().ok()?),
                _ => node.get(&name),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(text: &str) -> Node {
        read("test", text).unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn json_and_yaml_are_the_same_tree_with_places() {
        let json = node("{\n  \"a\": {\"b\": [1, true, null, \"x\\u0041\"]}, // why\n}");
        let yaml = node("# why\na:\n  b: [1, true, ~, 'xA']\n");
        let texts = |node: &Node| -> Vec<_> {
            node.pointer("/a/b")
                .into_iter()
                .flat_map(Node::items)
                .map(Node::scalar)
                .collect()
        };
        let expected = [Some("1".into()), Some("true".into()), None, Some("xA".into())];
        assert_eq!(texts(&json), expected);
        assert_eq!(texts(&yaml), expected);
        assert_eq!(
            json.pointer("/a/b/1").map(|node| node.at),
            Some(At { line: 2, column: 18 })
        );
        assert_eq!(
            yaml.pointer("/a/b/1").map(|node| node.at),
            Some(At { line: 3, column: 10 })
        );
    }

    #[test]
    fn yaml_says_what_it_is_in_many_ways() {
        let yaml = node(
            "base: &base\n  x: 1\nuse: *base\nmore:\n  <<: *base\n  200: ok\ntext: \"200\"\nblock: |\n  a\n  b\nnone:\n",
        );
        assert_eq!(yaml.pointer("/use/x").and_then(Node::scalar).as_deref(), Some("1"));
        assert_eq!(yaml.pointer("/more/x").and_then(Node::scalar).as_deref(), Some("1"));
        assert_eq!(yaml.pointer("/more/200").and_then(Node::as_text), Some("ok"));
        assert_eq!(yaml.text("text"), Some("200"));
        assert_eq!(yaml.text("block"), Some("a\nb\n"));
        assert_eq!(yaml.get("none"), None);
    }

    #[test]
    fn what_can_not_be_read_is_shown_at_its_place() {
        let check = |text: &str, expected: &str| {
            assert_eq!(read("a.json", text).unwrap_err().to_string(), expected, "{text}");
        };
        check(
            "{\n  \"a\": ]",
            "a.json:2:8: this is not JSON: unexpected close bracket",
        );
        check("{", "a.json:1:1: this is not JSON: unterminated object");
        check(
            "a: [1\nb: 2",
            "a.json:2:2: this is not YAML: illegal placement of ':' indicator",
        );
        check("", "a.json:1:1: the file is empty");
        let deep = "[".repeat(100_000);
        assert!(read("a.json", &deep).is_err());
        let deep = format!("a: {deep}");
        assert!(read("a.yaml", &deep).is_err());
    }

    #[test]
    fn aliases_of_aliases_do_not_fill_the_memory() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            let before = level - 1;
            let list = vec![format!("*a{before}"); 10].join(", ");
            text.extend([format!("a{level}: &a{level} [{list}]\n")]);
        }
        let error = read("bomb.yaml", &text).unwrap_err();
        assert!(error.message.contains("aliases"), "{error}");
    }
}

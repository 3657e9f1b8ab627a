//! A definition as it stands in its file: nothing lost, and every value with its place.
//!
//! The platform's files are read as JSON, not as a model of it: a linter must see what a model would drop, such as a key
//! that stands twice, and must be able to say in which line it stands.
//!
//! ```
//! use midspan_definition::document::Document;
//!
//! let document = Document::parse("api.json", b"{\n  \"info\": {\"title\": \"News\"}\n}").expect("JSON");
//! let title = document.at("/info/title").expect("there is a title");
//! assert_eq!(title.as_str(), Some("News"));
//! assert_eq!(document.position(title.start).to_string(), "2:21");
//! assert_eq!(document.pointer_to(title.start), "/info/title");
//! ```

mod node;
mod text;

use std::fmt;

use jsonc_parser::{CollectOptions, ParseOptions, errors::ParseError, parse_to_ast};

pub use self::node::{Member, Node, Value, same_json};
use self::text::{Decoded, decode};

/// A JSON file that has been read.
#[derive(Debug, Clone)]
pub struct Document {
    name: String,
    text: String,
    lines: Vec<usize>,
    root: Node,
    peculiarities: Vec<Peculiarity>,
}

/// What some readers of a file put up with, and others don't.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peculiarity {
    /// It starts with a byte order mark.
    ByteOrderMark,
    /// It isn't UTF-8; it was read as Windows-1252.
    NotUtf8,
    /// It has comments or trailing commas.
    Loose,
}

/// A place in a file, counted from 1; columns are characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The character in the line.
    pub column: usize,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// The file is no JSON.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name}:{position}: {message}")]
pub struct NotJson {
    /// The file, as the user named it.
    pub name: String,
    /// Where reading ended.
    pub position: Position,
    /// What was wrong there: a lower-case phrase.
    pub message: String,
}

impl Document {
    /// Reads a file's bytes; `name` is how the user named it.
    ///
    /// A byte order mark, a single-byte encoding, comments and trailing commas are put up with, and stand in
    /// [`peculiarities`](Self::peculiarities).
    ///
    /// # Errors
    /// The file is no JSON, or is nested more than 512 deep.
    pub fn parse(name: impl Into<String>, bytes: &[u8]) -> Result<Self, NotJson> {
        let name = name.into();
        let Decoded {
            text,
            mut peculiarities,
        } = decode(bytes);
        let lines = line_starts(&text);
        let no_json = |offset, message| NotJson {
            name: name.clone(),
            position: position(&text, &lines, offset),
            message,
        };
        let root = match read(&text, &STRICT) {
            Ok(root) => root,
            Err(strict) => {
                let loose = read(&text, &LOOSE).map_err(|_| no_json(strict.range().start, phrase(&strict)))?;
                peculiarities.push(Peculiarity::Loose);
                loose
            }
        };
        let root = root.ok_or_else(|| no_json(0, "there is nothing in it".to_owned()))?;
        Ok(Self {
            name,
            text,
            lines,
            root,
            peculiarities,
        })
    }

    /// The file, as the user named it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The file's text, without a byte order mark.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The outermost value.
    #[must_use]
    pub fn root(&self) -> &Node {
        &self.root
    }

    /// What some readers of the file would stumble over.
    #[must_use]
    pub fn peculiarities(&self) -> &[Peculiarity] {
        &self.peculiarities
    }

    /// The value at a JSON pointer (RFC 6901).
    #[must_use]
    pub fn at(&self, pointer: &str) -> Option<&Node> {
        self.root.at(pointer)
    }

    /// Where a byte of the text stands, as a person counts.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        position(&self.text, &self.lines, offset)
    }

    /// The JSON pointer (RFC 6901) to the innermost value that has this byte; a key belongs to its value.
    #[must_use]
    pub fn pointer_to(&self, offset: usize) -> String {
        let mut pointer = String::new();
        let mut node = &self.root;
        loop {
            let child = match &node.value {
                Value::Array(items) => {
                    let index = items.partition_point(|item| item.end <= offset);
                    items
                        .get(index)
                        .filter(|item| item.start <= offset)
                        .map(|item| (index.to_string(), item))
                }
                Value::Object(members) => {
                    let index = members.partition_point(|member| member.value.end <= offset);
                    let member = members.get(index).filter(|member| member.start <= offset);
                    member.map(|member| (escape(&member.name), &member.value))
                }
                _ => None,
            };
            let Some((token, inner)) = child else { return pointer };
            pointer.push('/');
            pointer.push_str(&token);
            node = inner;
        }
    }
}

/// As RFC 8259.
const STRICT: ParseOptions = ParseOptions {
    allow_comments: false,
    allow_loose_object_property_names: false,
    allow_trailing_commas: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// As .NET's usual reader, which the platform has.
const LOOSE: ParseOptions = ParseOptions {
    allow_comments: true,
    allow_trailing_commas: true,
    ..STRICT
};

fn read(text: &str, options: &ParseOptions) -> Result<Option<Node>, ParseError> {
    Ok(parse_to_ast(text, &CollectOptions::default(), options)?
        .value
        .map(Node::from))
}

fn phrase(error: &ParseError) -> String {
    let text = error.kind().to_string();
    let mut letters = text.chars();
    letters
        .next()
        .map_or(text.clone(), |first| first.to_lowercase().chain(letters).collect())
}

fn line_starts(text: &str) -> Vec<usize> {
    std::iter::once(0)
        .chain(
            text.bytes()
                .enumerate()
                .filter(|(_, byte)| *byte == b'\n')
                .map(|(index, _)| index + 1),
        )
        .collect()
}

fn position(text: &str, lines: &[usize], offset: usize) -> Position {
    let line = lines.partition_point(|start| *start <= offset).max(1);
    let start = lines[line - 1];
    let before = text.get(start..offset).unwrap_or_default();
    Position {
        line,
        column: before.chars().count() + 1,
    }
}

/// A key as a token of a JSON pointer (RFC 6901 s. 3).
#[must_use]
pub fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// The key that a token of a JSON pointer stands for.
pub(crate) fn unescape(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_byte_order_mark_is_put_up_with_and_told() {
        let document = Document::parse("a.json", b"\xef\xbb\xbf{\"a\": 1}").expect("JSON");
        assert_eq!(document.peculiarities(), [Peculiarity::ByteOrderMark]);
        assert_eq!(
            document.position(document.at("/a").expect("a").start).to_string(),
            "1:7"
        );
    }

    #[test]
    fn what_is_not_utf8_is_read_as_windows_1252() {
        let document = Document::parse("a.json", b"{\"a\": \"Br\xf8nn\xf8ysund \x80\"}").expect("JSON");
        assert_eq!(document.peculiarities(), [Peculiarity::NotUtf8]);
        assert_eq!(document.at("/a").and_then(Node::as_str), Some("Brønnøysund €"));
    }

    #[test]
    fn comments_and_trailing_commas_are_put_up_with_and_told() {
        let document = Document::parse("a.json", b"{\"a\": [1,], // why\n}").expect("JSON");
        assert_eq!(document.peculiarities(), [Peculiarity::Loose]);
        assert_eq!(document.at("/a").map(|a| a.items().len()), Some(1));
    }

    #[test]
    fn broken_json_says_where_and_what() {
        let check = |text: &str, expected: &str| {
            let error = Document::parse("a.json", text.as_bytes()).expect_err("no JSON");
            assert_eq!(error.to_string(), expected, "{text}");
        };
        check(
            "{\n  \"a\" 1}",
            "a.json:2:7: expected colon after the string or word in object property",
        );
        check(
            "{\"a\": 1} 2",
            "a.json:1:10: text cannot contain more than one JSON value",
        );
        check("", "a.json:1:1: there is nothing in it");
    }

    #[test]
    fn nesting_that_would_exhaust_the_stack_is_refused() {
        let error = Document::parse("a.json", "[".repeat(100_000).as_bytes()).expect_err("too deep");
        assert!(error.message.contains("nesting"), "{error}");
    }

    #[test]
    fn of_a_key_that_stands_twice_both_are_kept_and_the_last_counts() {
        let document = Document::parse("a.json", b"{\"a\": 1, \"a\": 2}").expect("JSON");
        assert_eq!(document.root().members().len(), 2);
        assert_eq!(document.at("/a").and_then(Node::as_i64), Some(2));
    }

    fn json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            any::<String>().prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 64, 12, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..12).prop_map(Into::into),
                prop::collection::hash_map(any::<String>(), inner, 0..12)
                    .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
            ]
        })
    }

    /// Calls `see` with the pointer to every value.
    fn visit(value: &serde_json::Value, pointer: &str, see: &mut impl FnMut(&str, &serde_json::Value)) {
        see(pointer, value);
        match value {
            serde_json::Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    visit(item, &format!("{pointer}/{index}"), see);
                }
            }
            serde_json::Value::Object(members) => {
                for (key, item) in members {
                    visit(item, &format!("{pointer}/{}", escape(key)), see);
                }
            }
            _ => {}
        }
    }

    proptest! {
        #[test]
        fn every_value_is_found_by_its_pointer_and_its_pointer_by_its_place(value in json()) {
            let text = serde_json::to_string_pretty(&value).expect("JSON");
            let document = Document::parse("a.json", text.as_bytes()).expect("JSON");
            visit(&value, "", &mut |pointer, value| {
                let node = document.at(pointer).expect(pointer);
                assert_eq!(&node.to_json(), value);
                assert_eq!(document.pointer_to(node.start), pointer);
            });
        }

        #[test]
        fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Document::parse("a.json", &bytes);
        }
    }
}

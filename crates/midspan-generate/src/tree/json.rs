//! JSON.

use jsonc_parser::{CollectOptions, ParseOptions, ast, common::Ranged, parse_to_ast};

use super::{Node, Value};
use crate::{At, Error};

/// What editors and other tools let pass in JSON, and nothing more.
const OPTIONS: ParseOptions = ParseOptions {
    allow_comments: true,
    allow_loose_object_property_names: false,
    allow_trailing_commas: true,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

pub(super) fn read(file: &str, text: &str) -> Result<Node, Error> {
    let parsed = parse_to_ast(text, &CollectOptions::default(), &OPTIONS).map_err(|error| {
        let at = At::offset(text, error.range().start);
        let mut why = error.kind().to_string();
        if let Some(first) = why.get_mut(..1) {
            first.make_ascii_lowercase();
        }
        Error::new(file, at, format!("this is not JSON: {why}"))
    })?;
    let lines = Lines::of(text);
    match &parsed.value {
        Some(value) => Ok(lines.node(value)),
        None => Err(Error::new(file, At { line: 1, column: 1 }, "the file is empty")),
    }
}

/// Where lines begin, so that places are found in large files without counting from the top each time.
struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Self {
        let after_breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        Self {
            text,
            starts: std::iter::once(0).chain(after_breaks).collect(),
        }
    }

    fn at(&self, offset: usize) -> At {
        let line = self.starts.partition_point(|&start| start <= offset);
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or_default();
        // A file may be one line of a megabyte: columns far to the right are counted in bytes.
        let before = self.text.get(start..offset).unwrap_or_default();
        let column = if before.len() < 1000 {
            before.chars().count()
        } else {
            before.len()
        };
        At {
            line,
            column: column + 1,
        }
    }

    fn node(&self, value: &ast::Value<'_>) -> Node {
        Node {
            at: self.at(value.range().start),
            value: match value {
                ast::Value::NullKeyword(_) => Value::Null,
                ast::Value::BooleanLit(literal) => Value::Bool(literal.value),
                ast::Value::NumberLit(literal) => Value::Number(literal.value.to_owned()),
                ast::Value::StringLit(literal) => Value::Text(literal.value.clone().into_owned()),
                ast::Value::Array(list) => Value::List(list.elements.iter().map(|item| self.node(item)).collect()),
                ast::Value::Object(map) => {
                    let members = map.properties.iter();
                    Value::Map(
                        members
                            .map(|member| (member.name.as_str().to_owned(), self.node(&member.value)))
                            .collect(),
                    )
                }
            },
        }
    }
}

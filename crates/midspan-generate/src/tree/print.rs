//! A tree as JSON, members in their order.

use super::{Node, Value};

/// The tree as people write JSON: two spaces a level, a line break at the end.
pub(crate) fn json(node: &Node) -> String {
    let mut out = String::new();
    write(&mut out, node, 0);
    out.push('\n');
    out
}

fn write(out: &mut String, node: &Node, depth: usize) {
    match &node.value {
        Value::Null => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Number(digits) if is_number(digits) => out.push_str(digits),
        // YAML has numbers that JSON has not, such as `.inf` and `0x1f`.
        Value::Number(text) | Value::Text(text) => string(out, text),
        Value::List(items) => between(out, ['[', ']'], items, depth, |out, item| write(out, item, depth + 1)),
        Value::Map(members) => between(out, ['{', '}'], members, depth, |out, (name, value)| {
            string(out, name);
            out.push_str(": ");
            write(out, value, depth + 1);
        }),
    }
}

fn between<T>(out: &mut String, [open, close]: [char; 2], items: &[T], depth: usize, one: impl Fn(&mut String, &T)) {
    out.push(open);
    for (index, item) in items.iter().enumerate() {
        out.push_str(if index == 0 { "\n" } else { ",\n" });
        out.push_str(&"  ".repeat(depth + 1));
        one(out, item);
    }
    if !items.is_empty() {
        out.push('\n');
        out.push_str(&"  ".repeat(depth));
    }
    out.push(close);
}

/// RFC 8259 s. 7.
fn string(out: &mut String, text: &str) {
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control if u32::from(control) < 0x20 => out.extend([format!("\\u{:04x}", u32::from(control))]),
            other => out.push(other),
        }
    }
    out.push('"');
}

/// RFC 8259 s. 6.
fn is_number(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))),
        None => (text, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let no_leading_zero = whole == "0" || !whole.starts_with('0');
    digits(whole) && no_leading_zero && fraction.is_none_or(digits) && exponent.is_none_or(digits)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tree::read;

    #[test]
    fn a_tree_is_printed_as_it_was_read() {
        let text = "{\n  \"b\": [\n    1.50,\n    -2e+3,\n    \"x\\n\\u0001\\\"\"\n  ],\n  \"a\": {},\n  \"c\": [],\n  \"d\": null\n}\n";
        assert_eq!(json(&read("a", text).expect("JSON")), text);
        let yaml = read("a", "x: 0x1f\ny: .inf\nz: 007\nw: true").expect("YAML");
        assert!(read("a", &json(&yaml)).is_ok());
    }

    proptest! {
        #[test]
        fn any_text_comes_back(text in ".*") {
            let mut out = String::new();
            string(&mut out, &text);
            prop_assert_eq!(serde_json::from_str::<String>(&out).ok(), Some(text));
        }

        #[test]
        fn what_is_taken_for_a_number_is_one(text in "[-+0-9.eE]{1,8}") {
            // Of those that no f64 can hold, serde_json takes none.
            prop_assume!(!text.parse::<f64>().is_ok_and(f64::is_infinite));
            prop_assert_eq!(is_number(&text), serde_json::from_str::<serde_json::Number>(&text).is_ok());
        }
    }
}

//! What a document is for, and documents made of many aliases.

use std::fmt::Write as _;

/// What the operations of a document do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// They only read.
    Query,
    /// At least one of them changes something.
    Mutation,
    /// At least one of them would go on for ever.
    Subscription,
    /// There is none.
    None,
}

/// By the first word of each definition (GraphQL specification s. 2.3). What a document holds beside is the source's to
/// check.
pub(super) fn kind(document: &str) -> Kind {
    let mut kind = Kind::None;
    let mut depth = 0_usize;
    let mut begins = true;
    let mut rest = document;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '#' => rest.find(['\n', '\r']).unwrap_or(rest.len()),
            '"' => string(rest),
            '{' | '(' | '[' => {
                if begins && first == '{' {
                    kind = more(kind, Kind::Query);
                }
                begins = false;
                depth += 1;
                1
            }
            '}' | ')' | ']' => {
                depth = depth.saturating_sub(1);
                // Only a selection ends a definition.
                begins = depth == 0 && first == '}';
                1
            }
            _ if begins && is_name(first) => {
                let length = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
                begins = false;
                kind = match &rest[..length] {
                    "query" => more(kind, Kind::Query),
                    "mutation" => more(kind, Kind::Mutation),
                    "subscription" => more(kind, Kind::Subscription),
                    _ => kind,
                };
                length
            }
            other => other.len_utf8(),
        };
        rest = &rest[length..];
    }
    kind
}

/// The one that asks for more care.
fn more(one: Kind, other: Kind) -> Kind {
    let care = |kind: Kind| match kind {
        Kind::None => 0,
        Kind::Query => 1,
        Kind::Mutation => 2,
        Kind::Subscription => 3,
    };
    if care(other) > care(one) { other } else { one }
}

const fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// The length of the string, or block string, that `text` begins with.
fn string(text: &str) -> usize {
    let block = text.starts_with("\"\"\"");
    let (quotes, escape) = if block { ("\"\"\"", "\\\"\"\"") } else { ("\"", "\\") };
    let mut at = quotes.len();
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with(escape) {
            // With the character that is escaped.
            let after = if block {
                0
            } else {
                rest[1..].chars().next().map_or(0, char::len_utf8)
            };
            at += escape.len() + after;
        } else if rest.starts_with(quotes) {
            return at + quotes.len();
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// One query for `count` keys: `field`, such as `person(id: $key) { name }`, under the aliases `k0`, `k1`, ..., with the
/// variables `key0`, `key1`, ... of the type `key_type`.
pub(super) fn aliased(field: &str, key_type: &str, count: usize) -> String {
    let mut document = String::from("query (");
    for at in 0..count {
        let _ = write!(document, "$key{at}: {key_type} ");
    }
    document.push_str(") {");
    for at in 0..count {
        let _ = write!(document, " k{at}: ");
        let mut parts = field.split("$key");
        document.push_str(parts.next().unwrap_or_default());
        for part in parts {
            document.push_str("$key");
            // `$keyword` is another variable.
            if !part.starts_with(is_name) {
                let _ = write!(document, "{at}");
            }
            document.push_str(part);
        }
    }
    document.push_str(" }");
    document
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_first_word_of_each_definition_says_what_it_is_for() {
        let check = |document: &str, expected: Kind| assert_eq!(kind(document), expected, "{document}");
        check("{ people { name } }", Kind::Query);
        check("query { people { name } }", Kind::Query);
        check(
            "  # mutation\n query mutation($subscription: [Int!] = [1]) @mutation { mutation }",
            Kind::Query,
        );
        check(
            "fragment mutation on Person { name } query People { people { ...mutation } }",
            Kind::Query,
        );
        check(
            "query A($x: In = {mutation: 1}) { a } fragment B on C { b }",
            Kind::Query,
        );
        check(
            "query A($x: String = \"} mutation {\") { a(b: \"\"\"\\\"\"\" } mutation { \"\"\") }",
            Kind::Query,
        );
        check("query A { a(b: \"\\\\\") } mutation B { b }", Kind::Mutation);
        check("mutation{delete(id:1)}", Kind::Mutation);
        check("query A { a } mutation B { b }", Kind::Mutation);
        check("\u{feff}mutation B { b }", Kind::Mutation);
        check("{ a } subscription B { b }", Kind::Subscription);
        check("fragment A on B { c }", Kind::None);
        check("", Kind::None);
    }

    #[test]
    fn many_keys_are_one_query() {
        assert_eq!(
            aliased("person(id: $key) { name boss(of: $key, keys: $keys) { id } }", "ID!", 2),
            "query ($key0: ID! $key1: ID! ) { k0: person(id: $key0) { name boss(of: $key0, keys: $keys) { id } } \
             k1: person(id: $key1) { name boss(of: $key1, keys: $keys) { id } } }"
        );
        assert_eq!(kind(&aliased("a(b: $key)", "ID!", 3)), Kind::Query);
    }

    proptest! {
        #[test]
        fn no_document_is_too_strange(document in ".*|[\"\\\\{}()#a \n]*") {
            kind(&document);
        }

        #[test]
        fn a_mutation_is_not_taken_for_a_query(before in "(query A|fragment A on B|)[({\" ]{0,3}", text in "[a-z\"# ]{0,9}") {
            // Whatever comes before a mutation that is one: after a definition that ends.
            let document = format!("query Q {{ a(b: {text:?}) }} mutation M {{ x }} {before}");
            prop_assert_ne!(kind(&document), Kind::Query);
        }
    }
}

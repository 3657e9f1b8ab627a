//! `$search`: free text.

/// Phrases that are searched for, joined (OData ABNF, `searchExpr`).
///
/// ```
/// use midspan::source::odata::{Query, Search};
///
/// let search = Search::phrase("red car").and(Search::phrase("diesel").negated());
/// assert_eq!(Query::new().search(search).get("$search"), Some(r#""red car" AND NOT "diesel""#));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use]
pub struct Search {
    /// Nothing is searched for where it is empty.
    text: String,
    /// `OR` holds looser than `AND`, and both looser than `NOT`.
    joined_by: Option<&'static str>,
}

impl Search {
    /// For the phrase, whatever it holds. A blank one finds all: it drops out of what it is joined with.
    pub fn phrase(phrase: &str) -> Self {
        let mut text = String::new();
        if !phrase.trim().is_empty() {
            // OData ABNF, `searchPhrase`: quoted, with `\` before `\` and `"`.
            let phrase = phrase.replace('\\', "\\\\").replace('"', "\\\"");
            text = format!("\"{phrase}\"");
        }
        Self { text, joined_by: None }
    }

    /// Both.
    pub fn and(self, other: Self) -> Self {
        self.join("AND", other)
    }

    /// One of the two, or both.
    pub fn or(self, other: Self) -> Self {
        self.join("OR", other)
    }

    /// What it does not find.
    pub fn negated(self) -> Self {
        if self.text.is_empty() {
            return self;
        }
        Self {
            text: format!("NOT {}", self.operand("NOT")),
            joined_by: None,
        }
    }

    pub(super) fn text(self) -> Option<String> {
        Some(self.text).filter(|text| !text.is_empty())
    }

    fn join(self, operator: &'static str, other: Self) -> Self {
        match (self.text.is_empty(), other.text.is_empty()) {
            (true, _) => other,
            (_, true) => self,
            _ => Self {
                text: format!("{} {operator} {}", self.operand(operator), other.operand(operator)),
                joined_by: Some(operator),
            },
        }
    }

    fn operand(self, within: &str) -> String {
        match self.joined_by {
            Some(own) if own != within => format!("({})", self.text),
            _ => self.text,
        }
    }
}

impl From<&str> for Search {
    fn from(phrase: &str) -> Self {
        Self::phrase(phrase)
    }
}

impl From<&String> for Search {
    fn from(phrase: &String) -> Self {
        Self::phrase(phrase)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn phrases_are_joined_with_parentheses_where_they_are_needed() {
        let check = |search: Search, expected: Option<&str>| assert_eq!(search.text().as_deref(), expected);
        let word = Search::phrase;
        check(word("  "), None);
        check(word("red car"), Some("\"red car\""));
        check(
            word("a").and(word("b")).and(word("c")),
            Some("\"a\" AND \"b\" AND \"c\""),
        );
        check(
            word("a").or(word("b")).and(word("c")),
            Some("(\"a\" OR \"b\") AND \"c\""),
        );
        check(word("a").or(word("b")).negated(), Some("NOT (\"a\" OR \"b\")"));
        check(word("a").and(word(" ")).or(word("").negated()), Some("\"a\""));
    }

    /// What a service reads: the phrase that `input` is.
    fn read_phrase(input: &str) -> Option<String> {
        let mut rest = input.strip_prefix('"')?.chars();
        let mut phrase = String::new();
        loop {
            match rest.next()? {
                '\\' => phrase.push(rest.next()?),
                '"' => return rest.as_str().is_empty().then_some(phrase),
                other => phrase.push(other),
            }
        }
    }

    proptest! {
        #[test]
        fn any_phrase_is_one_phrase(phrase in ".*|[\"\\\\ a]*") {
            match Search::phrase(&phrase).text() {
                Some(text) => prop_assert_eq!(read_phrase(&text), Some(phrase)),
                None => prop_assert!(phrase.trim().is_empty()),
            }
        }
    }
}

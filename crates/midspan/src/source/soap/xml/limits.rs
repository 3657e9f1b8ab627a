//! What a document may not do, found out before anything is built from it.
//!
//! SOAP forbids document type definitions (SOAP 1.1 s. 3, SOAP 1.2 part 1 s. 5), and with them go all entities but the
//! five that are built in. The other bounds keep hostile markup from costing more time or memory than its size is worth:
//! the parser makes room for a node at every `<` and for an attribute at every `=`, wherever they stand; it compares each
//! attribute of an element with all others; and where an element declares a namespace, it compares all those in scope.

use super::XmlError;

const MAX_DEPTH: usize = 128;
const MAX_ATTRIBUTES: usize = 256;
const MAX_NAMESPACES: usize = 256;
/// `<` anywhere. With room for twice as many nodes, which is how a list grows, they fit the memory of an instance.
const MAX_TAGS: usize = 500_000;
/// `=` anywhere.
const MAX_EQUALS_SIGNS: usize = 500_000;
/// Comparisons of namespaces: for each element that declares one, the square of how many are in scope.
const MAX_COMPARISONS: usize = 5_000_000;

/// Walks over the markup without building anything. It need not notice what is malformed: the parser does.
pub(super) fn check(text: &str) -> Result<(), XmlError> {
    let count = |sign: u8| text.bytes().filter(|byte| *byte == sign).count();
    within(count(b'<'), MAX_TAGS, "tags")?;
    within(count(b'='), MAX_EQUALS_SIGNS, "equals signs")?;
    let mut scan = Scan::default();
    let mut rest = text;
    while let Some((_, markup)) = rest.split_once('<') {
        rest = if let Some(comment) = markup.strip_prefix("!--") {
            after(comment, "-->")
        } else if let Some(data) = markup.strip_prefix("![CDATA[") {
            after(data, "]]>")
        } else if markup.starts_with('?') {
            after(markup, "?>")
        } else if markup.starts_with('!') {
            return Err(XmlError::document("has a document type definition, which SOAP forbids"));
        } else {
            scan.tag(markup)?
        };
    }
    Ok(())
}

fn after<'t>(text: &'t str, end: &str) -> &'t str {
    text.split_once(end).map_or("", |(_, after)| after)
}

#[derive(Default)]
struct Scan {
    comparisons: usize,
    /// For each element that is open, how many namespaces it declares.
    open: Vec<usize>,
    namespaces: usize,
}

impl Scan {
    /// Takes one tag, from behind its `<`, and gives what follows its `>`.
    fn tag<'t>(&mut self, markup: &'t str) -> Result<&'t str, XmlError> {
        let (tag, rest, attributes) = split(markup);
        if tag.starts_with('/') {
            self.namespaces -= self.open.pop().unwrap_or_default();
            return Ok(rest);
        }
        let namespaces = tag.matches("xmlns").count();
        within(attributes, MAX_ATTRIBUTES, "attributes in one element")?;
        within(self.namespaces + namespaces, MAX_NAMESPACES, "namespaces in scope")?;
        within(self.open.len() + 1, MAX_DEPTH, "elements within each other")?;
        if namespaces > 0 {
            self.comparisons += (self.namespaces + namespaces).pow(2);
            within(
                self.comparisons,
                MAX_COMPARISONS,
                "declarations of namespaces within others",
            )?;
        }
        if !tag.ends_with('/') {
            self.namespaces += namespaces;
            self.open.push(namespaces);
        }
        Ok(rest)
    }
}

/// A tag's inside, what follows it, and how many attributes it has.
fn split(markup: &str) -> (&str, &str, usize) {
    let mut quote = None;
    let mut attributes = 0;
    for (at, byte) in markup.bytes().enumerate() {
        match (quote, byte) {
            (Some(open), byte) if open == byte => quote = None,
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'=') => attributes += 1,
            (None, b'>') => return (&markup[..at], &markup[at + 1..], attributes),
            _ => {}
        }
    }
    (markup, "", attributes)
}

fn within(count: usize, most: usize, what: &str) -> Result<(), XmlError> {
    if count <= most {
        return Ok(());
    }
    Err(XmlError::document(format!("has more than {most} {what}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_text(text: &str, expected: Option<&str>) {
        assert_eq!(check(text).err().map(|error| error.to_string()).as_deref(), expected);
    }

    #[test]
    fn what_costs_more_than_its_size_is_refused() {
        check_text(
            "<a b='>' c=\"<!\"><!-- <!DOCTYPE --><![CDATA[<!DOCTYPE]]><?p <!x?></a>",
            None,
        );
        let dtd = Some("the XML has a document type definition, which SOAP forbids");
        check_text("<?xml version='1.0'?><!DOCTYPE a><a/>", dtd);
        check_text("<a><!ENTITY x 'y'></a>", dtd);
        check_text(
            &"<a>".repeat(10_000),
            Some("the XML has more than 128 elements within each other"),
        );
        check_text(&"<a></a>".repeat(10_000), None);
        check_text(&"<a/>".repeat(MAX_TAGS + 1), Some("the XML has more than 500000 tags"));
        check_text(
            &format!("<a><![CDATA[{}]]></a>", "<".repeat(MAX_TAGS)),
            Some("the XML has more than 500000 tags"),
        );
        check_text(
            &format!("<a>{}</a>", "=".repeat(MAX_EQUALS_SIGNS + 1)),
            Some("the XML has more than 500000 equals signs"),
        );
        check_text(
            &format!("<a {}/>", "x='1' ".repeat(1000)),
            Some("the XML has more than 256 attributes in one element"),
        );
        let declared = (0..20).map(|n| format!(" xmlns:p{n}='u'")).collect::<Vec<_>>().concat();
        check_text(
            &format!("<a{declared}>").repeat(13),
            Some("the XML has more than 256 namespaces in scope"),
        );
        check_text(&format!("<a{declared}/>").repeat(1000), None);
        check_text(
            &format!("<a{}>{}", declared.repeat(12), "<b xmlns:q='u'/>".repeat(100)),
            Some("the XML has more than 5000000 declarations of namespaces within others"),
        );
        check_text(&format!("<a{declared}>{}", "<b xmlns:q='u'/>".repeat(10_000)), None);
    }
}

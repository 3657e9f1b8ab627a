//! Writing.

use std::fmt::Write as _;

use super::{Name, Text, XSI};

const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// XML that is being written. Elements in a namespace get a prefix, so that those without one need no `xmlns=""`.
#[derive(Debug, Default)]
pub struct Writer {
    text: String,
    /// The namespaces in scope and their prefixes.
    scope: Vec<(String, String)>,
    /// The start tag is still open: attributes may follow.
    in_tag: bool,
    /// The place of the first character that XML can't hold.
    unwritable: Option<(&'static str, char)>,
    /// What is being written.
    current: &'static str,
}

impl Writer {
    /// With prefixes that the document's first element declares.
    pub(in crate::source::soap) fn with_prefixes(prefixes: &[(&str, &str)]) -> Self {
        Self {
            scope: prefixes
                .iter()
                .map(|(uri, prefix)| ((*uri).to_owned(), (*prefix).to_owned()))
                .collect(),
            ..Self::default()
        }
    }

    /// Writes an element and, by `content`, what is in it.
    pub fn element(&mut self, name: Name, content: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.current, name.local);
        self.open(name.namespace, name.local, content);
        self.current = outer;
    }

    pub(super) fn open(&mut self, namespace: &str, local: &str, content: impl FnOnce(&mut Self)) {
        self.close_tag();
        let depth = self.scope.len();
        let (tag, declaration) = self.qualified(namespace, local);
        let _ = write!(self.text, "<{tag}{declaration}");
        self.in_tag = true;
        content(self);
        if std::mem::take(&mut self.in_tag) {
            self.text.push_str("/>");
        } else {
            let _ = write!(self.text, "</{tag}>");
        }
        self.scope.truncate(depth);
    }

    /// Writes an attribute of the element that was just opened.
    pub fn attribute(&mut self, name: Name, value: &str) {
        self.add_attribute(name.namespace, name.local, value);
    }

    pub(super) fn add_attribute(&mut self, namespace: &str, local: &str, value: &str) {
        debug_assert!(self.in_tag, "attributes come before content");
        let (qualified, declaration) = self.qualified(namespace, local);
        let _ = write!(self.text, "{declaration} {qualified}=\"");
        self.escaped(value, true);
        self.text.push('"');
    }

    /// Writes the text of a value.
    pub fn value<T: Text>(&mut self, value: &T) {
        self.text(&value.to_text());
    }

    /// Writes text.
    pub fn text(&mut self, text: &str) {
        self.close_tag();
        self.escaped(text, false);
    }

    /// Says that the element that was just opened has no value.
    pub fn nil(&mut self) {
        self.attribute(Name::new(XSI, "nil"), "true");
    }

    /// Says of which type the element that was just opened is.
    pub fn type_name(&mut self, name: Name) {
        let (of, declared) = self.qualified(name.namespace, name.local);
        let (attribute, declaration) = self.qualified(XSI, "type");
        let _ = write!(self.text, "{declared}{declaration} {attribute}=\"{of}\"");
    }

    /// All that was written, or the element and the character that XML 1.0 has no way to write (s. 2.2).
    pub(in crate::source::soap) fn finish(self) -> Result<String, (&'static str, char)> {
        match self.unwritable {
            Some(unwritable) => Err(unwritable),
            None => Ok(self.text),
        }
    }

    fn close_tag(&mut self) {
        if std::mem::take(&mut self.in_tag) {
            self.text.push('>');
        }
    }

    /// A name with its prefix, and the declaration of the prefix where it is new.
    fn qualified(&mut self, namespace: &str, local: &str) -> (String, String) {
        // Those of an `AnyElement` may be any text, which must not become markup.
        let is_name = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.');
        if let Some(letter) = local.chars().find(|letter| !is_name(*letter)) {
            self.unwritable.get_or_insert((self.current, letter));
        }
        match namespace {
            "" => return (local.to_owned(), String::new()),
            // Declared by definition (Namespaces in XML 1.0 s. 3).
            XML => return (format!("xml:{local}"), String::new()),
            _ => {}
        }
        if let Some((_, prefix)) = self.scope.iter().find(|(uri, _)| uri == namespace) {
            return (format!("{prefix}:{local}"), String::new());
        }
        let prefix = match namespace {
            XSI => "xsi".to_owned(),
            _ => format!("n{}", self.scope.len()),
        };
        let names = (
            format!("{prefix}:{local}"),
            format!(" xmlns:{prefix}=\"{}\"", uri(namespace)),
        );
        self.scope.push((namespace.to_owned(), prefix));
        names
    }

    fn escaped(&mut self, text: &str, in_attribute: bool) {
        for letter in text.chars() {
            match letter {
                '&' => self.text.push_str("&amp;"),
                '<' => self.text.push_str("&lt;"),
                // In text, `]]>` may not stand (XML 1.0 s. 2.4).
                '>' => self.text.push_str("&gt;"),
                '"' if in_attribute => self.text.push_str("&quot;"),
                // A reader turns these into other white space unless they are references (s. 2.11, 3.3.3).
                '\r' => self.text.push_str("&#13;"),
                '\n' if in_attribute => self.text.push_str("&#10;"),
                '\t' if in_attribute => self.text.push_str("&#9;"),
                '\t' | '\n' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'.. => self.text.push(letter),
                _ => {
                    self.unwritable.get_or_insert((self.current, letter));
                }
            }
        }
    }
}

/// A namespace as the value of an attribute; a URI has no other characters that need escaping.
fn uri(namespace: &str) -> String {
    namespace
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}

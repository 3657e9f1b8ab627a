//! Reading: a document, and the elements in it.

use std::{borrow::Cow, collections::BTreeMap};

use bytes::Bytes;
use roxmltree::{Node, ParsingOptions};

use super::{Name, Text, XSI, XmlError, limits};

/// Attachments of a message by their content id, without brackets.
pub(crate) type Parts = BTreeMap<String, Bytes>;

/// A whole document. It is well-formed, has no document type definition, and keeps to the limits of [`limits`].
#[derive(Debug)]
pub(crate) struct Document<'t>(roxmltree::Document<'t>);

impl<'t> Document<'t> {
    pub(crate) fn parse(text: &'t str) -> Result<Self, XmlError> {
        limits::check(text)?;
        let options = ParsingOptions {
            allow_dtd: false,
            ..ParsingOptions::default()
        };
        roxmltree::Document::parse_with_options(text, options)
            .map(Self)
            .map_err(|error| XmlError::document(format!("is not well-formed: {error}")))
    }

    pub(crate) fn root<'d>(&'d self, parts: &'d Parts) -> Element<'d> {
        Element {
            // A document is only read, so that its borrow may be as short as this one.
            node: self.0.root_element(),
            parts,
        }
    }
}

/// The text of `bytes`, in the encodings that every XML processor reads (XML 1.0 s. 4.3.3), and Latin-1.
///
/// `charset` is what the transport says, which goes before what the document says of itself (RFC 7303 s. 3).
pub(crate) fn decode<'b>(bytes: &'b [u8], charset: Option<&str>) -> Result<Cow<'b, str>, XmlError> {
    let utf16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let (pairs, rest) = bytes.as_chunks::<2>();
        let units = pairs.iter().map(|pair| unit(*pair));
        let text: Result<String, _> = char::decode_utf16(units).collect();
        text.ok()
            .filter(|_| rest.is_empty())
            .map(Cow::Owned)
            .ok_or_else(|| XmlError::document("is not valid UTF-16"))
    };
    // A byte order mark is the surest sign of all.
    match bytes {
        [0xFE, 0xFF, rest @ ..] => return utf16(rest, u16::from_be_bytes),
        [0xFF, 0xFE, rest @ ..] => return utf16(rest, u16::from_le_bytes),
        _ => {}
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let declared = declared_encoding(bytes);
    match charset.or(declared).unwrap_or("utf-8").to_ascii_lowercase().as_str() {
        "utf-8" | "utf8" | "us-ascii" => std::str::from_utf8(bytes)
            .map(Cow::Borrowed)
            .map_err(|error| XmlError::document(format!("is not valid UTF-8 at byte {}", error.valid_up_to()))),
        "iso-8859-1" | "latin1" => Ok(bytes.iter().map(|byte| char::from(*byte)).collect()),
        // Without a mark, RFC 2781 s. 4.3 reads big-endian, and Windows writes little-endian: `<` tells.
        "utf-16" | "utf-16le" if bytes.first() != Some(&0) => utf16(bytes, u16::from_le_bytes),
        "utf-16" | "utf-16le" | "utf-16be" => utf16(bytes, u16::from_be_bytes),
        other => Err(XmlError::document(format!(
            "is encoded as {other:?}; UTF-8, UTF-16 and ISO-8859-1 are read"
        ))),
    }
}

/// What the XML declaration says, where there is one.
fn declared_encoding(bytes: &[u8]) -> Option<&str> {
    let end = bytes.windows(2).take(256).position(|end| end == b"?>")?;
    let declaration = std::str::from_utf8(&bytes[..end]).ok()?.strip_prefix("<?xml")?;
    let (_, value) = declaration.split_once("encoding")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    value[1..].split(quote).next()
}

/// An element that is being read.
#[derive(Debug, Clone, Copy)]
pub struct Element<'d> {
    node: Node<'d, 'd>,
    parts: &'d Parts,
}

impl<'d> Element<'d> {
    /// Whether it has this name.
    #[must_use]
    pub fn is(self, name: Name) -> bool {
        self.local_name() == name.local && self.namespace() == name.namespace
    }

    /// Its name without a prefix.
    #[must_use]
    pub fn local_name(self) -> &'d str {
        self.node.tag_name().name()
    }

    /// The URI of its namespace, empty for none.
    #[must_use]
    pub fn namespace(self) -> &'d str {
        self.node.tag_name().namespace().unwrap_or_default()
    }

    /// The elements in it.
    pub fn children(self) -> impl Iterator<Item = Element<'d>> {
        let parts = self.parts;
        let elements = self.node.children().filter(Node::is_element);
        elements.map(move |node| Element { node, parts })
    }

    /// The elements of this name in it.
    pub fn named(self, name: Name) -> impl Iterator<Item = Element<'d>> {
        self.children().filter(move |child| child.is(name))
    }

    /// Whether `xsi:nil` says that it has no value (XML Schema Part 1 s. 2.6.2).
    #[must_use]
    pub fn is_nil(self) -> bool {
        let nil = self.node.attribute((XSI, "nil"));
        nil.is_some_and(|nil| matches!(nil.trim(), "true" | "1"))
    }

    /// Whether `xsi:type` says that it is of this type (XML Schema Part 1 s. 2.6.1).
    #[must_use]
    pub fn is_of_type(self, name: Name) -> bool {
        let Some(qualified) = self.node.attribute((XSI, "type")) else {
            return false;
        };
        let (prefix, local) = match qualified.trim().split_once(':') {
            Some((prefix, local)) => (Some(prefix), local),
            None => (None, qualified.trim()),
        };
        local == name.local && self.node.lookup_namespace_uri(prefix).unwrap_or_default() == name.namespace
    }

    /// The text of an attribute.
    #[must_use]
    pub fn attribute(self, name: Name) -> Option<&'d str> {
        if name.namespace.is_empty() {
            let mut attributes = self.node.attributes();
            // An attribute without a prefix has no namespace, whatever its element's is.
            let found = attributes.find(|attribute| attribute.namespace().is_none() && attribute.name() == name.local);
            return found.map(|attribute| attribute.value());
        }
        self.node.attribute((name.namespace, name.local))
    }

    /// All attributes: namespace, local name, value.
    pub(super) fn attributes(self) -> impl Iterator<Item = (&'d str, &'d str, &'d str)> {
        let attributes = self.node.attributes();
        attributes.map(|attribute| {
            (
                attribute.namespace().unwrap_or_default(),
                attribute.name(),
                attribute.value(),
            )
        })
    }

    /// Its text, whatever comments and sections it is made of.
    ///
    /// # Errors
    /// [`XmlError`] if there are elements in it.
    pub fn text(self) -> Result<Cow<'d, str>, XmlError> {
        if let Some(child) = self.children().next() {
            return Err(self.error(format!(
                "holds the element `{}` where text is expected",
                child.local_name()
            )));
        }
        let mut texts = self
            .node
            .children()
            .filter_map(|node| node.is_text().then(|| node.text()).flatten());
        let first = texts.next().unwrap_or_default();
        Ok(match texts.next() {
            None => Cow::Borrowed(first),
            Some(second) => [first, second].into_iter().chain(texts).collect(),
        })
    }

    /// The value that its text stands for.
    ///
    /// # Errors
    /// [`XmlError`] if it is not one.
    pub fn value<T: Text>(self) -> Result<T, XmlError> {
        let text = self.text()?;
        T::from_text(&text).map_err(|expected| self.error(unexpected(expected, &text)))
    }

    /// The value of an attribute, where it is there.
    ///
    /// # Errors
    /// [`XmlError`] if it is not one.
    pub fn attribute_value<T: Text>(self, name: Name) -> Result<Option<T>, XmlError> {
        let Some(text) = self.attribute(name) else {
            return Ok(None);
        };
        let value = T::from_text(text);
        value.map(Some).map_err(|expected| {
            let problem = unexpected(expected, text);
            XmlError::new(format!("{} attribute `{name}`", self.place()), problem)
        })
    }

    /// An error that says where this element stands.
    pub fn error(self, problem: impl Into<String>) -> XmlError {
        XmlError::new(self.place(), problem)
    }

    /// The attachment that this element includes (XOP s. 2.1), by its `href="cid:..."`.
    pub(super) fn included(self, href: &str) -> Result<Bytes, XmlError> {
        let id = href.strip_prefix("cid:").unwrap_or(href);
        let id = percent_encoding::percent_decode_str(id).decode_utf8_lossy();
        let part = self.parts.get(id.as_ref()).cloned();
        part.ok_or_else(|| {
            self.error(format!(
                "includes the attachment `{id}`, which the message does not have"
            ))
        })
    }

    fn place(self) -> String {
        let mut path: Vec<&str> = self
            .node
            .ancestors()
            .filter(Node::is_element)
            .map(|node| node.tag_name().name())
            .collect();
        path.reverse();
        let at = self.node.document().text_pos_at(self.node.range().start);
        format!("`{}` (line {}, column {})", path.join("/"), at.row, at.col)
    }
}

fn unexpected(expected: &str, text: &str) -> String {
    // Enough to find it, not all of what may be personal.
    let shown: String = text.chars().take(40).collect();
    format!("should be {expected}, got {shown:?}")
}

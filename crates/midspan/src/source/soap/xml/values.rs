//! Values that Rust has no type for.

use std::{borrow::Cow, fmt, str::FromStr};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;

use super::{Element, Name, Text, Writer, Xml, XmlError};

/// A decimal number, exactly as written (`xs:decimal`): money must not lose its cents.
///
/// ```
/// use midspan::source::soap::Decimal;
///
/// let hours: Decimal = "7.50".parse()?;
/// assert_eq!(hours.to_f64(), 7.5);
/// assert_eq!(hours.to_string(), "7.50");
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Decimal(String);

impl Decimal {
    /// The nearest binary number: exact to 15 digits.
    #[must_use]
    pub fn to_f64(&self) -> f64 {
        // It was checked when it was made.
        self.0.parse().unwrap_or(f64::NAN)
    }
}

impl Default for Decimal {
    fn default() -> Self {
        Self("0".to_owned())
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<i64> for Decimal {
    fn from(number: i64) -> Self {
        Self(number.to_string())
    }
}

impl FromStr for Decimal {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim_ascii();
        let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let well_formed = whole.len() + fraction.len() > 0
            && whole
                .bytes()
                .chain(fraction.bytes())
                .all(|digit| digit.is_ascii_digit());
        well_formed.then(|| Self(text.to_owned())).ok_or("a decimal number")
    }
}

impl Text for Decimal {
    fn to_text(&self) -> Cow<'_, str> {
        self.0.as_str().into()
    }

    fn from_text(text: &str) -> Result<Self, &'static str> {
        text.parse()
    }
}

/// Bytes (`xs:base64Binary`). Read from the element's own text, or from the attachment that it includes (MTOM); written
/// as text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Base64(pub Bytes);

impl Text for Base64 {
    fn to_text(&self) -> Cow<'_, str> {
        STANDARD.encode(&self.0).into()
    }

    fn from_text(text: &str) -> Result<Self, &'static str> {
        let letters: Vec<u8> = text.bytes().filter(|letter| !letter.is_ascii_whitespace()).collect();
        let bytes = STANDARD.decode(letters).map_err(|_| "base64")?;
        Ok(Self(bytes.into()))
    }
}

impl Xml for Base64 {
    fn write(&self, element: &mut Writer) {
        element.value(self);
    }

    fn read(element: Element<'_>) -> Result<Self, XmlError> {
        const INCLUDE: Name = Name::new("http://www.w3.org/2004/08/xop/include", "Include");
        let Some(include) = element.named(INCLUDE).next() else {
            return element.value();
        };
        let href = include.attribute(Name::new("", "href"));
        let href = href.ok_or_else(|| include.error("has no `href`"))?;
        include.included(href).map(Self)
    }
}

/// Any element: what a type with `xs:any` or `xs:anyType` holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AnyElement {
    /// Its name without a prefix.
    pub local_name: String,
    /// The URI of its namespace, empty for none.
    pub namespace: String,
    /// Attributes: namespace, local name, value.
    pub attributes: Vec<(String, String, String)>,
    /// The elements in it.
    pub children: Vec<AnyElement>,
    /// Its text; empty if there are elements in it.
    pub text: String,
}

impl AnyElement {
    /// The first element of this local name in it.
    #[must_use]
    pub fn child(&self, local_name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.local_name == local_name)
    }
}

impl Xml for AnyElement {
    fn write(&self, element: &mut Writer) {
        for (namespace, local, value) in &self.attributes {
            element.add_attribute(namespace, local, value);
        }
        for child in &self.children {
            element.open(&child.namespace, &child.local_name, |element| child.write(element));
        }
        if !self.text.is_empty() {
            element.text(&self.text);
        }
    }

    fn read(element: Element<'_>) -> Result<Self, XmlError> {
        let children = element.children().map(Self::read).collect::<Result<Vec<_>, _>>()?;
        let text = if children.is_empty() {
            element.text()?.into_owned()
        } else {
            String::new()
        };
        let attributes = element.attributes();
        Ok(Self {
            local_name: element.local_name().to_owned(),
            namespace: element.namespace().to_owned(),
            attributes: attributes
                .map(|(uri, local, value)| (uri.to_owned(), local.to_owned(), value.to_owned()))
                .collect(),
            children,
            text,
        })
    }
}

/// Any element with its own name.
impl super::Named for AnyElement {
    fn write_named(&self, parent: &mut Writer) {
        parent.open(&self.namespace, &self.local_name, |element| self.write(element));
    }

    fn read_named(element: Element<'_>) -> Result<Option<Self>, XmlError> {
        Self::read(element).map(Some)
    }
}

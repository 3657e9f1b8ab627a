//! Values with a lexical form (XML Schema Part 2): what may stand in an attribute.

use std::borrow::Cow;

use jiff::{Timestamp, civil::Date};

use super::{Element, Writer, Xml, XmlError};

/// A value that text stands for. `#[derive(Xml)]` on an enum without fields makes it one.
pub trait Text: Sized {
    /// Its lexical form.
    fn to_text(&self) -> Cow<'_, str>;

    /// The value that `text` stands for.
    ///
    /// # Errors
    /// What was expected, to stand after "should be".
    fn from_text(text: &str) -> Result<Self, &'static str>;
}

/// Several values, separated by spaces (`xs:list`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct List<T>(pub Vec<T>);

impl<T: Text> Text for List<T> {
    fn to_text(&self) -> Cow<'_, str> {
        let texts: Vec<_> = self.0.iter().map(Text::to_text).collect();
        texts.join(" ").into()
    }

    fn from_text(text: &str) -> Result<Self, &'static str> {
        text.split_ascii_whitespace()
            .map(T::from_text)
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

impl<T: Text> Xml for List<T> {
    fn write(&self, element: &mut Writer) {
        element.value(self);
    }

    fn read(element: Element<'_>) -> Result<Self, XmlError> {
        element.value()
    }
}

impl Text for String {
    fn to_text(&self) -> Cow<'_, str> {
        self.as_str().into()
    }

    fn from_text(text: &str) -> Result<Self, &'static str> {
        Ok(text.to_owned())
    }
}

impl Text for bool {
    fn to_text(&self) -> Cow<'_, str> {
        if *self { "true" } else { "false" }.into()
    }

    fn from_text(text: &str) -> Result<Self, &'static str> {
        match text.trim_ascii() {
            "true" | "1" => Ok(true),
            "false" | "0" => Ok(false),
            _ => Err("true or false"),
        }
    }
}

macro_rules! floats {
    ($($type:ty)+) => {$(
        impl Text for $type {
            fn to_text(&self) -> Cow<'_, str> {
                // Rust writes `inf` and, for large numbers, many zeros: both are read as they are meant.
                match *self {
                    Self::INFINITY => "INF".into(),
                    Self::NEG_INFINITY => "-INF".into(),
                    number => number.to_string().into(),
                }
            }

            fn from_text(text: &str) -> Result<Self, &'static str> {
                match text.trim_ascii() {
                    "INF" | "+INF" => Ok(Self::INFINITY),
                    "-INF" => Ok(Self::NEG_INFINITY),
                    "NaN" => Ok(Self::NAN),
                    // Rust would take `infinity` and `nan` in any case.
                    text if text.contains(['n', 'N', 'y']) => Err("a number"),
                    text => text.parse().map_err(|_| "a number"),
                }
            }
        }
    )+};
}

floats! { f32 f64 }

macro_rules! parsed {
    ($($type:ty: $expected:literal,)+) => {$(
        impl Text for $type {
            fn to_text(&self) -> Cow<'_, str> {
                self.to_string().into()
            }

            fn from_text(text: &str) -> Result<Self, &'static str> {
                text.trim_ascii().parse().map_err(|_| $expected)
            }
        }
    )+};
}

parsed! {
    i8: "a whole number from -128 to 127",
    i16: "a whole number from -32768 to 32767",
    i32: "a whole number of 32 bits",
    i64: "a whole number of 64 bits",
    u8: "a whole number from 0 to 255",
    u16: "a whole number from 0 to 65535",
    u32: "a whole number of 32 bits, not negative",
    u64: "a whole number of 64 bits, not negative",
    Timestamp: "a time with an offset, such as 2026-01-01T08:00:00Z",
}

impl Text for Date {
    fn to_text(&self) -> Cow<'_, str> {
        self.to_string().into()
    }

    /// XML Schema lets a date have a time zone (Part 2 s. 3.2.9): it does not change the date.
    fn from_text(text: &str) -> Result<Self, &'static str> {
        let text = text.trim_ascii();
        let date = text.strip_suffix('Z').or_else(|| match text.len() {
            // 2026-01-01+01:00
            16 if text.is_char_boundary(10) => Some(&text[..10]),
            _ => None,
        });
        date.unwrap_or(text).parse().map_err(|_| "a date, such as 2026-01-01")
    }
}

macro_rules! elements {
    ($($type:ty)+) => {$(
        impl Xml for $type {
            fn write(&self, element: &mut Writer) {
                element.value(self);
            }

            fn read(element: Element<'_>) -> Result<Self, XmlError> {
                element.value()
            }
        }
    )+};
}

elements! {
    String bool f32 f64 i8 i16 i32 i64 u8 u16 u32 u64 Date Timestamp super::DateTime super::Decimal
}

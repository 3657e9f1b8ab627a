//! A JSON object in which each name stands once: of two, another reader might take the other one (RFC 7519 s. 4).

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor},
};
use serde_json::Value;

/// The members, in their order.
pub(in crate::admit) struct Object(Vec<(String, Value)>);

impl Object {
    /// Nothing if it is not an object, or has a name twice.
    pub(in crate::admit) fn read(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    pub(in crate::admit) fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| value)
    }

    pub(in crate::admit) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// A member that is a text and not empty.
    pub(in crate::admit) fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str().filter(|text| !text.is_empty())
    }

    /// A member that is a text, or a list of texts.
    pub(in crate::admit) fn texts(&self, name: &str) -> Vec<&str> {
        match self.get(name) {
            Some(Value::String(text)) => vec![text],
            Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// A `NumericDate` (RFC 7519 s. 2), in whole seconds.
    pub(in crate::admit) fn seconds(&self, name: &str) -> Option<i64> {
        let value = self.get(name)?;
        #[expect(clippy::cast_possible_truncation, reason = "bounded before")]
        let whole = |number: f64| (number.abs() < 1e15).then_some(number as i64);
        value.as_i64().or_else(|| whole(value.as_f64()?))
    }

    /// All members that are texts.
    pub(in crate::admit) fn all_texts(&self) -> impl Iterator<Item = (&str, &str)> {
        let texts = self
            .0
            .iter()
            .map(|(name, value)| Some((name.as_str(), value.as_str()?)));
        texts.flatten()
    }
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Object;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let mut members: Vec<(String, Value)> = Vec::new();
                while let Some(name) = map.next_key::<String>()? {
                    if members.len() == MOST || members.iter().any(|(earlier, _)| *earlier == name) {
                        return Err(A::Error::custom("a name comes twice, or there are too many"));
                    }
                    members.push((name, map.next_value()?));
                }
                Ok(Object(members))
            }
        }

        deserializer.deserialize_map(Members)
    }
}

/// How many members are looked at.
const MOST: usize = 200;

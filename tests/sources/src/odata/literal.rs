//! Values in a filter, and how they compare.

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::population::{Guid, Moment};

/// A value: a literal of a filter, or what an entity has under a property's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Operand<'a> {
    Null,
    Bool(bool),
    Number(i64),
    Text(Cow<'a, str>),
    Time(Moment),
}

impl Operand<'_> {
    /// The order of two values; `None` where they can't be compared. Text compares without case, as all these services do.
    pub(crate) fn order(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Bool(a), Self::Bool(b)) => Some(a.cmp(b)),
            (Self::Number(a), Self::Number(b)) => Some(a.cmp(b)),
            (Self::Time(a), Self::Time(b)) => Some(a.cmp(b)),
            (Self::Text(a), Self::Text(b)) => Some(without_case(a).cmp(without_case(b))),
            // SharePoint takes 1 and 0 for a yes/no column, and a plain string for a date.
            (Self::Bool(a), Self::Number(b)) => Some(i64::from(*a).cmp(b)),
            (Self::Time(a), Self::Text(b)) => Some(a.cmp(&b.parse().ok()?)),
            _ => None,
        }
    }

    pub(crate) fn equals(&self, other: &Self) -> bool {
        (self, other) == (&Operand::Null, &Operand::Null) || self.order(other) == Some(Ordering::Equal)
    }

    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn starts_with(&self, prefix: &str) -> bool {
        let Self::Text(text) = self else { return false };
        let mut text = without_case(text);
        without_case(prefix).all(|c| text.next() == Some(c))
    }

    pub(crate) fn ends_with(&self, suffix: &str) -> bool {
        matches!(self, Self::Text(text) if text.to_lowercase().ends_with(&suffix.to_lowercase()))
    }

    pub(crate) fn contains(&self, part: &str) -> bool {
        matches!(self, Self::Text(text) if text.to_lowercase().contains(&part.to_lowercase()))
    }
}

impl<'a> From<&'a str> for Operand<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Operand<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<Option<Guid>> for Operand<'_> {
    fn from(id: Option<Guid>) -> Self {
        id.map_or(Self::Null, |id| id.to_string().into())
    }
}

fn without_case(text: &str) -> impl Iterator<Item = char> {
    text.chars().flat_map(char::to_lowercase)
}

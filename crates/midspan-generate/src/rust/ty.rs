//! Types as generated modules name them.

use proc_macro2::TokenStream;
use quote::quote;

use super::Types;

/// A type in a generated module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ty {
    /// `String`.
    Text,
    /// `bool`.
    Bool,
    /// `i64`, whatever a description says of the width: sources outgrow 32 bits.
    Integer,
    /// `f64`.
    Number,
    /// A date without a time.
    Date,
    /// A moment.
    Timestamp,
    /// Any JSON.
    Any,
    /// A struct or an enum of the module.
    Item(ItemId),
    /// A list.
    List(Box<Ty>),
    /// Values by name.
    Map(Box<Ty>),
    /// A value that may be absent or null.
    Optional(Box<Ty>),
}

/// A struct or an enum of [`Types`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemId(pub(super) usize);

impl Ty {
    /// The same, as one that may be absent.
    #[must_use]
    pub fn optional(self) -> Self {
        match self {
            Self::Optional(_) => self,
            _ => Self::Optional(Box::new(self)),
        }
    }

    /// A list of these.
    #[must_use]
    pub fn list(self) -> Self {
        Self::List(Box::new(self))
    }

    /// These by name.
    #[must_use]
    pub fn map(self) -> Self {
        Self::Map(Box::new(self))
    }

    /// Whether a value is in itself, not behind a pointer, a value of this type.
    pub(super) fn held(&self) -> Option<ItemId> {
        match self {
            Self::Item(id) => Some(*id),
            Self::Optional(inner) => inner.held(),
            _ => None,
        }
    }

    /// The struct or enum in it, wherever it stands.
    pub(super) fn item(&self) -> Option<ItemId> {
        match self {
            Self::Item(id) => Some(*id),
            Self::Optional(inner) | Self::List(inner) | Self::Map(inner) => inner.item(),
            _ => None,
        }
    }

    /// As a value that is owned.
    #[must_use]
    pub fn owned(&self, types: &Types) -> TokenStream {
        match self {
            Self::Text => quote!(String),
            Self::Bool => quote!(bool),
            Self::Integer => quote!(i64),
            Self::Number => quote!(f64),
            Self::Date => quote!(Date),
            Self::Timestamp => quote!(Timestamp),
            Self::Any => quote!(Value),
            Self::Item(id) => {
                let name = types.name(*id);
                quote!(#name)
            }
            Self::List(inner) => {
                let inner = inner.owned(types);
                quote!(Vec<#inner>)
            }
            Self::Map(inner) => {
                let inner = inner.owned(types);
                quote!(BTreeMap<String, #inner>)
            }
            Self::Optional(inner) => {
                let inner = inner.owned(types);
                quote!(Option<#inner>)
            }
        }
    }

    /// As a parameter of a function.
    #[must_use]
    pub fn borrowed(&self, types: &Types) -> TokenStream {
        match self {
            Self::Bool | Self::Integer | Self::Number | Self::Date | Self::Timestamp => self.owned(types),
            Self::Text => quote!(&str),
            Self::List(inner) => {
                let inner = inner.owned(types);
                quote!(&[#inner])
            }
            Self::Optional(inner) => {
                let inner = inner.borrowed(types);
                quote!(Option<#inner>)
            }
            Self::Any | Self::Item(_) | Self::Map(_) => {
                let owned = self.owned(types);
                quote!(&#owned)
            }
        }
    }
}

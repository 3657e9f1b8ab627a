//! What Rust has for each thing of a service. Nothing is written here; [`super::print`] does that.

mod boxes;
mod builtin;
mod fields;
mod operations;
mod types;

use proc_macro2::Ident;

pub(super) use operations::plan;

use super::name::QName;

/// A whole module.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) doc: String,
    pub(super) source: Source,
    pub(super) operations: Vec<Operation>,
    pub(super) items: Vec<Item>,
    /// The namespace of the WSDL itself.
    pub(super) namespace: String,
    pub(super) notes: Vec<String>,
}

/// The source that the module declares.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) ident: Ident,
    pub(super) title: String,
    pub(super) soap12: bool,
    pub(super) policy: Policy,
    pub(super) address: Option<String>,
}

/// What the WSDL asks of each message (WS-Policy), as far as sources have it.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is an assertion of its own")]
pub(super) struct Policy {
    pub(super) username_token: bool,
    pub(super) digest: bool,
    pub(super) timestamp: bool,
    pub(super) addressing: bool,
}

/// A constant for an operation.
#[derive(Debug)]
pub(super) struct Operation {
    pub(super) ident: Ident,
    pub(super) doc: String,
    pub(super) request: Ty,
    pub(super) answer: Ty,
    pub(super) fault: Option<Ty>,
    pub(super) action: String,
    pub(super) path: String,
}

/// A type that the module defines.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) ident: Ident,
    pub(super) doc: String,
    pub(super) kind: Kind,
}

#[derive(Debug)]
pub(super) enum Kind {
    /// A struct: what is in an element, which has this name where it is a message, a header or a fault.
    Record {
        name: QName,
        is_root: bool,
        fields: Vec<Field>,
        default: bool,
    },
    /// An element of this name with the content of another type.
    Wrapper { name: QName, of: Ty, default: bool },
    /// An enum of texts.
    Texts(Vec<TextValue>),
    /// An enum of elements.
    Elements(Vec<Variant>),
    /// An enum of types, told apart by `xsi:type`.
    Types(Vec<Variant>),
}

#[derive(Debug)]
pub(super) struct Field {
    pub(super) ident: Ident,
    pub(super) doc: String,
    pub(super) place: FieldPlace,
    pub(super) ty: Ty,
    pub(super) count: Count,
}

/// Where a field stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum FieldPlace {
    Element { name: QName, nillable: bool },
    Attribute(QName),
    Text,
    Choice,
}

/// How many values a field has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Count {
    One,
    Optional,
    Many,
    /// Several, of which each may be nil.
    ManyOrNil,
}

#[derive(Debug)]
pub(super) struct TextValue {
    pub(super) ident: Ident,
    pub(super) doc: String,
    pub(super) text: String,
}

#[derive(Debug)]
pub(super) struct Variant {
    pub(super) ident: Ident,
    pub(super) doc: String,
    pub(super) name: QName,
    pub(super) ty: Ty,
}

/// A type as it is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ty {
    /// No value at all.
    Nothing,
    /// One that is there already, by its path.
    Ready(&'static str),
    /// The item at this index of the plan.
    Item(usize),
    List(Box<Ty>),
    /// An item that contains itself.
    Boxed(usize),
}

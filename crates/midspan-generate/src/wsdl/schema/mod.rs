//! XML Schema 1.0, as far as services use it: what a document may hold.

mod read;

use std::collections::BTreeMap;

use super::name::{Place, QName};

/// Everything that is defined at the top of a schema, by name.
#[derive(Debug, Default)]
pub(super) struct Schemas {
    pub(super) types: BTreeMap<QName, Type>,
    pub(super) elements: BTreeMap<QName, Element>,
    pub(super) attributes: BTreeMap<QName, Attribute>,
    pub(super) groups: BTreeMap<QName, Particle>,
    pub(super) attribute_groups: BTreeMap<QName, Vec<Attribution>>,
    /// Elements that may stand in the place of another one.
    pub(super) substitutions: BTreeMap<QName, Vec<QName>>,
}

/// A type, with or without a name.
#[derive(Debug, Clone)]
pub(super) enum Type {
    Simple(Simple),
    Complex(Box<Complex>),
}

/// The type of an element or an attribute.
#[derive(Debug, Clone)]
pub(super) enum TypeRef {
    /// A named one: built in, or in [`Schemas::types`].
    Named(QName, Place),
    /// One that is written right there.
    Inline(Box<Type>),
}

/// Text.
#[derive(Debug, Clone)]
pub(super) struct Simple {
    pub(super) doc: String,
    pub(super) form: Form,
}

#[derive(Debug, Clone)]
pub(super) enum Form {
    /// As its base, or one of these values.
    Restriction { base: TypeRef, values: Vec<Value> },
    /// Several of these, separated by spaces.
    List(TypeRef),
    /// One of several types.
    Union,
}

/// A value of an enumeration.
#[derive(Debug, Clone)]
pub(super) struct Value {
    pub(super) text: String,
    pub(super) doc: String,
}

/// Elements and attributes.
#[derive(Debug, Clone)]
pub(super) struct Complex {
    pub(super) doc: String,
    pub(super) is_abstract: bool,
    pub(super) base: Option<Base>,
    pub(super) content: Option<Particle>,
    /// The text, where the content is simple.
    pub(super) text: Option<TypeRef>,
    pub(super) attributes: Vec<Attribution>,
    pub(super) place: Place,
    /// The namespace of the schema that it is in.
    pub(super) namespace: String,
}

/// The type that another one is made from.
#[derive(Debug, Clone)]
pub(super) struct Base {
    pub(super) name: QName,
    pub(super) place: Place,
    /// It adds to its base; otherwise it takes away, and its content is in the place of the base's.
    pub(super) extends: bool,
}

/// What stands where in an element's content, and how often.
#[derive(Debug, Clone)]
pub(super) struct Particle {
    pub(super) term: Term,
    pub(super) optional: bool,
    pub(super) repeats: bool,
}

#[derive(Debug, Clone)]
pub(super) enum Term {
    Element(Box<Element>),
    /// An element that is defined at the top of a schema.
    ElementRef(QName, Place),
    /// `sequence` and `all`: the order matters to the service alone.
    Sequence(Vec<Particle>),
    Choice(Vec<Particle>),
    GroupRef(QName, Place),
    Any,
}

/// An element.
#[derive(Debug, Clone)]
pub(super) struct Element {
    /// Without a namespace where its schema does not qualify it.
    pub(super) name: QName,
    pub(super) doc: String,
    pub(super) of: TypeRef,
    pub(super) nillable: bool,
    pub(super) is_abstract: bool,
}

/// An attribute, or a group of them.
#[derive(Debug, Clone)]
pub(super) enum Attribution {
    One(Attribute),
    Ref { name: QName, required: bool, place: Place },
    Group(QName, Place),
}

/// An attribute.
#[derive(Debug, Clone)]
pub(super) struct Attribute {
    pub(super) name: QName,
    pub(super) doc: String,
    pub(super) of: TypeRef,
    pub(super) required: bool,
}

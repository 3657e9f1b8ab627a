//! Rust types for those of the schemas that messages reach, each once.

use std::collections::BTreeMap;

use proc_macro2::Ident;

use super::{Field, Item, Kind, TextValue, Ty, Variant, builtin::builtin, fields::Content};
use crate::{
    Error,
    rust::Scope,
    wsdl::{
        name::{Place, QName},
        node::XSD,
        schema::{Complex, Element, Form, Schemas, Simple, Type, TypeRef, Value},
    },
};

const SOAP_ENCODING: &str = "http://schemas.xmlsoap.org/soap/encoding/";

/// What the namespace of a type begins with that is written in another one; no URI does.
const NAMELESS: &str = "#";

/// What the module's own text uses.
const RESERVED: &[&str] = &[
    "Box",
    "Clone",
    "Date",
    "Debug",
    "Default",
    "None",
    "Option",
    "PartialEq",
    "Self",
    "Some",
    "Source",
    "String",
    "Vec",
    "Xml",
];

/// The types so far.
pub(super) struct Types<'s> {
    pub(super) schemas: &'s Schemas,
    pub(super) scope: Scope,
    /// Nothing for one that is under way.
    items: Vec<Option<Item>>,
    dates_as_text: bool,
    /// The types that are derived from each.
    derived: BTreeMap<&'s QName, Vec<&'s QName>>,
    known: BTreeMap<Key, Ty>,
    pub(super) notes: Vec<String>,
}

/// Types and elements have names of their own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Type(QName),
    Element(QName),
    /// The element around a type that has another name.
    Wrapper(QName),
}

impl<'s> Types<'s> {
    pub(super) fn new(schemas: &'s Schemas, dates_as_text: bool) -> Self {
        let mut derived: BTreeMap<&QName, Vec<&QName>> = BTreeMap::new();
        for (name, of) in &schemas.types {
            if let Type::Complex(complex) = of
                && let Some(base) = &complex.base
            {
                derived.entry(&base.name).or_default().push(name);
            }
        }
        Self {
            schemas,
            scope: Scope::new(RESERVED),
            items: Vec::new(),
            dates_as_text,
            derived,
            known: BTreeMap::new(),
            notes: Vec::new(),
        }
    }

    /// All of them, in the order in which they were reached.
    pub(super) fn finish(self) -> (Vec<Item>, Vec<String>) {
        (self.items.into_iter().flatten().collect(), self.notes)
    }

    /// An element with a name of its own: what a message, a header or a fault consists of.
    pub(super) fn root(&mut self, name: &QName, place: &Place) -> Result<Ty, Error> {
        let element = self.element(name, place)?;
        let ty = self.of_element(element)?;
        let has_this_name = |item: &Item| matches!(&item.kind, Kind::Record { name: own, .. } if own == name);
        match &ty {
            Ty::Item(at) if self.items[*at].as_ref().is_some_and(has_this_name) => {
                if let Some(Item {
                    kind: Kind::Record { is_root, .. },
                    ..
                }) = &mut self.items[*at]
                {
                    *is_root = true;
                }
                Ok(ty)
            }
            _ => {
                let key = Key::Wrapper(name.clone());
                if let Some(known) = self.known.get(&key) {
                    return Ok(known.clone());
                }
                let doc = &element.doc;
                self.once(key, &name.local, doc, |_, _| {
                    Ok(Kind::Wrapper {
                        name: name.clone(),
                        of: ty,
                        default: false,
                    })
                })
            }
        }
    }

    /// An element that is defined at the top of a schema.
    pub(super) fn element(&self, name: &QName, place: &Place) -> Result<&'s Element, Error> {
        self.schemas
            .elements
            .get(name)
            .ok_or_else(|| missing("element", name, place))
    }

    /// The type of an element at the top of a schema; one that is written in it is named by it.
    pub(super) fn of_element(&mut self, element: &'s Element) -> Result<Ty, Error> {
        match &element.of {
            TypeRef::Named(name, place) => self.named(name, place),
            TypeRef::Inline(of) => {
                let key = Key::Element(element.name.clone());
                let doc = &element.doc;
                self.inline(of, key, &element.name, doc)
            }
        }
    }

    /// The type of what is called `name` in the type called `owner`.
    pub(super) fn of(&mut self, of: &'s TypeRef, owner: &str, name: &str) -> Result<Ty, Error> {
        match of {
            TypeRef::Named(name, place) => self.named(name, place),
            TypeRef::Inline(of) => {
                // It is met once, with the type that it is in.
                let name = QName::new(format!("{NAMELESS}{}", self.items.len()), format!("{owner} {name}"));
                self.inline(of, Key::Element(name.clone()), &name, "")
            }
        }
    }

    pub(super) fn named(&mut self, name: &QName, place: &Place) -> Result<Ty, Error> {
        if name.namespace == XSD {
            return match name.local.as_str() {
                "date" | "dateTime" if self.dates_as_text => Ok(Ty::Ready("String")),
                local => builtin(local).ok_or_else(|| missing("type", name, place)),
            };
        }
        if name.namespace == SOAP_ENCODING {
            return Err(place
                .error(format!(
                    "the type \"{}\" is one of SOAP encoding, which is not read",
                    name.local
                ))
                .with_help("ask the service's owner for a document/literal or RPC/literal WSDL"));
        }
        let schemas = self.schemas;
        let of = schemas.types.get(name).ok_or_else(|| missing("type", name, place))?;
        let key = Key::Type(name.clone());
        if let Some(known) = self.known.get(&key) {
            return Ok(known.clone());
        }
        if let Type::Complex(complex) = of
            && complex.is_abstract
            && let types = self.concrete(name)
            && !types.is_empty()
        {
            return self.one_of(key, name, complex, &types);
        }
        self.inline(of, key, name, "")
    }

    /// A type by what it consists of.
    fn inline(&mut self, of: &'s Type, key: Key, name: &QName, doc: &str) -> Result<Ty, Error> {
        if let Some(known) = self.known.get(&key) {
            return Ok(known.clone());
        }
        match of {
            Type::Simple(simple) => self.simple(simple, key, name),
            Type::Complex(complex) => self.complex(complex, key, name, doc),
        }
    }

    fn simple(&mut self, simple: &'s Simple, key: Key, name: &QName) -> Result<Ty, Error> {
        match &simple.form {
            Form::Restriction { base, values } if values.is_empty() => self.of(base, &name.local, "value"),
            Form::Restriction { values, .. } => {
                self.once(key, &name.local, &simple.doc, |_, _| Ok(Kind::Texts(texts(values))))
            }
            Form::List(item) => match self.of(item, &name.local, "item")? {
                // A list of lists is one list.
                list @ Ty::List(_) => Ok(list),
                item => Ok(Ty::List(Box::new(item))),
            },
            Form::Union => Ok(Ty::Ready("String")),
        }
    }

    fn complex(&mut self, complex: &'s Complex, key: Key, name: &QName, doc: &str) -> Result<Ty, Error> {
        let content = Content::of(self.schemas, complex)?;
        if let (Some(text), true) = (content.text, content.is_text_alone()) {
            return self.of(text, &name.local, "value");
        }
        let doc = [doc, &complex.doc]
            .into_iter()
            .find(|doc| !doc.is_empty())
            .unwrap_or_default();
        let key_is_type = matches!(key, Key::Type(_));
        let ty = self.once(key, &name.local, doc, |this, ident| {
            // What is written in another type has no name that a document could say.
            let local = if is_nameless(name) { ident } else { &name.local };
            Ok(Kind::Record {
                name: QName::new(&complex.namespace, local),
                is_root: false,
                fields: content.fields(this, ident)?,
                default: false,
            })
        })?;
        if key_is_type && self.derived.contains_key(name) && !complex.is_abstract {
            let derived = self.concrete(name);
            let derived: Vec<_> = derived.iter().map(|name| format!("`{}`", name.local)).collect();
            self.note(format!(
                "Where the WSDL has `{}`, there may be {} by `xsi:type`: what that adds is not read.",
                name.local,
                derived.join(" or ")
            ));
        }
        Ok(ty)
    }

    /// The types that can stand for an abstract one.
    fn one_of(&mut self, key: Key, name: &QName, of: &Complex, types: &[&'s QName]) -> Result<Ty, Error> {
        self.once(key, &name.local, &of.doc, |this, _| {
            let mut scope = Scope::new(&["Self"]);
            let variants = types.iter().map(|&name| {
                let Some(Type::Complex(complex)) = this.schemas.types.get(name) else {
                    return Err(of.place.error(format!("{name} is not a complex type")));
                };
                let ty = this.named(name, &complex.place)?;
                Ok(Variant {
                    ident: scope.ty(&name.local),
                    doc: String::new(),
                    name: name.clone(),
                    ty,
                })
            });
            Ok(Kind::Types(variants.collect::<Result<_, _>>()?))
        })
    }

    /// Everything that is derived from a type and not abstract itself.
    fn concrete(&self, base: &QName) -> Vec<&'s QName> {
        let mut found: Vec<&QName> = Vec::new();
        let mut next: Vec<&QName> = self.derived.get(base).cloned().unwrap_or_default();
        next.reverse();
        while let Some(name) = next.pop() {
            if found.contains(&name) {
                continue;
            }
            if let Some(Type::Complex(complex)) = self.schemas.types.get(name)
                && !complex.is_abstract
            {
                found.push(name);
            }
            next.extend(self.derived.get(name).into_iter().flatten().rev());
        }
        found
    }

    /// A new item.
    pub(super) fn add(
        &mut self,
        name: &str,
        doc: &str,
        make: impl FnOnce(&mut Self, &str) -> Result<Kind, Error>,
    ) -> Result<Ty, Error> {
        let (at, ident) = self.reserve(name);
        self.fill(at, ident, doc, make)
    }

    /// The item for a key, which may refer to itself while it is made.
    fn once(
        &mut self,
        key: Key,
        name: &str,
        doc: &str,
        make: impl FnOnce(&mut Self, &str) -> Result<Kind, Error>,
    ) -> Result<Ty, Error> {
        let (at, ident) = self.reserve(name);
        self.known.insert(key, Ty::Item(at));
        self.fill(at, ident, doc, make)
    }

    fn fill(
        &mut self,
        at: usize,
        ident: Ident,
        doc: &str,
        make: impl FnOnce(&mut Self, &str) -> Result<Kind, Error>,
    ) -> Result<Ty, Error> {
        let kind = make(self, &ident.to_string())?;
        let doc = doc.to_owned();
        self.items[at] = Some(Item { ident, doc, kind });
        Ok(Ty::Item(at))
    }

    fn reserve(&mut self, name: &str) -> (usize, Ident) {
        self.items.push(None);
        (self.items.len() - 1, self.scope.ty(name))
    }

    /// A reference to a type in a doc comment.
    pub(super) fn link(&self, ty: &Ty) -> String {
        let item = match ty {
            Ty::Item(at) | Ty::Boxed(at) => self.items.get(*at).and_then(Option::as_ref),
            _ => None,
        };
        item.map_or_else(String::new, |item| format!("[`{}`]", item.ident))
    }

    pub(super) fn note(&mut self, note: String) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }
}

fn is_nameless(name: &QName) -> bool {
    name.namespace.starts_with(NAMELESS)
}

fn texts(values: &[Value]) -> Vec<TextValue> {
    let mut scope = Scope::new(&["Self"]);
    let mut texts: Vec<TextValue> = Vec::new();
    for Value { text, doc } in values {
        if texts.iter().all(|earlier| earlier.text != *text) {
            texts.push(TextValue {
                ident: scope.ty(if text.is_empty() { "empty" } else { text }),
                doc: doc.clone(),
                text: text.clone(),
            });
        }
    }
    texts
}

pub(super) fn missing(what: &str, name: &QName, place: &Place) -> Error {
    place
        .error(format!("the {what} {name} is not defined"))
        .with_help("import or include the schema that defines it, or correct the name")
}

/// The struct around the parts of a message in RPC style.
pub(super) fn wrapper(name: QName, fields: Vec<Field>) -> Kind {
    Kind::Record {
        name,
        is_root: true,
        fields,
        default: false,
    }
}

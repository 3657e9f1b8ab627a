//! Entities, complex types and enumerations become types.

use std::collections::HashMap;

use proc_macro2::TokenStream;
use quote::quote;

use super::metadata::{Metadata, Navigation, Property, Reference, Structure, Type, Version};
use crate::{
    Options,
    rust::{Access, Field, ItemId, Kind, Scope, Ty, Types},
};

/// The types of a service, made as they are asked for.
pub(super) struct Structures<'a> {
    metadata: &'a Metadata<'a>,
    dates_as_text: bool,
    pub(super) types: Types,
    known: HashMap<String, Ty>,
    /// The structs' fields as constants, for queries: item and the names of its fields.
    constants: Vec<(ItemId, Vec<String>)>,
    /// The enumerations, for queries: item, qualified name, members.
    literals: Vec<(ItemId, String, Vec<String>)>,
    /// Types that are made at all: others are any JSON.
    wanted: Box<dyn Fn(&str) -> bool + 'a>,
}

impl<'a> Structures<'a> {
    pub(super) fn new(metadata: &'a Metadata<'a>, options: Options<'_>, wanted: impl Fn(&str) -> bool + 'a) -> Self {
        Self {
            metadata,
            dates_as_text: options.dates_as_text,
            types: Types::default(),
            known: HashMap::new(),
            constants: Vec::new(),
            literals: Vec::new(),
            wanted: Box::new(wanted),
        }
    }

    pub(super) fn ty(&mut self, reference: &Reference) -> Ty {
        let ty = self.one(&reference.name);
        if reference.collection { ty.list() } else { ty }
    }

    fn one(&mut self, name: &str) -> Ty {
        if let Some(primitive) = name.strip_prefix("Edm.") {
            return self.primitive(primitive);
        }
        if let Some(known) = self.known.get(name) {
            return known.clone();
        }
        match self.metadata.types.get(name) {
            Some(Type::Name(underlying)) => self.one(underlying),
            Some(Type::Choice { doc, members }) => {
                let id = self.declare(name);
                let choices = members.iter().map(|member| (member.clone(), String::new())).collect();
                self.types.define(id, doc.clone(), Kind::Choice(choices));
                self.literals.push((id, name.to_owned(), members.clone()));
                Ty::Item(id)
            }
            // Some other type's entity, which says so itself.
            Some(Type::Structure(structure)) if structure.is_abstract => Ty::Any,
            Some(Type::Structure(structure)) if !structure.is_entity || (self.wanted)(name) => self.structure(name),
            _ => Ty::Any,
        }
    }

    /// Whether it is an entity type or a complex type.
    pub(super) fn is_structure(&self, name: &str) -> bool {
        matches!(self.metadata.types.get(name), Some(Type::Structure(_)))
    }

    pub(super) fn is_known(&self, name: &str) -> bool {
        self.known.contains_key(name)
    }

    pub(super) fn known_parameters(&self, name: &str) -> Option<Ty> {
        self.known.get(name).cloned()
    }

    /// The parameters of all actions.
    pub(super) fn all_parameters(&self) -> Vec<Ty> {
        let mut all: Vec<_> = self.known.iter().filter(|(name, _)| name.contains(' ')).collect();
        all.sort_by_key(|(name, _)| *name);
        all.into_iter().map(|(_, ty)| ty.clone()).collect()
    }

    fn declare(&mut self, name: &str) -> ItemId {
        let own = name.rsplit('.').next().unwrap_or(name);
        self.declare_as(name, own)
    }

    pub(super) fn declare_as(&mut self, name: &str, own: &str) -> ItemId {
        let ident = self.types.claim(own);
        let id = self.types.declare(ident);
        self.known.insert(name.to_owned(), Ty::Item(id));
        id
    }

    /// OData JSON format s. 7.1; version 2 has large numbers as texts, and dates of its own (MS-ODATA s. 2.2.6.3.1.1).
    fn primitive(&self, name: &str) -> Ty {
        let is_verbose = self.metadata.version == Version::V2;
        match name {
            "Boolean" => Ty::Bool,
            "Int64" | "Decimal" | "Double" | "Single" if is_verbose => Ty::Text,
            "Byte" | "SByte" | "Int16" | "Int32" | "Int64" => Ty::Integer,
            "Decimal" | "Double" | "Single" => Ty::Number,
            "Date" if !self.dates_as_text => Ty::Date,
            "DateTimeOffset" if !self.dates_as_text && self.metadata.version == Version::V4 => Ty::Timestamp,
            "Binary" | "Date" | "DateTime" | "DateTimeOffset" | "Duration" | "Guid" | "String" | "Time"
            | "TimeOfDay" => Ty::Text,
            _ => Ty::Any,
        }
    }

    fn structure(&mut self, name: &str) -> Ty {
        let id = self.declare(name);
        let metadata = self.metadata;
        let lineage = metadata.lineage(name);
        let is_entity = lineage.iter().any(|structure| structure.is_entity);
        let mut fields = Vec::new();
        if is_entity {
            fields.extend(self.annotations());
        }
        let mut constants = Vec::new();
        for structure in &lineage {
            for property in &structure.properties {
                // A stream is read from an address of its own.
                if property.ty.name == "Edm.Stream" {
                    continue;
                }
                constants.push(property.name.clone());
                fields.push(self.property(property, is_entity));
            }
            for navigation in &structure.navigations {
                constants.push(navigation.name.clone());
                fields.extend(self.navigation(navigation));
            }
        }
        if lineage.iter().any(|structure| structure.is_open) {
            fields.push(Field {
                name: "rest".into(),
                doc: "Properties that have no name in the metadata, and annotations.".into(),
                ty: Ty::Any.map(),
                required: true,
                access: Access::Both,
                rest: true,
            });
        }
        let doc = lineage
            .last()
            .map(|structure: &&Structure| structure.doc.clone())
            .unwrap_or_default();
        self.types.define(id, doc, Kind::Struct(fields));
        self.constants.push((id, constants));
        Ty::Item(id)
    }

    /// What the protocol itself says of an entity.
    fn annotations(&self) -> Vec<Field> {
        let field = |name: &str, doc: &str, ty| Field {
            name: name.into(),
            doc: doc.into(),
            ty,
            required: false,
            access: Access::ReadOnly,
            rest: false,
        };
        let etag = "Its state, for `If-Match` when it is changed.";
        match self.metadata.version {
            Version::V2 => vec![field("__metadata", "Its address, type and state.", Ty::Any)],
            Version::V3 => vec![field("odata.etag", etag, Ty::Text)],
            Version::V4 => vec![field("@odata.etag", etag, Ty::Text)],
        }
    }

    /// An entity may come with some of its properties only (`$select`), and may be changed in some only.
    fn property(&mut self, property: &Property, is_entity: bool) -> Field {
        let ty = self.ty(&property.ty);
        let may_be_null = property.nullable && !property.ty.collection;
        Field {
            name: property.name.clone(),
            doc: property.doc.clone(),
            ty: if may_be_null && !is_entity { ty.optional() } else { ty },
            required: !is_entity && !property.nullable,
            access: Access::Both,
            rest: false,
        }
    }

    fn navigation(&mut self, navigation: &Navigation) -> Vec<Field> {
        let is_v2 = self.metadata.version == Version::V2;
        let field = |name: String, doc: String, ty: Ty| Field {
            name,
            doc,
            ty,
            required: false,
            access: Access::Both,
            rest: false,
        };
        let name = navigation.name.clone();
        if is_v2 {
            // A link, or with `$expand` what it leads to, in two forms.
            return vec![field(name, navigation.doc.clone(), Ty::Any)];
        }
        let target = self.ty(&navigation.ty);
        let mut fields = vec![field(name.clone(), with("With `$expand`.", &navigation.doc), target)];
        if self.metadata.version == Version::V4 && !navigation.ty.collection && !navigation.contains {
            let doc = format!(
                "To set `{name}`: where it is, such as `/{}(...)`.",
                self.set_of(&navigation.ty.name)
            );
            fields.push(field(format!("{name}@odata.bind"), doc, Ty::Text));
        }
        fields
    }

    fn set_of(&self, ty: &str) -> &str {
        let mut sets = self.metadata.sets.iter().filter(|set| !set.is_singleton);
        sets.find(|set| set.ty == ty).map_or("set", |set| set.name.as_str())
    }

    /// The names of all fields as constants of their structs, and the enumerations as literals.
    pub(super) fn for_queries(&self) -> TokenStream {
        let constants = self
            .constants
            .iter()
            .filter(|(_, names)| !names.is_empty())
            .map(|(id, names)| {
                let ty = self.types.name(*id);
                let mut scope = Scope::default();
                let constants = names.iter().map(|name| {
                    let constant = scope.constant(name);
                    quote!(pub const #constant: &'static str = #name;)
                });
                quote! {
                    /// The names of its fields, for queries.
                    impl #ty { #(#constants)* }
                }
            });
        let literals = self
            .literals
            .iter()
            .filter(|_| self.metadata.version == Version::V4)
            .map(|(id, name, members)| {
                let ty = self.types.name(*id);
                let mut scope = Scope::new(&["Other"]);
                let arms = members.iter().map(|member| {
                    let variant = scope.ty(member);
                    quote!(#ty::#variant => Literal::member(#name, #member))
                });
                quote! {
                    impl From<&#ty> for Literal {
                        fn from(value: &#ty) -> Self {
                            match value {
                                #(#arms,)*
                                #ty::Other(text) => text.as_str().into(),
                            }
                        }
                    }
                }
            });
        constants.chain(literals).collect()
    }
}

/// Both texts, the second where there is one.
fn with(first: &str, second: &str) -> String {
    if second.is_empty() {
        first.to_owned()
    } else {
        format!("{second}\n\n{first}")
    }
}

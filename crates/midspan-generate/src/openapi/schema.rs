//! Schemas become types.

use std::collections::HashMap;

use proc_macro2::Ident;

use super::{
    document::{Document, Version, reference},
    view::View,
};
use crate::{
    Options,
    rust::{Access, Field, Kind, Ty, Types},
    tree::{Node, Value},
};

/// How deep schemas within schemas are followed.
const MAX_DEPTH: usize = 64;

/// The types of a document, made as they are asked for.
pub(super) struct Schemas<'a> {
    document: &'a Document<'a>,
    dates_as_text: bool,
    pub(super) types: Types,
    /// The names of named schemas, by the reference that leads to them: claimed at once, so that no schema's name
    /// depends on which other one is used first.
    names: HashMap<String, Ident>,
    /// What references were found to be; nothing while one is being looked at.
    known: HashMap<String, Option<Ty>>,
    depth: usize,
}

impl<'a> Schemas<'a> {
    pub(super) fn new(document: &'a Document<'a>, options: Options<'_>) -> Self {
        let mut types = Types::default();
        let names = document
            .schemas()
            .map(|(target, name)| (target, types.claim(name)))
            .collect();
        Self {
            document,
            dates_as_text: options.dates_as_text,
            types,
            names,
            known: HashMap::new(),
            depth: 0,
        }
    }

    /// The type of a schema; `place` names it where it has no name.
    pub(super) fn ty(&mut self, schema: &'a Node, place: &str) -> Ty {
        if self.depth > MAX_DEPTH {
            self.document
                .note(schema.at, "schemas are nested too deeply; any JSON is taken here");
            return Ty::Any;
        }
        self.depth += 1;
        let ty = match reference(schema) {
            Some(target) => self.named(schema, &target),
            None => self.unnamed(schema, place, None),
        };
        self.depth -= 1;
        ty
    }

    fn named(&mut self, schema: &'a Node, target: &str) -> Ty {
        if let Some(known) = self.known.get(target) {
            // A list of itself has no struct that could have a name.
            return known.clone().unwrap_or(Ty::Any);
        }
        let Some(node) = self.document.target(schema, target) else {
            return Ty::Any;
        };
        self.known.insert(target.to_owned(), None);
        let place = target
            .rsplit('/')
            .next()
            .unwrap_or(target)
            .replace("~1", "/")
            .replace("~0", "~");
        let ty = self.unnamed(node, &place, Some(target));
        self.known.insert(target.to_owned(), Some(ty.clone()));
        ty
    }

    fn unnamed(&mut self, schema: &'a Node, place: &str, target: Option<&str>) -> Ty {
        if reference(schema).is_some() {
            return self.ty(schema, place);
        }
        if let Some(only) = only_part(schema) {
            let ty = self.ty(only, place);
            return if schema.is("nullable") || schema.is("x-nullable") {
                ty.optional()
            } else {
                ty
            };
        }
        let view = View::of(self.document, schema);
        let nullable = view.nullable;
        let ty = match view.kind() {
            Some("object") if !view.properties.is_empty() => self.structure(view, place, target),
            Some("object") if view.one_of.is_empty() => self.map(&view, place),
            Some("array") => match view.items {
                Some(items) if items.is_map() => self.ty(items, &singular(place)).list(),
                _ => Ty::Any.list(),
            },
            Some("string") if !view.choices.is_empty() => self.choice(view, place, target),
            Some("string") => self.text(view.format),
            Some("boolean") => Ty::Bool,
            Some("integer") => Ty::Integer,
            Some("number") => Ty::Number,
            _ if !view.one_of.is_empty() => self.one_of(&view, place, target),
            _ => Ty::Any,
        };
        if nullable { ty.optional() } else { ty }
    }

    fn text(&self, format: Option<&str>) -> Ty {
        match format {
            Some("date") if !self.dates_as_text => Ty::Date,
            Some("date-time") if !self.dates_as_text => Ty::Timestamp,
            _ => Ty::Text,
        }
    }

    fn map(&mut self, view: &View<'a>, place: &str) -> Ty {
        match view.additional {
            Some(schema) if schema.is_map() => self.ty(schema, &format!("{place} value")).map(),
            _ => Ty::Any,
        }
    }

    fn structure(&mut self, view: View<'a>, place: &str, target: Option<&str>) -> Ty {
        let id = self.declare(place, target);
        let owner = self.types.name(id).to_string();
        let mut fields: Vec<Field> = Vec::with_capacity(view.properties.len());
        for (name, property) in view.properties {
            let of_property = View::of(self.document, property);
            fields.push(Field {
                name: name.to_owned(),
                doc: of_property.doc,
                ty: self.ty(property, &format!("{owner} {name}")),
                required: view.required.contains(name),
                access: access(property),
                rest: false,
            });
        }
        let rest = match view.additional {
            Some(schema) if schema.is_map() => Some(self.ty(schema, &format!("{owner} value")).map()),
            Some(schema) if schema.value == Value::Bool(true) => Some(Ty::Any.map()),
            _ => None,
        };
        fields.extend(rest.map(|ty| Field {
            name: "rest".into(),
            doc: "Fields that have no name here.".into(),
            ty,
            required: true,
            access: Access::Both,
            rest: true,
        }));
        self.types.define(id, view.doc, Kind::Struct(fields));
        Ty::Item(id)
    }

    fn choice(&mut self, view: View<'a>, place: &str, target: Option<&str>) -> Ty {
        let id = self.declare(place, target);
        let choices = view.choices.into_iter().map(|text| (text, String::new())).collect();
        self.types.define(id, view.doc, Kind::Choice(choices));
        Ty::Item(id)
    }

    /// One of several: an enum where JSON's own types tell them apart. Objects it does not tell apart: which of several
    /// structs fits is for the author to say, who knows the source.
    fn one_of(&mut self, view: &View<'a>, place: &str, target: Option<&str>) -> Ty {
        let (nulls, options): (Vec<&Node>, Vec<&Node>) =
            view.one_of.iter().partition(|node| node.text("type") == Some("null"));
        let ty = match options.as_slice() {
            [] => Ty::Any,
            [only] => self.ty(only, place),
            _ => {
                let types: Vec<Ty> = options.iter().map(|option| self.ty(option, place)).collect();
                self.untagged(view, types, place, target)
            }
        };
        if nulls.is_empty() { ty } else { ty.optional() }
    }

    fn untagged(&mut self, view: &View<'a>, mut types: Vec<Ty>, place: &str, target: Option<&str>) -> Ty {
        let mut nullable = false;
        for ty in &mut types {
            if let Ty::Optional(inner) = ty {
                nullable = true;
                *ty = (**inner).clone();
            }
        }
        types.dedup();
        let names: Option<Vec<&str>> = types.iter().map(|ty| self.json_type(ty)).collect();
        let ty = match (types.as_slice(), names) {
            ([only], _) => only.clone(),
            (_, Some(names)) if all_differ(&names) => {
                let id = self.declare(place, target);
                let variants = names.into_iter().map(str::to_owned).zip(types).collect();
                self.types.define(id, view.doc.clone(), Kind::OneOf(variants));
                Ty::Item(id)
            }
            _ => Ty::Any,
        };
        if nullable { ty.optional() } else { ty }
    }

    /// Whether a value of this type is one text in a URL, a header or a form.
    pub(super) fn is_one_text(&self, ty: &Ty) -> bool {
        match ty {
            Ty::Text | Ty::Bool | Ty::Integer | Ty::Number | Ty::Date | Ty::Timestamp => true,
            Ty::Item(id) => matches!(self.types.kind(*id), Kind::Choice(_)),
            Ty::Any | Ty::List(_) | Ty::Map(_) | Ty::Optional(_) => false,
        }
    }

    pub(super) fn document(&self) -> &'a Document<'a> {
        self.document
    }

    pub(super) fn is_version_3(&self) -> bool {
        self.document.version == Version::V3
    }

    /// What JSON has for a value of this type; nothing where that may be several.
    fn json_type(&self, ty: &Ty) -> Option<&'static str> {
        Some(match ty {
            Ty::Text | Ty::Date | Ty::Timestamp => "text",
            Ty::Bool => "bool",
            Ty::Integer | Ty::Number => "number",
            Ty::List(_) => "list",
            Ty::Map(_) => "object",
            Ty::Item(id) => match self.types.kind(*id) {
                Kind::Struct(_) => "object",
                Kind::Choice(_) => "text",
                Kind::OneOf(_) => return None,
            },
            Ty::Any | Ty::Optional(_) => return None,
        })
    }

    fn declare(&mut self, place: &str, target: Option<&str>) -> crate::rust::ItemId {
        let name = target.and_then(|target| self.names.get(target).cloned());
        let name = name.unwrap_or_else(|| self.types.claim(place));
        let id = self.types.declare(name);
        if let Some(target) = target {
            self.known.insert(target.to_owned(), Some(Ty::Item(id)));
        }
        id
    }
}

/// The only part of an `allOf` that adds nothing but texts: `allOf: [{$ref: ...}], description: ...`.
fn only_part(schema: &Node) -> Option<&Node> {
    const TEXTS: &[&str] = &[
        "allOf",
        "description",
        "title",
        "nullable",
        "x-nullable",
        "readOnly",
        "writeOnly",
        "default",
        "example",
        "deprecated",
    ];
    match schema.list("allOf") {
        [only]
            if schema
                .members()
                .iter()
                .all(|(name, _)| TEXTS.contains(&name.as_str()) || name.starts_with("x-")) =>
        {
            Some(only)
        }
        _ => None,
    }
}

fn access(property: &Node) -> Access {
    if property.is("readOnly") {
        Access::ReadOnly
    } else if property.is("writeOnly") {
        Access::WriteOnly
    } else {
        Access::Both
    }
}

fn all_differ(names: &[&str]) -> bool {
    names
        .iter()
        .enumerate()
        .all(|(index, name)| !names[..index].contains(name))
}

/// What an item of a list is called: `Order lines` has an `Order line`.
fn singular(place: &str) -> String {
    let ends = |end: &str| place.to_ascii_lowercase().ends_with(end);
    match place.len() {
        length if ends("ies") && length > 4 => format!("{}y", &place[..length - 3]),
        length if ends("s") && !ends("ss") && !ends("us") && !ends("is") && length > 3 => {
            place[..length - 1].to_owned()
        }
        _ => format!("{place} item"),
    }
}

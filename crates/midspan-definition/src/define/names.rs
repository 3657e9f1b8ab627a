//! What the objects of a connector are called in `definitions`.
//!
//! A type of Rust can stand for several schemas: a generic one (`Part<T>`), or two of the same name in two components.
//! Such are told apart by the fields in which they differ: `PartOfNewsItemArray`.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::description::{Member, Operation, Schema};

/// The names of all objects.
pub(super) struct Names(HashMap<String, String>);

impl Names {
    /// `reserved` are names that something else has.
    pub(super) fn of<'a>(operations: &[Operation], reserved: impl Iterator<Item = &'a str>) -> Self {
        let mut variants: BTreeMap<&str, BTreeMap<String, &[Member]>> = BTreeMap::new();
        for operation in operations {
            let parameters = operation.parameters.iter().map(|parameter| &parameter.schema);
            let others = operation
                .body
                .iter()
                .chain([&operation.output])
                .chain(operation.content());
            for schema in parameters.chain(others) {
                collect(schema, &mut variants);
            }
        }
        let mut names = HashMap::new();
        let reserved: BTreeSet<String> = reserved.map(ToOwned::to_owned).collect();
        let mut taken: BTreeSet<String> = variants.keys().map(|name| (*name).to_owned()).collect();
        taken.extend(reserved.iter().cloned());
        for (base, variants) in &variants {
            if variants.len() == 1 && !reserved.contains(*base) {
                names.extend(variants.keys().map(|key| (key.clone(), (*base).to_owned())));
                continue;
            }
            let differing = differing(variants.values().copied());
            for (key, fields) in variants {
                let of: Vec<_> = fields
                    .iter()
                    .filter(|field| differing.contains(field.name.as_str()))
                    .map(|field| name(&field.schema))
                    .collect();
                let wanted = if of.is_empty() {
                    (*base).to_owned()
                } else {
                    format!("{base}Of{}", of.join("And"))
                };
                let free = std::iter::once(wanted.clone()).chain((2..).map(|number| format!("{wanted}{number}")));
                let chosen = free.into_iter().find(|name| !taken.contains(name)).unwrap_or(wanted);
                taken.insert(chosen.clone());
                names.insert(key.clone(), chosen);
            }
        }
        Self(names)
    }

    /// The name of an object.
    pub(super) fn get(&self, schema: &Schema) -> Option<&str> {
        self.0.get(&key(schema)?).map(String::as_str)
    }
}

/// What an object is: its type's name and all that its fields are.
fn key(schema: &Schema) -> Option<String> {
    match schema {
        Schema::Object { .. } => serde_json::to_string(schema).ok(),
        _ => None,
    }
}

fn collect<'a>(schema: &'a Schema, variants: &mut BTreeMap<&'a str, BTreeMap<String, &'a [Member]>>) {
    match schema {
        Schema::Array { items } => collect(items, variants),
        Schema::Nullable { of } => collect(of, variants),
        Schema::Map { values } => collect(values, variants),
        Schema::Object { name, fields } => {
            if let Some(key) = key(schema) {
                variants.entry(name).or_default().insert(key, fields);
            }
            for field in fields {
                collect(&field.schema, variants);
            }
        }
        _ => {}
    }
}

/// The names of the fields that aren't the same in all variants.
fn differing<'a>(variants: impl Iterator<Item = &'a [Member]> + Clone) -> BTreeSet<&'a str> {
    let mut schemas: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for field in variants.clone().flatten() {
        let schema = serde_json::to_string(&field.schema).unwrap_or_default();
        schemas.entry(&field.name).or_default().insert(schema);
        *counts.entry(&field.name).or_default() += 1;
    }
    let all = variants.count();
    let differ = schemas
        .into_iter()
        .filter(|(name, schemas)| schemas.len() > 1 || counts[name] < all);
    differ.map(|(name, _)| name).collect()
}

/// A schema in a word.
fn name(schema: &Schema) -> String {
    match schema {
        Schema::String { format: Some(format) } => match format.as_str() {
            "date" => "Date".to_owned(),
            "date-time" => "DateTime".to_owned(),
            _ => "Text".to_owned(),
        },
        Schema::String { format: None } | Schema::Choice { .. } | Schema::NotificationUrl => "Text".to_owned(),
        Schema::Integer { .. } => "Integer".to_owned(),
        Schema::Number => "Number".to_owned(),
        Schema::Boolean => "Boolean".to_owned(),
        Schema::Array { items } => format!("{}Array", name(items)),
        Schema::Object { name, .. } => name.clone(),
        Schema::Nullable { of } => name(of),
        Schema::Map { values } => format!("{}Map", name(values)),
        Schema::Any => "Any".to_owned(),
    }
}

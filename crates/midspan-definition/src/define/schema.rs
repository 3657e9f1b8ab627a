//! Schemas in the words of OpenAPI 2.0.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{
    description::{Choice, Member, Schema},
    names::Names,
};

/// Writes schemas, and keeps the shared ones.
pub(super) struct Schemas<'a> {
    names: &'a Names,
    definitions: BTreeMap<String, Value>,
}

impl<'a> Schemas<'a> {
    pub(super) fn new(names: &'a Names) -> Self {
        Self {
            names,
            definitions: BTreeMap::new(),
        }
    }

    /// `definitions`.
    pub(super) fn into_definitions(self) -> Value {
        json!(self.definitions)
    }

    /// A schema that stands alone.
    pub(super) fn write(&mut self, schema: &Schema) -> Value {
        let Some(name) = self.names.get(schema).map(str::to_owned) else {
            return Value::Object(self.inline(schema));
        };
        if !self.definitions.contains_key(&name) {
            let definition = Value::Object(self.inline(schema));
            self.definitions.insert(name.clone(), definition);
        }
        json!({ "$ref": format!("#/definitions/{name}") })
    }

    /// A field. Nothing may stand beside a `$ref`, so an object with a text of its own is written out.
    pub(super) fn member(&mut self, member: &Member) -> Value {
        let mut beside = texts(member);
        beside.extend(rules(member));
        if beside.is_empty() {
            return self.write(&member.schema);
        }
        let mut schema = self.inline(&member.schema);
        schema.extend(beside);
        Value::Object(schema)
    }

    /// A schema without a `$ref`.
    pub(super) fn inline(&mut self, schema: &Schema) -> Map<String, Value> {
        let value = match schema {
            Schema::String { format: None } => json!({ "type": "string" }),
            Schema::String { format: Some(format) } => json!({ "type": "string", "format": format }),
            Schema::Integer { format } => json!({ "type": "integer", "format": format }),
            Schema::Number => json!({ "type": "number", "format": "double" }),
            Schema::Boolean => json!({ "type": "boolean" }),
            Schema::Choice { values } => choice(values),
            Schema::Array { items } => json!({ "type": "array", "items": self.write(items) }),
            Schema::Object { fields, .. } => self.object(fields),
            Schema::Nullable { of } => {
                let mut inner = self.inline(of);
                inner.insert("x-nullable".to_owned(), true.into());
                Value::Object(inner)
            }
            // A schema without a type takes any value.
            Schema::Any => json!({}),
        };
        match value {
            Value::Object(members) => members,
            _ => Map::new(),
        }
    }

    fn object(&mut self, fields: &[Member]) -> Value {
        let properties: Map<_, _> = fields
            .iter()
            .map(|field| (field.name.clone(), self.member(field)))
            .collect();
        let mut object = json!({ "type": "object", "properties": properties });
        let required: Vec<_> = fields
            .iter()
            .filter(|field| field.required)
            .map(|field| field.name.as_str())
            .collect();
        if !required.is_empty() {
            object["required"] = json!(required);
        }
        object
    }
}

fn choice(values: &[Choice]) -> Value {
    let all: Vec<_> = values.iter().map(|choice| choice.value.as_str()).collect();
    let named: Vec<_> = values
        .iter()
        .map(|choice| json!({ "value": choice.value, "displayName": choice.display_name }))
        .collect();
    json!({ "type": "string", "enum": all, "x-ms-enum-values": named })
}

/// What a maker reads of a parameter or a field.
pub(super) fn texts(member: &Member) -> Map<String, Value> {
    let mut texts = Map::new();
    let visibility = member.visibility.as_deref().unwrap_or_default();
    for (name, text) in [
        ("x-ms-summary", member.summary.as_str()),
        ("description", &member.description),
        ("x-ms-visibility", visibility),
    ] {
        if !text.is_empty() {
            texts.insert(name.to_owned(), text.into());
        }
    }
    texts
}

/// The bounds that decoding enforces.
pub(super) fn rules(member: &Member) -> Map<String, Value> {
    let mut rules = Map::new();
    let bounds = [
        ("default", member.default.clone()),
        ("minimum", member.min.map(Value::from)),
        ("maximum", member.max.map(Value::from)),
        ("minLength", member.min_length.map(Value::from)),
        ("maxLength", member.max_length.map(Value::from)),
        ("maxItems", member.max_items.map(Value::from)),
    ];
    for (name, value) in bounds {
        if let Some(value) = value {
            rules.insert(name.to_owned(), value);
        }
    }
    rules
}

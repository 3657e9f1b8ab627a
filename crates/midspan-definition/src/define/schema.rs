//! Schemas in the words of OpenAPI 2.0.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{
    description::{Choice, Dynamic, Member, Schema},
    dynamic,
    names::Names,
};

/// Writes schemas, and keeps the shared ones.
pub(super) struct Schemas<'a> {
    names: &'a Names,
    definitions: BTreeMap<String, Value>,
    /// The records that are being written out, as a path from the body.
    place: Vec<String>,
    in_answer: bool,
}

impl<'a> Schemas<'a> {
    pub(super) fn new(names: &'a Names) -> Self {
        Self {
            names,
            definitions: BTreeMap::new(),
            place: vec!["body".to_owned()],
            in_answer: false,
        }
    }

    /// `definitions`.
    pub(super) fn into_definitions(self) -> Map<String, Value> {
        self.definitions.into_iter().collect()
    }

    /// A schema that stands alone.
    pub(super) fn write(&mut self, schema: &Schema) -> Value {
        let name = self.names.get(schema).filter(|_| !schema.passes_siblings_on());
        let Some(name) = name.map(str::to_owned) else {
            return Value::Object(self.inline(schema));
        };
        if !self.definitions.contains_key(&name) {
            let definition = Value::Object(self.inline(schema));
            self.definitions.insert(name.clone(), definition);
        }
        json!({ "$ref": format!("#/definitions/{name}") })
    }

    /// A whole body or answer, of which another operation may know the fields. Nothing may stand beside a `$ref`.
    pub(super) fn known_by(&mut self, schema: &Schema, dynamic: Option<&Dynamic>) -> Value {
        let Some(dynamic) = dynamic else {
            return self.write(schema);
        };
        let mut members = self.inline(schema);
        // The platform looks for objects.
        members.entry("type").or_insert_with(|| "object".into());
        members.extend(dynamic::write(dynamic, "body"));
        Value::Object(members)
    }

    /// As [`known_by`](Self::known_by), of what comes back: there a designer has no fields yet to pass on.
    pub(super) fn answer(&mut self, schema: &Schema, dynamic: Option<&Dynamic>) -> Value {
        self.in_answer = true;
        let value = self.known_by(schema, dynamic);
        self.in_answer = false;
        value
    }

    /// A field. Nothing may stand beside a `$ref`, so an object with a text of its own is written out.
    pub(super) fn member(&mut self, member: &Member) -> Value {
        let mut beside = texts(member);
        let dynamic = member.dynamic.as_ref();
        if let Some(dynamic) = dynamic.filter(|dynamic| !(self.in_answer && dynamic.passes_siblings_on())) {
            beside.extend(dynamic::write(dynamic, &self.place.join("/")));
        }
        if beside.is_empty() && rules(member).is_empty() {
            return self.write(&member.schema);
        }
        self.place.push(member.name.clone());
        let mut schema = self.with_rules(member);
        self.place.pop();
        schema.extend(beside);
        Value::Object(schema)
    }

    /// A member's type with its bounds. Those of a list, but for the number of items, hold for each item.
    pub(super) fn with_rules(&mut self, member: &Member) -> Map<String, Value> {
        let mut schema = self.inline(&member.schema);
        let mut rules = rules(member);
        if let (Schema::Array { items }, Some(_)) = (member.schema.not_null(), schema.get("items")) {
            let most = rules.remove("maxItems");
            if !rules.is_empty() {
                let mut item = self.inline(items);
                item.append(&mut rules);
                schema.insert("items".to_owned(), item.into());
            }
            rules.extend(most.map(|most| ("maxItems".to_owned(), most)));
        }
        schema.append(&mut rules);
        if schema.get("format") == Some(&Value::from("none")) {
            schema.remove("format");
        }
        schema
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
            Schema::Map { values } if matches!(**values, Schema::Any) => json!({ "type": "object" }),
            Schema::Map { values } => json!({ "type": "object", "additionalProperties": self.write(values) }),
            Schema::NotificationUrl => json!({ "type": "string", "x-ms-notification-url": true }),
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
    // The platform gives it, not the maker.
    let visibility = match member.schema {
        Schema::NotificationUrl => "internal",
        _ => member.visibility.as_deref().unwrap_or_default(),
    };
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
        ("format", member.format.clone().map(Value::from)),
    ];
    for (name, value) in bounds {
        if let Some(value) = value {
            rules.insert(name.to_owned(), value);
        }
    }
    rules
}

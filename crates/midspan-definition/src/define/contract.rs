//! Whether an operation's `definition` and its types are the same contract: what makers may give is what the code takes,
//! and what they are told comes back is what it answers.
//!
//! Where the code says less, the definition is right: a text may have any declared type, and an answer that is passed on
//! any shape.

use serde_json::Value;

use super::{
    description::{Member, Operation, Schema},
    schema::rules,
    template::Template,
};

/// What is different, each with what to do.
pub(super) fn check(operation: &Operation, template: &Template) -> Vec<String> {
    let Some(definition) = &operation.definition else {
        return Vec::new();
    };
    let definition = Value::Object(definition.clone());
    let check = Check {
        operation,
        template,
        parameters: parameters(&definition, template.item(&operation.path), template),
    };
    let mut found = Vec::new();
    if definition["operationId"] != operation.id.as_str() {
        found.push(format!(
            "it says `operationId` {}, the code `id = \"{}\"`; make them the same",
            definition["operationId"], operation.id
        ));
    }
    check.taken(&mut found);
    check.given(&mut found);
    check.body(&mut found);
    check.answer(&definition["responses"], &mut found);
    found
}

struct Check<'a> {
    operation: &'a Operation,
    template: &'a Template,
    parameters: Vec<&'a Value>,
}

/// Own ones, and those of the path that they don't replace, references followed.
fn parameters<'a>(definition: &'a Value, item: Option<&'a Value>, template: &'a Template) -> Vec<&'a Value> {
    let list = |of: Option<&'a Value>| {
        let list = of.and_then(|of| of["parameters"].as_array());
        list.into_iter().flatten().map(|parameter| template.resolve(parameter))
    };
    let own: Vec<_> = list(Some(definition)).collect();
    let is_own = |one: &&Value| {
        own.iter()
            .any(|own| own["name"] == one["name"] && own["in"] == one["in"])
    };
    let common: Vec<_> = list(item).filter(|one| !is_own(one)).collect();
    [own, common].concat()
}

impl Check<'_> {
    /// Parameters that the code takes.
    fn taken(&self, found: &mut Vec<String>) {
        for member in &self.operation.parameters {
            let place = member.place.as_deref().unwrap_or("query");
            let name = &member.name;
            let Some(declared) = self.declared(place, name) else {
                // Published definitions leave some out.
                if place != "path" {
                    found.push(format!(
                        "the code takes the {place} parameter \"{name}\", which its `definition` does not have; add it there, \
                         or take the field away"
                    ));
                }
                continue;
            };
            if place != "path" && member.required && member.default.is_none() && declared["required"] != true {
                found.push(format!(
                    "the code requires the {place} parameter \"{name}\", its `definition` does not; make the field an `Option`, \
                     or the parameter required"
                ));
            }
            if let Some(declared) = mismatch(member.schema.not_null(), declared, self.template) {
                found.push(format!("the {place} parameter \"{name}\": {declared}"));
            }
            for (rule, own) in rules(member) {
                if declared[&rule] != own {
                    found.push(format!(
                        "the code gives the {place} parameter \"{name}\" the {rule} {own}, its `definition` has {}",
                        or_none(&declared[&rule])
                    ));
                }
            }
        }
    }

    /// Parameters that a maker can give.
    fn given(&self, found: &mut Vec<String>) {
        for declared in &self.parameters {
            let (Some(name), Some(place @ ("path" | "query" | "header"))) =
                (declared["name"].as_str(), declared["in"].as_str())
            else {
                continue;
            };
            let is_taken = self.operation.parameters.iter().any(|member| is(member, place, name));
            let is_nowhere = place == "path" && !self.operation.path.contains(&format!("{{{name}}}"));
            // RFC 9110 s. 5.1: nobody can send it.
            let is_no_header =
                place == "header" && name.contains(|c: char| c.is_whitespace() || c.is_control() || !c.is_ascii());
            if !is_taken && !is_nowhere && !is_no_header {
                found.push(format!(
                    "its `definition` has the {place} parameter \"{name}\", which the code does not read; add a `#[{place}]` field"
                ));
            }
        }
    }

    fn body(&self, found: &mut Vec<String>) {
        let of = |place: &str| self.parameters.iter().find(|parameter| parameter["in"] == place);
        let (body, form) = (of("body"), of("formData"));
        match (&self.operation.body, body, form) {
            (None, None, None) | (Some(_), _, Some(_)) => {}
            // Fields of a form are parameters; those that are missing are told as such.
            (None, None, Some(_))
                if self
                    .operation
                    .parameters
                    .iter()
                    .any(|member| member.place.as_deref() == Some("formData")) => {}
            (None, ..) => {
                found.push("its `definition` has a body, the code reads none; add a `#[body]` field".to_owned());
            }
            (Some(_), None, None) => {
                found.push(
                    "the code reads a body, its `definition` has none; add it there, or take the field away".to_owned(),
                );
            }
            (Some(own), Some(declared), None) => {
                let may_be_absent = matches!(own, Schema::Nullable { .. } | Schema::Any) || own.is_binary();
                if declared["required"] != true && !may_be_absent {
                    found.push(
                        "the code requires a body, its `definition` does not; make the field an `Option`, or the body required"
                            .to_owned(),
                    );
                }
                if let Some(what) = mismatch(own.not_null(), &declared["schema"], self.template) {
                    found.push(format!("the body: {what}"));
                }
            }
        }
    }

    /// Of an answer that has a type; one that is passed on may have any shape and status.
    fn answer(&self, responses: &Value, found: &mut Vec<String>) {
        let output = &self.operation.output;
        if matches!(output, Schema::Any) && self.operation.statuses == [200] {
            return;
        }
        for status in &self.operation.statuses {
            let declared = responses.get(status.to_string()).or_else(|| responses.get("default"));
            let Some(declared) = declared.map(|declared| self.template.resolve(declared)) else {
                found.push(format!(
                    "the code answers with {status}, which its `definition` does not have"
                ));
                continue;
            };
            if let Some(schema) = declared.get("schema")
                && let Some(what) = mismatch(output.not_null(), schema, self.template)
            {
                found.push(format!("the answer {status}: {what}"));
            }
            let properties = declared
                .get("schema")
                .map(|schema| &self.template.resolve(schema)["properties"]);
            for name in properties
                .and_then(Value::as_object)
                .into_iter()
                .flatten()
                .map(|(name, _)| name)
            {
                if matches!(output.not_null(), Schema::Object { .. }) && output.field(name).is_none() {
                    found.push(format!(
                        "its `definition` says that the answer {status} has \"{name}\", which the code does not give"
                    ));
                }
            }
        }
    }

    fn declared(&self, place: &str, name: &str) -> Option<&Value> {
        let mut all = self.parameters.iter();
        all.find(|one| one["in"] == place && one["name"].as_str().is_some_and(|own| same(place, own, name)))
            .copied()
    }
}

fn is(member: &Member, place: &str, name: &str) -> bool {
    member.place.as_deref() == Some(place) && same(place, &member.name, name)
}

/// RFC 9110 s. 5.1: names of headers have no case.
fn same(place: &str, one: &str, other: &str) -> bool {
    one == other || (place == "header" && one.eq_ignore_ascii_case(other))
}

fn or_none(value: &Value) -> String {
    if value.is_null() {
        "none".to_owned()
    } else {
        value.to_string()
    }
}

/// In what a type of the code and a declared schema are not the same.
fn mismatch(own: &Schema, declared: &Value, template: &Template) -> Option<String> {
    let declared = template.resolve(declared);
    let kind = declared["type"].as_str()?;
    let expected: &[&str] = match own {
        // It takes whatever comes.
        Schema::Any | Schema::String { format: None } => return None,
        Schema::String { format: Some(format) } if format == "binary" => return None,
        Schema::String { .. } | Schema::Choice { .. } | Schema::NotificationUrl => &["string"],
        Schema::Integer { .. } => &["integer"],
        Schema::Number => &["number", "integer"],
        Schema::Boolean => &["boolean"],
        Schema::Array { .. } => &["array"],
        Schema::Object { .. } | Schema::Map { .. } => &["object"],
        Schema::Nullable { of } => return mismatch(of, declared, template),
    };
    if !expected.contains(&kind) {
        return Some(format!(
            "the code has the type {}, its `definition` {kind}",
            expected[0]
        ));
    }
    match own {
        Schema::Choice { values } => {
            let all = declared["enum"].as_array()?;
            let own = |text: &Value| values.iter().any(|choice| *text == choice.value.as_str());
            let missing = all.iter().find(|text| !own(text))?;
            Some(format!(
                "its `definition` has the value {missing}, which the code does not know"
            ))
        }
        Schema::Array { items } => {
            mismatch(items, &declared["items"], template).map(|what| format!("in its items, {what}"))
        }
        Schema::Object { fields, .. } => fields.iter().find_map(|field| {
            let name = &field.name;
            match declared["properties"].as_object()?.get(name) {
                None if declared["additionalProperties"].is_null() && declared["allOf"].is_null() => {
                    Some(format!("the code has the field \"{name}\", its `definition` has not"))
                }
                None => None,
                Some(property) => {
                    mismatch(&field.schema, property, template).map(|what| format!("in \"{name}\", {what}"))
                }
            }
        }),
        _ => None,
    }
}

//! The Rust text of an operation: what a developer goes on from.

use super::operation::{Body, Operation, Parameter, Type};
use crate::rust::doc_lines;

/// The longest first paragraph that Power Platform shows, in characters.
const LONGEST_LABEL: usize = 80;

/// The module of an operation; `alone` where its component has no other.
pub(super) fn operation(operation: &Operation<'_>, source: &str, alone: bool) -> String {
    let mut text = String::new();
    if alone {
        text.extend([format!("//! `{}`.\n\n", operation.id.replace(char::is_control, " "))]);
    }
    text.extend([format!(
        "use midspan::{{prelude::*, source::Answer}};\nuse systems::{source};\n\n"
    )]);
    if has_input(operation) {
        text.push_str(&input(operation));
        text.push('\n');
    }
    let summary = operation.definition.text("summary").unwrap_or_default();
    let description = operation.definition.text("description").unwrap_or_default();
    text.push_str(&docs("", [summary, &operation.id], description));
    text.push_str(&attribute(operation, source, alone));
    text.push_str(&function(operation, source));
    text
}

/// The type that `#[operation]` makes.
#[must_use]
pub fn type_name(function: &str) -> String {
    use heck::ToPascalCase;
    function.to_pascal_case()
}

fn has_input(operation: &Operation<'_>) -> bool {
    !operation.parameters.is_empty() || operation.body.is_some()
}

fn attribute(operation: &Operation<'_>, source: &str, alone: bool) -> String {
    let export = if alone { "" } else { ",\n    export = false" };
    format!(
        "#[operation(\n    {} = {:?},\n    id = {:?},\n    \
         // Who may call is for the back end to say: it gets the caller's credentials as they come.\n    auth = none,\n    \
         sources = [{source}],\n    deadline = \"120s\",\n    \
         definition = include_str!(\"{}.json\"){export}\n)]\n",
        operation.method, operation.path, operation.id, operation.name
    )
}

fn input(operation: &Operation<'_>) -> String {
    let name = type_name(&operation.name);
    let mut text = format!("/// What `{name}` is asked.\n#[input]\npub struct {name}Input {{\n");
    for parameter in &operation.parameters {
        text.push_str(&docs("    ", [&parameter.label, parameter.name], parameter.description));
        text.push_str(&field(parameter));
    }
    match operation.body {
        Some(Body::Json { required: true }) => {
            text.push_str("    /// Body\n    #[body]\n    pub body: midspan::serde_json::Value,\n");
        }
        Some(Body::Json { required: false }) => {
            text.push_str("    /// Body\n    #[body]\n    pub body: Option<midspan::serde_json::Value>,\n");
        }
        Some(Body::Bytes) => {
            text.push_str("    /// Body\n    ///\n    /// As it comes.\n    #[body]\n    pub body: Binary,\n");
        }
        None => {}
    }
    text.push_str("}\n");
    text
}

fn field(parameter: &Parameter<'_>) -> String {
    let own = parameter.field.trim_start_matches("r#");
    let (name, by_default) = match parameter.place {
        "header" => (parameter.name.to_ascii_lowercase(), own.replace('_', "-")),
        _ => (parameter.name.to_owned(), own.to_owned()),
    };
    let mut arguments = Vec::new();
    if name != by_default {
        arguments.push(format!("name = {name:?}"));
    }
    if let Some(default) = &parameter.default {
        arguments.push(format!("default = {default}"));
    }
    let arguments = if arguments.is_empty() {
        String::new()
    } else {
        format!("({})", arguments.join(", "))
    };
    let ty = match parameter.ty {
        Type::Text => "String",
        Type::Integer => "i64",
        Type::Number => "f64",
        Type::Boolean => "bool",
        Type::Texts => "Vec<String>",
    };
    let is_optional = !parameter.required && parameter.default.is_none() && parameter.ty != Type::Texts;
    let ty = if is_optional {
        format!("Option<{ty}>")
    } else {
        ty.to_owned()
    };
    format!(
        "    #[{}{arguments}]\n    pub {}: {ty},\n",
        parameter.place, parameter.field
    )
}

fn function(operation: &Operation<'_>, source: &str) -> String {
    let Operation { name, method, .. } = operation;
    let mut calls = Vec::new();
    let template = &operation.route.source;
    calls.push(match *method {
        "options" => format!(".call(midspan::http::Method::OPTIONS, {template:?})"),
        method => format!(".{method}({template:?})"),
    });
    let passed = operation.parameters.iter().filter(|parameter| parameter.passed);
    let (headers, others): (Vec<_>, Vec<_>) = passed.partition(|parameter| parameter.place == "header");
    calls.extend(others.into_iter().map(given));
    match operation.body {
        Some(Body::Json { required: true }) => calls.push(".body(&input.body)".to_owned()),
        Some(Body::Json { required: false }) => calls.push(".body_opt(input.body.as_ref())".to_owned()),
        Some(Body::Bytes) => calls.push(".bytes(&input.body.content_type, input.body.content)".to_owned()),
        None => {}
    }
    // After the body, whose media type a caller may have said more exactly.
    calls.extend(headers.into_iter().map(given));
    calls.push(".send()".to_owned());
    calls.push(".await".to_owned());
    let calls: Vec<_> = calls.iter().map(|call| format!("\n        {call}")).collect();
    let input = if has_input(operation) {
        format!(", input: {}Input", type_name(name))
    } else {
        String::new()
    };
    format!(
        "pub async fn {name}(ctx: Context{input}) -> Result<Answer> {{\n    ctx.source(&{source}){}\n}}\n",
        calls.concat()
    )
}

fn given(parameter: &Parameter<'_>) -> String {
    let Parameter { field, place, .. } = parameter;
    let name = match parameter.place {
        "header" => parameter.name.to_ascii_lowercase(),
        _ => parameter.name.to_owned(),
    };
    let is_there = parameter.required || parameter.default.is_some();
    match (*place, parameter.ty, is_there) {
        ("path", Type::Text, _) => format!(".path({name:?}, &input.{field})"),
        ("path", ..) => format!(".path({name:?}, input.{field})"),
        (_, Type::Texts, _) => format!(".queries({name:?}, &input.{field})"),
        ("query", Type::Text, true) => format!(".query({name:?}, &input.{field})"),
        ("query", _, true) => format!(".query({name:?}, input.{field})"),
        ("query", _, false) => format!(".query_opt({name:?}, input.{field})"),
        (_, Type::Text, true) => format!(".header({name:?}, &input.{field})"),
        (_, _, true) => format!(".header({name:?}, input.{field}.to_string())"),
        (_, _, false) => format!(".header_opt({name:?}, input.{field})"),
    }
}

/// A doc comment: the first of `labels` that says something, then the description.
fn docs(indent: &str, labels: [&str; 2], description: &str) -> String {
    let plain = |text: &&str| {
        let text = text
            .replace(['`', '[', ']', '<', '>', '*', '_'], " ")
            .replace(char::is_control, " ");
        let words: Vec<_> = text.split_whitespace().collect();
        let words = words.join(" ");
        words
            .trim_start_matches(['#', '-', '+', '|', '=', '~', '>'])
            .trim()
            .to_owned()
    };
    let label = labels
        .iter()
        .map(plain)
        .find(|label| label.chars().any(char::is_alphanumeric));
    let mut label = label.unwrap_or_else(|| "Unnamed".to_owned());
    if label.chars().count() > LONGEST_LABEL {
        label = label
            .chars()
            .take(LONGEST_LABEL - 1)
            .collect::<String>()
            .trim_end()
            .to_owned()
            + "…";
    }
    let mut text = format!("{indent}/// {label}\n");
    let lines = doc_lines(description);
    let says_more = lines.iter().any(|line| line.chars().any(char::is_alphanumeric)) && lines.join(" ") != label;
    if says_more {
        text.extend([format!("{indent}///\n")]);
        for line in lines {
            text.push_str(format!("{indent}/// {line}").trim_end());
            text.push('\n');
        }
    }
    text
}

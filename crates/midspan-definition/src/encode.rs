//! A description as JSON, written at compile time.
//!
//! `const fn` can't allocate, so the text is written twice: once to learn its length, once into an array of that length
//! ([`json_len`], [`json`]). Empty texts, false and absent values are left out.

use crate::operation::{Operation, Parameter, SourceUse};
use crate::schema::{Choice, Constraints, Field, Schema, Visibility};

/// The length of [`json`] in bytes.
#[must_use]
pub const fn json_len(operation: &Operation) -> usize {
    let mut nothing = [0; 0];
    let mut out = Writer::new(&mut nothing);
    out.operation(operation);
    out.len
}

/// The description as JSON; `N` is [`json_len`] of the same operation.
///
/// ```
/// use midspan_definition::{Method, Operation, Schema, Visibility, encode};
///
/// const OPERATION: Operation = Operation {
///     id: "GetNews", method: Method::Get, path: "/news", summary: "Get news", description: "",
///     visibility: Visibility::None, deadline_ms: 3000, parameters: &[], body: None,
///     output: Schema::Boolean, statuses: &[200], sources: &[],
/// };
/// static JSON: [u8; encode::json_len(&OPERATION)] = encode::json(&OPERATION);
/// assert!(JSON.starts_with(br#"{"version":1,"id":"GetNews","method":"GET","path":"/news""#));
/// ```
///
/// # Panics
/// If `N` is another number; in a constant that is a compile error.
#[must_use]
pub const fn json<const N: usize>(operation: &Operation) -> [u8; N] {
    let mut bytes = [0; N];
    let mut out = Writer::new(&mut bytes);
    out.operation(operation);
    assert!(out.len == N, "`N` must be `json_len` of the same operation");
    bytes
}

/// Writes JSON into `out`, or only counts where `out` is too short.
struct Writer<'a> {
    out: &'a mut [u8],
    len: usize,
}

impl<'a> Writer<'a> {
    const fn new(out: &'a mut [u8]) -> Self {
        Self { out, len: 0 }
    }

    const fn operation(&mut self, operation: &Operation) {
        self.raw("{\"version\":1,\"id\":");
        self.string(operation.id);
        self.raw(",\"method\":");
        self.string(operation.method.name());
        self.raw(",\"path\":");
        self.string(operation.path);
        self.texts(operation.summary, operation.description, operation.visibility);
        self.raw(",\"deadlineMs\":");
        self.number(operation.deadline_ms);
        self.raw(",\"parameters\":[");
        let mut index = 0;
        while index < operation.parameters.len() {
            self.comma(index);
            self.parameter(&operation.parameters[index]);
            index += 1;
        }
        self.raw("]");
        if let Some(body) = &operation.body {
            self.raw(",\"body\":");
            self.schema(body);
        }
        self.raw(",\"output\":");
        self.schema(&operation.output);
        self.raw(",\"statuses\":[");
        let mut index = 0;
        while index < operation.statuses.len() {
            self.comma(index);
            self.number(operation.statuses[index] as u64);
            index += 1;
        }
        self.raw("]");
        self.raw(",\"sources\":[");
        let mut index = 0;
        while index < operation.sources.len() {
            self.comma(index);
            self.source(&operation.sources[index]);
            index += 1;
        }
        self.raw("]}");
    }

    const fn parameter(&mut self, parameter: &Parameter) {
        self.raw("{\"name\":");
        self.string(parameter.name);
        self.raw(",\"in\":");
        self.string(parameter.location.name());
        self.texts(parameter.summary, parameter.description, parameter.visibility);
        self.rules(parameter.required, &parameter.constraints);
        self.raw(",\"schema\":");
        self.schema(&parameter.schema);
        self.raw("}");
    }

    const fn source(&mut self, source: &SourceUse) {
        self.raw("{\"name\":");
        self.string(source.name);
        self.raw(",\"protocol\":");
        self.string(source.protocol);
        self.raw(",\"timeoutMs\":");
        self.number(source.timeout_ms);
        self.raw("}");
    }

    const fn schema(&mut self, schema: &Schema) {
        self.raw("{\"type\":");
        match schema {
            Schema::String { format } => {
                self.raw("\"string\"");
                if let Some(format) = format {
                    self.raw(",\"format\":");
                    self.string(format);
                }
            }
            Schema::Integer { format } => {
                self.raw("\"integer\",\"format\":");
                self.string(format);
            }
            Schema::Number => self.raw("\"number\""),
            Schema::Boolean => self.raw("\"boolean\""),
            Schema::Choice(choices) => self.choices(choices),
            Schema::Array(items) => {
                self.raw("\"array\",\"items\":");
                self.schema(items);
            }
            Schema::Object { name, fields } => {
                self.raw("\"object\",\"name\":");
                self.string(name);
                self.fields(fields);
            }
            Schema::Nullable(inner) => {
                self.raw("\"nullable\",\"of\":");
                self.schema(inner);
            }
            Schema::Any => self.raw("\"any\""),
        }
        self.raw("}");
    }

    const fn choices(&mut self, choices: &[Choice]) {
        self.raw("\"choice\",\"values\":[");
        let mut index = 0;
        while index < choices.len() {
            self.comma(index);
            self.raw("{\"value\":");
            self.string(choices[index].value);
            self.raw(",\"displayName\":");
            self.string(choices[index].display_name);
            self.raw("}");
            index += 1;
        }
        self.raw("]");
    }

    const fn fields(&mut self, fields: &[Field]) {
        self.raw(",\"fields\":[");
        let mut index = 0;
        while index < fields.len() {
            let field = &fields[index];
            self.comma(index);
            self.raw("{\"name\":");
            self.string(field.name);
            self.texts(field.summary, field.description, field.visibility);
            self.rules(field.required, &field.constraints);
            self.raw(",\"schema\":");
            self.schema(&field.schema);
            self.raw("}");
            index += 1;
        }
        self.raw("]");
    }

    const fn texts(&mut self, summary: &str, description: &str, visibility: Visibility) {
        if !summary.is_empty() {
            self.raw(",\"summary\":");
            self.string(summary);
        }
        if !description.is_empty() {
            self.raw(",\"description\":");
            self.string(description);
        }
        if !matches!(visibility, Visibility::None) {
            self.raw(",\"visibility\":");
            self.string(visibility.name());
        }
    }

    const fn rules(&mut self, required: bool, constraints: &Constraints) {
        if required {
            self.raw(",\"required\":true");
        }
        if let Some(default) = constraints.default {
            self.raw(",\"default\":");
            self.raw(default);
        }
        self.optional_signed(",\"min\":", constraints.min);
        self.optional_signed(",\"max\":", constraints.max);
        self.optional(",\"minLength\":", constraints.min_length);
        self.optional(",\"maxLength\":", constraints.max_length);
        self.optional(",\"maxItems\":", constraints.max_items);
    }

    const fn optional_signed(&mut self, key: &str, value: Option<i64>) {
        if let Some(value) = value {
            self.raw(key);
            if value < 0 {
                self.byte(b'-');
            }
            self.number(value.unsigned_abs());
        }
    }

    const fn optional(&mut self, key: &str, value: Option<u32>) {
        if let Some(value) = value {
            self.raw(key);
            self.number(value as u64);
        }
    }

    const fn comma(&mut self, index: usize) {
        if index > 0 {
            self.byte(b',');
        }
    }

    const fn number(&mut self, value: u64) {
        let mut divisor = 1;
        while value / divisor >= 10 {
            divisor *= 10;
        }
        while divisor > 0 {
            self.byte(b'0' + (value / divisor % 10) as u8);
            divisor /= 10;
        }
    }

    /// A JSON string with the escapes of RFC 8259 s. 7.
    const fn string(&mut self, text: &str) {
        self.byte(b'"');
        let bytes = text.as_bytes();
        let mut index = 0;
        while index < bytes.len() {
            match bytes[index] {
                byte @ (b'"' | b'\\') => {
                    self.byte(b'\\');
                    self.byte(byte);
                }
                b'\n' => self.raw("\\n"),
                byte @ 0..0x20 => {
                    self.raw("\\u00");
                    self.hex(byte >> 4);
                    self.hex(byte & 0xf);
                }
                byte => self.byte(byte),
            }
            index += 1;
        }
        self.byte(b'"');
    }

    const fn hex(&mut self, nibble: u8) {
        self.byte(if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 });
    }

    const fn raw(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let mut index = 0;
        while index < bytes.len() {
            self.byte(bytes[index]);
            index += 1;
        }
    }

    const fn byte(&mut self, byte: u8) {
        if self.len < self.out.len() {
            self.out[self.len] = byte;
        }
        self.len += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::{Location, Method};

    const OPERATION: Operation = Operation {
        id: "ListNews",
        method: Method::Get,
        path: "/news/{topic}",
        summary: "List \"news\"",
        description: "Line one\n\tline two \u{e9}\u{1}",
        visibility: Visibility::Important,
        deadline_ms: 2500,
        parameters: &[Parameter {
            name: "top",
            location: Location::Query,
            summary: "How many",
            description: "",
            required: false,
            constraints: Constraints {
                default: Some("10"),
                min: Some(-1),
                max: Some(50),
                ..Constraints::NONE
            },
            visibility: Visibility::None,
            schema: Schema::Integer { format: "int32" },
        }],
        body: None,
        output: Schema::Array(&Schema::Object {
            name: "Item",
            fields: &[Field {
                name: "kind",
                summary: "",
                description: "",
                required: true,
                constraints: Constraints::NONE,
                visibility: Visibility::Advanced,
                schema: Schema::Nullable(&Schema::Choice(&[Choice {
                    value: "a",
                    display_name: "A",
                }])),
            }],
        }),
        statuses: &[200],
        sources: &[SourceUse {
            name: "sharepoint",
            protocol: "rest",
            timeout_ms: 800,
        }],
    };

    #[test]
    fn the_constant_is_the_json_that_serde_would_write() {
        static JSON: [u8; json_len(&OPERATION)] = json(&OPERATION);
        let value: serde_json::Value = serde_json::from_slice(&JSON).expect("valid JSON");
        assert_eq!(
            value,
            serde_json::json!({
                "version": 1, "id": "ListNews", "method": "GET", "path": "/news/{topic}",
                "summary": "List \"news\"", "description": "Line one\n\tline two é\u{1}", "visibility": "important",
                "deadlineMs": 2500,
                "parameters": [{
                    "name": "top", "in": "query", "summary": "How many", "default": 10, "min": -1, "max": 50,
                    "schema": {"type": "integer", "format": "int32"},
                }],
                "output": {"type": "array", "items": {"type": "object", "name": "Item", "fields": [{
                    "name": "kind", "visibility": "advanced", "required": true,
                    "schema": {"type": "nullable", "of": {"type": "choice", "values": [{"value": "a", "displayName": "A"}]}},
                }]}},
                "statuses": [200],
                "sources": [{"name": "sharepoint", "protocol": "rest", "timeoutMs": 800}],
            })
        );
    }
}

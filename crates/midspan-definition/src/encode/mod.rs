//! A description as JSON, written at compile time.
//!
//! `const fn` can't allocate, so the text is written twice: once to learn its length, once into an array of that length
//! ([`json_len`], [`json`]). Empty texts, false and absent values are left out.

mod designer;
mod writer;

use self::writer::Writer;
use crate::operation::{Operation, Parameter, SchemeKind, SchemeUse, SourceUse};
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
/// use midspan_definition::{Designer, Method, Operation, Schema, Visibility, encode};
///
/// const OPERATION: Operation = Operation {
///     id: "GetNews", method: Method::Get, path: "/news", summary: "Get news", description: "",
///     visibility: Visibility::None, deadline_ms: 3000, idempotency_ms: None, parameters: &[], body: None,
///     output: Schema::Boolean, statuses: &[200], auth: &[], roles: &[], scopes: &[], sources: &[],
///     designer: Designer::NONE,
///     definition: None,
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

impl Writer<'_> {
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
        if let Some(milliseconds) = operation.idempotency_ms {
            self.raw(",\"idempotencyMs\":");
            self.number(milliseconds);
        }
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
        self.raw("],\"auth\":[");
        let mut index = 0;
        while index < operation.auth.len() {
            self.comma(index);
            self.scheme(&operation.auth[index]);
            index += 1;
        }
        self.raw("]");
        self.words(",\"roles\":", operation.roles);
        self.words(",\"scopes\":", operation.scopes);
        self.raw(",\"sources\":[");
        let mut index = 0;
        while index < operation.sources.len() {
            self.comma(index);
            self.source(&operation.sources[index]);
            index += 1;
        }
        self.raw("]");
        self.designer(&operation.designer);
        if let Some(definition) = operation.definition {
            self.raw(",\"definition\":");
            self.raw(definition);
        }
        self.raw("}");
    }

    const fn parameter(&mut self, parameter: &Parameter) {
        self.raw("{\"name\":");
        self.string(parameter.name);
        self.raw(",\"in\":");
        self.string(parameter.location.name());
        self.texts(parameter.summary, parameter.description, parameter.visibility);
        self.rules(parameter.required, &parameter.constraints);
        self.flag("doubleEncoded", parameter.double_encoded);
        self.dynamic("dynamic", parameter.dynamic);
        self.raw(",\"schema\":");
        self.schema(&parameter.schema);
        self.raw("}");
    }

    const fn scheme(&mut self, scheme: &SchemeUse) {
        self.raw("{\"name\":");
        self.string(scheme.name);
        self.raw(",\"title\":");
        self.string(scheme.title);
        self.raw(",\"kind\":");
        self.string(scheme.kind.name());
        if let SchemeKind::ApiKey { location, parameter } = scheme.kind {
            self.raw(",\"in\":");
            self.string(location.name());
            self.raw(",\"parameter\":");
            self.string(parameter);
        }
        self.words(",\"scopes\":", scheme.scopes);
        self.raw("}");
    }

    /// A list of texts; left out if it is empty.
    const fn words(&mut self, key: &str, texts: &[&str]) {
        if texts.is_empty() {
            return;
        }
        self.raw(key);
        self.raw("[");
        let mut index = 0;
        while index < texts.len() {
            self.comma(index);
            self.string(texts[index]);
            index += 1;
        }
        self.raw("]");
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
            Schema::Map(values) => {
                self.raw("\"map\",\"values\":");
                self.schema(values);
            }
            Schema::NotificationUrl => self.raw("\"notificationUrl\""),
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
            self.dynamic("dynamic", field.dynamic);
            self.raw(",\"schema\":");
            self.schema(&field.schema);
            self.raw("}");
            index += 1;
        }
        self.raw("]");
    }

    const fn texts(&mut self, summary: &str, description: &str, visibility: Visibility) {
        self.text("summary", summary);
        self.text("description", description);
        if !matches!(visibility, Visibility::None) {
            self.raw(",\"visibility\":");
            self.string(visibility.name());
        }
    }

    const fn rules(&mut self, required: bool, constraints: &Constraints) {
        self.flag("required", required);
        if let Some(default) = constraints.default {
            self.raw(",\"default\":");
            self.raw(default);
        }
        self.optional_signed("min", constraints.min);
        self.optional_signed("max", constraints.max);
        self.optional("minLength", constraints.min_length);
        self.optional("maxLength", constraints.max_length);
        self.optional("maxItems", constraints.max_items);
        if let Some(format) = constraints.format {
            self.text("format", format);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dynamic::{Argument, Call, Dynamic, Given, List, Place};
    use crate::operation::{Designer, Location, Method, Response, Trigger};

    const OPERATION: Operation = Operation {
        id: "ListNews",
        method: Method::Get,
        path: "/news/{topic}",
        summary: "List \"news\"",
        description: "Line one\n\tline two \u{e9}\u{1}",
        visibility: Visibility::Important,
        deadline_ms: 2500,
        idempotency_ms: Some(60_000),
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
            dynamic: None,
            double_encoded: false,
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
                dynamic: None,
                schema: Schema::Nullable(&Schema::Choice(&[Choice {
                    value: "a",
                    display_name: "A",
                }])),
            }],
        }),
        statuses: &[200],
        auth: &[
            SchemeUse {
                name: "staff",
                title: "Staff",
                kind: SchemeKind::EntraId,
                scopes: &["access_as_user", "b"],
            },
            SchemeUse {
                name: "partners",
                title: "Partners",
                kind: SchemeKind::ApiKey {
                    location: Location::Header,
                    parameter: "x-api-key",
                },
                scopes: &[],
            },
        ],
        roles: &["News.Read"],
        scopes: &[],
        sources: &[SourceUse {
            name: "sharepoint",
            protocol: "rest",
            timeout_ms: 800,
        }],
        designer: Designer::NONE,
        definition: Some("{\n  \"operationId\": \"ListNews\"\n}\n"),
    };

    const CALL: Call = Call {
        operation: "ListTopics",
        arguments: &[
            Argument {
                name: "top",
                value: Given::Fixed("5"),
            },
            Argument {
                name: "site",
                value: Given::Parameter("site"),
            },
        ],
        at: Place {
            file: "src/lib.rs",
            line: 7,
        },
    };

    const TOPICS: Dynamic = Dynamic::Values(List {
        call: CALL,
        items: "value",
        value: "id",
        title: "name",
    });

    const FORM: Dynamic = Dynamic::Schema {
        call: CALL,
        path: "schema",
    };

    const TREE: Dynamic = Dynamic::Tree {
        open: List {
            call: CALL,
            items: "",
            value: "id",
            title: "name",
        },
        browse: List {
            call: Call {
                arguments: &[
                    Argument {
                        name: "folder",
                        value: Given::Opened("id"),
                    },
                    Argument {
                        name: "site",
                        value: Given::Sibling("site"),
                    },
                ],
                ..CALL
            },
            items: "",
            value: "id",
            title: "name",
        },
        parent: "isFolder",
        select_parents: true,
        select_leaves: false,
    };

    const TOLD: Operation = Operation {
        parameters: &[Parameter {
            dynamic: Some(&TOPICS),
            double_encoded: true,
            constraints: Constraints {
                format: Some("uri"),
                ..Constraints::NONE
            },
            ..OPERATION.parameters[0]
        }],
        output: Schema::Map(&Schema::NotificationUrl),
        sources: &[],
        designer: Designer {
            trigger: Some(Trigger::Webhook {
                content: Schema::Boolean,
                unsubscribe: CALL,
            }),
            hint: "Choose a topic",
            output: Some(&FORM),
            body: Some(&TREE),
            responses: &[Response {
                status: 404,
                description: "No such topic",
            }],
            deprecated: true,
            family: "ListNews",
            revision: 2,
            status: "Preview",
            replacement: Some(CALL),
            no_generic_test: true,
            openai: true,
            agentic_protocol: "mcp-streamable-1.0",
        },
        ..OPERATION
    };

    #[test]
    fn what_designers_are_told_is_written_too() {
        static JSON: [u8; json_len(&TOLD)] = json(&TOLD);
        let value: serde_json::Value = serde_json::from_slice(&JSON).expect("valid JSON");
        let call = serde_json::json!({
            "operation": "ListTopics", "file": "src/lib.rs", "line": 7,
            "arguments": [{"name": "top", "fixed": 5}, {"name": "site", "parameter": "site"}],
        });
        let mut tree_call = call.clone();
        tree_call["arguments"] =
            serde_json::json!([{"name": "folder", "opened": "id"}, {"name": "site", "sibling": "site"}]);
        assert_eq!(
            value["parameters"][0],
            serde_json::json!({
                "name": "top", "in": "query", "summary": "How many", "format": "uri", "doubleEncoded": true,
                "dynamic": {"kind": "values", "call": call, "items": "value", "value": "id", "title": "name"},
                "schema": {"type": "integer", "format": "int32"},
            })
        );
        assert_eq!(
            value["output"],
            serde_json::json!({"type": "map", "values": {"type": "notificationUrl"}})
        );
        assert_eq!(
            value["designer"],
            serde_json::json!({
                "trigger": {"webhook": {"content": {"type": "boolean"}, "unsubscribe": call}},
                "hint": "Choose a topic", "deprecated": true, "family": "ListNews", "revision": 2,
                "status": "Preview", "replacement": call, "noGenericTest": true, "openai": true,
                "agenticProtocol": "mcp-streamable-1.0", "responses": [{"status": 404, "description": "No such topic"}],
                "output": {"kind": "schema", "call": call, "path": "schema"},
                "body": {
                    "kind": "tree", "parent": "isFolder", "selectParents": true,
                    "open": {"call": call, "value": "id", "title": "name"},
                    "browse": {"call": tree_call, "value": "id", "title": "name"},
                },
            })
        );
    }

    #[test]
    fn the_constant_is_the_json_that_serde_would_write() {
        static JSON: [u8; json_len(&OPERATION)] = json(&OPERATION);
        let value: serde_json::Value = serde_json::from_slice(&JSON).expect("valid JSON");
        assert_eq!(
            value,
            serde_json::json!({
                "version": 1, "id": "ListNews", "method": "GET", "path": "/news/{topic}", "idempotencyMs": 60_000,
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
                "auth": [
                    {"name": "staff", "title": "Staff", "kind": "entraId", "scopes": ["access_as_user", "b"]},
                    {"name": "partners", "title": "Partners", "kind": "apiKey", "in": "header", "parameter": "x-api-key"},
                ],
                "roles": ["News.Read"],
                "sources": [{"name": "sharepoint", "protocol": "rest", "timeoutMs": 800}],
                "definition": {"operationId": "ListNews"},
            })
        );
    }
}

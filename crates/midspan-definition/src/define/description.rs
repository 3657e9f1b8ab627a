//! A description as `encode` wrote it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An operation.
#[derive(Debug, Deserialize)]
pub(super) struct Operation {
    pub(super) id: String,
    pub(super) method: String,
    pub(super) path: String,
    #[serde(default)]
    pub(super) summary: String,
    #[serde(default)]
    pub(super) description: String,
    #[serde(default)]
    pub(super) visibility: Option<String>,
    pub(super) parameters: Vec<Member>,
    #[serde(default)]
    pub(super) body: Option<Schema>,
    pub(super) output: Schema,
    pub(super) statuses: Vec<u16>,
}

/// A parameter, or a field of an object.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Member {
    pub(super) name: String,
    #[serde(default, rename = "in", skip_serializing_if = "Option::is_none")]
    pub(super) place: Option<String>,
    #[serde(default)]
    pub(super) summary: String,
    #[serde(default)]
    pub(super) description: String,
    #[serde(default)]
    pub(super) visibility: Option<String>,
    #[serde(default)]
    pub(super) required: bool,
    #[serde(default)]
    pub(super) default: Option<Value>,
    #[serde(default)]
    pub(super) min: Option<i64>,
    #[serde(default)]
    pub(super) max: Option<i64>,
    #[serde(default)]
    pub(super) min_length: Option<u32>,
    #[serde(default)]
    pub(super) max_length: Option<u32>,
    #[serde(default)]
    pub(super) max_items: Option<u32>,
    pub(super) schema: Schema,
}

/// A type.
#[derive(Debug, Deserialize, Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub(super) enum Schema {
    String {
        #[serde(default)]
        format: Option<String>,
    },
    Integer {
        format: String,
    },
    Number,
    Boolean,
    Choice {
        values: Vec<Choice>,
    },
    Array {
        items: Box<Schema>,
    },
    Object {
        name: String,
        fields: Vec<Member>,
    },
    Nullable {
        of: Box<Schema>,
    },
    Any,
}

/// One of a closed list of texts.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) display_name: String,
}

impl Schema {
    /// The same without null.
    pub(super) fn not_null(&self) -> &Self {
        match self {
            Self::Nullable { of } => of.not_null(),
            other => other,
        }
    }

    /// Whether it is a file's content.
    pub(super) fn is_binary(&self) -> bool {
        matches!(self, Self::String { format: Some(format) } if format == "binary")
    }

    /// The field of an object with this name.
    pub(super) fn field(&self, name: &str) -> Option<&Member> {
        match self.not_null() {
            Self::Object { fields, .. } => fields.iter().find(|field| field.name == name),
            _ => None,
        }
    }
}

impl Operation {
    /// The property that links to the next page, of those names that the platform follows.
    pub(super) fn next_link(&self) -> Option<&str> {
        let names = ["nextLink", "@odata.nextLink"];
        let is_text = |name: &&str| {
            let field = self.output.field(name);
            field.is_some_and(|field| matches!(field.schema.not_null(), Schema::String { .. }))
        };
        names.into_iter().filter(|_| self.method == "GET").find(is_text)
    }
}

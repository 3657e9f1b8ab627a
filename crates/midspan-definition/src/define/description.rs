//! A description as `encode` wrote it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// An operation.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
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
    #[serde(default)]
    pub(super) idempotency_ms: Option<u64>,
    pub(super) parameters: Vec<Member>,
    #[serde(default)]
    pub(super) body: Option<Schema>,
    pub(super) output: Schema,
    pub(super) statuses: Vec<u16>,
    /// Who may call it: any of these is enough. None: everybody may.
    #[serde(default)]
    pub(super) auth: Vec<Scheme>,
    /// Permissions of which a user needs to have granted one.
    #[serde(default)]
    pub(super) scopes: Vec<String>,
    /// How it stands in `paths`, where it says that itself.
    #[serde(default)]
    pub(super) definition: Option<Map<String, Value>>,
    #[serde(default)]
    pub(super) designer: Designer,
}

/// How callers prove who they are.
#[derive(Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Scheme {
    pub(super) name: String,
    pub(super) title: String,
    #[serde(flatten)]
    pub(super) kind: SchemeKind,
    #[serde(default)]
    pub(super) scopes: Vec<String>,
}

/// By what.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub(super) enum SchemeKind {
    ApiKey {
        #[serde(rename = "in")]
        place: String,
        parameter: String,
    },
    Basic,
    EntraId,
    Oidc,
    Gateway,
}

impl SchemeKind {
    /// Whether an identity provider says who the caller is.
    pub(super) const fn is_token(&self) -> bool {
        matches!(self, Self::EntraId | Self::Oidc)
    }
}

/// What designers are told of an operation.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Designer {
    pub(super) trigger: Option<Trigger>,
    pub(super) hint: String,
    pub(super) output: Option<Dynamic>,
    pub(super) body: Option<Dynamic>,
    pub(super) responses: Vec<Response>,
    pub(super) deprecated: bool,
    pub(super) family: String,
    pub(super) revision: Option<u32>,
    pub(super) status: String,
    pub(super) replacement: Option<Call>,
    pub(super) no_generic_test: bool,
    pub(super) openai: bool,
    pub(super) agentic_protocol: String,
}

/// How it starts flows.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Trigger {
    Polling,
    Webhook { content: Schema, unsubscribe: Call },
}

/// A status and what it means.
#[derive(Debug, Deserialize)]
pub(super) struct Response {
    pub(super) status: u16,
    pub(super) description: String,
}

/// A call of another operation, and what of its answer is wanted.
#[derive(Debug, Deserialize, Serialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(super) enum Dynamic {
    Values(List),
    Schema {
        call: Call,
        #[serde(default)]
        path: String,
    },
    Tree {
        open: List,
        browse: List,
        parent: String,
        #[serde(default)]
        select_parents: bool,
        #[serde(default)]
        select_leaves: bool,
    },
}

/// A call that answers a list.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct List {
    pub(super) call: Call,
    #[serde(default)]
    pub(super) items: String,
    pub(super) value: String,
    pub(super) title: String,
}

/// A call of an operation.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Call {
    pub(super) operation: String,
    pub(super) arguments: Vec<Argument>,
    // Where it stands is no part of what it is.
    #[serde(skip_serializing)]
    pub(super) file: String,
    #[serde(skip_serializing)]
    pub(super) line: u32,
}

/// What it is given.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Argument {
    pub(super) name: String,
    #[serde(flatten)]
    pub(super) value: Given,
}

/// A value for a called operation.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Given {
    Fixed(Value),
    Parameter(String),
    Sibling(String),
    Opened(String),
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
    #[serde(default)]
    pub(super) format: Option<String>,
    #[serde(default)]
    pub(super) double_encoded: bool,
    #[serde(default)]
    pub(super) dynamic: Option<Dynamic>,
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
    Map {
        values: Box<Schema>,
    },
    NotificationUrl,
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

impl Schema {
    /// What is at a path of fields such as `value/id`; nothing where there is no such field, and `Any` where the types
    /// say no more.
    pub(super) fn at(&self, path: &str) -> Option<&Self> {
        let mut schema = self.not_null();
        for name in path.split('/').filter(|name| !name.is_empty()) {
            schema = match schema {
                Self::Any | Self::Map { .. } => return Some(&Self::Any),
                other => other.field(name)?.schema.not_null(),
            };
        }
        Some(schema)
    }

    /// Whether a field of it, or of what is in it, passes on one beside it. Such a record means something at one place only.
    pub(super) fn passes_siblings_on(&self) -> bool {
        match self {
            Self::Object { fields, .. } => fields.iter().any(|field| {
                field.dynamic.as_ref().is_some_and(Dynamic::passes_siblings_on) || field.schema.passes_siblings_on()
            }),
            Self::Array { items } => items.passes_siblings_on(),
            Self::Map { values } => values.passes_siblings_on(),
            Self::Nullable { of } => of.passes_siblings_on(),
            _ => false,
        }
    }
}

impl Dynamic {
    /// Whether it passes on a field beside its own.
    pub(super) fn passes_siblings_on(&self) -> bool {
        let mut given = self.calls().flat_map(|call| &call.arguments);
        given.any(|argument| matches!(argument.value, Given::Sibling(_)))
    }

    /// The calls that it makes.
    pub(super) fn calls(&self) -> impl Iterator<Item = &Call> {
        let (first, second) = match self {
            Self::Values(list) => (&list.call, None),
            Self::Schema { call, .. } => (call, None),
            Self::Tree { open, browse, .. } => (&open.call, Some(&browse.call)),
        };
        std::iter::once(first).chain(second)
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
        names
            .into_iter()
            .filter(|_| self.method == "GET" && self.definition.is_none())
            .find(is_text)
    }

    /// The schemes for which somebody has to give something; a gateway proves itself.
    pub(super) fn credentials(&self) -> impl Iterator<Item = &Scheme> {
        self.auth.iter().filter(|scheme| scheme.kind != SchemeKind::Gateway)
    }

    /// Whether a connection needs nothing to call it.
    pub(super) fn asks_for_nothing(&self) -> bool {
        self.credentials().next().is_none()
    }

    /// What the back end sends to a webhook.
    pub(super) fn content(&self) -> Option<&Schema> {
        match &self.designer.trigger {
            Some(Trigger::Webhook { content, .. }) => Some(content),
            _ => None,
        }
    }
}

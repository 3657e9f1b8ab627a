//! The members of each object of OpenAPI 2.0, and of the platform's extensions.

/// An object of OpenAPI 2.0, or of an extension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Root,
    Info,
    Contact,
    License,
    Tag,
    Docs,
    PathItem,
    Operation,
    Parameter,
    Response,
    Schema,
    Xml,
    Annotation,
    Replacement,
    DynamicValues,
    DynamicList,
    DynamicSchema,
    DynamicProperties,
    DynamicTree,
    EnumValue,
    Notification,
    NotificationContent,
    Pageable,
}

/// What a member's value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Any,
    Text,
    Bool,
    Number,
    Whole,
    UniqueTexts,
    UniqueList,
    Map,
    Object(Kind),
    ListOf(Kind),
    MapOf(Kind),
    SchemaOrBool,
}

impl Shape {
    /// The type in JSON Schema; empty where any will do.
    pub(super) fn type_name(self) -> &'static str {
        match self {
            Self::Any => "",
            Self::Text => "string",
            Self::Bool => "boolean",
            Self::Number => "number",
            Self::Whole => "integer",
            Self::UniqueTexts | Self::UniqueList | Self::ListOf(_) => "array",
            Self::Map | Self::Object(_) | Self::MapOf(_) | Self::SchemaOrBool => "object",
        }
    }

    /// Whether a definition can't be read where it is of another type.
    pub(super) fn is_structure(self) -> bool {
        matches!(self, Self::Object(_) | Self::ListOf(_) | Self::MapOf(_))
    }
}

const SCHEMA_WORDS: &[(&str, Shape)] = &[
    ("type", Shape::Text),
    ("format", Shape::Text),
    ("default", Shape::Any),
    ("enum", Shape::UniqueList),
    ("multipleOf", Shape::Number),
    ("maximum", Shape::Number),
    ("exclusiveMaximum", Shape::Bool),
    ("minimum", Shape::Number),
    ("exclusiveMinimum", Shape::Bool),
    ("maxLength", Shape::Whole),
    ("minLength", Shape::Whole),
    ("pattern", Shape::Text),
    ("maxItems", Shape::Whole),
    ("minItems", Shape::Whole),
    ("uniqueItems", Shape::Bool),
    ("description", Shape::Text),
    ("x-ms-summary", Shape::Text),
    ("x-ms-enum-values", Shape::ListOf(Kind::EnumValue)),
    ("x-ms-dynamic-values", Shape::Object(Kind::DynamicValues)),
    ("x-ms-dynamic-list", Shape::Object(Kind::DynamicList)),
    ("x-ms-dynamic-schema", Shape::Object(Kind::DynamicSchema)),
    ("x-ms-dynamic-properties", Shape::Object(Kind::DynamicProperties)),
    ("x-ms-dynamic-tree", Shape::Object(Kind::DynamicTree)),
];

impl Kind {
    /// What the value of a member is; none where the object has no such member.
    pub(super) fn shape_of(self, name: &str) -> Option<Shape> {
        let own = self.words().iter().find(|(word, _)| *word == name);
        let shared: &[_] = if matches!(self, Self::Parameter | Self::Schema) {
            SCHEMA_WORDS
        } else {
            &[]
        };
        own.or_else(|| shared.iter().find(|(word, _)| *word == name))
            .map(|(_, shape)| *shape)
    }

    #[expect(clippy::too_many_lines, reason = "a table")]
    fn words(self) -> &'static [(&'static str, Shape)] {
        match self {
            Self::Root => &[
                ("swagger", Shape::Any),
                ("info", Shape::Object(Kind::Info)),
                ("host", Shape::Text),
                ("basePath", Shape::Text),
                ("schemes", Shape::UniqueTexts),
                ("consumes", Shape::UniqueTexts),
                ("produces", Shape::UniqueTexts),
                ("paths", Shape::MapOf(Kind::PathItem)),
                ("definitions", Shape::MapOf(Kind::Schema)),
                ("parameters", Shape::MapOf(Kind::Parameter)),
                ("responses", Shape::MapOf(Kind::Response)),
                ("securityDefinitions", Shape::Map),
                ("security", Shape::UniqueList),
                ("tags", Shape::ListOf(Kind::Tag)),
                ("externalDocs", Shape::Object(Kind::Docs)),
            ],
            Self::Info => &[
                ("title", Shape::Text),
                ("version", Shape::Text),
                ("description", Shape::Text),
                ("termsOfService", Shape::Text),
                ("contact", Shape::Object(Kind::Contact)),
                ("license", Shape::Object(Kind::License)),
            ],
            Self::Contact => &[("name", Shape::Text), ("url", Shape::Text), ("email", Shape::Text)],
            Self::License => &[("name", Shape::Text), ("url", Shape::Text)],
            Self::Tag => &[
                ("name", Shape::Text),
                ("description", Shape::Text),
                ("externalDocs", Shape::Object(Kind::Docs)),
            ],
            Self::Docs => &[("description", Shape::Text), ("url", Shape::Text)],
            Self::PathItem => &[
                ("get", Shape::Any),
                ("put", Shape::Any),
                ("post", Shape::Any),
                ("delete", Shape::Any),
                ("options", Shape::Any),
                ("head", Shape::Any),
                ("patch", Shape::Any),
                ("parameters", Shape::ListOf(Kind::Parameter)),
                ("x-ms-notification-content", Shape::Object(Kind::NotificationContent)),
            ],
            Self::Operation => &[
                ("tags", Shape::UniqueTexts),
                ("summary", Shape::Text),
                ("description", Shape::Text),
                ("externalDocs", Shape::Object(Kind::Docs)),
                ("operationId", Shape::Text),
                ("consumes", Shape::UniqueTexts),
                ("produces", Shape::UniqueTexts),
                ("parameters", Shape::ListOf(Kind::Parameter)),
                ("responses", Shape::MapOf(Kind::Response)),
                ("schemes", Shape::UniqueTexts),
                ("deprecated", Shape::Bool),
                ("security", Shape::UniqueList),
                ("x-ms-api-annotation", Shape::Object(Kind::Annotation)),
                ("x-ms-notification", Shape::Object(Kind::Notification)),
                ("x-ms-pageable", Shape::Object(Kind::Pageable)),
                ("x-ms-trigger-hint", Shape::Text),
                ("x-ms-no-generic-test", Shape::Bool),
            ],
            Self::Parameter => &[
                ("name", Shape::Text),
                ("in", Shape::Text),
                ("required", Shape::Bool),
                ("schema", Shape::Object(Kind::Schema)),
                ("items", Shape::Object(Kind::Schema)),
                ("allowEmptyValue", Shape::Bool),
                ("collectionFormat", Shape::Text),
            ],
            Self::Response => &[
                ("description", Shape::Text),
                ("schema", Shape::Object(Kind::Schema)),
                ("headers", Shape::MapOf(Kind::Schema)),
                ("examples", Shape::Map),
            ],
            Self::Schema => &[
                ("title", Shape::Text),
                ("required", Shape::UniqueTexts),
                ("properties", Shape::MapOf(Kind::Schema)),
                ("additionalProperties", Shape::SchemaOrBool),
                ("items", Shape::Object(Kind::Schema)),
                ("allOf", Shape::ListOf(Kind::Schema)),
                ("maxProperties", Shape::Whole),
                ("minProperties", Shape::Whole),
                ("discriminator", Shape::Text),
                ("readOnly", Shape::Bool),
                ("xml", Shape::Object(Kind::Xml)),
                ("externalDocs", Shape::Object(Kind::Docs)),
                ("example", Shape::Any),
                ("collectionFormat", Shape::Text),
            ],
            Self::Xml => &[
                ("name", Shape::Text),
                ("namespace", Shape::Text),
                ("prefix", Shape::Text),
                ("attribute", Shape::Bool),
                ("wrapped", Shape::Bool),
            ],
            Self::Annotation => &[
                ("family", Shape::Text),
                ("revision", Shape::Whole),
                ("status", Shape::Text),
                ("replacement", Shape::Object(Kind::Replacement)),
            ],
            Self::Replacement => &[("api", Shape::Text), ("operationId", Shape::Text)],
            Self::DynamicValues => &[
                ("operationId", Shape::Text),
                ("builtInOperation", Shape::Text),
                ("capability", Shape::Text),
                ("parameters", Shape::Map),
                ("value-collection", Shape::Text),
                ("value-path", Shape::Text),
                ("value-title", Shape::Text),
                ("value-description", Shape::Text),
                ("value-folder-property", Shape::Text),
                ("value-media-property", Shape::Text),
            ],
            Self::DynamicList => &[
                ("operationId", Shape::Text),
                ("parameters", Shape::Map),
                ("itemsPath", Shape::Text),
                ("itemValuePath", Shape::Text),
                ("itemTitlePath", Shape::Text),
                ("itemDescriptionPath", Shape::Text),
            ],
            Self::DynamicSchema => &[
                ("operationId", Shape::Text),
                ("parameters", Shape::Map),
                ("value-path", Shape::Text),
            ],
            Self::DynamicProperties => &[
                ("operationId", Shape::Text),
                ("parameters", Shape::Map),
                ("itemValuePath", Shape::Text),
            ],
            Self::DynamicTree => &[("settings", Shape::Map), ("open", Shape::Map), ("browse", Shape::Map)],
            Self::EnumValue => &[
                ("value", Shape::Any),
                ("displayName", Shape::Text),
                ("description", Shape::Text),
            ],
            Self::Notification => &[("operationId", Shape::Text)],
            Self::NotificationContent => &[
                ("description", Shape::Text),
                ("schema", Shape::Object(Kind::Schema)),
                ("headers", Shape::MapOf(Kind::Schema)),
                ("x-ms-summary", Shape::Text),
            ],
            Self::Pageable => &[("nextLinkName", Shape::Text)],
        }
    }

    /// Whether it's an extension's: such have no extensions of their own.
    pub(super) fn is_extension(self) -> bool {
        matches!(
            self,
            Self::Annotation
                | Self::Replacement
                | Self::DynamicValues
                | Self::DynamicList
                | Self::DynamicSchema
                | Self::DynamicProperties
                | Self::DynamicTree
                | Self::EnumValue
                | Self::Notification
                | Self::Pageable
        )
    }

    /// As messages call it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Root => "a definition",
            Self::Info => "`info`",
            Self::Contact => "`contact`",
            Self::License => "`license`",
            Self::Tag => "a tag",
            Self::Docs => "`externalDocs`",
            Self::PathItem => "a path",
            Self::Operation => "an operation",
            Self::Parameter => "a parameter",
            Self::Response => "a response",
            Self::Schema => "a schema",
            Self::Xml => "`xml`",
            Self::Annotation => "`x-ms-api-annotation`",
            Self::Replacement => "`replacement`",
            Self::DynamicValues => "`x-ms-dynamic-values`",
            Self::DynamicList => "`x-ms-dynamic-list`",
            Self::DynamicSchema => "`x-ms-dynamic-schema`",
            Self::DynamicProperties => "`x-ms-dynamic-properties`",
            Self::DynamicTree => "`x-ms-dynamic-tree`",
            Self::EnumValue => "a value of `x-ms-enum-values`",
            Self::Notification => "`x-ms-notification`",
            Self::NotificationContent => "`x-ms-notification-content`",
            Self::Pageable => "`x-ms-pageable`",
        }
    }
}

/// Extensions of the platform, wherever they stand, without `x-ms-`; the last three are those of code generators.
pub(in crate::lint) fn is_known_extension(name: &str) -> bool {
    const KNOWN: [&str; 46] = [
        "agentic-protocol",
        "api-annotation",
        "business-process-flow",
        "capabilities",
        "chunk-transfer",
        "connector-metadata",
        "deployment-version",
        "docs",
        "dynamic-list",
        "dynamic-properties",
        "dynamic-schema",
        "dynamic-tree",
        "dynamic-values",
        "editor",
        "editor-options",
        "enum-values",
        "explicit-input",
        "file-name",
        "header-collection-prefix",
        "keyOrder",
        "localizeDefaultValue",
        "mcp-tools",
        "media-kind",
        "no-generic-test",
        "notification",
        "notification-content",
        "notification-url",
        "openai-data",
        "openai-manifest",
        "operation-context",
        "pageable",
        "permission",
        "property-name-alias",
        "required-permissions",
        "safe-operation",
        "summary",
        "test-value",
        "trigger",
        "trigger-hint",
        "trigger-metadata",
        "trigger-value",
        "url-encoding",
        "visibility",
        "enum",
        "parameter-location",
        "skip-url-encoding",
    ];
    KNOWN.contains(&name)
}

/// Words of JSON Schema and OpenAPI 3 that OpenAPI 2.0 doesn't have.
pub(super) fn is_foreign_keyword(name: &str) -> bool {
    const FOREIGN: [&str; 26] = [
        "$defs",
        "$id",
        "$schema",
        "additionalItems",
        "anyOf",
        "callbacks",
        "components",
        "const",
        "content",
        "contains",
        "dependencies",
        "deprecated",
        "else",
        "explode",
        "if",
        "not",
        "nullable",
        "oneOf",
        "openapi",
        "patternProperties",
        "propertyNames",
        "requestBody",
        "servers",
        "style",
        "then",
        "writeOnly",
    ];
    FOREIGN.contains(&name)
}

/// Extensions with a closed list of values.
pub(super) const EXTENSION_VALUES: [(&str, &[&str]); 3] = [
    ("x-ms-visibility", &["none", "important", "advanced", "internal"]),
    ("x-ms-trigger", &["single", "batch"]),
    ("x-ms-url-encoding", &["single", "double"]),
];

//! Operations, their families and answers.

use midspan_definition::lint::Rule;
use serde_json::{Value, json};

use super::{CREATE, ITEM, LIST_NEWS, LIST_TOPICS, family, paths, references, remove, set, wide};
use crate::edit::Edit;

pub(super) fn all() -> Vec<(Rule, Vec<Edit>)> {
    let annotation = |value: Value| vec![set(CREATE, "/x-ms-api-annotation", value)];
    let annotated = |value: Value| {
        vec![
            set(CREATE, "/deprecated", true),
            set(CREATE, "/x-ms-api-annotation", value),
        ]
    };
    vec![
        (
            Rule::ApiAnnotationExtensionReplacementInfoForNonDeprecatedOperations,
            annotation(json!({ "replacement": { "api": "news", "operationId": "Make" } })),
        ),
        (
            Rule::ApiAnnotationExtensionReplacementInfoMissingApiProperty,
            annotated(json!({ "replacement": { "operationId": "Make" } })),
        ),
        (
            Rule::ApiAnnotationExtensionReplacementInfoMissingOperationIdProperty,
            annotated(json!({ "replacement": { "api": "news" } })),
        ),
        (Rule::ArrayDuplicateValue, vec![set(LIST_NEWS, "/tags/-", "News")]),
        (Rule::ArrayDuplicateValue, vec![set(ITEM, "/required/-", "kind")]),
        (Rule::ConsumesMissing, vec![Edit::remove("/consumes")]),
        (
            Rule::DuplicateOperationPath,
            vec![Edit::set(
                "/paths/~1topics~1{name}~1news",
                json!({
                    "parameters": [{ "name": "name", "in": "path", "required": true, "type": "string", "x-ms-url-encoding": "single" }],
                    "get": { "operationId": "Other", "responses": { "200": { "description": "News" } } },
                }),
            )],
        ),
        (
            Rule::PartialDuplicateOperationPath,
            vec![Edit::set(
                "/paths/~1topics~1all~1news",
                json!({
                    "get": { "operationId": "Other", "responses": { "200": { "description": "News" } } },
                }),
            )],
        ),
        (
            Rule::MimeTypeNotCompatibleWithRequestContentSchemaType,
            vec![set(CREATE, "/consumes", json!(["application/octet-stream"]))],
        ),
        (
            Rule::MimeTypeNotCompatibleWithRequestContentSchemaType,
            vec![Edit::set("/paths/~1files/post/consumes", json!(["application/json"]))],
        ),
        (
            Rule::StringBinaryNotSupportedForFormUrlEncoded,
            vec![Edit::set(
                "/paths/~1files/post/consumes",
                json!(["application/x-www-form-urlencoded"]),
            )],
        ),
        (
            Rule::MimeTypeNotSupported,
            vec![set(CREATE, "/consumes", json!(["application/json", "message/http"]))],
        ),
        (
            Rule::MimeTypeNotValid,
            vec![Edit::set("/produces", json!(["application/json", "json"]))],
        ),
        (
            Rule::OperationFamilyHasDuplicateRevisions,
            family(&[json!({ "revision": 1 })]),
        ),
        (
            Rule::OperationFamilyHasManyActiveOperations,
            family(&[json!({ "revision": 2 }), json!({ "revision": 3 })]),
        ),
        (
            Rule::OperationFamilyHasManyActiveProductionOperations,
            [
                annotation(json!({ "family": "CreateNews", "revision": 1, "status": "Production" })),
                family(&[json!({ "revision": 2, "status": "Production" })]),
            ]
            .concat(),
        ),
        (Rule::OperationRevisionEmpty, family(&[json!({})])),
        (
            Rule::OperationFamilyHasManyEmptyRevisions,
            family(&[json!({}), json!({})])
                .into_iter()
                .chain([set(CREATE, "/deprecated", true)])
                .collect(),
        ),
        (
            Rule::OperationIdShouldEndWithRevision,
            family(&[json!({ "revision": 2, "id": "MakeNews" })]),
        ),
        (
            Rule::OperationStatusAheadOfConnector,
            vec![Edit::set("/info/x-ms-api-annotation/status", "Preview")],
        ),
        (
            Rule::OperationHasManyResponsesWithSchema,
            vec![set(
                CREATE,
                "/responses/400",
                json!({ "description": "Wrong", "schema": { "type": "string" } }),
            )],
        ),
        (
            Rule::DefaultResponseHasSchema,
            vec![set(
                CREATE,
                "/responses/default",
                json!({ "description": "Wrong", "schema": { "type": "string" } }),
            )],
        ),
        (Rule::OperationIdNotUnique, vec![set(CREATE, "/operationId", "AddFile")]),
        (Rule::OperationIdRequired, vec![remove(CREATE, "/operationId")]),
        (
            Rule::OperationIdSanitized,
            vec![set(CREATE, "/operationId", "create-news")],
        ),
        (
            Rule::OperationIdTooLong,
            vec![set(CREATE, "/operationId", "CreateNews".repeat(9))],
        ),
        (Rule::OperationMustHaveResponse, vec![remove(CREATE, "/responses")]),
        (
            Rule::OperationMustHaveResponse,
            vec![set(CREATE, "/responses", json!({}))],
        ),
        (
            Rule::OperationShouldHaveSuccessfulResponse,
            vec![set(CREATE, "/responses", json!({ "400": { "description": "Wrong" } }))],
        ),
        (
            Rule::ResponseMustBeDefaultOrHttpStatusCode,
            vec![set(CREATE, "/responses/2XX", json!({ "description": "Good" }))],
        ),
        (
            Rule::OperationSchemaCountExceedsMaxAllowed,
            vec![
                Edit::set("/definitions/Wide", wide(600)),
                set(CREATE, "/responses/201/schema", references(30)),
            ],
        ),
        (
            Rule::OperationSummaryTooLong,
            vec![set(CREATE, "/summary", "Create news ".repeat(8).trim())],
        ),
        (
            Rule::RestrictedCharactersInSummary,
            vec![set(CREATE, "/summary", "Create or/and update news")],
        ),
        (
            Rule::ValueMustEndWithAlphanumeric,
            vec![set(CREATE, "/summary", "Create news.")],
        ),
        (
            Rule::ValueMustBeInEnglish,
            vec![set(CREATE, "/summary", "Создать новость")],
        ),
        (Rule::RequiredValueEmpty, vec![set(CREATE, "/summary", "")]),
        (Rule::TotalOperationsCountExceedsMaxAllowed, paths(250)),
        (
            Rule::AgenticProtocolNotValid,
            vec![Edit::set("/paths/~1agent/post/x-ms-agentic-protocol", "mcp")],
        ),
        (
            Rule::AgenticProtocolNotValid,
            vec![Edit::rename("/paths/~1agent/post", "get")],
        ),
        (
            Rule::SchemaDefinitionSetIncorrectly,
            vec![Edit::rename("/paths/~1news/post/responses/201", "202")],
        ),
        (
            Rule::SchemaDefinitionSetIncorrectly,
            vec![Edit::remove("/paths/~1news~1poll/get/responses/200/schema")],
        ),
        (
            Rule::ResponseExampleMustBeProducedByOperation,
            vec![set(
                LIST_TOPICS,
                "/responses/200/examples",
                json!({ "text/html": "<p>" }),
            )],
        ),
        (
            Rule::ResponseHeadersAreNotUnique,
            vec![set(
                LIST_TOPICS,
                "/responses/200/headers/etag",
                json!({ "type": "string" }),
            )],
        ),
        (
            Rule::InvalidNextLinkNameValue,
            vec![set(LIST_TOPICS, "/x-ms-pageable/nextLinkName", "next")],
        ),
        (
            Rule::NextLinkPropertyMissing,
            vec![set(LIST_TOPICS, "/x-ms-pageable/nextLinkName", "@odata.nextLink")],
        ),
        (
            Rule::BodyOrFormDataParameterInFetchOperationNotAllowed,
            vec![Edit::set(
                "/paths/~1news~1poll/get/parameters/-",
                json!({ "name": "filter", "in": "body", "schema": { "type": "object" } }),
            )],
        ),
    ]
}

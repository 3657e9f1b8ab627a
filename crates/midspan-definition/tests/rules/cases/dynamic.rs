//! Extensions that call another operation.

use midspan_definition::lint::Rule;
use serde_json::{Value, json};

use super::{CREATE, LIST_NEWS, set};
use crate::edit::Edit;

pub(super) fn all() -> Vec<(Rule, Vec<Edit>)> {
    let values = |rest: &str| format!("{LIST_NEWS}/parameters/0/x-ms-dynamic-values{rest}");
    let list = |rest: &str| format!("{LIST_NEWS}/parameters/0/x-ms-dynamic-list{rest}");
    let fields = |rest: &str| format!("/definitions/NewItem/properties/fields/{rest}");
    let chosen = |extension: Value| {
        vec![Edit::set(
            "/definitions/NewItem/properties/topic",
            json!({ "type": "string", "x-ms-dynamic-values": extension }),
        )]
    };
    let topics = |site: Value| json!({ "operationId": "ListTopics", "parameters": { "site": site }, "value-collection": "value", "value-path": "id" });
    let in_body = json!({ "name": "site", "in": "header", "type": "string", "required": true });
    vec![
        (
            Rule::OperationIdNotFound,
            vec![Edit::set(&values("/operationId"), "listTopics")],
        ),
        (
            Rule::OperationIdNotFound,
            vec![Edit::set("/x-ms-capabilities/testConnection/operationId", "Ping")],
        ),
        (
            Rule::OperationIdNotFound,
            vec![Edit::set(
                "/paths/~1news~1poll/get/x-ms-notification/operationId",
                "Push",
            )],
        ),
        (Rule::OneOfPropertiesRequired, vec![Edit::remove(&list("/operationId"))]),
        (
            Rule::OneOfPropertiesRequired,
            vec![Edit::remove(&values("/operationId"))],
        ),
        (
            Rule::OperationParameterNameNotFound,
            vec![Edit::set(&values("/parameters/place"), "home")],
        ),
        (
            Rule::OperationParameterNameNotFound,
            vec![Edit::set(&list("/parameters/site/parameterReference"), "place")],
        ),
        (
            Rule::OperationMissingRequiredProperty,
            vec![Edit::remove(&values("/parameters"))],
        ),
        (
            Rule::OperationMissingRequiredProperty,
            vec![Edit::remove("/x-ms-capabilities/testConnection/parameters")],
        ),
        (
            Rule::OperationParameterStaticTypeMismatch,
            vec![Edit::set(&values("/parameters/site"), 7)],
        ),
        (
            Rule::OperationParameterTypeMismatch,
            vec![
                Edit::set(&list("/parameters/site/parameterReference"), "top"),
                set(LIST_NEWS, "/parameters/3/required", true),
            ],
        ),
        (
            Rule::OperationParameterRequiredMismatch,
            vec![
                Edit::set(&list("/parameters/site/parameterReference"), "tags"),
                set(
                    LIST_NEWS,
                    "/parameters/4",
                    json!({ "name": "tags", "in": "query", "type": "string" }),
                ),
            ],
        ),
        (
            Rule::SourcePropertyInternal,
            vec![
                Edit::set(&list("/parameters/site/parameterReference"), "hidden"),
                set(
                    LIST_NEWS,
                    "/parameters/4",
                    json!({ "name": "hidden", "in": "query", "type": "string", "x-ms-visibility": "internal" }),
                ),
                set("/parameters/Site", "/required", false),
            ],
        ),
        (
            Rule::InvokedOperationShouldProduceArray,
            vec![Edit::set(&values("/value-collection"), "values")],
        ),
        (
            Rule::InvokedOperationShouldProduceArray,
            vec![Edit::remove(&list("/itemsPath"))],
        ),
        (
            Rule::InvokedOperationShouldProduceProperty,
            vec![Edit::set(&values("/value-title"), "label")],
        ),
        (
            Rule::InvokedOperationShouldProduceProperty,
            vec![Edit::set(&list("/itemValuePath"), "key")],
        ),
        (
            Rule::DynamicExtensionDefinitionNotAllowedInParameter,
            vec![set(
                CREATE,
                "/parameters/1/x-ms-dynamic-schema",
                json!({ "operationId": "GetFields", "parameters": { "site": "home" }, "value-path": "schema" }),
            )],
        ),
        (
            Rule::DynamicListExtensionRequiredForNonParameterReferences,
            chosen(topics(json!({ "parameter": "title" }))),
        ),
        (
            Rule::DynamicListExtensionRequiredForAmbiguousReferences,
            [
                chosen(topics(json!({ "parameter": "title" }))),
                vec![set(
                    CREATE,
                    "/parameters/-",
                    json!({ "name": "title", "in": "query", "type": "string", "required": true }),
                )],
            ]
            .concat(),
        ),
        (
            Rule::DynamicPropertiesExtensionRequiredForNonParameterReferences,
            vec![Edit::set(
                "/definitions/NewItem/properties/more",
                json!({ "type": "object", "x-ms-dynamic-schema": { "operationId": "GetFields", "parameters": { "site": { "parameter": "title" } }, "value-path": "schema" } }),
            )],
        ),
        (
            Rule::DynamicPropertiesExtensionRequiredForAmbiguousReferences,
            vec![
                Edit::set(
                    "/definitions/NewItem/properties/more",
                    json!({ "type": "object", "x-ms-dynamic-schema": { "operationId": "GetFields", "parameters": { "site": { "parameter": "title" } }, "value-path": "schema" } }),
                ),
                set(
                    CREATE,
                    "/parameters/-",
                    json!({ "name": "title", "in": "query", "type": "string", "required": true }),
                ),
            ],
        ),
        (
            Rule::DynamicPropertiesExtensionRequiredForPropertiesValuePath,
            vec![Edit::remove(&fields("x-ms-dynamic-properties"))],
        ),
        (
            Rule::DynamicPropertiesItemValuePathMismatch,
            vec![Edit::set(
                &fields("x-ms-dynamic-properties/itemValuePath"),
                "schema/properties",
            )],
        ),
        (
            Rule::DynamicTreeExtensionMissing,
            vec![Edit::remove("/paths/~1files/post/parameters/2/x-ms-dynamic-tree")],
        ),
        (
            Rule::SelectedItemValuePathNotAllowedInThisPosition,
            vec![Edit::set(
                "/paths/~1files/post/parameters/2/x-ms-dynamic-tree/open/parameters/site",
                json!({ "selectedItemValuePath": "id" }),
            )],
        ),
        (
            Rule::OperationParameterNameIsAmbiguous,
            vec![
                Edit::set(
                    "/paths/~1places",
                    json!({ "post": {
                "operationId": "FindPlaces", "summary": "Find places",
                "parameters": [in_body, { "name": "body", "in": "body", "schema": { "type": "object", "properties": { "site": { "type": "string" } } } }],
                "responses": { "200": { "description": "Places", "schema": { "type": "array", "items": { "type": "object", "properties": { "id": { "type": "string" } } } } } },
            } }),
                ),
                Edit::set(
                    &fields("properties"),
                    json!({ "place": { "type": "string", "x-ms-dynamic-list": { "operationId": "FindPlaces", "parameters": { "site": { "value": "home" } }, "itemValuePath": "id" } } }),
                ),
            ],
        ),
        (
            Rule::AdditionalPropertyNotAllowed,
            vec![Edit::set(&fields("x-ms-dynamic-properties/value-path"), "schema")],
        ),
    ]
}

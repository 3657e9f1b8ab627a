//! Paths, parameters and references.

use midspan_definition::lint::Rule;
use serde_json::{Value, json};

use super::{CREATE, ITEM, LIST_NEWS, LIST_TOPICS, reference, remove, set};
use crate::edit::Edit;

pub(super) fn all() -> Vec<(Rule, Vec<Edit>)> {
    let parameter = |value: Value| vec![set(CREATE, "/parameters/-", value)];
    let query = |name: &str| json!({ "name": name, "in": "query", "type": "string" });
    let path = |path: &str| {
        let operation = json!({ "post": { "operationId": "More", "responses": { "200": { "description": "More" } } } });
        vec![Edit::set(
            &format!("/paths/{}", path.replace('~', "~0").replace('/', "~1")),
            operation,
        )]
    };
    let common = |value: Value| vec![Edit::set("/paths/~1news/parameters", value)];
    let body = json!({ "name": "more", "in": "body", "schema": { "type": "object" } });
    vec![
        (Rule::OperationMissingPathParameter, path("/more/{id}")),
        (Rule::OperationPathContainsUnsupportedCharacters, path("/more/*")),
        (Rule::OperationPathMayNotContainQueryOrFragment, path("/more?x=1")),
        (Rule::OperationPathMustStartWithSlash, path("more")),
        (Rule::OperationPathTemplateNotValid, path("/more}")),
        (Rule::OperationPathVariablesContainDefaults, [path("/more/{id=1}"), vec![Edit::set("/paths/~1more~1{id=1}/parameters", json!([{ "name": "id", "in": "path", "type": "string", "required": true, "x-ms-url-encoding": "single" }]))]].concat()),
        (Rule::PathRedefined, path("/News")),
        (Rule::PathItemRefNotSuppored, vec![Edit::set("/paths/~1more", reference("#/paths/~1news"))]),
        (Rule::OperationParametersAreNotUnique, [parameter(query("x")), parameter(query("x"))].concat()),
        (Rule::OperationParametersContainDuplicateParameter, [parameter(query("x")), parameter(json!({ "name": "x", "in": "query", "type": "integer" }))].concat()),
        (Rule::OperationParametersContainMultipleBodyParameters, parameter(body.clone())),
        (Rule::PathParametersContainDuplicateParameter, common(json!([query("x"), query("x")]))),
        (Rule::PathParametersContainMultipleBodyParameters, vec![Edit::set("/paths/~1agent/parameters", json!([body.clone(), { "name": "other", "in": "body", "schema": { "type": "object" } }]))]),
        (Rule::ParameterListContainsFormDataAndBody, [parameter(json!({ "name": "x", "in": "formData", "type": "string" })), vec![set(CREATE, "/consumes", json!(["application/json", "multipart/form-data"]))]].concat()),
        (Rule::PathParameterMustBeRequired, vec![set(LIST_NEWS, "/parameters/0/required", false)]),
        (Rule::PathParameterNotDefinedInTemplate, parameter(json!({ "name": "x", "in": "path", "type": "string", "required": true, "x-ms-url-encoding": "single" }))),
        (Rule::PathParameterMissingEncoding, vec![remove(LIST_NEWS, "/parameters/0/x-ms-url-encoding")]),
        (Rule::QueryParameterEncodingNotSupported, parameter(json!({ "name": "x", "in": "query", "type": "string", "x-ms-url-encoding": "single" }))),
        (Rule::ConnectionIdParameterNotAllowed, parameter(query("connectionId"))),
        (Rule::ReservedParameterIsUsed, parameter(json!({ "name": "Authorization", "in": "header", "type": "string" }))),
        (Rule::InvalidFormDataParameterName, vec![Edit::set("/paths/~1files/post/parameters/-", json!({ "name": "größe", "in": "formData", "type": "string" }))]),
        (Rule::FileParameterMustBeInFormData, parameter(json!({ "name": "x", "in": "query", "type": "file" }))),
        (Rule::ParameterReferenceNotFound, parameter(reference("#/parameters/site"))),
        (Rule::ParameterReferenceNotValid, parameter(reference("#/definitions/Topic"))),
        (Rule::ParameterRefLoopNotAllowed, vec![Edit::set("/parameters/Place", reference("#/parameters/Site"))]),
        (Rule::ResponseReferenceNotFound, vec![set(LIST_TOPICS, "/responses/410/$ref", "#/responses/Lost")]),
        (Rule::ResponseReferenceNotValid, vec![set(LIST_TOPICS, "/responses/410/$ref", "#/definitions/Topic")]),
        (Rule::ResponseRefLoopNotAllowed, vec![Edit::set("/responses/Lost", reference("#/responses/Gone"))]),
        (Rule::SchemaReferenceNotFound, vec![set(ITEM, "/properties/parent/$ref", "#/definitions/topic")]),
        (Rule::SchemaReferenceNotValid, vec![set(ITEM, "/properties/parent/$ref", "Topic.json")]),
        (Rule::SchemaRefLoopNotAllowed, vec![Edit::set("/definitions/Subject", reference("#/definitions/Topic"))]),
        (Rule::JsonPointerNotValid, vec![set(ITEM, "/properties/parent/$ref", "#/definitions/To~pic")]),
        (Rule::AdditionalPropertyNotAllowedAdjacentToRef, vec![set(ITEM, "/properties/parent/description", "What it is about")]),
        (Rule::BodyParameterSchemaRequired, vec![remove(CREATE, "/parameters/1/schema")]),
        (Rule::BodyParameterPropertyNotValid, vec![set(CREATE, "/parameters/1/type", "object")]),
        (Rule::NonBodyParameterSchemaNotValid, parameter(json!({ "name": "x", "in": "query", "schema": { "type": "string" } }))),
        (Rule::AllowEmptyValueOnlyValidForQueryFormData, vec![set(LIST_NEWS, "/parameters/5/allowEmptyValue", true)]),
        (Rule::CollectionFormatValueNotSupported, vec![set(LIST_NEWS, "/parameters/4/collectionFormat", "pipes")]),
        (Rule::PropertyMustBeRequired, vec![set(LIST_NEWS, "/parameters/5/required", false)]),
        (Rule::InternalRequiredWithoutDefault, vec![remove(LIST_NEWS, "/parameters/5/default")]),
        (Rule::RequiredPropertyMissing, parameter(json!({ "name": "x", "in": "query" }))),
        (Rule::JsonValueNotInEnum, parameter(json!({ "name": "x", "in": "cookie", "type": "string" }))),
        (Rule::JsonValueNotInEnum, parameter(json!({ "name": "x", "in": "query", "type": "text" }))),
        (Rule::JsonValueNotInEnum, vec![set(CREATE, "/x-ms-visibility", "hidden")]),
    ]
}

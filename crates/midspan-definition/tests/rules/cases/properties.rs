//! `apiProperties.json`.

use midspan_definition::lint::Rule;
use serde_json::{Value, json};

use crate::edit::Edit;

pub(super) fn all() -> Vec<(Rule, Vec<Edit>)> {
    let at = |rest: &str| format!("properties:/properties{rest}");
    let oauth = |rest: &str| at(&format!("/connectionParameters/token/oAuthSettings{rest}"));
    let set = |name: &str, value: Value| {
        vec![Edit::set(
            &at("/connectionParameterSets"),
            json!({ "values": [{ "name": "key", "parameters": {} }, { name: value, "parameters": {} }] }),
        )]
    };
    vec![
        (Rule::RequiredPropertyMissing, vec![Edit::set("properties:", json!({}))]),
        (
            Rule::RequiredPropertyMissing,
            vec![Edit::remove(&at("/policyTemplateInstances/1/templateId"))],
        ),
        (
            Rule::RequiredPropertyMissing,
            vec![Edit::remove(&at("/connectionParameters/key/type"))],
        ),
        (
            Rule::RequiredPropertyMissing,
            vec![Edit::remove(&at("/iconBrandColor"))],
        ),
        (
            Rule::JsonTypeIncorrect,
            vec![Edit::set(&at("/capabilities"), "triggers")],
        ),
        (
            Rule::JsonTypeIncorrect,
            vec![Edit::set(&at("/connectionParameters/key"), "securestring")],
        ),
        (
            Rule::IconBrandColorNotValid,
            vec![Edit::set(&at("/iconBrandColor"), "#007EE5")],
        ),
        (
            Rule::IconBrandColorNotValid,
            vec![Edit::set(&at("/iconBrandColor"), "blue")],
        ),
        (Rule::StackOwnerSet, vec![Edit::set(&at("/stackOwner"), "Contoso")]),
        (
            Rule::ConnectionParameterTypeNotValid,
            vec![Edit::set(&at("/connectionParameters/key/type"), "secret")],
        ),
        (
            Rule::OAuthSettingsIncomplete,
            vec![Edit::remove(&at("/connectionParameters/token/oAuthSettings"))],
        ),
        (
            Rule::OAuthSettingsIncomplete,
            vec![Edit::remove(&oauth("/identityProvider"))],
        ),
        (
            Rule::OAuthParameterMissing,
            vec![Edit::remove(&oauth("/customParameters/refreshUrl"))],
        ),
        (
            Rule::OAuthParameterMissing,
            vec![Edit::set(&oauth("/customParameters/refreshUrl"), json!({}))],
        ),
        (Rule::SecretInFile, vec![Edit::set(&oauth("/clientSecret"), "7Bq~x0")]),
        (Rule::ConnectionParameterSetNotValid, set("title", json!("other"))),
        (Rule::ConnectionParameterSetNotValid, set("name", json!("key"))),
        (
            Rule::PolicyTemplateUnknown,
            vec![Edit::set(&at("/policyTemplateInstances/1/templateId"), "setheaders")],
        ),
        (
            Rule::PolicyParameterMissing,
            vec![Edit::remove(&at(
                "/policyTemplateInstances/1/parameters/x-ms-apimTemplateParameter.value",
            ))],
        ),
        (
            Rule::PolicyOperationNotFound,
            vec![Edit::set(
                &at("/policyTemplateInstances/1/parameters/x-ms-apimTemplate-operationName"),
                json!(["listnews"]),
            )],
        ),
        (
            Rule::PolicyOperationNotFound,
            vec![Edit::set(&at("/scriptOperations"), json!(["listnews"]))],
        ),
        (
            Rule::NextLinkPolicyMissing,
            vec![Edit::remove(&at("/policyTemplateInstances/0"))],
        ),
        (
            Rule::ConnectionParameterMissing,
            vec![Edit::set(&at("/connectionParameters"), json!({}))],
        ),
    ]
}

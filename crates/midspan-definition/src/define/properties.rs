//! `apiProperties.json`.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{
    about::{About, Policy},
    description::Operation,
};

pub(super) fn write(about: &About, operations: &[Operation]) -> Value {
    let mut properties = json!({
        "iconBrandColor": about.brand_color,
        "capabilities": [],
        "connectionParameters": {},
        "policyTemplateInstances": policies(about, operations),
    });
    if !about.publisher.is_empty() {
        properties["publisher"] = about.publisher.as_str().into();
    }
    json!({ "properties": properties })
}

/// Those of the manifest, in its order; then, since next links go through the gateway as the call did, those that see
/// to it (Learn, "Update next link").
fn policies(about: &About, operations: &[Operation]) -> Vec<Value> {
    let mut policies: Vec<_> = about.policies.iter().map(policy).collect();
    let mut pageable: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for operation in operations {
        if let Some(name) = operation.next_link() {
            pageable.entry(name).or_default().push(&operation.id);
        }
    }
    for (name, ids) in pageable {
        policies.push(json!({
            "templateId": "updatenextlink",
            "title": format!("Lead {name} through the gateway"),
            "parameters": {
                "x-ms-apimTemplate-operationName": ids,
                "x-ms-apimTemplateParameter.nextLinkPropertyName": name,
            },
        }));
    }
    policies
}

fn policy(policy: &Policy) -> Value {
    let mut parameters = Map::new();
    for (name, value) in &policy.parameters {
        parameters.insert(format!("x-ms-apimTemplateParameter.{name}"), value.clone());
    }
    if !policy.operations.is_empty() {
        parameters.insert("x-ms-apimTemplate-operationName".to_owned(), json!(policy.operations));
    }
    if !policy.section.is_empty() {
        parameters.insert(
            "x-ms-apimTemplate-policySection".to_owned(),
            policy.section.as_str().into(),
        );
    }
    json!({ "templateId": policy.template, "title": policy.title, "parameters": parameters })
}

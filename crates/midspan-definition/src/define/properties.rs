//! `apiProperties.json`.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{
    about::{About, Policy},
    description::Operation,
};

/// Without what operations need of it.
pub(super) fn template(about: &About) -> Value {
    let mut properties = json!({
        "iconBrandColor": about.brand_color,
        "capabilities": [],
        "connectionParameters": {},
        "policyTemplateInstances": about.policies.iter().map(policy).collect::<Vec<_>>(),
    });
    if !about.publisher.is_empty() {
        properties["publisher"] = about.publisher.as_str().into();
    }
    json!({ "properties": properties })
}

pub(super) fn write(template: &Value, operations: &[Operation]) -> Value {
    let mut all = template.clone();
    let policies = policies(operations);
    if !policies.is_empty() {
        let own = &mut all["properties"]["policyTemplateInstances"];
        match own {
            Value::Array(own) => own.extend(policies),
            none => *none = policies.into(),
        }
    }
    all
}

/// Next links go through the gateway, as the call did (Learn, "Update next link").
fn policies(operations: &[Operation]) -> Vec<Value> {
    let mut policies = Vec::new();
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

//! `apiProperties.json`.

use serde_json::{Value, json};

use super::{about::About, description::Operation};

pub(super) fn write(about: &About, operations: &[Operation]) -> Value {
    let mut properties = json!({
        "iconBrandColor": about.brand_color,
        "capabilities": [],
        "connectionParameters": {},
        "policyTemplateInstances": policies(operations),
    });
    if !about.publisher.is_empty() {
        properties["publisher"] = about.publisher.as_str().into();
    }
    json!({ "properties": properties })
}

/// Next links go through the gateway, as the call did (Learn, "Update next link").
fn policies(operations: &[Operation]) -> Vec<Value> {
    let mut policies = Vec::new();
    for name in ["nextLink", "@odata.nextLink"] {
        let pageable = operations
            .iter()
            .filter(|operation| operation.next_link() == Some(name));
        let ids: Vec<_> = pageable.map(|operation| operation.id.as_str()).collect();
        if !ids.is_empty() {
            policies.push(json!({
                "templateId": "updatenextlink",
                "title": format!("Lead {name} through the gateway"),
                "parameters": {
                    "x-ms-apimTemplate-operationName": ids,
                    "x-ms-apimTemplateParameter.nextLinkPropertyName": name,
                },
            }));
        }
    }
    policies
}

//! Policies of the gateway, made from templates.

use super::{is, operation_is_there};
use crate::{
    document::Node,
    lint::{
        Findings, Rule,
        connector::{Connector, items, members},
        metadata::shown,
    },
};

const PREFIX: &str = "x-ms-apimTemplateParameter.";
const OPERATIONS: &str = "x-ms-apimTemplate-operationName";

/// Templates and the parameters that they can't do without (Learn, "Policy templates", and Microsoft's schema).
const TEMPLATES: [(&str, &[&str]); 13] = [
    (
        "convertarraytoobject",
        &["propertyParentPath", "keyWithinCollectionPath", "newPropertyPath"],
    ),
    ("convertobjecttoarray", &["propertyParentPath", "newPropertyPath"]),
    ("dynamichosturl", &["urlTemplate"]),
    ("encodepropertyvalue", &["propertyParentPath", "newPropertyPath"]),
    ("pollingtrigger", &["triggerConfig", "triggerDataPath"]),
    ("routerequesttoendpoint", &["newPath"]),
    ("setheader", &["name", "value"]),
    (
        "setproperty",
        &[
            "newPropertyParentPathTemplate",
            "newPropertySubPathTemplate",
            "propertyValuePathTemplate",
        ],
    ),
    ("setqueryparameter", &["name", "value"]),
    (
        "setvaluefromurl",
        &["parameterTemplate", "parameterValueUrl", "parameterValuePathTemplate"],
    ),
    (
        "stringreplace",
        &[
            "propertyParentPath",
            "sourceString",
            "replacementString",
            "newPropertyPath",
        ],
    ),
    (
        "stringtoarray",
        &[
            "propertyParentPath",
            "delimiterList",
            "childPropertyName",
            "newPropertyPath",
        ],
    ),
    ("updatenextlink", &["nextLinkPropertyName"]),
];

pub(super) fn check(properties: &Node, connector: &Connector<'_>, findings: &mut Findings<'_>) {
    let policies = items(properties, "policyTemplateInstances");
    for policy in policies {
        if is(policy, "object", "a policy", findings) {
            one(policy, connector, findings);
        }
    }
    let follows = |id: &str| {
        policies
            .iter()
            .filter(|policy| is_template(policy, "updatenextlink"))
            .any(|policy| {
                let named = operations(policy);
                named.is_empty() || named.iter().any(|name| name.as_str() == Some(id))
            })
    };
    for operation in &connector.operations {
        if operation.node.get("x-ms-pageable").is_some() && !follows(operation.id) {
            let message = format!(
                "operation \"{}\" is pageable, but no policy leads its next link through the gateway",
                operation.name()
            );
            let at = properties.get("policyTemplateInstances").unwrap_or(properties);
            findings.at(at, Rule::NextLinkPolicyMissing, message);
        }
    }
}

fn is_template(policy: &Node, template: &str) -> bool {
    policy
        .text("templateId")
        .is_some_and(|id| id.eq_ignore_ascii_case(template))
}

/// The operations that a policy is limited to; none means all.
fn operations(policy: &Node) -> &[Node] {
    policy
        .get("parameters")
        .map_or(&[], |parameters| items(parameters, OPERATIONS))
}

fn one(policy: &Node, connector: &Connector<'_>, findings: &mut Findings<'_>) {
    let Some(id) = policy.get("templateId") else {
        return findings.at(
            policy,
            Rule::RequiredPropertyMissing,
            "`templateId` of the policy is missing",
        );
    };
    match TEMPLATES.iter().find(|(template, _)| is_template(policy, template)) {
        None => findings.at(
            id,
            Rule::PolicyTemplateUnknown,
            format!("{} is no template of the platform", shown(id)),
        ),
        Some((template, needed)) => {
            let given = members(policy, "parameters");
            for name in *needed {
                let full = format!("{PREFIX}{name}");
                if !given.iter().any(|member| member.name == full) {
                    let message = format!("policy \"{template}\" has no parameter `{full}`");
                    findings.at(
                        policy.get("parameters").unwrap_or(policy),
                        Rule::PolicyParameterMissing,
                        message,
                    );
                }
            }
        }
    }
    for item in operations(policy) {
        operation_is_there(item, OPERATIONS, connector, findings);
    }
}

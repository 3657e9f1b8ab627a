//! `x-ms-api-annotation`: families of operations and their revisions.

use std::collections::BTreeMap;

use super::{
    Findings, Rule,
    connector::{Connector, Operation},
};
use crate::document::Node;

/// An operation of a family.
struct Member<'c, 'a> {
    operation: &'c Operation<'a>,
    annotation: &'a Node,
    revision: Option<i64>,
}

pub(super) fn check(connector: &Connector<'_>, findings: &mut Findings<'_>) {
    let connector_status = connector
        .root
        .at("/info/x-ms-api-annotation/status")
        .and_then(Node::as_str);
    let mut families: BTreeMap<&str, Vec<Member<'_, '_>>> = BTreeMap::new();
    for operation in &connector.operations {
        let Some(annotation) = operation
            .node
            .get("x-ms-api-annotation")
            .filter(|node| node.is_object())
        else {
            continue;
        };
        replacement(operation, annotation, findings);
        if connector_status == Some("Preview")
            && let Some(status) = annotation
                .get("status")
                .filter(|status| status.as_str() == Some("Production"))
        {
            let message = format!(
                "operation \"{}\" is in Production, the connector in Preview",
                operation.name()
            );
            findings.at(status, Rule::OperationStatusAheadOfConnector, message);
        }
        let Some(family) = annotation.text("family") else {
            continue;
        };
        let revision = annotation.get("revision").and_then(Node::as_i64);
        match revision {
            Some(revision) if revision > 1 && !ends_with_revision(operation.id, revision) => {
                let message = format!(
                    "operation \"{}\" is revision {revision}, but does not end with \"V{revision}\"",
                    operation.name()
                );
                findings.at(annotation, Rule::OperationIdShouldEndWithRevision, message);
            }
            _ => {}
        }
        families.entry(family).or_default().push(Member {
            operation,
            annotation,
            revision,
        });
    }
    for (family, members) in families {
        self::family(family, &members, findings);
    }
}

fn ends_with_revision(id: &str, revision: i64) -> bool {
    let id = id.to_ascii_lowercase();
    id.ends_with(&format!("v{revision}"))
}

fn family(name: &str, members: &[Member<'_, '_>], findings: &mut Findings<'_>) {
    for (index, member) in members.iter().enumerate() {
        if let Some(revision) = member.revision
            && members[..index].iter().any(|other| other.revision == member.revision)
        {
            let message = format!("family \"{name}\" has revision {revision} twice");
            findings.at(member.annotation, Rule::OperationFamilyHasDuplicateRevisions, message);
        }
    }
    let empty: Vec<_> = members.iter().filter(|member| member.revision.is_none()).collect();
    match empty[..] {
        [] => {}
        [one] => {
            let message = format!(
                "operation \"{}\" of family \"{name}\" has no revision",
                one.operation.name()
            );
            findings.at(one.annotation, Rule::OperationRevisionEmpty, message);
        }
        [first, ..] => {
            let message = format!("family \"{name}\" has {} operations without a revision", empty.len());
            findings.at(first.annotation, Rule::OperationFamilyHasManyEmptyRevisions, message);
        }
    }
    let active: Vec<_> = members
        .iter()
        .filter(|member| !member.operation.is_deprecated())
        .collect();
    if active.len() > 2 {
        let message = format!(
            "family \"{name}\" has {} operations that are not deprecated",
            active.len()
        );
        findings.at(
            active[0].annotation,
            Rule::OperationFamilyHasManyActiveOperations,
            message,
        );
    }
    let in_production: Vec<_> = active
        .iter()
        .filter(|member| member.annotation.text("status") == Some("Production"))
        .collect();
    if in_production.len() > 1 {
        let message = format!(
            "family \"{name}\" has {} operations in production that are not deprecated",
            in_production.len()
        );
        findings.at(
            in_production[0].annotation,
            Rule::OperationFamilyHasManyActiveProductionOperations,
            message,
        );
    }
}

fn replacement(operation: &Operation<'_>, annotation: &Node, findings: &mut Findings<'_>) {
    let Some(replacement) = annotation.get("replacement") else {
        return;
    };
    let name = operation.name();
    if !operation.is_deprecated() {
        let rule = Rule::ApiAnnotationExtensionReplacementInfoForNonDeprecatedOperations;
        findings.at(
            replacement,
            rule,
            format!("operation \"{name}\" has a replacement, but is not deprecated"),
        );
    }
    if replacement.get("api").is_none() {
        let rule = Rule::ApiAnnotationExtensionReplacementInfoMissingApiProperty;
        findings.at(replacement, rule, format!("the replacement of \"{name}\" has no `api`"));
    }
    if replacement.get("operationId").is_none() {
        let rule = Rule::ApiAnnotationExtensionReplacementInfoMissingOperationIdProperty;
        findings.at(
            replacement,
            rule,
            format!("the replacement of \"{name}\" has no `operationId`"),
        );
    }
}

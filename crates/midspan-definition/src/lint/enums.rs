//! `enum` and `x-ms-enum-values`.

use super::{Findings, Rule, connector::items, metadata::shown, values};
use crate::document::{Node, same_json};

pub(super) fn check(node: &Node, findings: &mut Findings<'_>) {
    if let Some(list) = node.get("enum").filter(|list| list.is_array()) {
        if list.items().is_empty() {
            findings.at(list, Rule::EnumMustContainAtLeastOneElement, "`enum` is empty");
        }
        let kind = node.text("type");
        for item in list.items() {
            let nullable = item.type_name() == "null" && node.is_true("x-nullable");
            if let Some(kind) = kind.filter(|kind| !values::has_type(item, kind) && !nullable) {
                let message = format!("{} in `enum` is {}, not {kind}", shown(item), item.type_name());
                findings.at(item, Rule::InvalidEnumValue, message);
            }
        }
    }
    let Some(list) = node.get("x-ms-enum-values") else {
        return;
    };
    for (index, item) in list.items().iter().enumerate() {
        if item.is_object() && item.get("displayName").is_none() {
            findings.at(item, Rule::MissingEnumValuesDisplayName, "a value has no `displayName`");
        }
        let Some(value) = item.get("value") else {
            findings.warn_at(
                item,
                Rule::RequiredPropertyMissing,
                "`value` of `x-ms-enum-values` is missing",
            );
            continue;
        };
        let mut before = list.items()[..index].iter().filter_map(|other| other.get("value"));
        if before.any(|other| same_json(other, value)) {
            findings.at(
                value,
                Rule::DuplicateEnumValuesInExtension,
                format!("{} stands twice", shown(value)),
            );
        }
        if node.get("enum").is_some() && !items(node, "enum").iter().any(|other| same_json(other, value)) {
            let message = format!("{} is not in `enum`", shown(value));
            findings.at(value, Rule::InvalidEnumValuesExtensionValue, message);
        }
    }
}

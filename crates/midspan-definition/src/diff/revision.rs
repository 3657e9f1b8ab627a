//! How to make a breaking change all the same: a new revision beside the old one (Learn, "Operation versioning").

use std::{collections::BTreeMap, fmt};

use super::{Change, ChangeRule, Level, Side};
use crate::connector::Connector;

/// What to do with an operation whose contract breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// The operation that stays as it was, and gets `"deprecated": true`.
    pub operation: String,
    /// The id of the one that is added.
    pub new_id: String,
    /// `x-ms-api-annotation`'s `family`, of both.
    pub family: String,
    /// `x-ms-api-annotation`'s `revision` of the one that is added.
    pub revision: i64,
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            operation,
            new_id,
            family,
            revision,
        } = self;
        write!(
            f,
            "keep \"{operation}\" as it was, with `\"deprecated\": true`, and add \"{new_id}\" with \
             `\"x-ms-api-annotation\": {{\"family\": \"{family}\", \"revision\": {revision}}}`"
        )
    }
}

/// The revisions with which the breaking changes of operations could be made; each operation once.
#[must_use]
pub fn revisions(changes: &[Change], old: Side<'_>, new: Side<'_>) -> Vec<Revision> {
    let (old, new) = (Connector::new(old.definition), Connector::new(new.definition));
    let mut highest: BTreeMap<String, i64> = BTreeMap::new();
    for operation in old.operations.iter().chain(&new.operations) {
        let (family, revision) = family_of(&old, &new, operation.id);
        let entry = highest.entry(family).or_default();
        *entry = (*entry).max(revision);
    }
    let breaking = changes.iter().filter(|change| change.level == Level::Breaking);
    let mut ids: Vec<_> = breaking
        .filter(|change| change.rule != ChangeRule::OperationRemoved)
        .filter_map(|change| change.operation.as_deref())
        .filter(|id| !id.is_empty())
        .collect();
    ids.sort_unstable();
    ids.dedup();
    let suggest = |id: &str| {
        let (family, _) = family_of(&old, &new, id);
        let revision = highest.get(&family).copied().unwrap_or(1) + 1;
        let stem = id
            .rsplit_once("_V")
            .filter(|(_, rest)| rest.bytes().all(|byte| byte.is_ascii_digit()));
        let stem = stem.map_or(id, |(stem, _)| stem);
        Revision {
            operation: id.to_owned(),
            new_id: format!("{stem}_V{revision}"),
            family,
            revision,
        }
    };
    ids.into_iter().map(suggest).collect()
}

/// An operation's family and revision: its own id and 1 where it has none.
fn family_of(old: &Connector<'_>, new: &Connector<'_>, id: &str) -> (String, i64) {
    let annotation = new
        .operation(id)
        .or_else(|| old.operation(id))
        .and_then(|operation| operation.node.get("x-ms-api-annotation"));
    let family = annotation
        .and_then(|annotation| annotation.text("family"))
        .unwrap_or(id);
    let revision = annotation
        .and_then(|annotation| annotation.get("revision"))
        .and_then(crate::document::Node::as_i64);
    (family.to_owned(), revision.unwrap_or(1))
}

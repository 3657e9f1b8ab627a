//! A connector's definition and properties, ours or not, and what a component says of itself.

use midspan_definition::{
    diff::{Side, diff},
    document::Document,
    lint::{Severity, lint, not_json},
    read::descriptions,
    report::{Format, Report},
};

/// Reads, checks and compares it.
pub fn run(data: &[u8]) {
    let _ = descriptions(data);
    match Document::parse("apiDefinition.swagger.json", data) {
        Err(error) => drop(Report::of_findings(&[not_json(&error)]).write(Format::Text)),
        Ok(document) => {
            let findings = lint(&document, Some(&document));
            drop(Report::of_findings(&findings).write(Format::Sarif));
            // Of what is broken, such as parameters without names, nothing can be told apart.
            let is_sound = findings.iter().all(|finding| finding.severity != Severity::Error);
            let side = || Side {
                definition: &document,
                properties: Some(&document),
            };
            let changes = diff(side(), side());
            assert!(
                changes.is_empty() || !is_sound,
                "a definition differs from itself: {changes:?}"
            );
        }
    }
}

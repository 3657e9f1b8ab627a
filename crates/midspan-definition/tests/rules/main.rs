//! Each rule, by a change of a clean definition that breaks it and no other.

mod cases;
mod edit;

use std::collections::BTreeSet;

use midspan_definition::{
    document::Document,
    lint::{Finding, Rule, lint, not_json},
};

use self::edit::Edit;

const DEFINITION: &str = include_str!("../clean/apiDefinition.swagger.json");
const PROPERTIES: &str = include_str!("../clean/apiProperties.json");

fn findings(definition: &[u8], properties: &[u8]) -> Vec<Finding> {
    let definition = match Document::parse("apiDefinition.swagger.json", definition) {
        Ok(document) => document,
        Err(error) => return vec![not_json(&error)],
    };
    let properties = Document::parse("apiProperties.json", properties).expect("JSON");
    lint(&definition, Some(&properties))
}

fn shown(findings: &[Finding]) -> String {
    let lines: Vec<_> = findings
        .iter()
        .map(|finding| format!("{} at {}", finding, finding.pointer))
        .collect();
    lines.join("\n")
}

#[test]
fn the_clean_definition_is_clean() {
    let found = findings(DEFINITION.as_bytes(), PROPERTIES.as_bytes());
    assert!(found.is_empty(), "{}", shown(&found));
}

#[test]
fn each_change_breaks_its_rule_and_no_other() {
    let mut failures = Vec::new();
    for (rule, edits) in cases::all() {
        let (definition, properties) = edit::apply(DEFINITION, PROPERTIES, &edits);
        let found = findings(&definition, &properties);
        let rules: BTreeSet<_> = found.iter().map(|finding| finding.rule).collect();
        if rules != BTreeSet::from([rule]) {
            failures.push(format!("{} by {edits:?}:\n{}", rule.name(), shown(&found)));
        }
        for finding in &found {
            assert!(
                finding.position.line >= 1 && !finding.message.is_empty(),
                "{}",
                shown(&found)
            );
        }
    }
    assert!(
        failures.is_empty(),
        "{} changes:\n\n{}",
        failures.len(),
        failures.join("\n\n")
    );
}

#[test]
fn every_rule_has_a_change_that_breaks_it() {
    let broken: BTreeSet<_> = cases::all().into_iter().map(|(rule, _)| rule).collect();
    let missing: Vec<_> = Rule::ALL
        .iter()
        .filter(|rule| !broken.contains(rule))
        .map(|rule| rule.name())
        .collect();
    assert!(missing.is_empty(), "no change for {missing:?}");
}

#[test]
fn a_finding_stands_where_its_value_stands() {
    let (definition, properties) = edit::apply(
        DEFINITION,
        PROPERTIES,
        &[Edit::set("/paths/~1topics/get/x-ms-pageable/nextLinkName", "next")],
    );
    let found = findings(&definition, &properties);
    let [finding] = &found[..] else {
        panic!("{}", shown(&found))
    };
    assert_eq!(finding.pointer, "/paths/~1topics/get/x-ms-pageable/nextLinkName");
    let text = String::from_utf8(definition).expect("UTF-8");
    let line = text.lines().nth(finding.position.line - 1).expect("the line is there");
    assert_eq!(line.chars().nth(finding.position.column - 1), Some('"'), "{line}");
    assert!(line.contains("\"nextLinkName\": \"next\""), "{line}");
}

//! Published connectors are in use, so the platform takes them: a check may warn of them, but find no error.

use std::{collections::BTreeMap, fs, path::PathBuf};

use midspan_definition::{
    diff::{Side, diff},
    document::Document,
    lint::{Finding, Severity, lint},
};

/// Beside the repository; not part of it.
fn connectors() -> Option<Vec<PathBuf>> {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let shared = ["../shared", "../../shared"]
        .iter()
        .map(|shared| root.join(shared).join("data/connectors"));
    let folder = shared.into_iter().find(|folder| folder.is_dir())?;
    let kinds = fs::read_dir(folder).expect("the folder can be read");
    let folders = kinds.flat_map(|kind| fs::read_dir(kind.expect("an entry").path()).expect("the folder can be read"));
    let mut all: Vec<_> = folders.map(|folder| folder.expect("an entry").path()).collect();
    all.sort();
    Some(all)
}

fn read(folder: &std::path::Path, name: &str) -> Document {
    let path = folder.join(name);
    let bytes = fs::read(&path).expect("the file can be read");
    Document::parse(path.display().to_string(), &bytes).expect("the file is JSON")
}

#[test]
fn no_published_connector_has_an_error() {
    let Some(connectors) = connectors() else {
        eprintln!("SKIPPED: no folder shared/data/connectors beside the repository; nothing was checked");
        return;
    };
    assert!(
        connectors.len() > 200,
        "only {} connectors were found",
        connectors.len()
    );
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut errors: Vec<Finding> = Vec::new();
    for folder in &connectors {
        let definition = read(folder, "apiDefinition.swagger.json");
        let properties = read(folder, "apiProperties.json");
        let findings = lint(&definition, Some(&properties));
        let side = Side {
            definition: &definition,
            properties: Some(&properties),
        };
        assert!(diff(side, side).is_empty(), "{} differs from itself", definition.name());
        let mut rules: Vec<_> = findings.iter().map(|finding| finding.rule.name()).collect();
        for rule in &rules {
            counts.entry(rule).or_default().0 += 1;
        }
        rules.sort_unstable();
        rules.dedup();
        for rule in rules {
            counts.entry(rule).or_default().1 += 1;
        }
        errors.extend(
            findings
                .into_iter()
                .filter(|finding| finding.severity == Severity::Error),
        );
    }
    println!(
        "{:>7} {:>10}  rule, over {} connectors",
        "found",
        "connectors",
        connectors.len()
    );
    for (rule, (found, connectors)) in &counts {
        println!("{found:>7} {connectors:>10}  {rule}");
    }
    let shown: Vec<_> = errors.iter().take(40).map(ToString::to_string).collect();
    assert!(
        errors.is_empty(),
        "{} errors, such as\n{}",
        errors.len(),
        shown.join("\n")
    );
}

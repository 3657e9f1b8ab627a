//! The public suite of tests for HTTP caches (<https://cache-tests.fyi>), run against an operation that passes everything
//! on through the cache. What comes of each case is in the snapshot; `docs/cache.md` explains each required case that does
//! not pass.

use std::collections::{BTreeMap, BTreeSet};

use midspan_tests::{Peer, Setup, Tier, root};
use serde_json::Value;

use crate::cache::CROWD;

/// A case of the suite, and what came of it.
struct Case {
    id: String,
    kind: String,
    verdict: String,
}

impl Case {
    fn read(value: &Value) -> Self {
        let text = |name: &str| value[name].as_str().expect("a text").to_owned();
        Self {
            id: text("id"),
            kind: text("kind"),
            verdict: text("verdict"),
        }
    }
}

async fn run() -> Vec<Case> {
    // Answers of the suite live for two seconds.
    let _alone = CROWD.lock().await;
    let peer = Peer::start("cache-suite", &[]).await;
    let setup = Setup {
        variables: vec![format!("cache_suite_url={}", peer.url())],
        ..Setup::default()
    };
    let tier = Tier::start_as("tests/spin.toml", setup).await;
    let results = peer
        .client
        .get(&format!("/results?base={}/suite", tier.client.base()))
        .await;
    let Value::Array(results) = results.json() else {
        panic!("no list of cases: {}", results.text());
    };
    for result in &results {
        if let Some(why) = result["why"].as_str() {
            println!("{}: {}: {why}", result["id"], result["verdict"]);
        }
    }
    tier.shutdown().await;
    results.iter().map(Case::read).collect()
}

/// The rows of the table in `docs/cache.md`: a case and what comes of it.
fn explained(docs: &str) -> BTreeMap<&str, &str> {
    let rows = docs.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("| `")?.split('|').map(str::trim);
        let (case, verdict, why) = (cells.next()?.strip_suffix('`')?, cells.next()?, cells.next()?);
        assert!(!why.is_empty(), "{case} is not explained");
        Some((case, verdict))
    });
    rows.collect()
}

/// The part of the page that is about the suite.
fn section(docs: &str) -> &str {
    let (_, rest) = docs
        .split_once("\n## The public suite\n")
        .expect("a section on the suite");
    rest.split("\n## ").next().unwrap_or(rest)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_case_of_the_public_suite_comes_out_as_the_documentation_says() {
    let cases = run().await;
    if std::env::var_os("ONLY").is_some() {
        // To see what goes to and fro in one case.
        return;
    }
    let lines: BTreeSet<_> = cases
        .iter()
        .map(|case| format!("{}: {} {}", case.id, case.kind, case.verdict))
        .collect();
    insta::assert_snapshot!(lines.into_iter().collect::<Vec<_>>().join("\n"));

    let docs = std::fs::read_to_string(root().join("docs/cache.md")).expect("the page is there");
    let required = cases.iter().filter(|case| case.kind == "required");
    let open: BTreeMap<_, _> = required
        .filter(|case| case.verdict != "pass")
        .map(|case| (case.id.as_str(), case.verdict.as_str()))
        .collect();
    assert_eq!(open, explained(section(&docs)));

    let count = |kind: &str, verdict: Option<&str>| {
        let of_kind = cases.iter().filter(|case| case.kind == kind);
        of_kind
            .filter(|case| verdict.is_none_or(|verdict| case.verdict == verdict))
            .count()
    };
    let counts = format!(
        "{} of {} required cases pass, {} of {} that are optional; {} of {} questions are answered with yes",
        count("required", Some("pass")),
        count("required", None),
        count("optimal", Some("pass")),
        count("optimal", None),
        count("check", Some("yes")),
        count("check", None),
    );
    let text = section(&docs).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains(&counts), "docs/cache.md does not say: {counts}");
}

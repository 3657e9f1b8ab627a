//! What the definition declares is what callers get: a property-based tester made by others reads the definition alone,
//! calls every operation with what it allows and with what it forbids, and compares the answers with it.

use std::process::Command;

use midspan_definition::{
    define::{About, Described, define},
    read,
};
use midspan_tests::{Tier, component_file, python, reference_operations};

/// As `midspan define` writes it, for a host on this machine.
fn definition() -> String {
    let mut described = Vec::new();
    for component in reference_operations() {
        let file = std::fs::read(component_file(&component)).expect("the component is built");
        for description in read::descriptions(&file).expect("it has a description") {
            described.push(Described {
                component: component.clone(),
                description,
            });
        }
    }
    let about = About {
        title: "Employee Suite".to_owned(),
        description: "An employee's home screen, news, apps, tasks and people.".to_owned(),
        host: "localhost".to_owned(),
        ..About::default()
    };
    define(&about, &described).expect("a definition").definition
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_contradicts_the_definition() {
    let tier = Tier::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("apiDefinition.swagger.json");
    std::fs::write(&file, definition()).expect("the definition is written");
    let mut tester = python("schemathesis");
    tester.current_dir(folder.path());
    tester.args(["-m", "schemathesis.cli", "run"]).arg(&file);
    tester.args(["--url", tier.client.base(), "--no-color"]);
    // Some rules no schema can say: that a day is not before another, that a position is one of ours.
    tester.args(["--exclude-checks", "positive_data_acceptance"]);
    // The same calls in every run; a failure is repeated by the `curl` line that it prints.
    tester.args([
        "--generation-deterministic",
        "--max-examples",
        "25",
        "--phases",
        "examples,coverage,fuzzing",
    ]);
    let report = tokio::task::spawn_blocking(move || report(tester))
        .await
        .expect("the tester runs");
    tier.shutdown().await;
    assert!(report.0, "{}", report.1);
}

/// Whether all went well, and what it printed.
fn report(mut tester: Command) -> (bool, String) {
    let output = tester.output().expect("the tester runs");
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&text).into_owned())
}

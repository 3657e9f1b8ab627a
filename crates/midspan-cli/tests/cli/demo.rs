//! `midspan demo`: what a newcomer meets.

use insta::assert_snapshot;

use crate::support::{Application, Running, midspan, outcome, root};

/// An application that the demo takes for the reference connector, on a machine whose compiler has no target for
/// components. Its programs are in `bin`.
fn newcomer() -> Application {
    let application = Application::with("source = \"probe.wasm\"\nbuild = { command = \"echo built > probe.wasm\" }\n");
    let manifest = application.read("spin.toml");
    let declaration =
        |system: &str| format!("{system}_url = {{ required = true }}\n{system}_token = {{ required = true }}\n");
    let variables: String = ["graph", "sharepoint", "powerapps", "dataverse"]
        .map(declaration)
        .concat();
    application.write("spin.toml", &format!("{manifest}[variables]\n{variables}"));
    application.write_program("bin/rustc", "echo \"$PWD/target-of-the-compiler\"");
    application.write_program("bin/sh", "exec /bin/sh \"$@\"");
    application
}

fn demo(application: &Application) -> String {
    let path = application.folder().join("bin");
    outcome(
        application
            .midspan(&["demo", "--listen=127.0.0.1:0", "--state-dir", ""])
            .env("PATH", path),
    )
}

#[test]
fn the_reference_connector_is_served_and_its_curl_lines_work() {
    let mut demo = Running::start(midspan(&root()).args(["demo", "--listen=127.0.0.1:0", "--state-dir", ""]));
    let mut try_next = || {
        let line = demo.stdout.wait_for("  curl ");
        let url = line.trim_start_matches("  curl ").trim_matches('\'');
        let path = url
            .strip_prefix(&format!("http://{}", demo.address))
            .unwrap_or_else(|| panic!("{line}"));
        (line.clone(), demo.get(path))
    };
    for part in ["\"profile\"", "\"nextLink\"", "\"manager\""] {
        let (line, answer) = try_next();
        assert_eq!(answer.status, 200, "{line}: {}", answer.body);
        assert!(answer.body.contains(part), "{line}: {}", answer.body);
    }
    let (line, answer) = try_next();
    assert_eq!(answer.status, 400, "{line}: {}", answer.body);
    assert!(
        answer.body.contains("\\\"news\\\" must be between 1 and 50, got 99."),
        "{line}: {}",
        answer.body
    );
}

#[test]
fn a_missing_target_is_installed() {
    let application = newcomer();
    application.write_program(
        "bin/rustup",
        "echo \"rustup $*\" > seen.txt; /bin/mkdir target-of-the-compiler",
    );
    // It goes on to what is no component here.
    assert_snapshot!(demo(&application), @"");
    assert_eq!(application.read("seen.txt"), "rustup target add wasm32-wasip2\n");
}

#[test]
fn without_rustup_it_is_said_how_to_get_the_target() {
    assert_snapshot!(demo(&newcomer()), @"");
}

#[test]
fn a_rustup_that_fails_is_named() {
    let application = newcomer();
    application.write_program("bin/rustup", "echo could not download >&2; exit 1");
    assert_snapshot!(demo(&application), @"");
}

#[test]
fn elsewhere_than_in_the_reference_connector_it_says_so() {
    let application = Application::with("source = \"probe.wasm\"\n");
    assert_snapshot!(demo(&application), @"");
}

//! The texts of `--help`, and what a wrong command line is told.

use insta::assert_snapshot;

use crate::support::{Application, outcome};

fn help(arguments: &[&str]) -> String {
    outcome(&mut Application::with("source = \"probe.wasm\"\n").midspan(arguments))
}

#[test]
fn each_command_explains_itself() {
    assert_snapshot!("midspan", help(&["--help"]));
    assert_snapshot!("up", help(&["up", "--help"]));
    assert_snapshot!("build", help(&["build", "--help"]));
    assert_snapshot!("demo", help(&["demo", "--help"]));
}

#[test]
fn the_version_is_told() {
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        help(&["--version"]),
        format!("exit code: 0\n--- stdout\nmidspan {version}\n--- stderr\n")
    );
}

#[test]
fn a_wrong_command_line_is_exit_code_2_with_what_was_expected() {
    assert_snapshot!(help(&["up", "--listen", "nowhere"]), @"");
    assert_snapshot!(help(&["up", "--max-instance-reuse-count", "8..8"]), @"");
    assert_snapshot!(help(&["up", "--request-timeout", "1.5m"]), @"");
    assert_snapshot!(help(&["upp"]), @"");
}

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
    assert_snapshot!("define", help(&["define", "--help"]));
    assert_snapshot!("check", help(&["check", "--help"]));
    assert_snapshot!("diff", help(&["diff", "--help"]));
    assert_snapshot!("import", help(&["import", "--help"]));
    assert_snapshot!("cache", help(&["cache", "--help"]));
    assert_snapshot!("cache_list", help(&["cache", "list", "--help"]));
    assert_snapshot!("key", help(&["key", "--help"]));
    assert_snapshot!("source_add", help(&["source", "add", "--help"]));
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
    assert_snapshot!(help(&["up", "--listen", "nowhere"]), @r#"
    exit code: 2
    --- stdout
    --- stderr
    error: invalid value 'nowhere' for '--listen <ADDRESS>': expected an IP address or a host name, and a port, such as 127.0.0.1:3000

    For more information, try '--help'.
    "#);
    assert_snapshot!(help(&["up", "--max-instance-reuse-count", "8..8"]), @r#"
    exit code: 2
    --- stdout
    --- stderr
    error: invalid value '8..8' for '--max-instance-reuse-count <COUNT>': the range is empty: its end is not part of it

    For more information, try '--help'.
    "#);
    assert_snapshot!(help(&["up", "--request-timeout", "1.5m"]), @r#"
    exit code: 2
    --- stdout
    --- stderr
    error: invalid value '1.5m' for '--request-timeout <TIME>': expected a whole number with the unit s, ms, us or ns, such as 30s

    For more information, try '--help'.
    "#);
    assert_snapshot!(help(&["upp"]), @r#"
    exit code: 2
    --- stdout
    --- stderr
    error: unrecognized subcommand 'upp'

      tip: a similar subcommand exists: 'up'

    Usage: midspan <COMMAND>

    For more information, try '--help'.
    "#);
}

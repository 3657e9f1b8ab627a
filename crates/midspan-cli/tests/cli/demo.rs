//! `midspan demo`: what a newcomer meets.

use insta::assert_snapshot;
use midspan_tests::Planted;

use crate::support::{Answer, Application, DEMO, Running, midspan, outcome, root};

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
    outcome(application.midspan(&DEMO).env("PATH", path))
}

#[test]
fn the_reference_connector_is_served_and_its_curl_lines_work() {
    let mut demo = Running::start(midspan(&root()).args(DEMO));
    let mut try_next = || {
        let line = demo.stdout.wait_for("  curl ");
        let shell = std::process::Command::new("sh")
            .args(["-c", &format!("{line} -sS -w '\\n%{{http_code}}'")])
            .output()
            .expect("a shell runs");
        assert!(
            shell.status.success(),
            "{line}: {}",
            String::from_utf8_lossy(&shell.stderr)
        );
        let output = String::from_utf8(shell.stdout).expect("text");
        let (body, status) = output.rsplit_once('\n').expect("the status is after the body");
        let status = status.parse().expect("a status");
        let body = body.to_owned();
        (line, Answer { status, body })
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
    let (line, answer) = try_next();
    assert_eq!(answer.status, 401, "{line}: {}", answer.body);
    assert!(
        answer.body.contains("a key in the header \\\"x-api-key\\\""),
        "{line}: {}",
        answer.body
    );
    check_names_nobody(demo);
}

/// What a demo says of the requests that it has served has no secret and no person in it. What it prints to try, indented,
/// has its operator's key and an employee.
pub(crate) fn check_names_nobody(demo: Running) {
    let key = "cache_admin_keys=demo-operator-key-0123456789".to_owned();
    let said = demo.end();
    let said: Vec<_> = said.lines().filter(|line| !line.starts_with("  ")).collect();
    let said = said.join("\n");
    assert!(said.contains("/home/:employee_id"), "{said}");
    Planted::of(&root().join("spin.toml"), &[key]).check(&said);
}

#[test]
fn a_missing_target_is_installed() {
    let application = newcomer();
    application.write_program(
        "bin/rustup",
        "echo \"rustup $*\" > seen.txt; /bin/mkdir target-of-the-compiler",
    );
    let shown = demo(&application);
    // It goes on, to what is no component here.
    let (steps, problem) = shown.split_once("error: ").expect("there is an error");
    assert_snapshot!(steps, @r#"
    exit code: 1
    --- stdout
    --- stderr
      Installing Rust's target wasm32-wasip2
        Building probe: echo built > probe.wasm
        Starting the emulated sources
    "#);
    assert!(
        problem.starts_with("spin.toml:8: component \"probe\" is not a component"),
        "{problem}"
    );
    assert_eq!(application.read("seen.txt"), "rustup target add wasm32-wasip2\n");
}

#[test]
fn without_rustup_it_is_said_how_to_get_the_target() {
    assert_snapshot!(demo(&newcomer()), @r#"
    exit code: 1
    --- stdout
    --- stderr
      Installing Rust's target wasm32-wasip2
    error: Rust's target wasm32-wasip2 is not installed, and there is no rustup to install it
      help: get rustup at https://rustup.rs, or install your system's package of Rust's standard library for wasm32-wasip2
    "#);
}

#[test]
fn a_rustup_that_fails_is_named() {
    let application = newcomer();
    application.write_program("bin/rustup", "echo could not download >&2; exit 1");
    assert_snapshot!(demo(&application), @r#"
    exit code: 1
    --- stdout
    --- stderr
      Installing Rust's target wasm32-wasip2
    could not download
    error: Rust's target wasm32-wasip2 could not be installed: `rustup target add wasm32-wasip2` failed with exit status: 1
      help: what it printed is above; without a network, install it where there is one
    "#);
}

#[test]
fn elsewhere_than_in_the_reference_connector_it_says_so() {
    let application = Application::with("source = \"probe.wasm\"\n");
    assert_snapshot!(demo(&application), @r#"
    exit code: 1
    --- stdout
    --- stderr
    error: "spin.toml" is not the reference connector: it has no variable "graph_url"
      help: run `midspan demo` in Midspan's own folder; `midspan up` serves any application
    "#);
}

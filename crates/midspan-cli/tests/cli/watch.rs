//! `midspan up --watch`.

use crate::support::{Application, Running, probe};

/// An application whose source is `word.txt` and whose compiler puts the word into a component's answer: real
/// components in, real components out, without waiting for cargo.
fn application() -> Application {
    let compiler = format!(
        "LC_ALL=C sed \"s/told to fail/told to $(cat src/word.txt)/\" '{}'",
        probe().display()
    );
    let command = format!("test $(wc -c < src/word.txt) -eq 4 && {compiler} > word.wasm");
    let application = Application::with(&format!(
        "source = \"word.wasm\"\n[component.probe.build]\ncommand = {command:?}\nwatch = [\"src/*.txt\"]\n"
    ));
    application.write("src/word.txt", "rest");
    application
}

#[test]
fn a_changed_source_is_built_and_served_without_a_restart() {
    let application = application();
    let mut up = Running::start(application.up().arg("--watch"));
    assert_eq!(up.get("/fail").body, "the probe was told to rest");
    application.write("src/word.txt", "work");
    up.stderr.wait_for("Building probe");
    let reloaded = up.stderr.wait_for("Reloaded");
    assert!(reloaded.contains("Reloaded probe in "), "{reloaded}");
    assert_eq!(up.get("/fail").body, "the probe was told to work");
}

#[test]
fn a_build_that_fails_leaves_the_version_before_until_it_is_mended() {
    let application = application();
    let mut up = Running::start(application.up().arg("--watch"));
    application.write("src/word.txt", "too long");
    let error = up.stderr.wait_for("error:");
    assert!(
        error.starts_with("error: spin.toml:9: component \"probe\" was not built: "),
        "{error}"
    );
    up.stderr.wait_for("Serving the version before, until this is mended");
    assert_eq!(up.get("/fail").body, "the probe was told to rest");
    application.write("src/word.txt", "play");
    up.stderr.wait_for("Reloaded");
    assert_eq!(up.get("/fail").body, "the probe was told to play");
}

#[test]
fn a_changed_manifest_is_served_and_a_broken_one_is_told() {
    let application = application();
    let mut up = Running::start(application.up().arg("--watch"));
    let manifest = application.read("spin.toml");
    application.write("spin.toml", &manifest.replace("[component.probe]", "[component.prob]"));
    up.stderr.wait_for("which does not exist");
    up.stderr.wait_for("Serving the version before, until this is mended");
    assert_eq!(up.get("/fail").status, 502);
    application.write("spin.toml", &manifest.replace("\"/...\"", "\"/below/...\""));
    let route = up.stdout.wait_for("/below");
    assert_eq!(route, format!("  probe: http://{}/below (wildcard)", up.address));
    assert_eq!(up.get("/fail").status, 404);
    assert_eq!(up.get("/below/fail").body, "the probe was told to rest");
}

#[test]
fn a_component_that_says_nothing_of_its_files_is_named() {
    let application = application();
    let manifest = application.read("spin.toml");
    application.write("spin.toml", &manifest.replace("watch = ", "# "));
    let mut up = Running::start(application.up().arg("--watch"));
    let warning = up.stderr.wait_for("warning:");
    assert!(
        warning.starts_with("warning: spin.toml:9: component \"probe\" is not built on change"),
        "{warning}"
    );
}

#[test]
fn a_component_that_something_else_builds_is_served_when_its_file_changes() {
    let application = Application::with("source = \"word.wasm\"\n");
    let built = std::fs::read(probe()).expect("the probe is built");
    let folder = application.folder();
    std::fs::write(folder.join("word.wasm"), &built).expect("the file can be written");
    let mut up = Running::start(application.up().arg("--watch"));
    std::fs::write(folder.join("word.wasm"), "not a component").expect("the file can be written");
    up.stderr.wait_for("is not a component");
    std::fs::write(folder.join("word.wasm"), &built).expect("the file can be written");
    up.stderr.wait_for("Reloaded probe in ");
    assert_eq!(up.get("/hello").body, "hello");
}

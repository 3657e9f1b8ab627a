//! `midspan up --watch`.

use crate::support::{Application, Running, probe};

/// A compiler whose source is `src/word.txt`, a word of two letters, which it puts into what the component answers:
/// real components in, real components out, without waiting for cargo.
fn compile_to(file: &str) -> String {
    let probe = probe();
    let compiler = format!(
        "LC_ALL=C sed \"s/no act/$(cat src/word.txt) act/\" '{}'",
        probe.display()
    );
    format!("test $(wc -c < src/word.txt) -eq 2 && {compiler} > {file}")
}

fn component(file: &str, command: &str, watch: &str) -> String {
    format!("source = {file:?}\nbuild = {{ command = {command:?}, watch = {watch} }}\n")
}

fn application() -> Application {
    let application = Application::with(&component("word.wasm", &compile_to("word.wasm"), "[\"src/*.txt\"]"));
    application.write("src/word.txt", "no");
    application
}

#[test]
fn a_changed_source_is_built_and_served_without_a_restart() {
    let application = application();
    let mut up = Running::start(application.up().arg("--watch"));
    assert_eq!(up.get("/word").body, "no act \"word\"");
    application.write("src/word.txt", "my");
    up.stderr.wait_for("Building probe");
    let reloaded = up.stderr.wait_for("Reloaded");
    assert!(reloaded.contains("Reloaded probe in "), "{reloaded}");
    assert_eq!(up.get("/word").body, "my act \"word\"");
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
    assert_eq!(up.get("/word").body, "no act \"word\"");
    application.write("src/word.txt", "an");
    up.stderr.wait_for("Reloaded");
    assert_eq!(up.get("/word").body, "an act \"word\"");
}

#[test]
fn what_a_failed_build_left_undone_is_done_when_it_is_mended() {
    let home = format!("grep -q good home/state.txt && {}", compile_to("home.wasm"));
    let application = Application::with_components(&[
        (
            "home",
            &component("home.wasm", &home, "[\"src/*.txt\", \"home/*.txt\"]"),
        ),
        (
            "news",
            &component("news.wasm", &compile_to("news.wasm"), "[\"src/*.txt\"]"),
        ),
    ]);
    application.write("src/word.txt", "no");
    application.write("home/state.txt", "good");
    let mut up = Running::start(application.up().arg("--watch"));
    application.write("home/state.txt", "bad");
    up.stderr.wait_for("Serving the version before");
    application.write("src/word.txt", "my");
    up.stderr.wait_for("Serving the version before");
    application.write("home/state.txt", "good");
    let reloaded = up.stderr.wait_for("Reloaded");
    assert!(reloaded.contains("Reloaded home, news in "), "{reloaded}");
    assert_eq!(up.get("/news/word").body, "my act \"word\"");
}

#[test]
fn a_changed_manifest_is_served_and_a_broken_one_is_told() {
    let application = application();
    let mut up = Running::start(application.up().arg("--watch"));
    let manifest = application.read("spin.toml");
    application.write("spin.toml", &manifest.replace("[component.probe]", "[component.prob]"));
    up.stderr.wait_for("error: spin.toml:");
    up.stderr.wait_for("Serving the version before, until this is mended");
    assert_eq!(up.get("/word").body, "no act \"word\"");
    application.write("spin.toml", &manifest.replace("\"/...\"", "\"/below/...\""));
    let route = up.stdout.wait_for("/below");
    assert_eq!(route, format!("  probe: http://{}/below (wildcard)", up.address));
    assert!(up.get("/word").body.contains("NotFound"));
    assert_eq!(up.get("/below/word").body, "no act \"word\"");
}

#[test]
fn a_component_that_says_nothing_of_its_files_is_named() {
    let application = application();
    let manifest = application.read("spin.toml");
    application.write("spin.toml", &manifest.replace(", watch = [\"src/*.txt\"]", ""));
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

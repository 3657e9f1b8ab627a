//! `midspan build`.

use insta::assert_snapshot;

use crate::support::{Application, midspan, outcome};

#[test]
fn commands_run_in_their_folder_one_after_the_other_and_shared_ones_once() {
    let shared = "build = { command = \"echo all >> log.txt\" }\n";
    let own =
        "build = { command = [\"echo news 1 >> ../log.txt\", \"echo news 2 >> ../log.txt\"], workdir = \"news\" }\n";
    let application = Application::with_components(&[
        ("home", &format!("source = \"home.wasm\"\n{shared}")),
        ("news", &format!("source = \"news.wasm\"\n{own}")),
        ("apps", &format!("source = \"apps.wasm\"\n{shared}")),
        ("made", "source = \"made.wasm\"\n"),
    ]);
    application.write("news/Cargo.toml", "");
    assert_snapshot!(outcome(&mut application.midspan(&["build"])), @r#"
    exit code: 0
    --- stdout
    --- stderr
        Building home: echo all >> log.txt
        Building news: echo news 1 >> ../log.txt
        Building news: echo news 2 >> ../log.txt
        Finished building
    "#);
    assert_eq!(application.read("log.txt"), "all\nnews 1\nnews 2\n");
}

#[test]
fn what_a_build_prints_is_a_diagnostic_not_data() {
    let application = Application::with("source = \"probe.wasm\"\nbuild = { command = \"echo compiling\" }\n");
    assert_snapshot!(outcome(&mut application.midspan(&["build"])), @r#"
    exit code: 0
    --- stdout
    --- stderr
        Building probe: echo compiling
    compiling
        Finished building
    "#);
}

#[test]
fn a_build_that_fails_names_the_component_the_line_and_the_command() {
    let fails = "source = \"probe.wasm\"\nbuild = { command = \"echo no such module >&2; exit 3\" }\n";
    let application = Application::with(fails);
    assert_snapshot!(outcome(&mut application.midspan(&["build"])), @r#"
    exit code: 1
    --- stdout
    --- stderr
        Building probe: echo no such module >&2; exit 3
    no such module
    error: spin.toml:9: component "probe" was not built: `echo no such module >&2; exit 3` failed with exit code 3
      help: what it printed is above
    "#);
    assert_snapshot!(outcome(&mut application.midspan(&["up", "--build"])), @r#"
    exit code: 1
    --- stdout
    --- stderr
        Building probe: echo no such module >&2; exit 3
    no such module
    error: spin.toml:9: component "probe" was not built: `echo no such module >&2; exit 3` failed with exit code 3
      help: what it printed is above
    "#);
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let application =
        Application::with("source = \"probe.wasm\"\nbuild = { command = \"true\", workdir = \"gone\" }\n");
    assert_snapshot!(outcome(&mut application.midspan(&["build"])), @r#"
    exit code: 1
    --- stdout
    --- stderr
        Building probe: true
    error: spin.toml:9: component "probe" was not built: `true` could not be started in "[folder]/gone": No such file or directory (os error 2)
      help: check `command` and `workdir`
    "#);
}

#[test]
fn chosen_components_are_built_and_unknown_ones_named() {
    let build = |id| format!("source = \"{id}.wasm\"\nbuild = {{ command = \"echo {id} >> log.txt\" }}\n");
    let application = Application::with_components(&[("home", &build("home")), ("news", &build("news"))]);
    assert_snapshot!(outcome(&mut application.midspan(&["build", "-c", "news"])), @r#"
    exit code: 0
    --- stdout
    --- stderr
        Building news: echo news >> log.txt
        Finished building
    "#);
    assert_eq!(application.read("log.txt"), "news\n");
    assert_snapshot!(outcome(&mut application.midspan(&["build", "-c", "nws"])), @r#"
    exit code: 1
    --- stdout
    --- stderr
    error: spin.toml: there is no component "nws"
      help: its components are home, news
    "#);
}

#[test]
fn a_compiler_without_the_target_is_told_by_name() {
    let component = "source = \"probe.wasm\"\nbuild = { command = \"rustc --target wasm32-wasip2\" }\n";
    let application = Application::with(component);
    application.write_program("bin/rustc", "echo /no/such/folder; exit 1");
    let bin = application.folder().join("bin");
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap_or_default());
    assert_snapshot!(outcome(application.midspan(&["build"]).env("PATH", path)), @r#"
    exit code: 1
    --- stdout
    --- stderr
        Building probe: rustc --target wasm32-wasip2
    /no/such/folder
    error: spin.toml:9: component "probe" was not built: `rustc --target wasm32-wasip2` needs the target wasm32-wasip2, which is not installed
      help: run `rustup target add wasm32-wasip2`
    "#);
}

#[test]
fn the_nearest_manifest_above_is_used() {
    let application = Application::with("source = \"probe.wasm\"\nbuild = { command = \"pwd > seen.txt\" }\n");
    application.write("news/src/lib.rs", "");
    let output = midspan(&application.folder().join("news/src"))
        .arg("build")
        .output()
        .expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(
        application.read("seen.txt"),
        format!("{}\n", application.folder().display())
    );
}

#[test]
fn the_manifest_of_another_repository_above_is_not_used() {
    let application = Application::with("source = \"probe.wasm\"\n");
    application.write("other/.git/HEAD", "");
    assert_snapshot!(outcome(midspan(&application.folder().join("other")).arg("build")), @r#"
    exit code: 1
    --- stdout
    --- stderr
    error: there is no "spin.toml" in this folder or one above
      help: name the application's folder or its spin.toml with --from
    "#);
}

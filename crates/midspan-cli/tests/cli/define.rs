//! `midspan define`.

use insta::assert_snapshot;

use crate::support::{Application, midspan, outcome, root};

/// A component that is nothing but the description of an operation, in the section that components carry it in.
pub(crate) fn component(description: &str) -> Vec<u8> {
    let name = "midspan:operation";
    let mut section = vec![u8::try_from(name.len()).expect("a short name")];
    section.extend(name.bytes());
    section.extend(description.bytes());
    let mut module = b"\0asm\x01\0\0\0\0".to_vec();
    // LEB128, as WebAssembly writes lengths.
    let mut length = section.len();
    while length >= 0x80 {
        module.push(u8::try_from(length & 0x7f | 0x80).expect("a byte"));
        length >>= 7;
    }
    module.push(u8::try_from(length).expect("a byte"));
    module.extend(section);
    module
}

fn operation(id: &str, path: &str) -> Vec<u8> {
    component(&format!(
        r#"{{"version":1,"id":"{id}","method":"GET","path":"{path}","summary":"Get the title","deadlineMs":3000,
        "parameters":[],"output":{{"type":"string"}},"statuses":[200],"sources":[]}}"#
    ))
}

const TOOL: &str = r##"
[application.tool.midspan]
title = "Contoso News"
description = "News of the company, for every employee."
host = "news.contoso.com"
website = "https://contoso.com"
privacy_policy = "https://contoso.com/privacy"
categories = ["Communication"]
brand_color = "#0b5cab"
"##;

fn application(tool: &str) -> Application {
    let application = Application::with_components(&[("title", "source = \"title.wasm\"\n")]);
    let manifest = application.read("spin.toml");
    application.write("spin.toml", &format!("{manifest}{tool}"));
    std::fs::write(application.folder().join("title.wasm"), operation("GetTitle", "/title")).expect("it is written");
    application
}

#[test]
fn a_connector_is_written_and_clean() {
    let application = application(TOOL);
    assert_snapshot!(outcome(&mut application.midspan(&["define"])), @r#"
    exit code: 0
    --- stdout
    --- stderr
         Defined Contoso News in connector
    "#);
    assert_snapshot!("defined", application.read("connector/apiDefinition.swagger.json"));
    assert_snapshot!(outcome(&mut application.midspan(&["check", "connector", "--deny-warnings"])), @r#"
    exit code: 0
    --- stdout
    --- stderr
         Checked 0 errors, 0 warnings in 1 connector
    "#);
}

#[test]
fn in_ci_the_files_are_compared_instead_of_written() {
    let application = application(TOOL);
    assert_snapshot!(outcome(&mut application.midspan(&["define", "--check"])), @r#"
    exit code: 1
    --- stdout
    --- stderr
    error: in "connector", apiDefinition.swagger.json, apiProperties.json, icon.png, readme.md, settings.json would be written otherwise
      help: run `midspan define`
    "#);
    outcome(&mut application.midspan(&["define"]));
    assert_snapshot!(outcome(&mut application.midspan(&["define", "--check"])), @r#"
    exit code: 0
    --- stdout
    --- stderr
         Checked connector is up to date
    "#);
}

#[test]
fn what_keeps_a_connector_from_being_written_is_told() {
    assert_snapshot!(outcome(&mut application("").midspan(&["define"])), @r#"
    exit code: 1
    --- stdout
    --- stderr
    error: spin.toml: the connector has no host
      help: write `host = "suite.contoso.com"` under [application.tool.midspan], or pass --host
    "#);
    let without_operation = application(TOOL);
    std::fs::write(without_operation.folder().join("title.wasm"), b"\0asm\x01\0\0\0").expect("it is written");
    assert_snapshot!(outcome(&mut without_operation.midspan(&["define"])), @r#"
    exit code: 1
    --- stdout
    --- stderr
    warning: component "title" is left out: no description in it; is the component's function marked `#[operation]`?
    error: there is no operation
    "#);
    let misspelt = application("[application.tool.midspan]\nhots = \"news.contoso.com\"\n");
    let shown = outcome(&mut misspelt.midspan(&["define"]));
    assert!(
        shown.starts_with(
            "exit code: 1\n--- stdout\n--- stderr\nerror: spin.toml: [application.tool.midspan] cannot be read: "
        ),
        "{shown}"
    );
    assert!(shown.contains("unknown field `hots`"), "{shown}");
}

#[test]
fn the_reference_connector_is_defined_twice_alike_and_clean() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("connector");
    let define = |more: &[&str]| {
        let mut command = midspan(&root());
        command.args(["define", "--out"]).arg(&out).args(more);
        outcome(&mut command).replace(&out.display().to_string(), "[out]")
    };
    // Cargo tells of what it builds, too.
    assert!(define(&["--build"]).ends_with("     Defined Employee Suite in [out]\n"));
    assert_snapshot!(define(&["--check"]), @r"
    exit code: 0
    --- stdout
    --- stderr
         Checked [out] is up to date
    ");
    let mut check = midspan(folder.path());
    assert_snapshot!(outcome(check.args(["check", "--deny-warnings", "connector"])), @r"
    exit code: 0
    --- stdout
    --- stderr
         Checked 0 errors, 0 warnings in 1 connector
    ");
}

#[test]
fn components_that_the_manifest_excludes_are_no_part_of_it() {
    let admin = ("admin", "source = \"admin.wasm\"\n");
    let application = Application::with_components(&[("title", "source = \"title.wasm\"\n"), admin]);
    let manifest = application.read("spin.toml");
    for (id, path) in [("GetTitle", "title"), ("ListCache", "admin")] {
        let file = application.folder().join(path).with_extension("wasm");
        std::fs::write(file, operation(id, &format!("/{path}"))).expect("it is written");
    }
    application.write("spin.toml", &format!("{manifest}{TOOL}exclude = [\"admin\"]\n"));
    assert!(outcome(&mut application.midspan(&["define"])).starts_with("exit code: 0"));
    let definition = application.read("connector/apiDefinition.swagger.json");
    assert!(
        definition.contains("GetTitle") && !definition.contains("ListCache"),
        "{definition}"
    );

    application.write("spin.toml", &format!("{manifest}{TOOL}exclude = [\"other\"]\n"));
    assert_snapshot!(outcome(&mut application.midspan(&["define"])), @r#"
    exit code: 1
    --- stdout
    --- stderr
    error: spin.toml: [application.tool.midspan] cannot be read: `exclude` names "other", which is no component
    "#);
}

//! `midspan up` that does not come up, and why.

use std::net::TcpListener;

use insta::assert_snapshot;

use crate::support::{Application, outcome};

#[test]
fn components_without_a_file_are_named_by_line_with_the_way_out() {
    let application = Application::with_components(&[
        (
            "home",
            "source = \"target/home.wasm\"\nbuild = { command = \"true\" }\n",
        ),
        ("news", "source = \"news.wasm\"\n"),
    ]);
    assert_snapshot!(outcome(&mut application.up()), @r#"
    exit code: 1
    --- stdout
    --- stderr
    error: spin.toml:8: component "home" has no file: there is no "target/home.wasm"
      help: pass --build to build it
    error: spin.toml:14: component "news" has no file: there is no "news.wasm"
      help: correct its `source`, or say how it is built in [component.news.build]
    "#);
}

#[test]
fn a_build_that_makes_no_file_is_named() {
    let application = Application::with("source = \"probe.wasm\"\nbuild = { command = \"true\" }\n");
    assert_snapshot!(outcome(application.up().arg("--build").env("CARGO_TARGET_DIR", "/elsewhere")), @r#"
    exit code: 1
    --- stdout
    --- stderr
        Building probe: true
    error: spin.toml:8: component "probe" has no file: there is no "probe.wasm"
      help: cargo builds into "/elsewhere", as CARGO_TARGET_DIR says: unset it, or give --target-dir in the component's `command`
    "#);
    assert_snapshot!(outcome(application.up().arg("--build").env_remove("CARGO_TARGET_DIR")), @r#"
    exit code: 1
    --- stdout
    --- stderr
        Building probe: true
    error: spin.toml:8: component "probe" has no file: there is no "probe.wasm"
      help: its build went well, but made no such file: correct its `source` or its `command`
    "#);
}

#[test]
fn a_manifest_that_is_wrong_is_told_line_by_line() {
    let application = Application::with("suorce = \"probe.wasm\"\nallowed_outbound_hosts = [\"example.com\"]\n");
    assert_snapshot!(outcome(&mut application.up()), @r#"
    exit code: 1
    --- stdout
    --- stderr
    error: spin.toml:7: [component.probe] has no "source"
    error: spin.toml:8: unknown key "suorce" in [component.probe]
      help: did you mean "source"?
    error: spin.toml:9: component "probe": "example.com" has no scheme
      help: write SCHEME://HOST[:PORT], such as https://example.com, https://*.example.com or http://localhost:*
    "#);
}

#[test]
fn a_required_variable_without_a_value_is_told_with_how_to_give_one() {
    let application = Application::of_probe();
    let manifest = application.read("spin.toml");
    application.write(
        "spin.toml",
        &format!("{manifest}[variables]\ngreeting = {{ required = true }}\n"),
    );
    assert_snapshot!(outcome(&mut application.up()), @r#"
    exit code: 1
    --- stdout
    --- stderr
    error: spin.toml:10: variable "greeting" is required, but has no value
      help: pass --variable greeting=VALUE, or set SPIN_VARIABLE_GREETING
    "#);
}

#[test]
fn a_port_that_is_taken_is_told_before_anything_is_built() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address").to_string();
    let application = Application::with("source = \"probe.wasm\"\nbuild = { command = \"exit 1\" }\n");
    let shown = outcome(&mut application.midspan(&["up", "--build", "--listen", &address]));
    assert_snapshot!(shown.replace(&address, "[address]"), @r#"
    exit code: 1
    --- stdout
    --- stderr
    error: cannot listen on [address]: Address already in use (os error 98)
      help: another process listens there; pass --listen with another port
    "#);
}

#[test]
fn a_folder_without_an_application_is_told_how_to_name_one() {
    let application = Application::with("");
    application.write("empty/.git/HEAD", "");
    assert_snapshot!(outcome(&mut application.midspan(&["up", "--from", "empty"])), @r#"
    exit code: 1
    --- stdout
    --- stderr
    error: empty/spin.toml: the manifest cannot be read: No such file or directory (os error 2)
      help: name the application's folder or its spin.toml with --from
    "#);
}

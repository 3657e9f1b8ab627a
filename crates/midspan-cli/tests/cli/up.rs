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
    assert_snapshot!(outcome(&mut application.up()), @"");
}

#[test]
fn a_build_that_makes_no_file_is_named() {
    let application = Application::with("source = \"probe.wasm\"\nbuild = { command = \"true\" }\n");
    assert_snapshot!(outcome(application.up().arg("--build")), @"");
}

#[test]
fn a_manifest_that_is_wrong_is_told_line_by_line() {
    let application = Application::with("suorce = \"probe.wasm\"\nallowed_outbound_hosts = [\"example.com\"]\n");
    assert_snapshot!(outcome(&mut application.up()), @"");
}

#[test]
fn a_required_variable_without_a_value_is_told_with_how_to_give_one() {
    let application = Application::of_probe();
    let manifest = application.read("spin.toml");
    application.write(
        "spin.toml",
        &format!("{manifest}[variables]\ngreeting = {{ required = true }}\n"),
    );
    assert_snapshot!(outcome(&mut application.up()), @"");
}

#[test]
fn a_port_that_is_taken_is_told_before_anything_is_built() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address").to_string();
    let application = Application::with("source = \"probe.wasm\"\nbuild = { command = \"exit 1\" }\n");
    let shown = outcome(&mut application.midspan(&["up", "--build", "--listen", &address]));
    assert_snapshot!(shown.replace(&address, "[address]"), @"");
}

#[test]
fn a_folder_without_an_application_is_told_how_to_name_one() {
    let application = Application::with("");
    application.write("empty/.git/HEAD", "");
    assert_snapshot!(outcome(&mut application.midspan(&["up", "--from", "empty"])), @"");
}

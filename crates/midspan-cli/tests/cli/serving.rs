//! `midspan up` that serves: what it answers, and what it shows.

use std::net::TcpListener;

use crate::support::{Answer, Application, Running, probe_source};

#[test]
fn an_application_is_served_and_its_routes_are_shown() {
    let source = probe_source();
    let application = Application::with_components(&[("home", &source), ("news", &source)]);
    let mut up = Running::start(&mut application.up());
    let base = format!("http://{}", up.address);
    assert_eq!(up.stdout.wait_for("Available Routes"), "Available Routes:");
    // The route that is tried first in front.
    assert_eq!(up.stdout.wait_for("news"), format!("  news: {base}/news (wildcard)"));
    assert_eq!(up.stdout.wait_for("home"), format!("  home: {base} (wildcard)"));
    assert_eq!(
        up.get("/news/hello"),
        Answer {
            status: 200,
            body: "hello".into()
        }
    );
}

#[test]
fn each_request_is_one_line_on_stdout_and_what_components_print_is_on_stderr() {
    let application = Application::of_probe();
    let mut up = Running::start(&mut application.up());
    up.get("/print?line=secret");
    let line = up.stdout.wait_for("GET");
    assert!(
        line.contains("  200  ") && line.ends_with("ms  GET /...  probe"),
        "{line}"
    );
    assert!(up.stderr.wait_for("probe | out").ends_with("  probe | out secret"));
    assert!(up.stderr.wait_for("probe | err").ends_with("  probe | err secret"));

    up.get("/trap");
    let line = up.stdout.wait_for("GET /...");
    assert!(line.contains("  500  "), "{line}");
    let event = up.stderr.wait_for("error:");
    assert!(event.contains("  error: component \"probe\": "), "{event}");
    assert!(
        !line.contains('\u{1b}') && !event.contains('\u{1b}'),
        "no colours where no terminal is"
    );
}

#[test]
fn quiet_shows_neither_requests_nor_what_components_print() {
    let application = Application::of_probe();
    let mut up = Running::start(application.up().arg("--quiet"));
    assert_eq!(up.get("/print?line=here").body, "printed");
    up.signal("TERM");
    assert_eq!(up.exit_code(), Some(0));
    let shown = up.stdout.rest() + up.stderr.rest().as_str();
    assert!(!shown.contains("/print") && !shown.contains("here"), "{shown}");
}

#[test]
fn variables_come_from_the_command_line() {
    let application = Application::with(&format!(
        "{}variables = {{ greeting = \"{{{{ word }}}}!\" }}\n",
        probe_source()
    ));
    let manifest = application.read("spin.toml");
    application.write(
        "spin.toml",
        &format!("{manifest}[variables]\nword = {{ required = true }}\n"),
    );
    let up = Running::start(application.up().args(["--variable", "word=hello"]));
    assert_eq!(up.get("/variable?name=greeting").body, "hello!");
}

#[test]
fn the_state_is_kept_in_spins_folder_beside_the_manifest() {
    let component = format!("{}key_value_stores = [\"default\"]\n", probe_source());
    let application = Application::with(&component);
    let arguments = ["up", "--listen", "127.0.0.1:0", "--from", "spin.toml"];
    let up = Running::start(&mut application.midspan(&arguments));
    assert_eq!(up.get("/set?key=a&value=1").status, 200);
    drop(up);
    let up = Running::start(&mut application.midspan(&arguments));
    assert_eq!(up.get("/get?key=a").body, "1");
    assert!(application.folder().join(".spin/sqlite_key_value.db").is_file());
}

#[test]
fn what_the_host_leaves_out_is_said_by_line_at_the_start() {
    let application = Application::with(&format!("{}files = [\"assets/*\"]\n", probe_source()));
    let mut up = Running::start(&mut application.up());
    assert!(
        up.stderr
            .wait_for("warning:")
            .starts_with("warning: spin.toml:9: component \"probe\" asks for files")
    );
}

#[test]
fn a_free_port_is_found_when_asked_for() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address");
    let application = Application::of_probe();
    let arguments = ["up", "--find-free-port", "--state-dir", "", "--listen"];
    let up = Running::start(application.midspan(&arguments).arg(address.to_string()));
    assert_ne!(up.address, address);
    assert_eq!(up.get("/hello").body, "hello");
}

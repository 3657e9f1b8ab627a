//! The dashboard, clicked through in a real browser.

use midspan_tests::node;

use crate::demo::check_names_nobody;
use crate::support::{Application, Running, STATE, midspan, outcome, root};

/// Whose store no other test writes to.
const OWN_STATE: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/dashboard");

fn demo() -> (Running, String) {
    let arguments = [
        "demo",
        "--listen=127.0.0.1:0",
        "--dashboard=127.0.0.1:0",
        "--state-dir",
        OWN_STATE,
    ];
    let mut demo = Running::start(midspan(&root()).args(arguments));
    let line = demo.stdout.wait_for("Dashboard ");
    let url = line.trim_start_matches("Dashboard ").to_owned();
    (demo, url)
}

/// With `MIDSPAN_SCREENSHOTS=docs/images` the pictures of the documentation are taken as well.
#[test]
fn a_developer_calls_operations_sees_what_they_waited_for_and_breaks_sources() {
    let (demo, url) = demo();
    let output = node("browser", "dashboard.js")
        .arg(&url)
        .output()
        .expect("Node.js runs");
    let shown = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.success(), "{shown}");
    check_names_nobody(demo);
}

#[test]
fn a_dashboard_that_others_could_reach_is_refused() {
    let application = Application::of_probe();
    let shown = outcome(&mut application.midspan(&[
        "up",
        "--listen=127.0.0.1:0",
        "--dashboard=0.0.0.0:0",
        "--state-dir",
        STATE,
    ]));
    assert!(shown.contains("exit code: 1"), "{shown}");
    assert!(
        shown.contains("error: the dashboard is for this machine alone, and 0.0.0.0:0 can be reached from others"),
        "{shown}"
    );
}

#[test]
fn pages_of_other_sites_are_refused() {
    let application = Application::of_probe();
    let mut up = Running::start(&mut application.midspan(&[
        "up",
        "--listen=127.0.0.1:0",
        "--dashboard=127.0.0.1:0",
        "--state-dir",
        STATE,
    ]));
    let line = up.stdout.wait_for("Dashboard ");
    let address = line
        .trim_start_matches("Dashboard http://")
        .parse()
        .expect("an address");
    let ask = |host: &str| {
        use std::io::{Read, Write};
        let mut stream = std::net::TcpStream::connect::<std::net::SocketAddr>(address).expect("the dashboard listens");
        write!(
            stream,
            "GET /api/application HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n"
        )
        .expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    };
    let own = ask(&address.to_string());
    assert!(own.starts_with("HTTP/1.1 200 "), "{own}");
    assert!(own.contains("\"isEmulated\":false"), "{own}");
    let other = ask(&format!("rebound.example:{}", address.port()));
    assert!(other.starts_with("HTTP/1.1 403 "), "{other}");
}

//! Stopping `midspan up`, as a supervisor or somebody at a terminal does.

use crate::support::{Application, Exchange, Running};

/// Sends half of a request's body, and waits for it to come back: the request is in work then.
fn half_a_request(up: &Running) -> Exchange {
    let mut exchange = Exchange::begin(up.address, "POST /echo HTTP/1.1", "first second".len());
    exchange.send("first ");
    exchange.wait_for("first ");
    exchange
}

#[test]
fn sigterm_lets_a_running_request_end() {
    let application = Application::of_probe();
    let mut up = Running::start(&mut application.up());
    let mut exchange = half_a_request(&up);
    up.signal("TERM");
    up.stderr.wait_for("Stopping");
    exchange.send("second");
    let rest = exchange.rest();
    assert!(rest.contains("second"), "{rest:?}");
    assert_eq!(up.exit_code(), Some(0));
}

#[test]
fn a_second_signal_stops_at_once() {
    let application = Application::of_probe();
    let mut up = Running::start(&mut application.up());
    let _unanswered = half_a_request(&up);
    up.signal("INT");
    up.stderr.wait_for("Stopping");
    up.signal("INT");
    assert_eq!(up.exit_code(), Some(1));
    up.stderr
        .wait_for("error: stopped before running requests had their answers");
}

#[test]
fn without_requests_it_ends_by_itself() {
    let application = Application::of_probe();
    let mut up = Running::start(&mut application.up());
    assert_eq!(up.get("/hello").status, 200);
    up.signal("INT");
    assert_eq!(up.exit_code(), Some(0));
}

//! `midspan key`.

use std::{io::Write, process::Stdio};

use insta::assert_snapshot;

use crate::support::{Application, outcome};

/// The SHA-256 of the secret below, by somebody else's `sha256sum`.
const SECRET: &str = "correct horse battery staple";
const HASH: &str = "c4bbcb1fbec99d65bf59d85c8cb62ee2db963f0fe106f483d9afa73bd4e39a8a";

fn key(arguments: &[&str]) -> String {
    let application = Application::with("source = \"probe.wasm\"\n");
    outcome(&mut application.midspan(&[&["key"], arguments].concat()))
}

fn hash_of(secret: &str, arguments: &[&str]) -> String {
    let application = Application::with("source = \"probe.wasm\"\n");
    let mut command = application.midspan(&[&["key", "--stdin"], arguments].concat());
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("the command starts");
    let mut stdin = child.stdin.take().expect("it is piped");
    stdin.write_all(secret.as_bytes()).expect("it reads");
    drop(stdin);
    let output = child.wait_with_output().expect("the command ends");
    let (stdout, stderr) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    format!("{stdout}{stderr}")
}

#[test]
fn a_key_is_random_and_its_entry_is_its_hash_with_name_and_roles() {
    let made = || {
        let output = key(&["fabrikam", "--role", "Orders.Read", "--role=Orders.Write"]);
        let lines: Vec<String> = output.lines().map(ToOwned::to_owned).collect();
        (lines[2].clone(), lines[3].clone(), output)
    };
    let (key, entry, output) = made();
    assert_eq!(key.len(), 43, "32 bytes in base64url: {output}");
    assert!(
        key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'),
        "{key}"
    );
    let hashed = hash_of(&key, &["fabrikam", "--role=Orders.Read", "--role=Orders.Write"]);
    assert_eq!(hashed, format!("{entry}\n"));
    assert!(
        entry.starts_with("fabrikam:") && entry.ends_with(":Orders.Read+Orders.Write"),
        "{entry}"
    );
    assert_snapshot!(output.replace(&key, "[key]").replace(&entry, "[entry]"), @r"
    exit code: 0
    --- stdout
    [key]
    [entry]
    --- stderr
    The key, for whoever calls. It is not shown again:
    Its entry, for the variable of the scheme, such as partners_keys:
    ");
    assert_ne!(made().0, key);
}

#[test]
fn a_secret_that_exists_is_hashed_without_the_end_of_its_line() {
    assert_eq!(hash_of(SECRET, &[]), format!("{HASH}\n"));
    assert_eq!(hash_of(&format!("{SECRET}\r\n"), &["ada"]), format!("ada:{HASH}\n"));
    assert_eq!(
        hash_of(&format!("{SECRET}\n"), &["ada", "--role=Admin"]),
        format!("ada:{HASH}:Admin\n")
    );
}

#[test]
fn a_secret_that_no_operation_would_accept_is_refused() {
    assert_snapshot!(hash_of("Summer2026\n", &[]), @r"
    error: the secret has fewer than 22 characters, and operations do not accept it
      help: `midspan key` without --stdin makes one that is random
    ");
    assert_snapshot!(hash_of("one line of a secret\nand another one\n", &[]), @r"
    error: the secret has more than one line, or a character that no header can have
      help: `midspan key` without --stdin makes one that is random
    ");
    assert_snapshot!(hash_of(&"x".repeat(1025), &[]), @r"
    error: the secret has more than 1024 bytes, and operations do not accept it
      help: `midspan key` without --stdin makes one that is random
    ");
}

#[test]
fn what_an_entry_could_not_hold_is_a_wrong_command_line() {
    let refused = |arguments: &[&str], why: &str| {
        let shown = key(arguments);
        assert!(shown.starts_with("exit code: 2"), "{shown}");
        assert!(shown.contains(why), "{shown}");
    };
    refused(&["ada:lovelace"], "expected a name without colons, commas and blanks");
    refused(
        &["ada", "--role=A+B"],
        "expected a role without plus signs, commas and blanks",
    );
    refused(&["ada", "--role="], "expected a role");
    refused(&["--role=Admin"], "<NAME>");
}

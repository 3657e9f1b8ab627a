//! `midspan cache`.

use insta::assert_snapshot;

use crate::support::{Application, outcome};

#[test]
fn a_command_that_can_t_be_sent_says_why() {
    let application = Application::with("source = \"probe.wasm\"\n");
    let run = |arguments: &[&str]| outcome(&mut application.midspan(&[&["cache"], arguments].concat()));
    assert_snapshot!(run(&["list"]), @r"
    exit code: 1
    --- stdout
    --- stderr
    error: the operator's key is missing, or no text for a header
      help: put it into the environment as MIDSPAN_CACHE_KEY
    ");
    assert_snapshot!(run(&["list", "--key=k", "--url=suite.contoso.com"]), @r#"
    exit code: 1
    --- stdout
    --- stderr
    error: "suite.contoso.com" is no address of an application
      help: write it as https://suite.contoso.com
    "#);
    // Nothing listens on port 1, where only the system may.
    let nobody = run(&["list", "--key=k", "--url=http://127.0.0.1:1"]);
    assert!(nobody.starts_with("exit code: 1"), "{nobody}");
    assert!(
        nobody.contains("http://127.0.0.1:1/operator/cache does not answer: "),
        "{nobody}"
    );
    assert!(
        nobody.ends_with("help: name the address of the running application with --url\n"),
        "{nobody}"
    );
    let two = run(&["purge", "news", "--all", "--key=k"]);
    assert!(two.starts_with("exit code: 2"), "{two}");
    assert!(run(&["purge", "--key=k"]).starts_with("exit code: 2"));
}

//! The program: one line that says where everything is, the control API, and a clean end.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::client::Client;

struct Program {
    child: Child,
    urls: Value,
}

impl Program {
    fn start() -> Result<Self> {
        let mut child = Command::new(env!("CARGO_BIN_EXE_midspan-sources"))
            .args(["--seed", "3"])
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("its output")?).read_line(&mut line)?;
        Ok(Self {
            child,
            urls: serde_json::from_str(&line)?,
        })
    }

    fn url(&self, name: &str, target: &str) -> String {
        format!("{}{target}", self.urls[name].as_str().unwrap_or_default())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn faults_and_requests_are_steered_over_http() -> Result<()> {
    let program = Program::start()?;
    let client = Client::new();
    let user = program.url("graph", "/v1.0/users/e000042@contoso.example");
    let faults = program.url("control", "/faults");
    let fault = json!({"system": "graph", "path": "/v1.0/users/*", "fault": {"kind": "status", "status": 503, "retryAfter": 2}});
    let as_json = [("content-type", "application/json")];

    assert_eq!(client.get(&user, &[]).await?.status(), 200);
    assert_eq!(
        client
            .send("PUT", &faults, &as_json, &fault.to_string())
            .await?
            .status(),
        204
    );
    assert_eq!(client.get(&user, &[]).await?.status(), 503);
    assert_eq!(client.json(&faults, &[]).await?, json!([fault]));
    assert_eq!(client.send("DELETE", &faults, &[], "").await?.status(), 204);
    assert_eq!(client.get(&user, &[]).await?.status(), 200);

    let requests = program.url("control", "/requests?system=graph");
    let seen = client.json(&requests, &[]).await?;
    assert_eq!(
        (&seen["counts"]["graph"], &seen["counts"]["sharepoint"]),
        (&json!(3), &json!(0))
    );
    assert_eq!(seen["requests"][0]["path"], "/v1.0/users/e000042@contoso.example");
    assert_eq!(client.send("DELETE", &requests, &[], "").await?.status(), 204);
    assert_eq!(client.json(&requests, &[]).await?["requests"], json!([]));
    Ok(())
}

#[tokio::test]
async fn a_fault_that_makes_no_sense_is_refused_and_not_set() -> Result<()> {
    let program = Program::start()?;
    let client = Client::new();
    let faults = program.url("control", "/faults");
    for wrong in [
        json!({"system": "mainframe", "path": "*", "fault": {"kind": "hang"}}),
        json!({"system": "graph", "path": "*", "fault": {"kind": "explode"}}),
        json!({"system": "graph", "path": "*", "fault": {"kind": "status"}}),
    ] {
        let response = client
            .send(
                "PUT",
                &faults,
                &[("content-type", "application/json")],
                &wrong.to_string(),
            )
            .await?;
        assert_eq!(response.status(), 422, "{wrong}");
    }
    assert_eq!(client.json(&faults, &[]).await?, json!([]));
    Ok(())
}

#[test]
fn it_ends_cleanly_when_told_to() -> Result<()> {
    let mut program = Program::start()?;
    let id = program.child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status()?.success());
    assert_eq!(program.child.wait()?.code(), Some(0));
    Ok(())
}

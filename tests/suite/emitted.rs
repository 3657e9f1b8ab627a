//! Secrets and personal data are in nothing that a host emits. Every host of this suite is looked at for that
//! (`midspan_tests::Watched`); here is what goes wrong on purpose, and the proof that looking finds something.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};

use midspan_host::{HostOptions, OtelSettings};
use midspan_sources::{Fault, System};
use midspan_tests::{Origin, Peer, Planted, Setup, Tier, Watched, is_spin, root};
use serde_json::Value;

use crate::telemetry::{otlp, seen};

const SECRET: &str = "graph_token=a-token-that-is-planted";

fn planted() -> Planted {
    Planted::of(&root().join("spin.toml"), &[SECRET.to_owned()])
}

#[test]
fn what_is_planted_is_found_and_what_only_looks_like_it_is_not() {
    let check = |text: &str, expected: Option<&str>| assert_eq!(planted().in_text(text), expected, "{text}");
    check(
        "authorization: Bearer a-token-that-is-planted",
        Some("a-token-that-is-planted"),
    );
    check("GET /home/E000042?news=5", Some("E000042"));
    check("mail of e000042@contoso.example", Some("e000042@contoso.example"));
    check("Bearer eyJhbGciOiJSUzI1NiJ9.e30.x", Some("eyJ"));
    check("\"traceId\":\"0d6f24c48e000042a3f60c4a4e3f7b21\"", None);
    check("correlation id 0D6F24C4-8E0E-4B8C-A3F6-0E000042F7B2", None);
    check("GET /home/:employee_id answered 200 in 34 ms", None);
}

/// The tests' operations, and no more.
async fn host(otel: OtelSettings, origin: &Origin) -> Watched {
    let unused = ["graph_url", "dataverse_url"].map(|name| format!("{name}=http://127.0.0.1:1"));
    let own = [SECRET.to_owned(), format!("origin_url={}", origin.url())];
    let options = HostOptions {
        listen: ([127, 0, 0, 1], 0).into(),
        variables: [own.as_slice(), &unused].concat(),
        state_dir: Some(root().join("target").join("midspan-tests")),
        otel,
        ..HostOptions::default()
    };
    let started = Watched::start(root().join("tests/spin.toml"), options).await;
    started.expect("the host starts")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_whose_component_prints_a_secret_fails_its_test() {
    assert!(midspan_tests::component_file("test-probe").exists());
    let origin = Origin::start().await;
    let host = host(OtelSettings::default(), &origin).await;
    let client = midspan_tests::Client::new(format!("http://{}", host.local_addr()));
    let answer = client.get("/probe/print?line=a-token-that-is-planted").await;
    assert_eq!(answer.status(), 200, "{}", answer.text());
    let failed = catch_unwind(AssertUnwindSafe(move || drop(host))).expect_err("it is a leak");
    let why = failed.downcast_ref::<String>().expect("a text");
    assert!(why.contains("in what probe says: out a-token-that-is-planted"), "{why}");
}

#[test]
fn every_host_of_the_suite_is_looked_at() {
    let unwatched = concat!(" Host", "::start(");
    let check = |folder: &Path| {
        for file in std::fs::read_dir(folder).expect("the folder of tests") {
            let file = file.expect("a readable folder").path();
            if file.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&file).expect("a readable test");
                assert!(
                    !text.contains(unwatched),
                    "{}: start it by `Watched::start`",
                    file.display()
                );
            }
        }
    };
    check(&root().join("tests/suite"));
}

/// All that an independent receiver has seen, as text.
async fn exported(receiver: &Peer) -> String {
    let seen = seen(receiver).await;
    for signal in ["spans", "metrics", "logs"] {
        assert!(
            seen[signal].as_array().is_some_and(|all| !all.is_empty()),
            "{signal}: {seen}"
        );
    }
    seen.to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_goes_wrong_names_nobody_in_logs_traces_and_metrics() {
    if is_spin() {
        return;
    }
    let receiver = Peer::start("otlp", &[]).await;
    let setup = Setup {
        otel: otlp(receiver.url(), "http/protobuf"),
        ..Setup::default()
    };
    let tier = Tier::start_as("spin.toml", setup).await;
    let employee = tier.sources.population().employee(42).unwrap();
    let token = format!("Bearer {}", tier.sources.user_token(&employee));
    let send = async |path: &str, token: &str| {
        let request = http::Request::get(path)
            .header("authorization", token)
            .header("x-ms-workflow-run-id", employee.mail())
            .header("cookie", employee.mail());
        tier.client.send(request, "").await.status()
    };
    let faults = [
        Fault::status(400),
        Fault::status(404),
        Fault::status(503),
        Fault::InvalidJson,
        Fault::Close,
        Fault::Truncate { after: 60 },
        Fault::Html { status: 502 },
    ];
    let mut failed = 0;
    for fault in faults {
        tier.sources.clear_faults();
        for system in System::ALL {
            tier.sources.fault(system, "*", fault.clone());
        }
        for path in [
            "/home/E000042",
            "/people/e000042@contoso.example",
            "/leave/E000042",
            "/tasks/E000042",
        ] {
            failed += usize::from(send(path, &token).await >= 400);
        }
    }
    assert!(failed > 7, "{failed}");
    tier.sources.clear_faults();
    // The callers' own mistakes, of which they are told with what they sent.
    for path in [
        "/home/E000042?news=E000042",
        "/hom/E000042",
        "/home/E999999",
        "/people/e999999@contoso.example?api_key=E000042",
        "/people/%00E000042",
    ] {
        let status = send(path, "Bearer eyJhbGciOiJub25lIn0.e30.E000042").await;
        assert!(status >= 400, "{path}: {status}");
    }
    tier.shutdown().await;
    planted().check(&exported(&receiver).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_what_a_source_says_nor_a_panic_is_told_unless_it_is_asked_for() {
    if is_spin() {
        return;
    }
    assert!(midspan_tests::component_file("test-colours").exists());
    let (receiver, origin) = (Peer::start("otlp", &[]).await, Origin::start().await);
    let host = host(otlp(receiver.url(), "http/protobuf"), &origin).await;
    let client = midspan_tests::Client::new(format!("http://{}", host.local_addr()));
    // The origin's error has in it what it was sent.
    origin.answers(500);
    let request = http::Request::get("/cached/E000042").header("authorization", "E000042 e000042@contoso.example");
    let answer = client.send(request, "").await;
    assert!(answer.text().contains("SourceFailed"), "{}", answer.text());
    assert_eq!(client.get("/colours/broken-E000042").await.status(), 500);
    host.shutdown().await;
    let text = exported(&receiver).await;
    planted().check(&text);
    let seen: Value = serde_json::from_str(&text).expect("JSON");
    let told = |what: &str| {
        let logs = seen["logs"].as_array().into_iter().flatten();
        logs.filter(|log| log.to_string().contains(what)).count()
    };
    assert!(
        told("it panicked at tests/components/colours/src/lib.rs:") > 0,
        "{text}"
    );
}

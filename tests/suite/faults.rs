//! Each source fault: the required source fails the operation by name, an optional one is reported as missing.

use std::time::Duration;

use midspan_sources::{Fault, System};
use midspan_tests::Tier;
use serde_json::json;

/// Longer than any time-out of the connector; nothing waits for it to pass.
const FOR_EVER: Duration = Duration::from_hours(1);

fn faults() -> Vec<(Fault, u16, &'static str)> {
    vec![
        (Fault::status(500), 502, "SourceFailed"),
        (Fault::status(503), 502, "SourceFailed"),
        (Fault::status(404), 502, "SourceFailed"),
        (Fault::status_retry_after(429, 7), 503, "SourceThrottled"),
        (Fault::delay(FOR_EVER), 502, "SourceTimeout"),
        (Fault::Hang, 502, "SourceTimeout"),
        (dripping(), 502, "SourceTimeout"),
        (Fault::Close, 502, "SourceUnreachable"),
        (Fault::Truncate { after: 20 }, 502, "SourceUnreachable"),
        (Fault::InvalidJson, 502, "SourceInvalid"),
        (Fault::Html { status: 200 }, 502, "SourceInvalid"),
    ]
}

fn dripping() -> Fault {
    Fault::Drip {
        bytes: 1,
        every: Duration::from_secs(1),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_required_source_that_fails_fails_the_operation_by_name() {
    let tier = Tier::start().await;
    for (fault, status, code) in faults() {
        tier.sources.clear_faults();
        tier.sources.fault(System::Graph, "/v1.0/users", fault.clone());
        let answer = tier.get("/home/E000042").await;
        assert_eq!(
            (answer.status(), answer.error_code().as_str()),
            (status, code),
            "{fault:?}"
        );
        assert_eq!(answer.json()["error"]["source"], "graph", "{fault:?}");
        let retry_after = (status == 503).then_some("7");
        assert_eq!(answer.header("retry-after"), retry_after, "{fault:?}");
    }
    tier.sources.clear_faults();
    assert_eq!(tier.get("/home/E000042").await.status(), 200, "it recovers by itself");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_optional_source_that_fails_is_missing_and_the_rest_is_there() {
    let tier = Tier::start().await;
    for (fault, _, code) in faults() {
        tier.sources.clear_faults();
        tier.sources.fault(System::SharePoint, "*/items", fault.clone());
        let answer = tier.get("/home/E000042").await;
        assert_eq!(answer.status(), 200, "{fault:?}: {}", answer.text());
        let view = answer.json();
        assert_eq!(view["news"]["status"], "missing", "{fault:?}");
        assert_eq!(view["news"]["code"], code, "{fault:?}");
        assert_eq!(view["news"]["value"], json!(null), "{fault:?}");
        assert!(
            view["news"]["message"].as_str().unwrap().starts_with("SharePoint "),
            "{view}"
        );
        assert_eq!(view["apps"]["status"], "fresh", "{fault:?}");
        assert_eq!(view["tasks"]["status"], "fresh", "{fault:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_optional_sources_may_fail_at_once() {
    let tier = Tier::start().await;
    tier.sources.fault(System::SharePoint, "*", Fault::Close);
    tier.sources.fault(System::PowerApps, "*", Fault::status(500));
    tier.sources
        .fault(System::Dataverse, "*", Fault::status_retry_after(429, 7));
    tier.sources.fault(System::Payroll, "*", Fault::Html { status: 503 });
    tier.sources.fault(System::Cards, "*", Fault::InvalidJson);
    tier.sources.fault(System::Directory, "*", Fault::Hang);
    let view = tier.get("/home/E000042").await.json();
    assert_eq!(view["profile"]["employeeId"], "E000042");
    for part in ["news", "apps", "tasks", "leave", "cards", "team"] {
        assert_eq!(view[part]["status"], "missing", "{part}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_source_says_about_its_failure_does_not_reach_the_caller() {
    let tier = Tier::start().await;
    tier.sources.fault(System::Graph, "*", Fault::status(500));
    let answer = tier.get("/people/x").await;
    assert_eq!(
        answer.json()["message"],
        "Microsoft Graph answered with an error (500). Try again later."
    );
    assert_eq!(answer.json()["error"]["sourceStatus"], 500);
}

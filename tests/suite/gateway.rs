//! What the gateway sends and what it gets back.

use midspan_sources::System;
use midspan_tests::Tier;

#[tokio::test(flavor = "multi_thread")]
async fn a_flows_ids_come_back_and_reach_every_source() {
    let tier = Tier::start().await;
    let id = "0d6f24c4-8e0e-4b8c-a3f6-0c4a4e3f7b21";
    let request = http::Request::get("/home/E000042")
        .header("x-ms-correlation-id", id)
        .header("x-ms-workflow-run-id", "08585012345678901234567890123CU01")
        .header("x-ms-workflow-operation-name", "Get_the_home_view");
    let answer = tier.client.send(request, "").await;
    assert_eq!(answer.header("x-ms-correlation-id"), Some(id));
    for system in [System::Graph, System::SharePoint, System::PowerApps, System::Dataverse] {
        let traceparent = tier.sources.requests(system)[0]
            .header("traceparent")
            .unwrap_or_default()
            .to_owned();
        assert!(
            traceparent.starts_with("00-0d6f24c48e0e4b8ca3f60c4a4e3f7b21-"),
            "{system}: {traceparent}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_says_what_took_how_long() {
    let tier = Tier::start().await;
    let answer = tier.get("/home/E000042").await;
    let timing = answer.header("server-timing").unwrap();
    for member in [
        "graph;dur=",
        "sharepoint;dur=",
        "powerapps;dur=",
        "dataverse;dur=",
        "total;dur=",
    ] {
        assert!(timing.contains(member), "{timing}");
    }
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("x-ms-correlation-id").map(str::len), Some(36));
}

//! Each fault over real HTTP, and that other routes and systems stay well.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use anyhow::Result;
use http::Response;
use midspan_sources::{Fault, Options, Sources, System};
use serde_json::Value;

use crate::client::Client;

const USER: &str = "/v1.0/users/e000042@contoso.example";

struct Case {
    sources: Sources,
    client: Client,
}

impl Case {
    async fn start(fault: Fault) -> Result<Self> {
        let sources = Sources::start(Options::default()).await?;
        sources.fault(System::Graph, "GET /v1.0/users/*", fault);
        Ok(Self {
            sources,
            client: Client::new(),
        })
    }

    async fn user(&self) -> Result<Response<bytes::Bytes>> {
        self.client
            .get(&format!("{}{USER}", self.sources.url(System::Graph)), &[])
            .await
    }

    /// Everything that comes on a connection after asking for the user.
    fn raw(&self) -> std::io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect(self.sources.url(System::Graph).trim_start_matches("http://"))?;
        write!(
            stream,
            "GET {USER} HTTP/1.1\r\nhost: source\r\nauthorization: Bearer x\r\nconnection: close\r\n\r\n"
        )?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(answer)
    }
}

fn body(response: &Response<bytes::Bytes>) -> Value {
    serde_json::from_slice(response.body()).expect("JSON")
}

fn split(answer: &[u8]) -> (String, &[u8]) {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").expect("a head") + 4;
    (String::from_utf8_lossy(&answer[..end]).into_owned(), &answer[end..])
}

#[tokio::test]
async fn a_delay_makes_the_right_answer_late() -> Result<()> {
    let delay = Duration::from_millis(50);
    let case = Case::start(Fault::delay(delay)).await?;
    let start = Instant::now();
    assert_eq!(body(&case.user().await?)["mail"], "e000042@contoso.example");
    assert!(start.elapsed() >= delay);
    Ok(())
}

#[tokio::test]
async fn a_hanging_route_never_answers_while_others_do() -> Result<()> {
    let case = Case::start(Fault::Hang).await?;
    let url = format!("{}/v1.0/users?$top=1", case.sources.url(System::Graph));
    let others = async {
        while case.sources.count_of(System::Graph, "/v1.0/users/*") == 0 {
            case.client.json(&url, &[]).await?;
        }
        case.client.json(&url, &[]).await?;
        Ok(())
    };
    tokio::select! {
        answer = case.user() => panic!("it answered: {answer:?}"),
        done = others => done,
    }
}

#[tokio::test]
async fn a_status_comes_in_the_shape_of_each_system() -> Result<()> {
    let sources = Sources::start(Options::default()).await?;
    let client = Client::new();
    for (system, pointer, code) in [
        (System::Graph, "/error/code", "TooManyRequests"),
        (System::PowerApps, "/error/code", "TooManyRequests"),
        (System::Dataverse, "/error/code", "0x80072322"),
    ] {
        sources.fault(system, "*", Fault::status_retry_after(429, 11));
        let response = client.get(&format!("{}/any", sources.url(system)), &[]).await?;
        assert_eq!(
            (response.status().as_u16(), &response.headers()["retry-after"]),
            (429, &"11".parse()?)
        );
        assert_eq!(body(&response).pointer(pointer), Some(&Value::from(code)), "{system}");
    }
    sources.fault(System::SharePoint, "*", Fault::status(500));
    let url = format!("{}/any", sources.url(System::SharePoint));
    let response = client
        .get(&url, &[("accept", "application/json;odata=verbose")])
        .await?;
    assert_eq!(response.status(), 500);
    assert_eq!(body(&response)["error"]["message"]["lang"], "en-US");
    Ok(())
}

#[tokio::test]
async fn clearing_faults_makes_everything_work_again() -> Result<()> {
    let case = Case::start(Fault::status(503)).await?;
    assert_eq!(case.user().await?.status(), 503);
    case.sources.clear_faults();
    assert_eq!(case.user().await?.status(), 200);
    Ok(())
}

#[tokio::test]
async fn a_throttle_answers_so_many_and_then_says_when_to_come_back() -> Result<()> {
    let case = Case::start(Fault::Throttle {
        requests: 3,
        window: Duration::from_hours(1),
    })
    .await?;
    for _ in 0..3 {
        assert_eq!(case.user().await?.status(), 200);
    }
    let refused = case.user().await?;
    assert_eq!(refused.status(), 429);
    let seconds: u64 = refused.headers()["retry-after"].to_str()?.parse()?;
    assert!((1..=3_600).contains(&seconds), "{seconds}");
    Ok(())
}

#[tokio::test]
async fn the_first_calls_fail_and_the_next_succeeds() -> Result<()> {
    let case = Case::start(Fault::fail_first(2, 503)).await?;
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(case.user().await?.status().as_u16());
    }
    assert_eq!(statuses, [503, 503, 200, 200]);
    assert_eq!(case.sources.count(System::Graph), 4);
    Ok(())
}

#[tokio::test]
async fn a_closed_connection_is_a_reset_without_an_answer() -> Result<()> {
    let case = Case::start(Fault::Close).await?;
    let error = case.raw().expect_err("no answer");
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    assert_eq!(case.sources.count(System::Graph), 1);
    Ok(())
}

#[tokio::test]
async fn a_truncated_body_promises_more_than_it_sends() -> Result<()> {
    let case = Case::start(Fault::Truncate { after: 10 }).await?;
    let answer = case.raw()?;
    let (head, part) = split(&answer);
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert_eq!(part, b"{\"@odata.c");
    case.sources.clear_faults();
    let whole = case.raw()?;
    let (_, whole) = split(&whole);
    assert!(head.contains(&format!("content-length: {}\r\n", whole.len())), "{head}");
    case.sources.fault(System::Graph, "*", Fault::Truncate { after: 10 });
    assert!(case.user().await.is_err());
    Ok(())
}

#[tokio::test]
async fn wrong_content_is_a_success_that_cannot_be_read() -> Result<()> {
    let case = Case::start(Fault::InvalidJson).await?;
    let response = case.user().await?;
    assert_eq!(
        (response.status().as_u16(), response.headers()["content-type"].to_str()?),
        (200, "application/json")
    );
    assert!(serde_json::from_slice::<Value>(response.body()).is_err());
    Ok(())
}

#[tokio::test]
async fn an_html_page_comes_with_the_status_that_was_asked_for() -> Result<()> {
    let case = Case::start(Fault::Html { status: 502 }).await?;
    let response = case.user().await?;
    assert_eq!(
        (response.status().as_u16(), response.headers()["content-type"].to_str()?),
        (502, "text/html; charset=utf-8")
    );
    assert!(response.body().starts_with(b"<!DOCTYPE html>"));
    Ok(())
}

#[tokio::test]
async fn a_dripping_body_is_the_right_one_in_the_end() -> Result<()> {
    let every = Duration::from_millis(2);
    let case = Case::start(Fault::Drip { bytes: 64, every }).await?;
    let start = Instant::now();
    let dripped = case.user().await?;
    let drops = u32::try_from(dripped.body().len().div_ceil(64))?;
    assert!(drops > 3 && start.elapsed() >= every * drops);
    case.sources.clear_faults();
    assert_eq!(case.user().await?.body(), dripped.body());
    Ok(())
}

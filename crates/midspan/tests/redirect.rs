//! Where a call goes when a source sends it on (RFC 9110 s. 15.4).

use std::time::Duration;

use midspan::{
    prelude::*,
    source::Auth,
    testing::{Reply, TestHost},
};

static MOVED: Source = Source::rest("moved")
    .titled("The mover")
    .auth(Auth::bearer("moved_token"));
static STORE: Source = Source::rest("files")
    .auth(Auth::bearer("files_token"))
    .redirects_to_other_hosts();

/// Read what may have moved
#[operation(get = "/moved", auth = none, sources = [MOVED], deadline = "2s")]
async fn read_moved(ctx: Context) -> Result<u32> {
    ctx.source(&MOVED).get("/old").json().await
}

/// Write where it may have moved
#[operation(get = "/written", auth = none, sources = [MOVED], deadline = "2s")]
async fn write_moved(ctx: Context) -> Result<u32> {
    ctx.source(&MOVED).post("/old").body("x").json().await
}

/// Read from a source's storage
#[operation(get = "/stored", auth = none, sources = [STORE], deadline = "2s")]
async fn read_stored(ctx: Context) -> Result<u32> {
    ctx.source(&STORE)
        .get("/file")
        .header("x-tenant", "contoso")
        .json()
        .await
}

#[test]
fn a_redirect_of_the_source_is_followed_with_its_credentials() {
    let host = TestHost::new();
    host.on("moved", "GET /old", Reply::status(301).header("location", "/new?x=1"));
    host.on("moved", "GET /new", Reply::json(200, "7"));
    let answer = host.get::<ReadMoved>("/moved");
    assert_eq!(answer.json::<u32>(), 7);
    assert!(
        !answer.header("server-timing").unwrap().contains("attempts"),
        "it is one attempt"
    );
    let sent = host.requests("moved");
    assert_eq!(sent[1].request.uri(), "https://moved.test/new?x=1");
    for sent in sent {
        assert_eq!(sent.request.headers()["authorization"], "Bearer moved_token");
    }
}

#[test]
fn a_write_goes_along_only_where_the_source_says_that_it_was_not_done() {
    let check = |status: u16, sent: &[&str], expected: Result<u32, u16>| {
        let host = TestHost::new();
        host.on("moved", "POST /old", Reply::status(status).header("location", "/new"));
        host.on("moved", "POST /new", Reply::json(200, "7"));
        host.on("moved", "GET /new", Reply::json(200, "8"));
        let answer = host.get::<WriteMoved>("/written");
        let all = host.requests("moved");
        let all: Vec<_> = all
            .iter()
            .map(|sent| format!("{} {}", sent.request.method(), sent.request.uri().path()))
            .collect();
        assert_eq!(all, sent, "{status}");
        match expected {
            Ok(value) => assert_eq!(answer.json::<u32>(), value),
            Err(status) => assert_eq!(answer.error().error.source_status, Some(status)),
        }
    };
    check(301, &["POST /old"], Err(301));
    check(302, &["POST /old"], Err(302));
    check(303, &["POST /old", "GET /new"], Ok(8));
    check(307, &["POST /old", "POST /new"], Ok(7));
    check(308, &["POST /old", "POST /new"], Ok(7));
}

#[test]
fn a_redirect_to_another_host_is_the_answer_and_the_log_says_why() {
    let host = TestHost::new();
    host.on(
        "moved",
        "GET /old",
        Reply::status(302).header("location", "https://login.test/?t=secret"),
    );
    let answer = host.get::<ReadMoved>("/moved");
    assert_eq!(answer.error().error.source_status, Some(302));
    assert!(host.requests("login").is_empty());
    assert!(host.log()[0].contains("source `moved`: its redirect to `https://login.test/` is not followed"));
    assert!(!host.log().concat().contains("secret"), "{:?}", host.log());
}

#[test]
fn another_host_gets_neither_credentials_nor_headers() {
    let host = TestHost::new();
    host.on(
        "files",
        "GET /file",
        Reply::status(302).header("location", "https://blob.test/7?sig=s"),
    );
    host.on("blob", "GET /7", Reply::json(200, "7"));
    assert_eq!(host.get::<ReadStored>("/stored").json::<u32>(), 7);
    let sent = host.requests("blob");
    let mut names: Vec<_> = sent[0].request.headers().keys().map(http::HeaderName::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["accept", "accept-encoding"]);
}

#[test]
fn a_redirect_leads_only_to_where_the_manifest_lets_the_component_out() {
    let host = TestHost::new();
    host.on(
        "files",
        "GET /file",
        Reply::status(302).header("location", "https://blob.test/7"),
    );
    host.on("blob", "GET /7", Reply::denied());
    assert_eq!(
        host.get::<ReadStored>("/stored").error().error.code,
        ErrorCode::OperationFailed
    );
    assert!(!host.log().concat().contains("secret"), "{:?}", host.log());
    assert!(
        host.log()[0].contains("this component may not call `https://blob.test/7`"),
        "{:?}",
        host.log()
    );
}

#[test]
fn a_circle_of_redirects_ends() {
    let host = TestHost::new();
    host.on(
        "moved",
        "GET /old",
        Reply::status(302)
            .header("location", "/old")
            .after(Duration::from_millis(10)),
    );
    assert_eq!(host.get::<ReadMoved>("/moved").error().error.source_status, Some(302));
    assert_eq!(host.requests("moved").len(), 6);
}

#[test]
fn redirects_end_with_the_time_out() {
    let host = TestHost::new();
    host.on(
        "moved",
        "GET /old",
        Reply::status(302)
            .header("location", "/old")
            .after(Duration::from_millis(600)),
    );
    assert_eq!(
        host.get::<ReadMoved>("/moved").error().error.code,
        ErrorCode::SourceTimeout
    );
    assert!(host.elapsed() < Duration::from_secs(2), "{:?}", host.elapsed());
}

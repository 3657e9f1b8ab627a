//! More calls than a source can take: what can be answered is, and the rest is refused at once.

use std::time::Duration;

use midspan::{
    cache::Cache,
    prelude::*,
    testing::{Reply, Response, TestHost},
};

static HR: Source = Source::rest("hr")
    .titled("HR")
    .timeout(Duration::from_secs(5))
    .max_concurrent(4)
    .max_wait(Duration::from_millis(100));

const KEPT: Cache = Cache::ttl(Duration::from_mins(5)).stale_if_error(Duration::from_hours(1));

/// Whom to read.
#[input]
struct ReadInput {
    /// Employee number
    #[path]
    id: String,
}

/// Read
#[operation(get = "/read/{id}", auth = none, sources = [HR], deadline = "8s")]
async fn read(ctx: Context, input: ReadInput) -> Result<String> {
    let call = ctx.source(&HR).get("/people/{id}").path("id", &input.id);
    call.cached(KEPT).text().await
}

fn request(id: usize) -> http::Request<bytes::Bytes> {
    http::Request::get(format!("/read/{id}"))
        .body(bytes::Bytes::new())
        .expect("a request")
}

fn count(answers: &[Response], status: u16) -> usize {
    answers.iter().filter(|answer| answer.status() == status).count()
}

#[test]
fn ten_times_what_a_source_can_take_leaves_its_capacity_and_all_cached_reads_answered() {
    let host = TestHost::new();
    host.on("hr", "GET /people/0", Reply::bytes(200, "text/plain", "cached"));
    assert_eq!(host.get::<Read>("/read/0").text(), "\"cached\"");
    for id in 1..=40 {
        let answer = Reply::bytes(200, "text/plain", "slow").after(Duration::from_secs(1));
        host.on("hr", &format!("GET /people/{id}"), answer);
    }
    let before = host.elapsed();
    // Forty calls for four turns, and forty that need none, all at the same moment.
    let requests = (1..=40).flat_map(|id| [request(id), request(0)]);
    let answers = TestHost::send_at_once::<Read>(requests.map(|request| (host.clone(), request)).collect());
    let (slow, cached): (Vec<_>, Vec<_>) = answers.into_iter().enumerate().partition(|(n, _)| n % 2 == 0);
    let [slow, cached] = [slow, cached].map(|all| all.into_iter().map(|(_, answer)| answer).collect::<Vec<_>>());
    assert_eq!(count(&cached, 200), 40);
    assert_eq!((count(&slow, 200), count(&slow, 503)), (4, 36));
    for refused in slow.iter().filter(|answer| answer.status() == 503) {
        assert_eq!(refused.error().error.code, ErrorCode::Overloaded);
        assert_eq!(refused.error().error.source.as_deref(), Some("hr"));
        assert_eq!(refused.header("retry-after"), Some("1"));
    }
    assert_eq!(host.requests("hr").len(), 5);
    assert!(host.elapsed().saturating_sub(before) < Duration::from_millis(1200));
}

#[test]
fn a_stale_answer_stands_in_for_a_call_that_is_refused() {
    let host = TestHost::new();
    host.on("hr", "GET /people/0", Reply::bytes(200, "text/plain", "old"));
    let _ = host.get::<Read>("/read/0");
    host.pass(Duration::from_mins(6));
    for id in 1..=4 {
        host.on("hr", &format!("GET /people/{id}"), Reply::hang());
    }
    let requests = [1, 2, 3, 4, 0].map(|id| (host.clone(), request(id)));
    let answers = TestHost::send_at_once::<Read>(requests.to_vec());
    let stale = answers.last().expect("an answer");
    assert_eq!((stale.status(), stale.text().as_str()), (200, "\"old\""));
    assert_eq!(host.requests("hr").len(), 5, "it was not asked");
}

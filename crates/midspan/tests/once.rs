//! Equal safe calls of one request are made once.

use std::time::Duration;

use midspan::{
    Operation,
    prelude::*,
    testing::{Reply, TestHost},
};

/// Long enough for calls to be under way together.
const MOMENT: Duration = Duration::from_millis(10);

static CRM: Source = Source::rest("crm").titled("CRM");

#[derive(Debug, PartialEq, Data)]
struct Answers {
    values: Vec<u32>,
}

async fn one(ctx: &Context) -> Result<u32> {
    ctx.source(&CRM)
        .get("/x/{id}")
        .path("id", 1)
        .query("a", "b")
        .json()
        .await
}

/// Reads the same at once, and again
#[operation(get = "/same", auth = none, sources = [CRM])]
async fn same(ctx: Context) -> Result<Answers> {
    let (a, b, c) = try_join!(
        one(&ctx),
        one(&ctx),
        ctx.source(&CRM).get("/x/1").query("a", "b").json()
    )?;
    let d = one(&ctx).await?;
    Ok(Answers {
        values: vec![a, b, c, d],
    })
}

/// Reads what only looks alike
#[operation(get = "/alike", auth = none, sources = [CRM])]
async fn alike(ctx: Context) -> Result<Answers> {
    let call = || ctx.source(&CRM).get("/x/1");
    let values = try_join!(
        call().json(),
        call().query("a", "c").json(),
        call().header("accept-language", "de").json(),
        call().timeout(Duration::from_secs(1)).json(),
        call().always().json(),
        ctx.source(&CRM).post("/x/1").body(&1).read_only().json(),
        ctx.source(&CRM).post("/x/1").body(&2).read_only().json(),
        ctx.source(&CRM).post("/x/1").body(&2).read_only().json(),
    )?;
    let values: [u32; 8] = values.into();
    Ok(Answers { values: values.into() })
}

/// Reads, changes and reads again
#[operation(get = "/changed", auth = none, sources = [CRM])]
async fn changed(ctx: Context) -> Result<Answers> {
    let before = one(&ctx).await?;
    ctx.source(&CRM).post("/x").body(&1).send().await?;
    Ok(Answers {
        values: vec![before, one(&ctx).await?],
    })
}

/// Reads what failed again
#[operation(get = "/failed", auth = none, sources = [CRM])]
async fn failed(ctx: Context) -> Result<Answers> {
    let (a, b) = join!(one(&ctx), one(&ctx));
    let failures = u32::from(a.is_err()) + u32::from(b.is_err());
    Ok(Answers {
        values: vec![failures, one(&ctx).await?],
    })
}

/// Reads, and gives the first call up
#[operation(get = "/given-up", auth = none, sources = [CRM])]
async fn given_up(ctx: Context) -> Result<Answers> {
    let first = async {
        let mut call = std::pin::pin!(one(&ctx));
        let mut limit = std::pin::pin!(ctx.sleep(Duration::from_millis(10)));
        std::future::poll_fn(|context| {
            let _ = call.as_mut().poll(context);
            limit.as_mut().poll(context)
        })
        .await;
        Ok(0)
    };
    let (a, b, c) = try_join!(first, one(&ctx), one(&ctx))?;
    Ok(Answers { values: vec![a, b, c] })
}

fn host(route: &str, values: &[u32]) -> TestHost {
    let host = TestHost::new();
    for value in values {
        host.on("crm", route, Reply::json(200, value.to_string()).after(MOMENT));
    }
    host
}

fn check<O: Operation>(host: &TestHost, path: &str, expected: &[u32]) {
    let answer = host.get::<O>(path);
    assert_eq!(answer.status(), 200, "{}", answer.text());
    assert_eq!(answer.json::<Answers>().values, expected);
}

#[test]
fn equal_reads_are_one_request_under_way_and_afterwards_but_not_in_the_next_request() {
    let host = host("GET /x/1", &[7, 8]);
    check::<Same>(&host, "/same", &[7, 7, 7, 7]);
    assert_eq!(host.requests("crm").len(), 1);
    check::<Same>(&host, "/same", &[8, 8, 8, 8]);
    assert_eq!(host.requests("crm").len(), 2);
}

#[test]
fn reads_that_differ_in_query_header_body_or_time_are_different_ones() {
    let host = host("GET /x/1", &[1, 2, 3, 4, 5]);
    for value in [6, 7] {
        host.on("crm", "POST /x/1", Reply::json(200, value.to_string()));
    }
    check::<Alike>(&host, "/alike", &[1, 2, 3, 4, 5, 6, 7, 7]);
    assert_eq!(host.requests("crm").len(), 7);
}

#[test]
fn what_is_read_after_a_change_is_read_anew() {
    let host = host("GET /x/1", &[1, 2]);
    host.on("crm", "POST /x", Reply::json(201, "null"));
    check::<Changed>(&host, "/changed", &[1, 2]);
}

#[test]
fn a_failure_is_shared_by_those_who_wait_and_not_kept() {
    let host = host("GET /x/1", &[]);
    host.on("crm", "GET /x/1", Reply::json(500, "null").after(MOMENT));
    host.on("crm", "GET /x/1", Reply::json(200, "5"));
    check::<Failed>(&host, "/failed", &[2, 5]);
    assert_eq!(host.requests("crm").len(), 2);
}

#[test]
fn a_call_that_is_given_up_is_made_by_one_of_those_who_wait() {
    let host = TestHost::new();
    host.on("crm", "GET /x/1", Reply::hang());
    host.on("crm", "GET /x/1", Reply::json(200, "3"));
    check::<GivenUp>(&host, "/given-up", &[0, 3, 3]);
    assert_eq!(host.requests("crm").len(), 2);
    assert!(host.elapsed() < Duration::from_millis(200), "{:?}", host.elapsed());
}

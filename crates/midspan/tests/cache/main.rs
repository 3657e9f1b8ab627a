//! The shared cache, natively: the virtual clock makes hours pass in no time.

mod change;
mod collapse;
mod composite;
mod freshness;
mod head;
mod index;
mod near;
mod redirected;
mod scope;
mod stale;
mod store;
mod validation;

use std::time::Duration;

use bytes::Bytes;
use midspan::{
    Operation,
    cache::{Cache, Scope},
    prelude::*,
    testing::{Reply, Response, TestHost},
};

const MINUTE: Duration = Duration::from_mins(1);

static API: Source = Source::rest("api")
    .titled("The API")
    .timeout(Duration::from_secs(5))
    .retry(midspan::source::Retry::times(0));
static MINE: Source = Source::rest("mine").forward_authorization_or_bearer("token");

/// What to read.
#[input]
struct ReadInput {
    /// Thing
    #[path]
    id: String,
    /// Language
    #[query]
    language: Option<String>,
    /// Cache-Control of the call
    #[query]
    ask: Option<String>,
}

/// Calls of every kind, which differ in how they are cached.
macro_rules! operations {
    ($($(#[$doc:meta])* $name:ident = $path:tt, $source:ident, $cache:expr;)*) => {
        $($(#[$doc])*
        #[operation(get = $path, auth = none, sources = [$source], deadline = "10s")]
        async fn $name(ctx: Context, input: ReadInput) -> Result<Part<String>> {
            let call = ctx.source(&$source).get("/things/{id}").path("id", &input.id).cached($cache).tag("things");
            let call = match &input.language {
                Some(language) => call.header("accept-language", language),
                None => call,
            };
            let call = match &input.ask {
                Some(ask) => call.header("cache-control", ask),
                None => call,
            };
            call.json().optional().await
        })*
    };
}

operations! {
    /// As the source says
    as_told = "/told/{id}", API, Cache::http();
    /// As the source says, or guessed
    guessed = "/guessed/{id}", API, Cache::http().heuristic();
    /// For a minute
    minute = "/minute/{id}", API, Cache::ttl(MINUTE).not_found(Duration::from_secs(10));
    /// For a minute whatever the source says
    forced = "/forced/{id}", API, Cache::ttl(MINUTE).ignoring_source_headers();
    /// For a minute, and two more stale
    stale = "/stale/{id}", API, Cache::ttl(MINUTE).stale_if_error(MINUTE * 2);
    /// For a minute, and two more while it is read again
    swr = "/swr/{id}", API, Cache::ttl(MINUTE).stale_while_revalidate(MINUTE * 2);
    /// By what the source varies by
    by_vary = "/vary/{id}", API, Cache::http().keyed_by_vary();
    /// For whoever it is
    mine = "/mine/{id}", MINE, Cache::ttl(MINUTE);
    /// For all, though it is asked for with the caller's credentials
    ours = "/ours/{id}", MINE, Cache::ttl(MINUTE).scope(Scope::Public);
    /// For the user, of a source that is asked with no credentials
    personal = "/personal/{id}", API, Cache::ttl(MINUTE).scope(Scope::User);
}

/// A host whose source gives these replies in turn.
fn host(replies: impl IntoIterator<Item = Reply>) -> TestHost {
    let host = TestHost::new();
    for reply in replies {
        host.on("api", "GET /things/1", reply);
    }
    host
}

/// An answer with a number, so that it is seen which one was given.
fn numbered(number: u32) -> Reply {
    Reply::json(200, format!("\"{number}\""))
}

fn with(cache_control: &str) -> Reply {
    numbered(1).header("cache-control", cache_control)
}

fn calls(host: &TestHost) -> usize {
    host.requests("api").len()
}

fn cache_status(response: &Response) -> &str {
    response.header("cache-status").unwrap_or_default()
}

fn value(response: &Response) -> String {
    let part: Part<String> = response.json();
    part.value.unwrap_or_else(|| format!("{:?}", part.message))
}

fn request(path: &str, authorization: &str) -> http::Request<Bytes> {
    let mut request = http::Request::get(path);
    if !authorization.is_empty() {
        request = request.header("authorization", authorization);
    }
    request.body(Bytes::new()).expect("a path")
}

/// How many calls reach the source when it is asked twice, with so much time in between.
fn asked_twice<O: Operation>(path: &str, reply: &Reply, apart: Duration) -> usize {
    let host = host([reply.clone()]);
    assert_eq!(host.get::<O>(path).status(), 200);
    host.pass(apart);
    assert_eq!(host.get::<O>(path).status(), 200);
    calls(&host)
}

//! An operation whose only call is cached: for the user where the request is a user's, else for all.

use std::time::Duration;

use midspan::{
    cache::Cache,
    prelude::*,
    source::{Auth, Retry},
};

static ORIGIN: Source = Source::rest("origin")
    .titled("The origin")
    .timeout(Duration::from_mins(1))
    .retry(Retry::times(0))
    .auth(Auth::caller_or_bearer("origin_token"));

/// For no longer than a test takes, and stale for as long again.
const POLICY: Cache = Cache::ttl(Duration::from_mins(10)).stale_if_error(Duration::from_mins(10));

/// What to read.
#[input]
struct ReadInput {
    /// Thing
    #[path]
    id: String,
    /// Whether it has changed
    #[query(default = false)]
    changed: bool,
}

/// Read a thing
#[operation(get = "/cached/{id}", auth = none, sources = [ORIGIN], deadline = "60s")]
async fn read(ctx: Context, input: ReadInput) -> Result<Part<String>> {
    if input.changed {
        ctx.cache().invalidate(&input.id).await;
    }
    let call = ctx.source(&ORIGIN).get("/things/{id}").path("id", &input.id);
    call.cached(POLICY).tag(&input.id).json().optional().await
}

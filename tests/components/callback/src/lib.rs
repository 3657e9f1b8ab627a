//! An operation that calls its source as often as it is told: what a trace looks like from there.

use midspan::prelude::*;

static ORIGIN: Source = Source::rest("origin").titled("The origin");

/// How often to call.
#[input]
struct CallbackInput {
    /// Calls
    #[query(default = 1, min = 1, max = 3)]
    count: u32,
}

/// Call back
#[operation(post = "/callback", auth = none, sources = [ORIGIN])]
async fn call_back(ctx: Context, input: CallbackInput) -> Result<u32> {
    for at in 0..input.count {
        ctx.source(&ORIGIN)
            .get("/things/{at}")
            .path("at", at)
            .json::<String>()
            .await?;
    }
    Ok(input.count)
}

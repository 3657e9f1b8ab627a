//! Ping: an operation without a source, to measure what every operation costs.

use midspan::prelude::*;

/// A sign of life.
#[derive(Data)]
struct Pong {
    /// Whether the operation could be run
    ok: bool,
    /// Message
    message: String,
}

/// Ping
///
/// Answers at once.
#[operation(get = "/ping", auth = none)]
async fn ping(_ctx: Context) -> Result<Pong> {
    Ok(Pong {
        ok: true,
        message: "pong".to_owned(),
    })
}

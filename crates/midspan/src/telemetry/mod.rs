//! Which trace a request belongs to, what its calls took, and how that is told: to the sources in `traceparent`, to the
//! caller in `Server-Timing`, to the operator in one line a request.
//!
//! The spans are the request's, one for each call to a source ([`call`]), and one for each HTTP request that the call
//! took. They are told as the line of [`midspan_definition::telemetry`], whatever the host.

mod call;
mod line;
mod sampler;
mod server_timing;
mod trace_context;

pub(crate) use call::{Calls, Span, begin};
pub(crate) use line::{write as write_line, write_refresh};
pub(crate) use server_timing::server_timing;
pub(crate) use trace_context::TraceContext;

use std::time::Duration;

/// In place of a call's path: a token is asked for, at whatever URL.
pub(crate) const TOKEN: &str = "token";

/// With three decimals: the clock is not better than that.
fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1_000_000.0).round() / 1000.0
}

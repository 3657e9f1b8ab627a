//! Runs operations natively: scripted sources, injected faults and a virtual clock.
//!
//! A test takes milliseconds whatever delays it plays through, because nothing waits: when an operation can't go on,
//! the clock jumps to the next moment at which something happens.

mod clock;
mod host;
mod script;
mod soap;

#[cfg(test)]
pub(crate) use clock::VirtualClock;
pub use host::{Attempt, Response, TestHost};
pub use midspan_definition::telemetry::{CallSpan, RequestSpan, SentSpan};
pub use script::{Recorded, Reply};
pub use soap::soap_envelope;

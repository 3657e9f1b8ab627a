//! Emulated back-end systems that speak the true wire formats: Microsoft Graph, SharePoint Online, the Power Apps resource provider,
//! Dataverse, Entra ID, Azure Resource Manager, Power Automate, a SOAP service, a GraphQL directory and others ([`System`]), with 100,000
//! employees generated from a seed.
//!
//! End-to-end tests, the benchmark and `midspan demo` call them instead of the cloud. They answer what the real ones would (paths,
//! envelopes, continuation links, errors), always the same for the same seed, and they can be told to be slow, failing, throttling or
//! hanging, route by route. What reaches them is counted and kept, so that a test can say what was sent.
//!
//! ```
//! use std::time::Duration;
//!
//! use midspan_sources::{Fault, Options, Sources, System};
//!
//! # tokio::runtime::Runtime::new().unwrap().block_on(async {
//! let sources = Sources::start(Options { seed: 7, ..Options::default() }).await?;
//! sources.fault(System::SharePoint, "*/items", Fault::delay(Duration::from_millis(300)));
//! sources.fault(System::Graph, "GET /v1.0/users/*", Fault::status_retry_after(503, 2));
//!
//! // ... call sources.url(System::Graph) ...
//!
//! let expected = sources.population().employee(42).map(|employee| employee.display_name());
//! assert_eq!(sources.count(System::Graph), 0);
//! # Ok::<(), midspan_sources::StartError>(()) }).unwrap();
//! ```
//!
//! The systems serve on threads of their own until [`Sources`] is dropped. As a program (`midspan-sources`) they are steered through the
//! [control API](control).

mod authority;
mod bearer;
mod call;
pub mod control;
mod emulator;
mod fault;
mod hex;
mod jwt;
mod memo;
mod odata;
mod pattern;
mod population;
mod record;
mod reply;
mod server;
mod sources;
mod system;
mod systems;

pub use authority::{CLIENT_CERTIFICATE, CLIENT_ID, CLIENT_KEY, CLIENT_SECRET};
pub use bearer::token_for;
pub use fault::Fault;
pub use population::{
    Account, App, Contact, DOMAIN, Employee, Event, Guid, Leave, LeaveEntry, Moment, NewsItem, NotAGuid, NotAMoment,
    Population, TENANT_ID, Task, TaskState,
};
pub use record::RecordedRequest;
pub use sources::{Options, Sources, StartError};
pub use system::{System, UnknownSystem};
pub use systems::{
    CARDS_CLIENT_ID, CARDS_KEY, NOTIFY_FLOW, NOTIFY_PATH, NOTIFY_SIGNATURE, Notification, ONPREMISES_PASSWORD,
    ONPREMISES_USER, PAYROLL_PASSWORD, PAYROLL_USER,
};

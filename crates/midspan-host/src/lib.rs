//! The embedded host: runs the components of a Spin v2 manifest on wasmtime with WASI 0.3, as Spin does.
//!
//! It is not a second Spin. It runs the subset of a manifest that connectors need, and says by line what it does not
//! support. A request's way through the code:
//!
//! 1. [`server`] accepts it, applies the [`Limits`] and finds its component by the [`routes`],
//! 2. `instance` gives it to an instance of the component (re-used, bounded, replaced when it fails),
//! 3. `guest` is what the instance sees of the world: WASI, [`key_value`], [`variables`], and
//! 4. `outbound` for HTTP to the [`allowed_hosts`].
//!
//! What happens on the way is told by [`telemetry`].
//!
//! ```no_run
//! # async fn example() -> Result<(), midspan_host::HostError> {
//! use midspan_host::{Host, HostOptions};
//!
//! let host = Host::start("spin.toml", HostOptions::default()).await?;
//! println!("listening on {}", host.local_addr());
//! host.shutdown().await;
//! # Ok(())
//! # }
//! ```

pub mod allowed_hosts;
pub mod diagnostic;
mod document;
pub mod manifest;
pub mod routes;
pub mod runtime_config;
pub mod variables;

#[cfg(feature = "run")]
mod app;
#[cfg(feature = "run")]
mod code_cache;
#[cfg(feature = "run")]
mod engine;
#[cfg(feature = "run")]
mod error;
#[cfg(feature = "run")]
mod guest;
#[cfg(feature = "run")]
mod host;
#[cfg(feature = "run")]
mod instance;
#[cfg(feature = "run")]
pub mod key_value;
#[cfg(feature = "run")]
mod options;
#[cfg(feature = "run")]
mod outbound;
#[cfg(feature = "run")]
mod output;
#[cfg(feature = "run")]
mod random;
#[cfg(feature = "run")]
pub mod server;
#[cfg(feature = "run")]
pub mod telemetry;

#[cfg(feature = "run")]
pub use code_cache::CompileCount;
#[cfg(feature = "run")]
pub use error::HostError;
#[cfg(feature = "run")]
pub use host::{Host, RouteInfo, RunningHost};
#[cfg(feature = "run")]
pub use options::{
    HostOptions, InstanceReuse, Limits, LogLevel, LogLine, OnLog, OnOutput, OnRequest, OutputLine, OutputStream,
    RequestRecord,
};
#[cfg(feature = "run")]
pub use telemetry::OtelSettings;

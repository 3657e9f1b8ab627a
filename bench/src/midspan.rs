//! Midspan, as it is measured: the embedded host with its own defaults, in a process of its own.

use anyhow::Result;
use midspan_host::{Host, HostOptions, Limits, OtelSettings};

use crate::{arguments::MidspanRole, processes::announce};

/// The role: serves until whoever started it has ended.
pub(crate) fn serve(role: &MidspanRole) -> Result<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    let mut limits = Limits::default();
    if let Some(places) = role.places {
        limits.concurrent_requests = places;
    }
    let options = HostOptions {
        limits,
        listen: ([127, 0, 0, 1], 0).into(),
        variables: role.variables.clone(),
        state_dir: Some(role.state_dir.clone()),
        otel: OtelSettings::from_env(),
        ..HostOptions::default()
    };
    let host = runtime.block_on(Host::start(&role.manifest, options))?;
    announce(&host.local_addr().to_string())
}

//! On what, and how, it was measured.

use anyhow::{Context, Result};
use serde::Serialize;

use crate::{arguments::Plan, components};

/// What a figure means nothing without.
#[derive(Serialize)]
pub(crate) struct Setting {
    pub(crate) processors: usize,
    pub(crate) rounds: usize,
    pub(crate) seconds: f64,
    pub(crate) connections: usize,
    pub(crate) starts: usize,
    pub(crate) versions: Vec<(&'static str, String)>,
}

impl Setting {
    pub(crate) fn of(plan: &Plan) -> Result<Self> {
        let lock = std::fs::read_to_string(components::root().join("Cargo.lock"))?;
        let version = |name| {
            Ok((
                name,
                locked(&lock, name).with_context(|| format!("{name} is not in Cargo.lock"))?,
            ))
        };
        Ok(Self {
            processors: std::thread::available_parallelism()?.get(),
            rounds: plan.rounds,
            seconds: plan.time.as_secs_f64(),
            connections: plan.connections,
            starts: plan.starts,
            versions: ["midspan", "wasmtime", "axum", "hyper", "tokio"]
                .into_iter()
                .map(version)
                .collect::<Result<_>>()?,
        })
    }
}

fn locked(lock: &str, name: &str) -> Option<String> {
    let (_, package) = lock.split_once(&format!("name = \"{name}\"\nversion = \""))?;
    Some(package.split('"').next()?.to_owned())
}

//! From the start of a process to its first answer.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::Result;
use tempfile::TempDir;

use crate::{
    arguments::Plan,
    client::Connection,
    figures::{Figure, Unit, megabytes, milliseconds},
    processes::Process,
    sources::Sources,
    work::{Target, Work},
};

/// With nothing compiled, and with the compiled code of an earlier start on disk.
pub(crate) async fn all(work: Work, sources: &Sources, plan: &Plan) -> Result<Vec<Figure>> {
    let target = &work.targets()[0];
    let warm_state = TempDir::new()?;
    let midspan = |state: &Path| Process::midspan(work, sources, state);
    Start::measure(|| midspan(warm_state.path()), target).await?;
    let (mut cold, mut warm, mut native) = (Vec::new(), Vec::new(), Vec::new());
    for number in 0..plan.starts {
        eprintln!("{}: start {} of {}", work.name(), number + 1, plan.starts);
        let empty_state = TempDir::new()?;
        cold.push(Start::measure(|| midspan(empty_state.path()), target).await?);
        warm.push(Start::measure(|| midspan(warm_state.path()), target).await?);
        native.push(Start::measure(|| Process::native(sources), target).await?);
    }
    let figure = |what: &str, unit, starts: &[Start], of: fn(&Start) -> f64| {
        let values = |starts: &[Start]| starts.iter().map(of).collect();
        Figure::new(work, what, unit, values(starts), values(&native))
    };
    let time = |start: &Start| milliseconds(start.time);
    let memory = |start: &Start| megabytes(start.memory);
    Ok(vec![
        figure(
            "start to first answer, code cache empty",
            Unit::Milliseconds,
            &cold,
            time,
        ),
        figure(
            "start to first answer, code cache warm",
            Unit::Milliseconds,
            &warm,
            time,
        ),
        figure("memory after it, code cache empty", Unit::Megabytes, &cold, memory),
        figure("memory after it, code cache warm", Unit::Megabytes, &warm, memory),
    ])
}

struct Start {
    time: Duration,
    /// In bytes.
    memory: u64,
}

impl Start {
    async fn measure(start: impl FnOnce() -> Result<Process>, target: &Target) -> Result<Self> {
        let started = Instant::now();
        let process = start()?;
        Connection::open(process.address()?).await?.get(target).await?;
        Ok(Self {
            time: started.elapsed(),
            memory: process.memory()?,
        })
    }
}

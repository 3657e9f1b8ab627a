//! From the start of a process to its first answer.

use std::{path::Path, time::Instant};

use anyhow::Result;
use tempfile::TempDir;

use crate::{
    arguments::Plan,
    client::Connection,
    figures::{Figure, Unit, milliseconds},
    processes::Process,
    sources::Sources,
    work::{Target, Work},
};

/// With nothing compiled, and with the compiled code of an earlier start on disk.
pub(crate) async fn all(work: Work, sources: &Sources, plan: &Plan) -> Result<Vec<Figure>> {
    let target = &work.targets()[0];
    let warm_state = TempDir::new()?;
    let midspan = |state: &Path| Process::midspan(work, sources, state);
    first_answer(|| midspan(warm_state.path()), target).await?;
    let (mut cold, mut warm, mut native) = (Vec::new(), Vec::new(), Vec::new());
    for number in 0..plan.starts {
        eprintln!("{}: start {} of {}", work.name(), number + 1, plan.starts);
        let empty_state = TempDir::new()?;
        cold.push(first_answer(|| midspan(empty_state.path()), target).await?);
        warm.push(first_answer(|| midspan(warm_state.path()), target).await?);
        native.push(first_answer(|| Process::native(sources), target).await?);
    }
    let figure = |what: &str, midspan| Figure::new(work, what, Unit::Milliseconds, midspan, native.clone());
    Ok(vec![
        figure("start to first answer, code cache empty", cold),
        figure("start to first answer, code cache warm", warm),
    ])
}

async fn first_answer(start: impl FnOnce() -> Result<Process>, target: &Target) -> Result<f64> {
    let started = Instant::now();
    let process = start()?;
    Connection::open(process.address()?).await?.get(target).await?;
    Ok(milliseconds(started.elapsed()))
}

//! What tracing costs: GetHome on two hosts in turns, one that exports nothing, and one whose every request is traced and
//! sent, with metrics and logs, to a collector on this machine.

use std::net::SocketAddr;

use anyhow::{Context, Result, ensure};
use http::Method;
use serde::Serialize;
use tempfile::TempDir;

use crate::{
    arguments::Plan,
    cached::{Figures, Program},
    client::Connection,
    measure::{check_agreement, round},
    processes::Process,
    sources::Sources,
    work::Work,
};

/// What was measured on both.
#[derive(Serialize)]
pub(crate) struct Traced {
    /// Without tracing, then with it.
    pub(crate) programs: [Figures; 2],
    pub(crate) spans_a_request: f64,
}

pub(crate) async fn measure(sources: &Sources, plan: &Plan) -> Result<Traced> {
    let state = TempDir::new()?;
    let collector = Process::collector()?;
    let address = collector.address()?;
    let (off, on) = (
        Process::midspan(Work::Traced, sources, state.path())?,
        Process::traced_midspan(Work::Traced, sources, state.path(), address)?,
    );
    let targets = Work::Traced.targets();
    check_agreement(&off, &on, &targets).await?;
    let mut programs = [("off", off), ("on", on)].map(|(name, process)| Program::new((name.to_owned(), process)));
    let (mut spans, mut requests) = (0, 0);
    for number in 0..plan.rounds {
        eprintln!("{}: round {} of {}", Work::Traced.name(), number + 1, plan.rounds);
        for turn in 0..programs.len() {
            let at = (number + turn) % programs.len();
            let before = received(address).await?;
            let done = round(&programs[at].process, Work::Traced, sources, plan, &targets).await?;
            // What is sent later, and of the warm-up before, is of about the same number.
            if at == 1 {
                spans += received(address).await? - before;
                requests += done.outcome.requests;
            }
            programs[at].rounds.push(done);
        }
    }
    ensure!(spans > 0, "no span has reached the collector");
    let [off, on] = &programs;
    #[expect(clippy::cast_precision_loss, reason = "far less than 2^52")]
    let spans_a_request = spans as f64 / requests as f64;
    Ok(Traced {
        programs: [off.figures(), on.figures()],
        spans_a_request,
    })
}

/// How many spans the collector has.
async fn received(collector: SocketAddr) -> Result<u64> {
    let answer = Connection::open(collector)
        .await?
        .ask(Method::GET, "/spans", None)
        .await?;
    let text = std::str::from_utf8(&answer)?;
    text.parse().context("the collector does not count")
}

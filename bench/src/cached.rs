//! GetHome with kept answers, from four caches in turns: Midspan's shared one, one in the native program's memory, and
//! those of nginx and Varnish before the native program. All serve the same bytes, and none of them asks a source.

use anyhow::Result;
use serde::Serialize;
use tempfile::TempDir;

use crate::{
    arguments::Plan,
    client::Connection,
    figures::{median, megabytes, milliseconds},
    measure::{Round, check_agreement, round},
    peers::{self, Peer},
    processes::Process,
    sources::Sources,
    work::{Target, Work},
};

/// What was measured on all of them.
#[derive(Serialize)]
pub(crate) struct Cached {
    /// Midspan's first.
    pub(crate) programs: Vec<Figures>,
    /// Why others are not among them.
    pub(crate) missing: Vec<String>,
}

/// Medians over the rounds.
#[derive(Serialize)]
pub(crate) struct Figures {
    pub(crate) program: String,
    pub(crate) per_second: f64,
    /// In milliseconds.
    pub(crate) p50: f64,
    pub(crate) p99: f64,
    /// In microseconds a request.
    pub(crate) processor_time: f64,
    /// In megabytes.
    pub(crate) memory: f64,
}

/// A program, and what was measured on it.
pub(crate) struct Program {
    name: String,
    pub(crate) process: Process,
    pub(crate) rounds: Vec<Round>,
}

pub(crate) async fn measure(sources: &Sources, plan: &Plan) -> Result<Cached> {
    let state = TempDir::new()?;
    let origin = Process::native(sources)?;
    let own = [
        (
            "Midspan".to_owned(),
            Process::midspan(Work::Cached, sources, state.path())?,
        ),
        ("native, in memory".to_owned(), Process::native_with_cache(sources)?),
    ];
    let mut missing = Vec::new();
    let mut programs: Vec<Program> = own.into_iter().map(Program::new).collect();
    for peer in [peers::nginx(origin.address()?)?, peers::varnish(origin.address()?)?] {
        match peer {
            Peer::Running(name, process) => programs.push(Program::new((name, process))),
            Peer::Missing(why) => {
                eprintln!("{why}");
                missing.push(why);
            }
        }
    }
    let targets = Work::Cached.targets();
    for program in &programs {
        fill(&program.process, &targets).await?;
        check_agreement(&programs[0].process, &program.process, &targets).await?;
    }
    for number in 0..plan.rounds {
        eprintln!("{}: round {} of {}", Work::Cached.name(), number + 1, plan.rounds);
        for turn in 0..programs.len() {
            let at = (number + turn) % programs.len();
            let done = round(&programs[at].process, Work::Cached, sources, plan, &targets).await?;
            programs[at].rounds.push(done);
        }
    }
    Ok(Cached {
        programs: programs.iter().map(Program::figures).collect(),
        missing,
    })
}

/// Asks for everything once.
async fn fill(process: &Process, targets: &[Target]) -> Result<()> {
    let mut connection = Connection::open(process.address()?).await?;
    for target in targets {
        connection.get(target).await?;
    }
    Ok(())
}

impl Program {
    pub(crate) fn new((name, process): (String, Process)) -> Self {
        Self {
            name,
            process,
            rounds: Vec::new(),
        }
    }

    pub(crate) fn figures(&self) -> Figures {
        let median = |of: fn(&Round) -> f64| median(self.rounds.iter().map(of).collect()).unwrap_or(f64::NAN);
        Figures {
            program: self.name.clone(),
            per_second: median(|round| round.outcome.per_second()),
            p50: median(|round| milliseconds(round.outcome.quantile(0.5))),
            p99: median(|round| milliseconds(round.outcome.quantile(0.99))),
            processor_time: median(Round::processor_time_a_request),
            memory: median(|round| megabytes(round.memory)),
        }
    }
}

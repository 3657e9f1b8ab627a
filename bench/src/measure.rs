//! What is measured on two running programs, in turns (A B, B A, A B, ...) so that what else the machine does meets
//! both.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::{
    arguments::Plan,
    client::Connection,
    figures::{Figure, Unit, megabytes, milliseconds},
    load::{Load, Outcome},
    processes::{Process, Tier},
    sources::Sources,
    work::{Target, Work},
};

/// How long the slowest source takes when latency over it is measured.
const SLOW: Duration = Duration::from_millis(25);
/// How many answers of both programs are compared before anything is measured.
const COMPARED: usize = 50;

/// Everything that is measured while the programs run.
pub(crate) async fn all(tier: &Tier, sources: &Sources, plan: &Plan) -> Result<Vec<Figure>> {
    let targets = tier.work.targets();
    check_agreement(&tier.midspan, &tier.native, &targets).await?;
    let mut figures = throughput(tier, sources, plan, &targets).await?;
    if tier.work == Work::Home {
        figures.extend(latency_over_slowest(tier, sources, plan, &targets).await?);
    }
    Ok(figures)
}

/// Work that differs can't be compared.
pub(crate) async fn check_agreement(midspan: &Process, other: &Process, targets: &[Target]) -> Result<()> {
    let mut midspan = Connection::open(midspan.address()?).await?;
    let mut other = Connection::open(other.address()?).await?;
    for target in targets.iter().take(COMPARED) {
        let (ours, theirs) = (midspan.get(target).await?, other.get(target).await?);
        let read = |body: &[u8]| serde_json::from_slice::<Value>(body).context("an answer that is not JSON");
        let (ours, theirs) = (read(&ours)?, read(&theirs)?);
        ensure!(ours == theirs, "the programs answer differently:\n  {ours}\n  {theirs}");
        let missing = ours.to_string().contains("\"missing\"");
        ensure!(!missing, "a source fails without being told to: {ours}");
    }
    Ok(())
}

/// As many requests as they take, with every connection busy.
async fn throughput(tier: &Tier, sources: &Sources, plan: &Plan, targets: &[Target]) -> Result<Vec<Figure>> {
    let rounds = rounds(tier, sources, plan, targets).await?;
    let figure = |what: &str, unit, of: fn(&Round) -> f64| {
        let [midspan, native] = rounds.by_program(of);
        Figure::new(tier.work, what, unit, midspan, native)
    };
    Ok(vec![
        figure("requests a second", Unit::PerSecond, |round| round.outcome.per_second()),
        figure("latency p50", Unit::Milliseconds, |round| {
            milliseconds(round.outcome.quantile(0.5))
        }),
        figure("latency p99", Unit::Milliseconds, |round| {
            milliseconds(round.outcome.quantile(0.99))
        }),
        figure(
            "processor time a request",
            Unit::Microseconds,
            Round::processor_time_a_request,
        ),
        figure("memory under load", Unit::Megabytes, |round| megabytes(round.memory)),
    ])
}

/// What the program adds to its slowest source, which takes far longer than everything else.
async fn latency_over_slowest(tier: &Tier, sources: &Sources, plan: &Plan, targets: &[Target]) -> Result<Vec<Figure>> {
    sources.slow_down(SLOW).await?;
    let rounds = rounds(tier, sources, plan, targets).await?;
    sources.heal().await?;
    let figure = |name: &str, part: f64| {
        let what = format!("{name} over a source of {} ms", SLOW.as_millis());
        let over = |round: &Round| milliseconds(round.outcome.quantile(part).saturating_sub(SLOW));
        let [midspan, native] = rounds.by_program(over);
        Figure::new(tier.work, what, Unit::AddedMilliseconds, midspan, native)
    };
    Ok(vec![figure("p50", 0.5), figure("p99", 0.99)])
}

/// Both programs measured, round by round.
struct Rounds {
    midspan: Vec<Round>,
    native: Vec<Round>,
}

/// One program measured once.
pub(crate) struct Round {
    pub(crate) outcome: Outcome,
    processor_time: Duration,
    /// In bytes.
    pub(crate) memory: u64,
}

impl Round {
    /// In microseconds.
    pub(crate) fn processor_time_a_request(&self) -> f64 {
        self.processor_time.as_secs_f64() * 1e6 / f64::from(u32::try_from(self.outcome.requests).unwrap_or(u32::MAX))
    }
}

impl Rounds {
    fn by_program(&self, of: impl Fn(&Round) -> f64) -> [Vec<f64>; 2] {
        [&self.midspan, &self.native].map(|rounds| rounds.iter().map(&of).collect())
    }
}

async fn rounds(tier: &Tier, sources: &Sources, plan: &Plan, targets: &[Target]) -> Result<Rounds> {
    let mut rounds = Rounds {
        midspan: Vec::new(),
        native: Vec::new(),
    };
    for number in 0..plan.rounds {
        eprintln!("{}: round {} of {}", tier.work.name(), number + 1, plan.rounds);
        if number % 2 == 0 {
            rounds
                .midspan
                .push(round(&tier.midspan, tier.work, sources, plan, targets).await?);
            rounds
                .native
                .push(round(&tier.native, tier.work, sources, plan, targets).await?);
        } else {
            rounds
                .native
                .push(round(&tier.native, tier.work, sources, plan, targets).await?);
            rounds
                .midspan
                .push(round(&tier.midspan, tier.work, sources, plan, targets).await?);
        }
    }
    Ok(rounds)
}

pub(crate) async fn round(
    process: &Process,
    work: Work,
    sources: &Sources,
    plan: &Plan,
    targets: &[Target],
) -> Result<Round> {
    let mut load = Load::open(process.address()?, plan.connections, targets).await?;
    load.run(plan.warm_up).await?;
    let (counts, time) = (sources.counts().await?, process.processor_time()?);
    let outcome = load.run(plan.time).await?;
    let (processor_time, memory) = (process.processor_time()?.saturating_sub(time), process.memory()?);
    let expected = outcome.requests * work.source_calls();
    for (system, count) in sources.counts().await? {
        let calls = count - counts.get(&system).copied().unwrap_or(0);
        ensure!(
            calls == expected,
            "{calls} requests reached {system}, not {expected}: answers were collapsed, cached or retried"
        );
    }
    Ok(Round {
        outcome,
        processor_time,
        memory,
    })
}

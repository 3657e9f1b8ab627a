//! Ten times what a host can take: what it still answers, how soon, and how it refuses the rest.
//!
//! What it can take is set by its places, not by the processors, which the sender of all this shares: few places, and a
//! source that takes long. Requests come at their own rate, whether or not earlier ones are answered.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use futures::future::try_join_all;
use hdrhistogram::Histogram;
use serde::Serialize;
use tempfile::TempDir;

use crate::{
    arguments::Plan,
    client::Connection,
    figures::milliseconds,
    load::Load,
    processes::Process,
    sources::Sources,
    work::{Target, Work},
};

/// Requests that the host has in work at once.
const PLACES: usize = 32;
/// How long the slowest source takes.
const SLOW: Duration = Duration::from_millis(250);
/// How many times what it can take.
const TIMES: usize = 10;
/// Between two requests on one connection, so that the first is answered well before.
const PERIOD: Duration = Duration::from_millis(500);

/// What became of ten times the load.
#[derive(Serialize)]
pub(crate) struct Overload {
    pub(crate) places: usize,
    pub(crate) times: usize,
    /// Answers a second with as many callers as places.
    pub(crate) capacity: f64,
    pub(crate) capacity_p99: f64,
    /// Requests a second that were sent then.
    pub(crate) sent: f64,
    /// Answers a second among them.
    pub(crate) goodput: f64,
    pub(crate) answered_p99: f64,
    /// 503 a second.
    pub(crate) refused: f64,
    pub(crate) refused_p99: f64,
    /// Answers a second with as many callers as places, after it.
    pub(crate) afterwards: f64,
}

/// What one caller saw.
struct Seen {
    answered: Histogram<u64>,
    refused: Histogram<u64>,
}

pub(crate) async fn measure(sources: &Sources, plan: &Plan) -> Result<Overload> {
    let state = TempDir::new()?;
    let host = Process::midspan_with_places(PLACES, sources, state.path())?;
    let targets = Work::Overload.targets();
    sources.slow_down(SLOW).await?;
    let mut usual = Load::open(host.address()?, PLACES, &targets).await?;
    usual.run(plan.warm_up).await?;
    let before = usual.run(plan.time).await?;
    let capacity = before.per_second();

    eprintln!("overload: {TIMES} times {capacity:.0} requests a second");
    #[expect(clippy::cast_precision_loss, reason = "ten")]
    let rate = capacity * TIMES as f64;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some hundreds")]
    let callers = (rate * PERIOD.as_secs_f64()).ceil() as u32;
    let started = Instant::now();
    let end = started + plan.time;
    let calls = (0..callers).map(async |caller| {
        let mut connection = Connection::open(host.address()?).await?;
        let first = started + PERIOD * caller / callers;
        let own = targets.iter().cycle().skip(usize::try_from(caller)?);
        call(&mut connection, own, first, end).await
    });
    let seen = try_join_all(calls).await?;
    let elapsed = started.elapsed().as_secs_f64();
    let (mut answered, mut refused) = (Histogram::new(3)?, Histogram::new(3)?);
    for one in seen {
        answered.add(one.answered)?;
        refused.add(one.refused)?;
    }
    // On connections of its own: those from before have been idle for too long.
    let mut usual = Load::open(host.address()?, PLACES, &targets).await?;
    let afterwards = usual.run(plan.time).await?.per_second();
    sources.heal().await?;
    #[expect(clippy::cast_precision_loss, reason = "fewer than 2^52 requests")]
    let per_second = |requests: &Histogram<u64>| requests.len() as f64 / elapsed;
    let p99 = |requests: &Histogram<u64>| milliseconds(Duration::from_micros(requests.value_at_quantile(0.99)));
    Ok(Overload {
        places: PLACES,
        times: TIMES,
        capacity,
        capacity_p99: milliseconds(before.quantile(0.99)),
        sent: per_second(&answered) + per_second(&refused),
        goodput: per_second(&answered),
        answered_p99: p99(&answered),
        refused: per_second(&refused),
        refused_p99: p99(&refused),
        afterwards,
    })
}

/// One request a period from `first` on, however long they take.
async fn call(
    connection: &mut Connection,
    targets: impl Iterator<Item = &Target>,
    first: Instant,
    end: Instant,
) -> Result<Seen> {
    let mut seen = Seen {
        answered: Histogram::new(3)?,
        refused: Histogram::new(3)?,
    };
    let mut due = first;
    for target in targets {
        if due >= end {
            break;
        }
        tokio::time::sleep_until(due.into()).await;
        let status = connection.status_of(target).await.context("a request got no answer")?;
        // From when it was due: a late sender must not make the host look fast.
        let took = u64::try_from(due.elapsed().as_micros())?;
        match status.as_u16() {
            200 => seen.answered.record(took)?,
            503 => seen.refused.record(took)?,
            _ => bail!("answered {status}"),
        }
        due += PERIOD;
    }
    Ok(seen)
}

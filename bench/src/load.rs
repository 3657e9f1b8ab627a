//! A closed loop: every connection sends its next request when it has its answer.
//!
//! It runs on the same processors as what it measures and takes its share of them, from both programs alike; so ratios
//! of requests a second are a little milder than those of processor time a request, which is why that is measured too.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use anyhow::Result;
use futures::future::try_join_all;
use hdrhistogram::Histogram;

use crate::{client::Connection, work::Target};

/// What became of a load.
pub(crate) struct Outcome {
    pub(crate) requests: u64,
    pub(crate) elapsed: Duration,
    /// In microseconds.
    latencies: Histogram<u64>,
}

impl Outcome {
    pub(crate) fn per_second(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "fewer than 2^52 requests")]
        let requests = self.requests as f64;
        requests / self.elapsed.as_secs_f64()
    }

    /// The latency that this part (0.99) of the requests did not exceed.
    pub(crate) fn quantile(&self, part: f64) -> Duration {
        Duration::from_micros(self.latencies.value_at_quantile(part))
    }
}

/// Connections to one program, and the requests to send over them.
pub(crate) struct Load<'a> {
    connections: Vec<Connection>,
    targets: &'a [Target],
    /// Where in `targets` the next run begins: runs do not repeat each other's requests.
    begin: usize,
}

impl<'a> Load<'a> {
    pub(crate) async fn open(address: SocketAddr, connections: usize, targets: &'a [Target]) -> Result<Self> {
        let connections = try_join_all((0..connections).map(|_| Connection::open(address))).await?;
        Ok(Self {
            connections,
            targets,
            begin: 0,
        })
    }

    /// Sends for this long; requests that are under way then are awaited and counted.
    ///
    /// # Errors
    /// The first answer that is not a 2xx.
    pub(crate) async fn run(&mut self, time: Duration) -> Result<Outcome> {
        let started = Instant::now();
        let (targets, step, begin) = (self.targets, self.connections.len(), self.begin);
        let workers = self.connections.iter_mut().enumerate().map(|(number, connection)| {
            let own = targets
                .iter()
                .cycle()
                .skip((begin + number) % targets.len())
                .step_by(step);
            work(connection, own, started + time)
        });
        let histograms = try_join_all(workers).await?;
        let elapsed = started.elapsed();
        let mut latencies = Histogram::new(3)?;
        for histogram in histograms {
            latencies.add(histogram)?;
        }
        let requests = latencies.len();
        self.begin += usize::try_from(requests)?;
        Ok(Outcome {
            requests,
            elapsed,
            latencies,
        })
    }
}

async fn work(
    connection: &mut Connection,
    targets: impl Iterator<Item = &Target>,
    end: Instant,
) -> Result<Histogram<u64>> {
    let mut latencies = Histogram::new(3)?;
    let mut sent = Instant::now();
    for target in targets {
        connection.get(target).await?;
        let answered = Instant::now();
        latencies.record(u64::try_from((answered - sent).as_micros())?)?;
        if answered >= end {
            break;
        }
        sent = answered;
    }
    Ok(latencies)
}

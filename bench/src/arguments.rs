//! The command line: what a person may choose, and the roles in which the program starts itself.

use std::{path::PathBuf, time::Duration};

use clap::{Args, Parser, Subcommand};

use crate::work::Work;

/// Measures Midspan against native programs that do the same work, and prints a table with ratios.
#[derive(Parser)]
#[command(name = "cargo bench -p midspan-bench --")]
pub(crate) struct Arguments {
    /// How often each program is measured, in turns
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// How long each measurement lasts
    #[arg(long, default_value_t = 4.0)]
    seconds: f64,
    /// Connections, each with one request at a time
    #[arg(long, default_value_t = 16)]
    connections: usize,
    /// Measure this alone
    #[arg(long)]
    only: Option<Work>,
    /// Two short rounds: to see that it works, not to quote
    #[arg(long)]
    quick: bool,
    /// Also write the figures to a file
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// What cargo says when it means to measure.
    #[arg(long, hide = true)]
    pub(crate) bench: bool,
    #[command(subcommand)]
    pub(crate) role: Option<Role>,
}

/// What the program is when it has started itself.
#[derive(Subcommand)]
pub(crate) enum Role {
    /// The emulated sources.
    #[command(hide = true)]
    Sources,
    /// The embedded host with an application.
    #[command(hide = true)]
    Midspan(MidspanRole),
    /// The native program.
    #[command(hide = true)]
    Native(NativeRole),
    /// Where traces are exported to.
    #[command(hide = true)]
    Collector,
}

/// What the host is told.
#[derive(Args)]
pub(crate) struct MidspanRole {
    #[arg(long)]
    pub(crate) manifest: PathBuf,
    #[arg(long)]
    pub(crate) state_dir: PathBuf,
    #[arg(long = "variable")]
    pub(crate) variables: Vec<String>,
    /// Requests in work at once.
    #[arg(long)]
    pub(crate) places: Option<usize>,
}

/// What the native program is told.
#[derive(Args)]
pub(crate) struct NativeRole {
    #[arg(long = "variable")]
    pub(crate) variables: Vec<String>,
    /// Keeps whole answers in memory.
    #[arg(long)]
    pub(crate) cached: bool,
}

/// What to measure, and for how long.
pub(crate) struct Plan {
    pub(crate) works: Vec<Work>,
    pub(crate) rounds: usize,
    /// How often a program is started to measure how long that takes.
    pub(crate) starts: usize,
    pub(crate) warm_up: Duration,
    pub(crate) time: Duration,
    pub(crate) connections: usize,
}

impl Arguments {
    pub(crate) fn plan(&self) -> Plan {
        let (rounds, starts, seconds) = if self.quick {
            (2, 2, 1.0)
        } else {
            (self.rounds, 7, self.seconds)
        };
        Plan {
            works: self.only.map_or_else(|| Work::ALL.to_vec(), |only| vec![only]),
            rounds: rounds.max(1),
            starts,
            warm_up: Duration::from_secs(1),
            time: Duration::from_secs_f64(seconds.max(0.1)),
            connections: self.connections.max(1),
        }
    }
}

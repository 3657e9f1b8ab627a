//! The processes that are measured, and what the system says of them.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result};
use tempfile::TempDir;

use crate::{sources::Sources, work::Work};

/// `USER_HZ`, in which /proc counts processor time; the same on every Linux.
const TICK: Duration = Duration::from_millis(10);

/// Both programs for one work, running.
pub(crate) struct Tier {
    pub(crate) work: Work,
    pub(crate) midspan: Process,
    pub(crate) native: Process,
    _state: TempDir,
}

impl Tier {
    pub(crate) fn start(work: Work, sources: &Sources) -> Result<Self> {
        let state = TempDir::new()?;
        // What compiling takes is measured where a start is.
        drop(Process::midspan(work, sources, state.path())?);
        Ok(Self {
            work,
            midspan: Process::midspan(work, sources, state.path())?,
            native: Process::native(sources)?,
            _state: state,
        })
    }
}

/// A process of this program in another role. It is ended when this is dropped.
pub(crate) struct Process {
    child: Child,
    announced: String,
}

impl Process {
    /// The embedded host, with its compiled code in `state`.
    pub(crate) fn midspan(work: Work, sources: &Sources, state: &Path) -> Result<Self> {
        let mut command = role("midspan")?;
        command
            .arg("--manifest")
            .arg(work.manifest())
            .arg("--state-dir")
            .arg(state);
        Self::start(command.args(sources.variables(work)))
    }

    /// The native program.
    pub(crate) fn native(sources: &Sources) -> Result<Self> {
        Self::start(role("native")?.args(sources.variables(Work::Home)))
    }

    /// The emulated sources.
    pub(crate) fn sources() -> Result<Self> {
        Self::start(&mut role("sources")?)
    }

    /// Returns when the process listens.
    fn start(command: &mut Command) -> Result<Self> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let stdout = child.stdout.take().context("no standard output")?;
        let mut announced = String::new();
        BufReader::new(stdout).read_line(&mut announced)?;
        Ok(Self { child, announced })
    }

    /// What it said first: where it listens.
    pub(crate) fn announced(&self) -> &str {
        self.announced.trim()
    }

    pub(crate) fn address(&self) -> Result<SocketAddr> {
        let announced = self.announced();
        announced
            .parse()
            .with_context(|| format!("the process did not start; it said \"{announced}\""))
    }

    /// Resident memory, in bytes.
    pub(crate) fn memory(&self) -> Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
        Ok(kilobytes.context("no VmRSS in /proc")?.parse::<u64>()? * 1024)
    }

    /// Processor time of all its threads so far, in user and in kernel mode.
    pub(crate) fn processor_time(&self) -> Result<Duration> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The name, in parentheses, may hold anything; utime and stime are the 14th and 15th field of all.
        let (_, rest) = stat.rsplit_once(')').context("no name in /proc")?;
        let ticks = rest.split_ascii_whitespace().skip(11).take(2).map(str::parse::<u32>);
        Ok(TICK * ticks.sum::<Result<u32, _>>()?)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn role(name: &str) -> Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    // With it every error takes a backtrace, also those that are part of the day's work.
    command.arg(name).env_remove("RUST_BACKTRACE");
    Ok(command)
}

/// In a process with a role: says where it listens, and returns when whoever started it has ended.
pub(crate) fn announce(line: &str) -> Result<()> {
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "{line}")?;
    stdout.flush()?;
    std::io::stdin().lock().read_to_end(&mut Vec::new())?;
    Ok(())
}

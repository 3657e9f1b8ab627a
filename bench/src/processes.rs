//! The processes that are measured, and what the system says of them.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

use crate::{sources::Sources, work::Work};

/// `USER_HZ`, in which /proc counts processor time; the same on every Linux.
const TICK: Duration = Duration::from_millis(10);
/// How long another's program may take to listen: Varnish compiles its configuration with a C compiler.
const PATIENCE: Duration = Duration::from_mins(1);

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

/// A process of this program in another role, or another's cache. It is ended when this is dropped.
pub(crate) struct Process {
    child: Child,
    announced: String,
    /// It has children of its own, which it ends if it is asked to end, and files here.
    folder: Option<TempDir>,
}

impl Process {
    /// The embedded host, with its compiled code in `state`.
    pub(crate) fn midspan(work: Work, sources: &Sources, state: &Path) -> Result<Self> {
        Self::start(&mut embedded(work, sources, state)?)
    }

    /// The embedded host with GetHome, which takes so many requests at once.
    pub(crate) fn midspan_with_places(places: usize, sources: &Sources, state: &Path) -> Result<Self> {
        let mut command = embedded(Work::Overload, sources, state)?;
        Self::start(command.args(["--places", &places.to_string()]))
    }

    /// The embedded host, whose every request is traced and sent to `collector`, with whatever metrics and logs it has.
    pub(crate) fn traced_midspan(work: Work, sources: &Sources, state: &Path, collector: SocketAddr) -> Result<Self> {
        let mut command = embedded(work, sources, state)?;
        command
            .env("OTEL_EXPORTER_OTLP_ENDPOINT", format!("http://{collector}"))
            .env("OTEL_TRACES_SAMPLER", "always_on");
        Self::start(&mut command)
    }

    /// What takes in traces.
    pub(crate) fn collector() -> Result<Self> {
        Self::start(&mut role("collector")?)
    }

    /// The native program.
    pub(crate) fn native(sources: &Sources) -> Result<Self> {
        Self::start(role("native")?.args(sources.variables(Work::Home)))
    }

    /// The native program, with a cache in its memory.
    pub(crate) fn native_with_cache(sources: &Sources) -> Result<Self> {
        Self::start(role("native")?.arg("--cached").args(sources.variables(Work::Cached)))
    }

    /// A program that listens where it was told to, with its files in `folder`.
    pub(crate) fn other(command: &mut Command, address: SocketAddr, folder: TempDir) -> Result<Self> {
        let mut process = Self {
            child: command.stdin(Stdio::null()).spawn()?,
            announced: address.to_string(),
            folder: Some(folder),
        };
        let begun = Instant::now();
        while TcpStream::connect(address).is_err() {
            ensure!(
                process.child.try_wait()?.is_none() && begun.elapsed() < PATIENCE,
                "it does not listen"
            );
            std::thread::sleep(TICK);
        }
        Ok(process)
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
        Ok(Self {
            child,
            announced,
            folder: None,
        })
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

    /// Resident memory, in bytes, with its children's.
    pub(crate) fn memory(&self) -> Result<u64> {
        let children = self.children()?.into_iter().filter_map(|id| memory(id).ok());
        Ok(memory(self.child.id())? + children.sum::<u64>())
    }

    /// Processor time of all its threads so far, in user and in kernel mode, with its children's.
    pub(crate) fn processor_time(&self) -> Result<Duration> {
        let children = self.children()?.into_iter().filter_map(|id| processor_time(id).ok());
        Ok(processor_time(self.child.id())? + children.sum::<Duration>())
    }

    /// The ids of its children; one that ends meanwhile is of no account.
    fn children(&self) -> Result<Vec<u32>> {
        let own = self.child.id().to_string();
        let mut children = Vec::new();
        for entry in std::fs::read_dir("/proc")? {
            let id = entry?.file_name().to_str().and_then(|name| name.parse().ok());
            let is_child = |id: &u32| stat(*id).is_ok_and(|fields| fields.get(1) == Some(&own));
            children.extend(id.filter(is_child));
        }
        Ok(children)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let asked = self.folder.is_some()
            && Command::new("kill")
                .args(["-s", "TERM", &self.child.id().to_string()])
                .status()
                .is_ok_and(|status| status.success());
        if !asked {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

fn memory(id: u32) -> Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    Ok(kilobytes.context("no VmRSS in /proc")?.parse::<u64>()? * 1024)
}

fn processor_time(id: u32) -> Result<Duration> {
    // utime and stime are the 14th and 15th field of all.
    let fields = stat(id)?;
    let ticks = fields.iter().skip(11).take(2).map(|ticks| ticks.parse::<u32>());
    Ok(TICK * ticks.sum::<Result<u32, _>>()?)
}

/// What /proc says of a process, from the third field on: the second, its name in parentheses, may hold anything.
fn stat(id: u32) -> Result<Vec<String>> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat"))?;
    let (_, rest) = stat.rsplit_once(')').context("no name in /proc")?;
    Ok(rest.split_ascii_whitespace().map(str::to_owned).collect())
}

fn embedded(work: Work, sources: &Sources, state: &Path) -> Result<Command> {
    let mut command = role("midspan")?;
    command.arg("--manifest").arg(work.manifest());
    command.arg("--state-dir").arg(state).args(sources.variables(work));
    Ok(command)
}

fn role(name: &str) -> Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    // With it every error takes a backtrace, also those that are part of the day's work.
    command.arg(name).env_remove("RUST_BACKTRACE");
    for (variable, _) in std::env::vars_os() {
        if variable.to_string_lossy().starts_with("OTEL_") {
            command.env_remove(variable);
        }
    }
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

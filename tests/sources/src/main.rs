//! The emulated systems as a program: prints one line of JSON with where everything listens, then serves until told to stop.

use std::io::Write;
use std::net::SocketAddr;

use anyhow::Context;
use clap::Parser;
use midspan_sources::{Options, Sources, System};
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};

/// Emulated back-end systems: Microsoft Graph, SharePoint Online, Dataverse, Entra ID and others
///
/// Prints one line of JSON with the URL of each system on standard output, then serves until SIGINT or SIGTERM.
#[derive(Debug, Parser)]
#[command(name = "midspan-sources", version)]
struct Arguments {
    /// Where a system listens, instead of on a free port; several times for several, as in `graph=127.0.0.1:8001`
    #[arg(long, value_name = "SYSTEM=ADDRESS", value_parser = listen)]
    listen: Vec<(System, SocketAddr)>,
    /// Where the control API (faults, requests) listens
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    control: SocketAddr,
    /// What all data is generated from
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    /// Only count requests, do not keep them
    #[arg(long)]
    no_record: bool,
    /// Threads that serve
    #[arg(long, value_name = "NUMBER", default_value_t = 2)]
    threads: usize,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let mut terminate = signal(SignalKind::terminate())?;
    let mut options = Options {
        seed: arguments.seed,
        record: !arguments.no_record,
        threads: arguments.threads,
        control: Some(arguments.control),
        ..Options::default()
    };
    for (system, address) in arguments.listen {
        options.listen[system as usize] = address;
    }
    let sources = Sources::start(options).await?;
    announce(&sources)?;
    tokio::select! {
        stop = tokio::signal::ctrl_c() => stop?,
        _ = terminate.recv() => {}
    }
    Ok(())
}

fn listen(text: &str) -> anyhow::Result<(System, SocketAddr)> {
    let (system, address) = text
        .split_once('=')
        .context("expected SYSTEM=ADDRESS, such as graph=127.0.0.1:8001")?;
    Ok((system.parse()?, address.parse()?))
}

fn announce(sources: &Sources) -> std::io::Result<()> {
    let mut urls = json!({
        "control": sources.control_url(),
        "seed": sources.population().seed(),
    });
    for system in System::ALL {
        urls[system.name()] = sources.url(system).into();
    }
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "{urls}")?;
    stdout.flush()
}

//! The emulated systems as a program: prints one line of JSON with where everything listens, then serves until told to stop.

use std::io::Write;
use std::net::SocketAddr;

use clap::Parser;
use midspan_sources::{Options, Sources, System};
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};

/// Emulated Microsoft Graph, SharePoint Online, Power Apps resource provider and Dataverse
///
/// Prints one line of JSON with the URL of each system on standard output, then serves until SIGINT or SIGTERM.
#[derive(Debug, Parser)]
#[command(name = "midspan-sources", version)]
struct Arguments {
    /// Where Microsoft Graph listens; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    listen_graph: SocketAddr,
    /// Where SharePoint Online listens
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    listen_sharepoint: SocketAddr,
    /// Where the Power Apps resource provider listens
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    listen_powerapps: SocketAddr,
    /// Where Dataverse listens
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    listen_dataverse: SocketAddr,
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
    let sources = Sources::start(Options {
        seed: arguments.seed,
        record: !arguments.no_record,
        threads: arguments.threads,
        listen: [
            arguments.listen_graph,
            arguments.listen_sharepoint,
            arguments.listen_powerapps,
            arguments.listen_dataverse,
        ],
        control: Some(arguments.control),
    })
    .await?;
    announce(&sources)?;
    tokio::select! {
        stop = tokio::signal::ctrl_c() => stop?,
        _ = terminate.recv() => {}
    }
    Ok(())
}

fn announce(sources: &Sources) -> std::io::Result<()> {
    let urls = json!({
        "graph": sources.url(System::Graph),
        "sharepoint": sources.url(System::SharePoint),
        "powerapps": sources.url(System::PowerApps),
        "dataverse": sources.url(System::Dataverse),
        "control": sources.control_url(),
        "seed": sources.population().seed(),
    });
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "{urls}")?;
    stdout.flush()
}

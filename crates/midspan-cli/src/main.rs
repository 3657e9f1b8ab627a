//! The `midspan` command: build, serve and demonstrate a connector on this machine.
//!
//! Data goes to standard output, diagnostics go to standard error. The exit code is 0 when all went well, 1 when
//! something failed, 2 when the command line itself is wrong.

mod application;
mod arguments;
mod build;
mod cache;
mod check;
mod connector_files;
mod dashboard;
mod define;
mod demo;
mod diff;
mod error;
mod import;
mod key;
mod listen;
mod log_line;
mod serve;
mod source;
mod stop;
mod terminal;
mod toolchain;
mod up;
mod watch;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

use crate::error::CliError;

/// Build and run Power Platform custom connectors made of WebAssembly components.
#[derive(Parser)]
#[command(name = "midspan", version, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  midspan demo                         see the reference connector work, with emulated back ends
  midspan up --build                   build and serve the application in this folder
  midspan up --watch                   the same, and again on every change
  midspan up --variable graph_token=…  give a variable its value
  midspan define --build               write the connector's definition
  midspan check connector              what is wrong with a connector's definition
  midspan diff old new                 what users of a connector would notice
  midspan key fabrikam                 make a key for a caller, and the application's entry of it
  midspan cache list                   what a running application's shared cache has
  midspan import connector             make an application from a connector or an OpenAPI document
  midspan source add --openapi FILE    write a typed Rust module for a source";

#[derive(Subcommand)]
enum Command {
    Up(up::UpArgs),
    Build(build::BuildArgs),
    Demo(demo::DemoArgs),
    Define(define::DefineArgs),
    Check(check::CheckArgs),
    Diff(diff::DiffArgs),
    Import(import::ImportArgs),
    Source(source::SourceArgs),
    Cache(cache::CacheArgs),
    Key(key::KeyArgs),
}

impl Command {
    async fn run(self) -> Result<(), CliError> {
        match self {
            Self::Up(args) => up::run(args).await,
            Self::Build(args) => build::run(&args).await,
            Self::Demo(args) => demo::run(args).await,
            Self::Define(args) => define::run(&args).await,
            Self::Check(args) => check::run(&args),
            Self::Diff(args) => diff::run(&args),
            Self::Import(args) => import::run(&args),
            Self::Source(args) => source::run(&args),
            Self::Cache(args) => cache::run(&args).await,
            Self::Key(args) => key::run(&args),
        }
    }
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    log_to_stderr();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            terminal::problem(format!("error: the command cannot start its threads: {error}"));
            return ExitCode::FAILURE;
        }
    };
    let result = runtime.block_on(cli.command.run());
    // What still computes in a component must not hold the process.
    runtime.shutdown_background();
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            terminal::problem(error.report());
            ExitCode::FAILURE
        }
    }
}

/// The host's own trouble, such as a connection that cannot be accepted; `RUST_LOG` shows more.
fn log_to_stderr() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("midspan_host=warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_put_together_soundly() {
        super::Cli::command().debug_assert();
    }
}

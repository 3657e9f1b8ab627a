//! `midspan up`: serves an application, as `spin up` does.

use std::{net::SocketAddr, ops::RangeInclusive, path::PathBuf, time::Duration};

use clap::builder::FalseyValueParser;
use midspan_host::{HostOptions, InstanceReuse, Limits, OtelSettings};

use crate::{
    application, arguments, build, dashboard::DashboardArgs, error::CliError, listen, serve::Serving, watch::Watch,
};

/// Serve an application on this machine.
///
/// Options that `spin up` has too have the same names and meanings here.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(crate) struct UpArgs {
    /// The application's folder or its spin.toml [default: the nearest spin.toml, here or above]
    #[arg(short, long, alias = "file", value_name = "PATH")]
    from: Option<PathBuf>,
    /// The address to listen on; port 0 takes a free one
    #[arg(
        long, env = "SPIN_HTTP_LISTEN_ADDR", default_value = "127.0.0.1:3000", value_name = "ADDRESS",
        value_parser = listen::parse
    )]
    listen: SocketAddr,
    /// If the port is taken, listen on the next one that is free
    #[arg(long)]
    find_free_port: bool,
    /// Build the components first
    #[arg(long, env = "SPIN_ALWAYS_BUILD", value_parser = FalseyValueParser::new())]
    build: bool,
    /// Build the components first, and again when the manifest or their files change
    ///
    /// A component's files are those that `watch` in its [component.ID.build] names. While a build fails, what was
    /// served before is still served.
    #[arg(long)]
    watch: bool,
    /// Give an application variable its value; may be given several times
    #[arg(long, value_name = "NAME=VALUE | NAME=@FILE | @FILE.json | @FILE.toml")]
    variable: Vec<String>,
    /// Where key-value stores, TLS and variables come from: runtime-config.toml in Spin's format
    #[arg(long, env = "RUNTIME_CONFIG_FILE", value_name = "FILE")]
    runtime_config_file: Option<PathBuf>,
    /// Where key-value data, logs and compiled code are kept; "" keeps everything in memory
    /// [default: .spin beside the manifest]
    #[arg(long, value_name = "FOLDER", value_parser = arguments::folder_or_none())]
    state_dir: Option<PathBuf>,
    /// Print neither requests nor what components print
    #[arg(short, long)]
    quiet: bool,
    #[command(flatten)]
    dashboard: DashboardArgs,
    #[command(flatten)]
    limits: LimitArgs,
}

/// What components may use.
#[derive(clap::Args)]
#[command(next_help_heading = "Limits")]
struct LimitArgs {
    /// How long one request may take, such as 30s or 500ms
    #[arg(long, value_name = "TIME", value_parser = arguments::duration, default_value = "60s")]
    request_timeout: Duration,
    /// Memory of one instance of a component, in bytes [default: 128 MiB]
    #[arg(long, env = "SPIN_MAX_INSTANCE_MEMORY", value_name = "BYTES")]
    max_instance_memory: Option<usize>,
    /// Requests that one instance serves in its life; of a range, such as 100..200, each instance takes one value
    #[arg(long, value_name = "COUNT", value_parser = arguments::count_range, default_value = "128")]
    max_instance_reuse_count: RangeInclusive<usize>,
    /// Requests that one instance serves at once, or a range
    #[arg(long, value_name = "COUNT", value_parser = arguments::count_range, default_value = "16")]
    max_instance_concurrent_reuse_count: RangeInclusive<usize>,
    /// How long an instance without work is kept, or a range
    #[arg(
        long, env = "SPIN_HTTP_IDLE_INSTANCE_TIMEOUT_SECS", value_name = "TIME",
        value_parser = arguments::duration_range, default_value = "1s"
    )]
    idle_instance_timeout: RangeInclusive<Duration>,
}

const EXAMPLES: &str = "\
Examples:
  midspan up --build
  midspan up --watch --variable graph_token=@token.txt
  midspan up --from apps/suite --listen 0.0.0.0:8080 --state-dir /var/lib/suite";

/// Runs the command.
pub(crate) async fn run(args: UpArgs) -> Result<(), CliError> {
    let manifest = application::load(args.from.as_deref())?;
    let listen = listen::check_free(args.listen, args.find_free_port)?;
    let watch = args.watch.then(|| Watch::begin(&manifest)).transpose()?;
    let build = args.build || args.watch;
    if build {
        build::build(&manifest, &manifest.components).await?;
    }
    application::check_built(&manifest, build)?;
    let options = HostOptions {
        listen,
        variables: args.variable,
        runtime_config_file: args.runtime_config_file,
        state_dir: args.state_dir,
        limits: args.limits.limits(),
        reuse: args.limits.reuse(),
        otel: OtelSettings::from_env(),
        ..HostOptions::default()
    };
    Serving {
        manifest,
        options,
        quiet: args.quiet,
        watch,
        dashboard: args.dashboard,
        sources: None,
        key: None,
    }
    .run(|_| ())
    .await
}

impl LimitArgs {
    fn limits(&self) -> Limits {
        let usual = Limits::default();
        Limits {
            request_timeout: self.request_timeout,
            memory: self.max_instance_memory.unwrap_or(usual.memory),
            ..usual
        }
    }

    fn reuse(&self) -> InstanceReuse {
        InstanceReuse {
            max_requests: self.max_instance_reuse_count.clone(),
            max_concurrent: self.max_instance_concurrent_reuse_count.clone(),
            idle: self.idle_instance_timeout.clone(),
        }
    }
}

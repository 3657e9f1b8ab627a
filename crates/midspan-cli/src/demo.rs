//! `midspan demo`: the reference connector at work on this machine, with nothing to install or to configure.

use std::{net::SocketAddr, path::PathBuf, sync::Arc};

use midspan_host::{HostOptions, OtelSettings, manifest::Manifest};
use midspan_sources::{Options, Sources, System, token_for};

use crate::{
    application, arguments, build, dashboard::DashboardArgs, error::CliError, listen, serve::Serving, terminal,
    toolchain, watch::Watch,
};

/// Show the reference connector at work, with emulated back ends.
///
/// Installs the compiler's target for components if it is missing, builds the components, starts emulated sources
/// (Microsoft Graph, SharePoint, Power Apps and Dataverse, with 100,000 employees), serves, and prints requests to try.
/// Run it in Midspan's own folder.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct DemoArgs {
    /// The address to listen on; port 0 takes a free one
    #[arg(
        long, env = "SPIN_HTTP_LISTEN_ADDR", default_value = "127.0.0.1:3000", value_name = "ADDRESS",
        value_parser = listen::parse
    )]
    listen: SocketAddr,
    /// Build again when the manifest or the components' files change
    #[arg(long)]
    watch: bool,
    /// Where logs and compiled code are kept; "" keeps everything in memory [default: .spin beside the manifest]
    #[arg(long, value_name = "FOLDER", value_parser = arguments::folder_or_none())]
    state_dir: Option<PathBuf>,
    #[command(flatten)]
    dashboard: DashboardArgs,
}

const EXAMPLES: &str = "\
Examples:
  midspan demo
  midspan demo --watch
  midspan demo --listen 127.0.0.1:8080";

/// Whose home view is shown.
const EMPLOYEE: u32 = 42;

/// The key of the requests to try, and its name, SHA-256 and roles as the application knows it.
const KEY: &str = "demo-key-of-a-program-0123456789";
const PROGRAM: &str = concat!(
    "demo:fce25b9aaceb7bfda67dff4786e7981b0d69176b2b1823b9388aa972ba3d8210",
    ":Employees.ReadWrite.All+Notifications.Send+Subscriptions.Read.All"
);

/// The key of the demo's operator, and its name and SHA-256 as the application knows it.
const OPERATOR_KEY: &str = "demo-operator-key-0123456789";
const OPERATOR: &str = "demo:edad6bd9d62eb2d164586b7d2d8786cfe14dd9a48f8e991b96994baf3752d024";

/// Runs the command.
pub(crate) async fn run(args: DemoArgs) -> Result<(), CliError> {
    let manifest = application::load(None)?;
    check_is_reference_connector(&manifest)?;
    let listen = listen::check_free(args.listen, false)?;
    let watch = args.watch.then(|| Watch::begin(&manifest)).transpose()?;
    toolchain::ensure_target(&manifest.directory).await?;
    build::build(&manifest, &manifest.components).await?;
    application::check_built(&manifest, true)?;
    terminal::step("Starting", "the emulated sources");
    let sources = Arc::new(
        Sources::start(Options {
            record: false,
            ..Options::default()
        })
        .await?,
    );
    let options = HostOptions {
        listen,
        variables: variables(&sources, &manifest),
        state_dir: args.state_dir,
        otel: OtelSettings::from_env(),
        ..HostOptions::default()
    };
    let serving = Serving {
        manifest,
        options,
        quiet: false,
        watch,
        dashboard: args.dashboard,
        // They are kept for as long as it serves, with a dashboard or without one.
        sources: Some(sources.clone()),
        key: Some(KEY),
    };
    let served = serving.run(|host| terminal::print(to_try(host.local_addr()))).await;
    drop(sources);
    served
}

fn check_is_reference_connector(manifest: &Manifest) -> Result<(), CliError> {
    for system in [System::Graph, System::SharePoint, System::PowerApps, System::Dataverse] {
        let variable = format!("{}_url", system.name());
        if !manifest.variables.contains_key(&variable) {
            return Err(CliError::NotTheReferenceConnector {
                manifest: manifest.path.clone(),
                variable,
            });
        }
    }
    Ok(())
}

/// Those that the manifest declares.
fn variables(sources: &Sources, manifest: &Manifest) -> Vec<String> {
    let mut variables = sources.variables();
    // Power Apps lists the apps of whoever asks; to the others any token is a service's.
    if let Some(employee) = sources.population().employee(EMPLOYEE) {
        variables.insert("powerapps_token".to_owned(), token_for(&employee));
    }
    for key in ["paging_key", "token_key"] {
        variables.insert(key.to_owned(), "of the demo, on this machine alone".to_owned());
    }
    variables.insert("programs_keys".to_owned(), PROGRAM.to_owned());
    variables.insert("cache_admin_keys".to_owned(), OPERATOR.to_owned());
    variables.retain(|name, _| manifest.variables.contains_key(name));
    variables
        .into_iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect()
}

fn to_try(address: SocketAddr) -> String {
    format!(
        "
Try, in another terminal:
  curl -H 'x-api-key: {KEY}' http://{address}/home/E{EMPLOYEE:06}
  curl -H 'x-api-key: {KEY}' 'http://{address}/news?top=3'
  curl -H 'x-api-key: {KEY}' http://{address}/people/e{EMPLOYEE:06}@contoso.example

And what goes wrong, in words for the maker of an app:
  curl -H 'x-api-key: {KEY}' 'http://{address}/home/E{EMPLOYEE:06}?news=99'
  curl http://{address}/home/E{EMPLOYEE:06}

And what is in the shared cache by now:
  cargo run -- cache list --url http://{address} --key {OPERATOR_KEY}
"
    )
}

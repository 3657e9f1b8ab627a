//! Serving an application until somebody asks to stop.

use std::{convert::Infallible, future, sync::Arc};

use jiff::Zoned;
use midspan_definition::telemetry::LINE_START;
use midspan_host::{Host, HostOptions, RouteInfo, RunningHost, manifest::Manifest};
use midspan_sources::Sources;

use crate::{
    dashboard::{Dashboard, DashboardArgs, Subject},
    error::CliError,
    log_line,
    stop::StopRequests,
    terminal,
    watch::Watch,
};

/// How an application is served.
pub(crate) struct Serving {
    /// The application, built.
    pub(crate) manifest: Manifest,
    /// How the host runs it.
    pub(crate) options: HostOptions,
    /// Whether requests and what components print stay out of the terminal.
    pub(crate) quiet: bool,
    /// The files whose change is built and served anew.
    pub(crate) watch: Option<Watch>,
    /// Where its dashboard is.
    pub(crate) dashboard: DashboardArgs,
    /// The systems behind it, where they are emulated.
    pub(crate) sources: Option<Arc<Sources>>,
    /// A key that the forms of the dashboard begin with.
    pub(crate) key: Option<&'static str>,
}

impl Serving {
    /// Serves until a request to stop, then lets running requests end. `welcome` is called when all is ready.
    ///
    /// # Errors
    /// The application cannot be served, or a second request to stop came.
    pub(crate) async fn run(self, welcome: impl FnOnce(&RunningHost)) -> Result<(), CliError> {
        let host = Host::start(&self.manifest.path, logged(self.options, self.quiet)).await?;
        let mut stop = StopRequests::listen().map_err(CliError::Signals)?;
        warn(&host);
        print_routes(&host);
        let subject = Subject {
            manifest: self.manifest.path,
            sources: self.sources,
            key: self.key,
        };
        let dashboard = Dashboard::start(&self.dashboard, subject, &host).await?;
        if let Some(dashboard) = &dashboard {
            terminal::print(format!("Dashboard {}", dashboard.url()));
        }
        welcome(&host);
        tokio::select! {
            () = stop.next() => {}
            never = rebuild_on_change(self.watch, &host) => match never? {},
        }
        terminal::step("Stopping", "when running requests have ended; once more stops at once");
        tokio::select! {
            () = host.shutdown() => Ok(()),
            () = stop.next() => Err(CliError::Interrupted),
        }
    }
}

async fn rebuild_on_change(watch: Option<Watch>, host: &RunningHost) -> Result<Infallible, CliError> {
    match watch {
        Some(watch) => watch.rebuild_on_change(host).await,
        None => future::pending().await,
    }
}

/// Says what the host will not do as the manifest asks.
pub(crate) fn warn(host: &RunningHost) {
    for warning in host.warnings() {
        terminal::problem(warning);
    }
}

/// In the words of `spin up`, so that what reads the one reads the other.
pub(crate) fn print_routes(host: &RunningHost) {
    let base = format!("http://{}", host.local_addr());
    terminal::print(format!("\nServing {base}\nAvailable Routes:"));
    for route in host.routes() {
        terminal::print(route_line(&base, &route));
    }
}

fn route_line(base: &str, RouteInfo { route, component }: &RouteInfo) -> String {
    match route.strip_suffix("/...") {
        Some(prefix) => format!("  {component}: {base}{prefix} (wildcard)"),
        None => format!("  {component}: {base}{route}"),
    }
}

fn logged(mut options: HostOptions, quiet: bool) -> HostOptions {
    let now = || Zoned::now().time();
    options.on_log = Some(Arc::new(move |event| terminal::tell(log_line::event(now(), event))));
    if !quiet {
        options.on_request = Some(Arc::new(move |record| {
            terminal::print(log_line::request(now(), record));
        }));
        options.on_output = Some(Arc::new(move |line| {
            // What an operation says of a request is there already, as a line that people can read.
            if !line.line.starts_with(LINE_START) {
                terminal::tell(log_line::output(now(), line));
            }
        }));
    }
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_is_shown_as_spin_shows_it() {
        let check = |route: &str, expected| {
            let route = RouteInfo {
                route: route.into(),
                component: "home".into(),
            };
            assert_eq!(route_line("http://127.0.0.1:3000", &route), expected);
        };
        check("/home/:id", "  home: http://127.0.0.1:3000/home/:id");
        check("/home/...", "  home: http://127.0.0.1:3000/home (wildcard)");
        check("/...", "  home: http://127.0.0.1:3000 (wildcard)");
        check("/", "  home: http://127.0.0.1:3000/");
    }
}

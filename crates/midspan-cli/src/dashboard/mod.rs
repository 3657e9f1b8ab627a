//! The developer's dashboard: a page about the application that is served, on a loopback port of its own.
//!
//! It shows what the host tells of its requests (`history`), what the built components say of themselves (`definition`),
//! and passes requests on to the application (`relay`); where the sources are emulated, it makes them slow or fail
//! (`emulated`). The pages in `web/` are plain files without a build step.

mod definition;
mod emulated;
mod guard;
mod history;
mod pages;
mod relay;

use std::{io, net::SocketAddr, path::PathBuf, sync::Arc};

use axum::{
    Json, Router,
    extract::State,
    http::HeaderMap,
    middleware,
    response::IntoResponse,
    routing::{any, get, put},
};
use midspan_host::{HostError, RunningHost};
use midspan_sources::Sources;
use tokio::{net::TcpListener, task::JoinHandle};

use self::{emulated::Emulated, history::History, relay::Relay};
use crate::{error::CliError, listen};

/// Where the dashboard is.
#[derive(clap::Args)]
pub(crate) struct DashboardArgs {
    /// Where the dashboard is served, on this machine alone; if the port is taken, on a free one
    #[arg(long, value_name = "ADDRESS", value_parser = listen::parse, default_value = "127.0.0.1:3001")]
    dashboard: SocketAddr,
    /// Serve no dashboard
    #[arg(long, conflicts_with = "dashboard")]
    no_dashboard: bool,
}

/// A dashboard that is served, until it is dropped.
pub(crate) struct Dashboard {
    address: SocketAddr,
    tasks: [JoinHandle<()>; 2],
}

/// What it is about.
pub(crate) struct Subject {
    /// The application's manifest.
    pub(crate) manifest: PathBuf,
    /// The systems behind it, where they are emulated.
    pub(crate) sources: Option<Arc<Sources>>,
    /// A key that its forms begin with.
    pub(crate) key: Option<&'static str>,
}

/// What all its requests share.
struct Shared {
    manifest: PathBuf,
    application: SocketAddr,
    history: Arc<History>,
    relay: Relay,
    emulated: Option<Emulated>,
    key: Option<&'static str>,
}

impl Dashboard {
    /// Serves it where the arguments say; nothing where they want none.
    ///
    /// # Errors
    /// The address is reached from elsewhere, or can't be listened on.
    pub(crate) async fn start(
        args: &DashboardArgs,
        subject: Subject,
        host: &RunningHost,
    ) -> Result<Option<Self>, CliError> {
        if args.no_dashboard {
            return Ok(None);
        }
        let address = args.dashboard;
        if !address.ip().is_loopback() {
            return Err(CliError::DashboardNotLocal(address));
        }
        let refused = |source| HostError::Bind { address, source };
        let listener = bind(address).await.map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        let history = Arc::new(History::default());
        let listening = tokio::spawn(history.clone().follow(host.subscribe()));
        let shared = Arc::new(Shared {
            manifest: subject.manifest,
            application: host.local_addr(),
            history,
            relay: Relay::new(host.local_addr()),
            emulated: subject.sources.map(Emulated::new),
            key: subject.key,
        });
        let router = router(shared, address);
        let serving = tokio::spawn(async move {
            // It ends with the process; what could fail has failed while it was bound.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Some(Self {
            address,
            tasks: [listening, serving],
        }))
    }

    /// Where it is.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Dashboard {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// The page is no reason for the application not to be served, so that a taken port is not.
async fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    match TcpListener::bind(address).await {
        Ok(listener) => Ok(listener),
        Err(_) => TcpListener::bind((address.ip(), 0)).await,
    }
}

fn router(shared: Arc<Shared>, own: SocketAddr) -> Router {
    Router::new()
        .route("/api/application", get(application))
        .route("/api/definition", get(definition::definition))
        .route("/api/events", get(events))
        .route("/api/emulated", get(emulated::list))
        .route("/api/emulated/{system}", put(emulated::set).delete(emulated::clear))
        .route("/app/{*path}", any(relay::relay))
        .route("/app/", any(relay::relay))
        .fallback(pages::page)
        .with_state(shared)
        .layer(middleware::from_fn_with_state(own, guard::guard))
}

/// What is served, and where.
async fn application(State(shared): State<Arc<Shared>>) -> Json<serde_json::Value> {
    Json(serde_json::json!({
        "manifest": shared.manifest,
        "url": format!("http://{}", shared.application),
        "isEmulated": shared.emulated.is_some(),
        "key": shared.key,
    }))
}

/// What has happened, then what happens (server-sent events). Who comes back gets only what is new to it.
async fn events(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> impl IntoResponse {
    let seen = headers
        .get("last-event-id")
        .and_then(|id| id.to_str().ok()?.parse().ok())
        .unwrap_or_default();
    shared.history.stream(seen)
}

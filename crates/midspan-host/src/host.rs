//! The host as its user sees it: start, reload, shut down.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use http::uri::Authority;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, watch};
use tokio::task::JoinHandle;

use crate::app::Ground;
use crate::code_cache::{CodeCache, CompileCount};
use crate::diagnostic::Diagnostic;
use crate::error::HostError;
use crate::key_value::OpenStores;
use crate::options::HostOptions;
use crate::server::{self, Service};
use crate::telemetry::{Events, Telemetry};
use crate::{engine, guest};

/// Starts hosts.
#[derive(Debug)]
pub struct Host;

/// A host that serves. Dropping it stops it without waiting for running requests; [`RunningHost::shutdown`] waits.
pub struct RunningHost {
    ground: Arc<Ground>,
    service: Arc<Service>,
    address: SocketAddr,
    stop: watch::Sender<bool>,
    server: JoinHandle<()>,
    /// One reload at a time.
    reloading: Mutex<()>,
}

/// One route of the application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteInfo {
    /// As in the manifest.
    pub route: String,
    /// The component that it leads to.
    pub component: String,
}

impl Host {
    /// Reads the manifest, compiles its components and listens. Needs a multi-threaded tokio runtime, on which
    /// everything runs from then on.
    ///
    /// # Errors
    /// Everything that is wrong with the configuration, by line; or that the address or the state folder is unusable.
    pub async fn start(manifest: impl AsRef<Path>, mut options: HostOptions) -> Result<RunningHost, HostError> {
        let listen = options.listen;
        let bind = |source| HostError::Bind {
            address: listen,
            source,
        };
        let listener = TcpListener::bind(listen).await.map_err(bind)?;
        let address = listener.local_addr().map_err(bind)?;
        let engine = engine::build(&options.limits)?;
        let linker = guest::linker(&engine).map_err(|error| HostError::Engine(format!("{error:#}")))?;
        let telemetry = Telemetry::new();
        let on_log = telemetry.with_events(options.on_log.take());
        options.on_log = Some(on_log);
        let ground = Arc::new(Ground {
            manifest: manifest.as_ref().to_owned(),
            telemetry,
            options,
            engine,
            linker,
            stores: OpenStores::default(),
            cache: CodeCache::default(),
        });
        let app = ground.load(authority(address)?).await?;
        let options = &ground.options;
        ground
            .telemetry
            .export(&options.otel, (app.name(), app.version()), options.on_log.as_ref());
        let service = Arc::new(Service::new(
            app,
            options.limits.clone(),
            options.on_request.clone(),
            Arc::clone(&ground.telemetry),
        ));
        let (stop, stopped) = watch::channel(false);
        let server = tokio::spawn(server::run(listener, Arc::clone(&service), stopped));
        Ok(RunningHost {
            ground,
            service,
            address,
            stop,
            server,
            reloading: Mutex::new(()),
        })
    }
}

/// What components see as the host's own address; an unspecified one is reached by the loopback.
fn authority(address: SocketAddr) -> Result<Authority, HostError> {
    let mut reachable = address;
    if address.ip().is_unspecified() {
        reachable.set_ip(match address {
            SocketAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
        });
    }
    Authority::try_from(reachable.to_string()).map_err(|error| HostError::Engine(error.to_string()))
}

impl RunningHost {
    /// The address that it listens on, with the port that was free where 0 was asked for.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// The routes of the application, in the order of the manifest.
    #[must_use]
    pub fn routes(&self) -> Vec<RouteInfo> {
        let app = self.service.app();
        let route = |(route, component): (&str, &str)| RouteInfo {
            route: route.into(),
            component: component.into(),
        };
        app.router().routes().map(route).collect()
    }

    /// What happens on the host from now on.
    #[must_use]
    pub fn subscribe(&self) -> Events {
        self.ground.telemetry.subscribe()
    }

    /// What the manifest or the runtime configuration asks and this host does not do.
    #[must_use]
    pub fn warnings(&self) -> Vec<Diagnostic> {
        self.service.app().warnings().to_vec()
    }

    /// How many components were compiled and how many found compiled on disk, reloads included.
    #[must_use]
    pub fn compile_count(&self) -> CompileCount {
        self.ground.cache.count()
    }

    /// Reads the manifest and the components again. From then on requests go to the new version; those in work end
    /// on the old one. The listener stays open.
    ///
    /// # Errors
    /// As [`Host::start`]; the old version then keeps serving.
    pub async fn reload(&self) -> Result<(), HostError> {
        let _one_at_a_time = self.reloading.lock().await;
        let app = self.ground.load(authority(self.address)?).await?;
        self.service.replace_app(app);
        Ok(())
    }

    /// Accepts no further connection and lets running requests end, at most for
    /// [`Limits::shutdown_grace`](crate::Limits::shutdown_grace). Then sends what OpenTelemetry has not sent yet.
    pub async fn shutdown(mut self) {
        let _ = self.stop.send(true);
        let _ = (&mut self.server).await;
        self.ground.telemetry.shut_down().await;
    }
}

impl Drop for RunningHost {
    fn drop(&mut self) {
        self.server.abort();
    }
}

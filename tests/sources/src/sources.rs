//! Starting, steering and stopping the systems.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

use crate::control;
use crate::emulator::Emulator;
use crate::fault::Fault;
use crate::population::Population;
use crate::record::RecordedRequest;
use crate::server::serve;
use crate::system::System;

/// How to start.
#[derive(Debug, Clone)]
pub struct Options {
    /// What all data is generated from.
    pub seed: u64,
    /// Keep what was sent, for [`Sources::requests`]. Without it requests are only counted.
    pub record: bool,
    /// Threads that serve, at least 1.
    pub threads: usize,
    /// Where each system listens, in the order of [`System::ALL`]; port 0 takes a free one.
    pub listen: [SocketAddr; System::ALL.len()],
    /// Where the control API listens, if it is wanted.
    pub control: Option<SocketAddr>,
}

impl Default for Options {
    /// Seed 1, recording, two threads, free ports on 127.0.0.1, no control API.
    fn default() -> Self {
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self {
            seed: 1,
            record: true,
            threads: 2,
            listen: [any; System::ALL.len()],
            control: None,
        }
    }
}

/// The systems could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// No threads could be had.
    #[error("could not start the threads that serve the emulated systems")]
    Threads(#[source] io::Error),
    /// An address could not be listened on.
    #[error("could not listen on {address} for \"{name}\"")]
    Listen {
        /// The system, or `control`.
        name: &'static str,
        /// Where.
        address: SocketAddr,
        /// Why not.
        source: io::Error,
    },
}

/// The running systems. They stop when this is dropped.
pub struct Sources {
    emulator: Arc<Emulator>,
    addresses: [SocketAddr; System::ALL.len()],
    control: Option<SocketAddr>,
    runtime: Option<Runtime>,
}

impl Sources {
    /// Starts all systems, each on a port of its own, on threads of their own.
    ///
    /// # Errors
    ///
    /// When an address can't be listened on or no thread can be had.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(options.threads.max(1))
            .thread_name("midspan-sources")
            .enable_all()
            .build()
            .map_err(StartError::Threads)?;
        let emulator = Arc::new(Emulator::new(options.seed, options.record));
        let mut sources = Self {
            emulator,
            addresses: options.listen,
            control: None,
            runtime: Some(runtime),
        };
        for system in System::ALL {
            let (listener, address) = sources.bind(system.name(), options.listen[system as usize]).await?;
            sources.addresses[system as usize] = address;
            sources.spawn(serve(listener, Arc::clone(&sources.emulator), system));
        }
        if let Some(address) = options.control {
            let (listener, address) = sources.bind("control", address).await?;
            sources.control = Some(address);
            let router = control::router(Arc::clone(&sources.emulator));
            sources.spawn(async { axum::serve(listener, router).await });
        }
        Ok(sources)
    }

    /// Where a system is reached: `http://127.0.0.1:49152`, without a path.
    #[must_use]
    pub fn url(&self, system: System) -> String {
        format!("http://{}", self.addresses[system as usize])
    }

    /// Where the control API is reached, if it was asked for.
    #[must_use]
    pub fn control_url(&self) -> Option<String> {
        self.control.map(|address| format!("http://{address}"))
    }

    /// The data behind the answers.
    #[must_use]
    pub fn population(&self) -> &Population {
        &self.emulator.world.population
    }

    /// Makes a route go wrong until [`Sources::clear_faults`].
    ///
    /// The pattern is a path in which `*` stands for any text (`/v1.0/users/*`, `*/items`, `*`), with a method before it or without one
    /// (`PATCH /api/data/v9.2/tasks(*)`). It is compared with the percent-decoded path, without its query and without case.
    pub fn fault(&self, system: System, pattern: &str, fault: Fault) {
        self.emulator.world.faults.set(system, pattern, fault);
    }

    /// Everything works again.
    pub fn clear_faults(&self) {
        self.emulator.world.faults.clear();
    }

    /// How many requests reached a system, whatever was answered.
    #[must_use]
    pub fn count(&self, system: System) -> u64 {
        self.emulator.recorder.count(system)
    }

    /// How many of the kept requests are of a route (a pattern as in [`Sources::fault`]).
    #[must_use]
    pub fn count_of(&self, system: System, pattern: &str) -> usize {
        self.requests(system)
            .iter()
            .filter(|request| request.is(pattern))
            .count()
    }

    /// The latest requests that reached a system (of the latest 10,000 to all of them), the oldest first.
    #[must_use]
    pub fn requests(&self, system: System) -> Vec<RecordedRequest> {
        self.emulator.recorder.requests(Some(system))
    }

    /// Forgets all requests and counts from 0.
    pub fn reset_counts(&self) {
        self.emulator.recorder.reset();
    }

    async fn bind(&self, name: &'static str, address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
        let bind = async move {
            let listener = TcpListener::bind(address).await?;
            let bound = listener.local_addr()?;
            Ok((listener, bound))
        };
        let bound = match self.runtime.as_ref().map(|runtime| runtime.spawn(bind)) {
            Some(bound) => bound.await.unwrap_or_else(|cause| Err(io::Error::other(cause))),
            None => Err(io::ErrorKind::NotConnected.into()),
        };
        bound.map_err(|source| StartError::Listen { name, address, source })
    }

    fn spawn<F>(&self, task: F)
    where
        F: Future<Output: Send + 'static> + Send + 'static,
    {
        if let Some(runtime) = &self.runtime {
            runtime.spawn(task);
        }
    }
}

impl Drop for Sources {
    fn drop(&mut self) {
        // Without waiting: a hanging request would never end, and waiting is not allowed in async code.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

//! Starting, steering and stopping the systems.

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

use crate::authority::{CLIENT_CERTIFICATE, CLIENT_ID, CLIENT_KEY, CLIENT_SECRET, Subject};
use crate::control;
use crate::emulator::Emulator;
use crate::fault::Fault;
use crate::population::{Employee, Population, TENANT_ID};
use crate::record::RecordedRequest;
use crate::server::serve;
use crate::system::System;
use crate::systems::{
    CARDS_CLIENT_ID, CARDS_KEY, NOTIFY_FLOW, NOTIFY_PATH, NOTIFY_SIGNATURE, Notification, ONPREMISES_PASSWORD,
    ONPREMISES_USER, PAYROLL_PASSWORD, PAYROLL_USER,
};

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

    /// The token that an employee's app would come with: issued by Entra ID for [`CLIENT_ID`], so that it can be exchanged on behalf of them.
    #[must_use]
    pub fn user_token(&self, employee: &Employee) -> String {
        self.sign(&self.user_claims(employee))
    }

    /// What the token of [`user_token`](Self::user_token) says, for a test that lets it say something else.
    #[must_use]
    pub fn user_claims(&self, employee: &Employee) -> Value {
        let scopes = "access_as_user";
        self.claims(Subject::User { employee, scopes })
    }

    /// What a token says that the registered application has for the connector's API, as itself.
    #[must_use]
    pub fn application_claims(&self) -> Value {
        self.claims(Subject::Application)
    }

    fn claims(&self, subject: Subject<'_>) -> Value {
        let audience = format!("api://{CLIENT_ID}");
        let authority = &self.emulator.world.authority;
        authority.claims(&self.url(System::Entra), &audience, subject)
    }

    /// Entra ID signs with another key from now on, and publishes that one alone.
    pub fn rotate_signing_key(&self) {
        self.emulator.world.authority.rotate_key();
    }

    /// A token with any claims, signed with Entra ID's key.
    #[must_use]
    pub fn sign(&self, claims: &Value) -> String {
        self.emulator.world.authority.key().sign(claims)
    }

    /// The same, with the name of a key that Entra ID does not have.
    #[must_use]
    pub fn sign_as(&self, key_id: &str, claims: &Value) -> String {
        self.emulator.world.authority.key().sign_as(key_id, claims)
    }

    /// How long tokens hold that Entra ID issues from now on: 3,599 seconds unless told.
    pub fn set_token_lifetime(&self, lifetime: Duration) {
        self.emulator.world.authority.set_lifetime(lifetime);
    }

    /// No token that Entra ID has issued holds any more; systems answer them with 401.
    pub fn revoke_tokens(&self) {
        self.emulator.world.authority.revoke_all();
    }

    /// The push notifications that Power Automate has sent, the oldest first.
    #[must_use]
    pub fn notifications(&self) -> Vec<Notification> {
        self.emulator.world.flow.notifications()
    }

    /// What the variables of the reference connector are set to, by name: where each system is, and what it is called with.
    #[must_use]
    pub fn variables(&self) -> BTreeMap<String, String> {
        let urls = System::ALL.map(|system| (format!("{system}_url"), self.url(system)));
        let own = [
            ("entra_tenant", TENANT_ID),
            ("employees_tenants", TENANT_ID),
            ("entra_client_id", CLIENT_ID),
            ("entra_client_secret", CLIENT_SECRET),
            ("payroll_user", PAYROLL_USER),
            ("payroll_password", PAYROLL_PASSWORD),
            ("cards_client_id", CARDS_CLIENT_ID),
            ("cards_key", CARDS_KEY),
            ("onpremises_user", ONPREMISES_USER),
            ("onpremises_password", ONPREMISES_PASSWORD),
            ("powerautomate_path", NOTIFY_PATH),
            ("powerautomate_flow", NOTIFY_FLOW),
            ("powerautomate_signature", NOTIFY_SIGNATURE),
        ];
        let tokens = [
            System::Graph,
            System::SharePoint,
            System::PowerApps,
            System::Dataverse,
            System::Directory,
        ];
        let tokens = tokens.map(|system| (format!("{system}_token"), "service-principal".to_owned()));
        let own = own.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let made = [
            (
                "entra_token_url".to_owned(),
                format!("{}/{TENANT_ID}/oauth2/v2.0/token", self.url(System::Entra)),
            ),
            ("entra_client_key".to_owned(), [CLIENT_KEY, CLIENT_CERTIFICATE].concat()),
            (
                "employees_audience".to_owned(),
                format!("{CLIENT_ID} api://{CLIENT_ID}"),
            ),
        ];
        urls.into_iter().chain(tokens).chain(own).chain(made).collect()
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

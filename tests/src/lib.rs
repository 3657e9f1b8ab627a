//! A tier to test: the reference connector's components on a host, with emulated sources of its own behind it.
//!
//! The host is the embedded one; with `MIDSPAN_HOST=spin` it is `spin up` from the `PATH`, under the same tests.

mod client;
mod components;
mod emitted;
mod origin;
mod peer;
mod redis;
mod spin;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use midspan_host::{HostOptions, Limits, OtelSettings, manifest::Manifest, telemetry::Events};
use midspan_sources::{Options, Sources};
use tempfile::TempDir;

pub use client::{Answer, Client};
pub use components::{component_file, reference_operations};
pub use emitted::{LEAK, Planted, Watched};
pub use origin::Origin;
pub use peer::{Peer, node, python};
pub use redis::Redis;

/// The key of a program that may do everything that the reference connector does. [`Tier::client`] sends it by itself.
pub const PROGRAM_KEY: &str = "the-tests-key-of-a-program";

/// What the connector has of it: name, SHA-256 and roles.
const PROGRAM: &str = concat!(
    "tests:3acd4c5ceea910b68d029157649159c7ecf8d74b788dc0a8117ed8ba3e786b66",
    ":Employees.ReadWrite.All+Notifications.Send+Subscriptions.Read.All"
);

/// The reference connector on a host, with its sources.
pub struct Tier {
    /// The emulated systems: told to fail, asked what reached them.
    pub sources: Sources,
    /// Sends requests to the host.
    pub client: Client,
    host: RunningTier,
    _store: TempDir,
}

/// What differs from the usual tier.
#[derive(Default)]
pub struct Setup {
    /// Limits of the embedded host; Spin does not have them.
    pub limits: Limits,
    /// More variables, as `name=value`.
    pub variables: Vec<String>,
    /// Where the embedded host exports to.
    pub otel: OtelSettings,
    /// A folder for what operations store in the embedded host; else the tier has one of its own.
    pub store: Option<PathBuf>,
}

enum RunningTier {
    Embedded(Watched),
    Spin(spin::Spin),
}

impl Tier {
    /// Builds the components, once a test run, and starts sources and host.
    ///
    /// # Panics
    /// If any of it can't start: the test fails with the reason.
    pub async fn start() -> Self {
        Self::start_with("spin.toml", Limits::default()).await
    }

    /// The tests' own operations in place of the reference connector's: `tests/spin.toml`.
    ///
    /// # Panics
    /// As [`start`](Self::start).
    pub async fn start_test_operations() -> Self {
        Self::start_with("tests/spin.toml", Limits::default()).await
    }

    /// As [`start`](Self::start), with another manifest, and other limits of the embedded host; Spin does not have them.
    ///
    /// # Panics
    /// As [`start`](Self::start).
    pub async fn start_with(manifest: &str, limits: Limits) -> Self {
        let setup = Setup {
            limits,
            ..Setup::default()
        };
        Self::start_as(manifest, setup).await
    }

    /// As [`start`](Self::start), with another manifest and whatever else differs.
    ///
    /// # Panics
    /// As [`start`](Self::start).
    pub async fn start_as(manifest: &str, setup: Setup) -> Self {
        components::build();
        let sources = Sources::start(Options::default()).await.expect("the sources start");
        let mut variables = variables(&sources, &root().join(manifest));
        let takes_keys = variables.iter().any(|one| one.starts_with("programs_keys="));
        variables.extend(setup.variables);
        let own = TempDir::new().expect("a folder for the store");
        let store = setup.store.as_deref().unwrap_or(own.path());
        let host = if is_spin() {
            RunningTier::Spin(spin::Spin::start(root().join(manifest), &variables).await)
        } else {
            let options = HostOptions {
                listen: ([127, 0, 0, 1], 0).into(),
                variables,
                state_dir: Some(state_dir()),
                runtime_config_file: Some(store_in(store)),
                limits: setup.limits,
                otel: setup.otel,
                on_log: Some(Arc::new(|line| eprintln!("the host says: {}", line.message))),
                ..HostOptions::default()
            };
            RunningTier::Embedded(
                Watched::start(root().join(manifest), options)
                    .await
                    .expect("the host starts"),
            )
        };
        let client = Client::new(match &host {
            RunningTier::Embedded(host) => format!("http://{}", host.local_addr()),
            RunningTier::Spin(spin) => spin.url(),
        });
        let client = if takes_keys {
            client.with_key(PROGRAM_KEY)
        } else {
            client
        };
        Self {
            sources,
            client,
            host,
            _store: own,
        }
    }

    /// Sends a GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.client.get(path).await
    }

    /// Sends requests without any credentials.
    #[must_use]
    pub fn stranger(&self) -> Client {
        Client::new(self.client.base().to_owned())
    }

    /// What happens on the embedded host from now on.
    ///
    /// # Panics
    /// On a real Spin, which tells nobody.
    #[must_use]
    pub fn subscribe(&self) -> Events {
        match &self.host {
            RunningTier::Embedded(host) => host.subscribe(),
            RunningTier::Spin(_) => panic!("Spin has no events to subscribe to"),
        }
    }

    /// Stops the host after its running requests have ended.
    pub async fn shutdown(self) {
        match self.host {
            RunningTier::Embedded(host) => host.shutdown().await,
            RunningTier::Spin(spin) => drop(spin),
        }
    }
}

/// Whether the suite runs against a real Spin, which has other limits and other texts for its own errors.
#[must_use]
pub fn is_spin() -> bool {
    std::env::var_os("MIDSPAN_HOST").is_some_and(|host| host == "spin")
}

/// The repository's root.
#[must_use]
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// Shared by the hosts of all tests, so that a component is compiled once; what operations store is not there.
fn state_dir() -> PathBuf {
    root().join("target").join("midspan-tests")
}

/// A runtime configuration by which what operations store is in `folder`.
fn store_in(folder: &Path) -> PathBuf {
    let (file, store) = (folder.join("runtime-config.toml"), folder.join("store.db"));
    let text = format!(
        "[key_value_store.default]\ntype = \"spin\"\npath = {:?}\n",
        store.display().to_string()
    );
    std::fs::write(&file, text).expect("the configuration is written");
    file
}

/// Values for the variables that a manifest declares, as `name=value`.
///
/// # Panics
/// If the manifest is not valid.
#[must_use]
pub fn variables(sources: &Sources, manifest: &Path) -> Vec<String> {
    let manifest = Manifest::load(manifest).expect("the manifest is valid");
    let mut variables = sources.variables();
    for key in ["paging_key", "token_key"] {
        variables.insert(key.to_owned(), "the key of the tests, which is long enough".to_owned());
    }
    variables.insert("programs_keys".to_owned(), PROGRAM.to_owned());
    variables.retain(|name, _| manifest.variables.contains_key(name));
    variables
        .into_iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect()
}

//! The host's HTTP clients: one for all components, and one for each `client_tls` of the runtime configuration, so that
//! a connection made with one component's certificate never carries the request of another.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client as Pooled;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use tokio::sync::Semaphore;
use wasmtime_wasi_http::WasiBody;

use super::connect::Connector;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::runtime_config::{ClientCertificate, ClientTls, RuntimeConfig};

pub(super) type Client = Pooled<HttpsConnector<Connector>, WasiBody>;

/// How long an unused connection is kept.
const IDLE: Duration = Duration::from_mins(1);

/// The clients of one application.
pub(crate) struct Clients {
    runtime: Arc<RuntimeConfig>,
    shared: Client,
    /// By the line of their `client_tls`.
    special: BTreeMap<usize, Client>,
}

impl Clients {
    /// Reads the certificates that the runtime configuration names.
    pub(crate) fn build(runtime: &Arc<RuntimeConfig>) -> Result<Self, Diagnostics> {
        let connector = Connector {
            blocked: Arc::new(runtime.blocked_networks.clone()),
            places: runtime
                .outbound_http
                .max_connections
                .map(|limit| Arc::new(Semaphore::new(limit))),
        };
        let client = |tls: ClientConfig| {
            let https = HttpsConnectorBuilder::new()
                .with_tls_config(tls)
                .https_or_http()
                .enable_http1()
                .enable_http2()
                .wrap_connector(connector.clone());
            let mut builder = Pooled::builder(TokioExecutor::new());
            builder
                .pool_timer(TokioTimer::new())
                .timer(TokioTimer::new())
                .pool_idle_timeout(IDLE);
            if !runtime.outbound_http.connection_pooling {
                builder.pool_max_idle_per_host(0);
            }
            builder.build(https)
        };
        let problem =
            |line: usize, message: String| Diagnostics(vec![Diagnostic::error(runtime.path.clone(), line, message)]);
        let public = RootCertStore {
            roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        };
        let shared = client(
            trusting(public)
                .map_err(|error| problem(0, error))?
                .with_no_client_auth(),
        );
        let mut special = BTreeMap::new();
        for tls in &runtime.client_tls {
            special.insert(
                tls.line,
                client(identity(tls).map_err(|error| problem(tls.line, error))?),
            );
        }
        Ok(Self {
            runtime: Arc::clone(runtime),
            shared,
            special,
        })
    }

    pub(super) fn for_host(&self, component: &str, host: &str) -> &Client {
        self.runtime
            .client_tls_for(component, host)
            .and_then(|tls| self.special.get(&tls.line))
            .unwrap_or(&self.shared)
    }
}

type WantsIdentity = rustls::ConfigBuilder<ClientConfig, rustls::client::WantsClientCert>;

fn trusting(roots: RootCertStore) -> Result<WantsIdentity, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots))
}

fn identity(tls: &ClientTls) -> Result<ClientConfig, String> {
    let mut roots = RootCertStore::empty();
    if tls.ca_use_webpki_roots {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    if tls.ca_use_platform_roots {
        // Single certificates that cannot be read are no reason to trust none.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    }
    if let Some(file) = &tls.ca_roots_file {
        for certificate in certificates(file)? {
            roots
                .add(certificate)
                .map_err(|error| format!("\"{}\": {error}", file.display()))?;
        }
    }
    let config = trusting(roots)?;
    match &tls.client_cert {
        None => Ok(config.with_no_client_auth()),
        Some(ClientCertificate {
            cert_file,
            private_key_file,
        }) => {
            let key = PrivateKeyDer::from_pem_file(private_key_file)
                .map_err(|error| format!("private key \"{}\": {error}", private_key_file.display()))?;
            config
                .with_client_auth_cert(certificates(cert_file)?, key)
                .map_err(|error| format!("\"{}\": {error}", cert_file.display()))
        }
    }
}

fn certificates(file: &std::path::Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let problem = |error: &dyn std::fmt::Display| format!("certificate file \"{}\": {error}", file.display());
    let found: Vec<_> = CertificateDer::pem_file_iter(file)
        .map_err(|error| problem(&error))?
        .collect::<Result<_, _>>()
        .map_err(|error| problem(&error))?;
    if found.is_empty() {
        return Err(problem(&"it holds no certificate"));
    }
    Ok(found)
}

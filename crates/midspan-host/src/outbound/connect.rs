//! New connections: the name is resolved, blocked networks are left out, and the connection must stand in time.

use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpStream, lookup_host};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tower_service::Service;

use super::TIMEOUT;
use super::counted::Counted;
use crate::allowed_hosts::BlockedNetworks;

tokio::task_local! {
    // The pool asks for connections with nothing but a URI.
    static CONNECT_TIMEOUT: Duration;
}

/// Runs `request` so that a connection made for it must stand within `patience`.
pub(super) fn within<F: Future>(patience: Duration, request: F) -> impl Future<Output = F::Output> {
    CONNECT_TIMEOUT.scope(patience, request)
}

/// Why no connection was made.
#[derive(Debug, thiserror::Error)]
pub(super) enum ConnectError {
    #[error("the URL has no host")]
    NoHost,
    #[error("\"{host}\" cannot be resolved: {source}")]
    Unresolved { host: String, source: std::io::Error },
    #[error("\"{host}\" is in a network that the runtime configuration blocks")]
    Blocked { host: String },
    #[error("no connection to \"{host}\" within {} ms", .after.as_millis())]
    TimedOut { host: String, after: Duration },
    #[error("no connection to \"{host}\": {source}")]
    Refused { host: String, source: std::io::Error },
}

/// Makes TCP connections.
#[derive(Clone)]
pub(super) struct Connector {
    pub(super) blocked: Arc<BlockedNetworks>,
    /// Connections that may still be made; without it, any number.
    pub(super) places: Option<Arc<Semaphore>>,
}

impl Connector {
    async fn connect(self, uri: Uri, patience: Duration) -> Result<Counted, ConnectError> {
        let host = uri.host().ok_or(ConnectError::NoHost)?.to_owned();
        let port = uri
            .port_u16()
            .unwrap_or(if uri.scheme_str() == Some("https") { 443 } else { 80 });
        let connected = async {
            let permit = match &self.places {
                Some(places) => Arc::clone(places).acquire_owned().await.ok(),
                None => None,
            };
            let addresses = self.resolve(&host, port).await?;
            let stream = TcpStream::connect(&*addresses).await;
            Ok((
                stream.map_err(|source| ConnectError::Refused {
                    host: host.clone(),
                    source,
                })?,
                permit,
            ))
        };
        let (stream, permit) = timeout(patience, connected)
            .await
            .map_err(|_| ConnectError::TimedOut {
                host: host.clone(),
                after: patience,
            })??;
        // A request leaves in one write; waiting for more would only add latency.
        stream
            .set_nodelay(true)
            .map_err(|source| ConnectError::Refused { host, source })?;
        Ok(Counted {
            stream: TokioIo::new(stream),
            _permit: permit,
        })
    }

    async fn resolve(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, ConnectError> {
        let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        let mut addresses = match literal {
            Ok(address) => vec![SocketAddr::new(address, port)],
            Err(_) => lookup_host((host, port))
                .await
                .map_err(|source| ConnectError::Unresolved {
                    host: host.into(),
                    source,
                })?
                .collect(),
        };
        addresses.retain(|address| !self.blocked.is_blocked(address.ip()));
        if addresses.is_empty() {
            return Err(ConnectError::Blocked { host: host.into() });
        }
        Ok(addresses)
    }
}

impl Service<Uri> for Connector {
    type Response = Counted;
    type Error = ConnectError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, ConnectError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ConnectError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let patience = CONNECT_TIMEOUT.try_with(|patience| *patience).unwrap_or(TIMEOUT);
        Box::pin(self.clone().connect(uri, patience))
    }
}

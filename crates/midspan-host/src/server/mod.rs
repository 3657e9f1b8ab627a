//! The HTTP server: accepts connections, applies the limits, and answers.

mod admission;
mod body;
mod correlation;
mod problem;
mod record;
mod service;

use std::convert::Infallible;
use std::sync::Arc;

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::timeout;

pub(crate) use admission::{Place, Places};
pub(crate) use body::guarded;
pub(crate) use problem::Problem;
pub(crate) use service::Service;

/// Accepts connections until `stop` changes; then lets the running requests end, within the limits' grace.
pub(crate) async fn run(listener: TcpListener, service: Arc<Service>, mut stop: watch::Receiver<bool>) {
    let connections = GracefulShutdown::new();
    let builder = Arc::new(builder(&service));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        match accepted {
            Ok((stream, client)) => {
                let connection = serve(stream, client, Arc::clone(&builder), Arc::clone(&service), &connections);
                tokio::spawn(connection);
            }
            // The process is out of file descriptors, or the client was gone before it was accepted.
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::task::yield_now().await;
            }
        }
    }
    drop(listener);
    let grace = service.limits().shutdown_grace;
    if timeout(grace, connections.shutdown()).await.is_err() {
        tracing::warn!("requests still ran after the grace of the shutdown");
    }
}

type ConnectionBuilder = Builder<TokioExecutor>;

fn builder(service: &Service) -> ConnectionBuilder {
    let limits = service.limits();
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_timeout)
        // hyper's own limits only bound what it buffers: a request between ours and these gets an answer that explains.
        .max_headers(limits.header_count.saturating_mul(2).max(128))
        .max_buf_size(
            limits
                .header_bytes
                .saturating_add(limits.url)
                .saturating_mul(2)
                .max(128 * 1024),
        );
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(u32::try_from(limits.header_bytes.saturating_mul(2)).unwrap_or(u32::MAX));
    builder
}

fn serve(
    stream: TcpStream,
    client: std::net::SocketAddr,
    builder: Arc<ConnectionBuilder>,
    service: Arc<Service>,
    connections: &GracefulShutdown,
) -> impl Future<Output = ()> + Send + use<> {
    let watcher = connections.watcher();
    async move {
        // Small answers leave at once.
        let _ = stream.set_nodelay(true);
        let answer = service_fn(move |request| {
            let service = Arc::clone(&service);
            async move { Ok::<_, Infallible>(service.answer(request, client).await) }
        });
        let connection = builder.serve_connection(TokioIo::new(stream), answer).into_owned();
        if let Err(error) = watcher.watch(connection).await {
            tracing::debug!(%error, "a connection ended with an error");
        }
    }
}

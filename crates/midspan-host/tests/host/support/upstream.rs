//! A server for components to call. It counts its connections and requests, and tells what it got.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Collected, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;

/// A server that answers with the request's method, path, headers and the length of its body.
pub(crate) struct Upstream {
    pub(crate) address: SocketAddr,
    counts: Arc<Counts>,
}

struct Counts {
    connections: AtomicUsize,
    requests: watch::Sender<usize>,
    /// Requests for `/hang` are answered once this is true.
    released: watch::Sender<bool>,
}

impl Upstream {
    pub(crate) async fn start() -> Self {
        Self::start_with(None).await
    }

    /// Speaks TLS, if it has an acceptor.
    pub(crate) async fn start_with(tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let counts = Arc::new(Counts {
            connections: AtomicUsize::new(0),
            requests: watch::Sender::new(0),
            released: watch::Sender::new(false),
        });
        tokio::spawn(accept(listener, tls, Arc::clone(&counts)));
        Self { address, counts }
    }

    pub(crate) fn connections(&self) -> usize {
        self.counts.connections.load(Ordering::SeqCst)
    }

    /// Waits until this many requests have come.
    pub(crate) async fn has_had(&self, requests: usize) {
        self.counts
            .requests
            .subscribe()
            .wait_for(|had| *had >= requests)
            .await
            .expect("the upstream lives");
    }

    pub(crate) fn requests(&self) -> usize {
        *self.counts.requests.borrow()
    }

    /// Answers the requests for `/hang`.
    pub(crate) fn release(&self) {
        self.counts.released.send_replace(true);
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

async fn accept(listener: TcpListener, tls: Option<TlsAcceptor>, counts: Arc<Counts>) {
    while let Ok((stream, _)) = listener.accept().await {
        counts.connections.fetch_add(1, Ordering::SeqCst);
        let (tls, counts) = (tls.clone(), Arc::clone(&counts));
        tokio::spawn(async move {
            match tls {
                None => serve(stream, counts).await,
                // A client that does not trust the certificate ends the handshake.
                Some(tls) => {
                    if let Ok(stream) = tls.accept(stream).await {
                        serve(stream, counts).await;
                    }
                }
            }
        });
    }
}

async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, counts: Arc<Counts>) {
    let service = service_fn(move |request| answer(request, Arc::clone(&counts)));
    // A client that closes its connection is no error of the test.
    let _ = Builder::new(TokioExecutor::new())
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn answer(request: Request<Incoming>, counts: Arc<Counts>) -> Result<Response<Full<Bytes>>, Infallible> {
    counts.requests.send_modify(|requests| *requests += 1);
    let (head, body) = request.into_parts();
    let body = body.collect().await.map(Collected::to_bytes).unwrap_or_default();
    if head.uri.path() == "/hang" {
        let _ = counts.released.subscribe().wait_for(|released| *released).await;
    }
    let headers = head
        .headers
        .iter()
        .map(|(name, value)| [name.as_str(), ": ", value.to_str().unwrap_or("?"), "\n"].concat());
    let text = format!(
        "{} {}\n{}body: {}",
        head.method,
        head.uri.path(),
        headers.collect::<String>(),
        body.len()
    );
    Ok(Response::new(Full::new(text.into())))
}

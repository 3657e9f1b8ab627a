//! Connections of one system's listener.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};

use crate::emulator::Emulator;
use crate::system::System;

/// Accepts connections for as long as the runtime lives.
pub(crate) async fn serve(listener: TcpListener, emulator: Arc<Emulator>, system: System) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(connection(stream, Arc::clone(&emulator), system));
            }
            // Out of file descriptors, most likely: others must close first.
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}

async fn connection(stream: TcpStream, emulator: Arc<Emulator>, system: System) {
    // Without it a second write of an answer waits for the first one's acknowledgement. It only costs speed if it fails.
    let _ = stream.set_nodelay(true);
    let reset = Arc::new(AtomicBool::new(false));
    let service = service_fn(|request| {
        let (emulator, reset) = (Arc::clone(&emulator), Arc::clone(&reset));
        let answer = async move {
            let answer = emulator.handle(system, request).await;
            reset.store(answer.is_err(), Ordering::Relaxed);
            answer
        };
        Box::pin(answer) as Pin<Box<dyn Future<Output = _> + Send>>
    });
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    let _ = poll_fn(|cx| connection.poll_without_shutdown(cx)).await;
    if reset.load(Ordering::Relaxed) {
        // Closing without lingering sends RST, which is what a crashed back end's machine sends.
        let _ = connection.into_parts().io.into_inner().set_zero_linger();
    }
}

//! The same work by hand: what an axum program has to do to give the same answers, with the same checks, time-outs,
//! deadline, headers and errors.

mod call;
mod home;
mod kept;
mod request;
mod source;
mod systems;
mod view;

use std::sync::Arc;

use anyhow::Result;
use axum::{Router, extract::State, response::Response, routing::get, serve::ListenerExt};
use serde::Serialize;
use tokio::net::TcpListener;

use self::{request::RequestContext, source::Sources};
use crate::{arguments::NativeRole, processes::announce};

/// The role: serves until whoever started it has ended.
pub(crate) fn serve(role: &NativeRole) -> Result<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
    let address = listener.local_addr()?;
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    let router = Router::new()
        .route("/ping", get(ping))
        .route("/home/{employee_id}", get(home::get_home))
        .with_state(Arc::new(Sources::new(&role.variables, role.cached)));
    runtime.spawn(async { axum::serve(listener, router).await });
    announce(&address.to_string())
}

#[derive(Serialize)]
struct Pong {
    ok: bool,
    message: String,
}

async fn ping(State(_): State<Arc<Sources>>, headers: http::HeaderMap) -> Response {
    let context = RequestContext::admit(&headers, home::DEADLINE);
    let pong = Pong {
        ok: true,
        message: "pong".to_owned(),
    };
    context.answer(Ok(pong))
}

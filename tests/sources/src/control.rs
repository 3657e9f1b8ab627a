//! The control API: faults and counters over HTTP, for those who run the systems as a program.
//!
//! | Request | What it does |
//! |---|---|
//! | `PUT /faults` with `{"system": "graph", "path": "/v1.0/users*", "fault": {"kind": "delay", "ms": 200}}` | sets one more fault |
//! | `GET /faults` | lists them |
//! | `DELETE /faults` | clears them |
//! | `GET /requests?system=graph` | what reached a system (all without `system`), and how many reached each |
//! | `PUT /tokens` with `{"lifetimeSeconds": 60}` | sets how long the tokens hold that Entra ID issues from now on |
//! | `DELETE /tokens` | revokes all tokens that it has issued |
//! | `DELETE /requests` | forgets and starts counting from 0 |
//!
//! The forms of a fault: see [`Fault`](crate::Fault).

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::routing::{get, put};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};

use crate::emulator::Emulator;
use crate::fault::RouteFault;
use crate::record::RecordedRequest;
use crate::system::System;

pub(crate) fn router(emulator: Arc<Emulator>) -> Router {
    Router::new()
        .route("/faults", get(faults).put(set_fault).delete(clear_faults))
        .route("/requests", get(requests).delete(reset_counts))
        .route("/tokens", put(set_lifetime).delete(revoke_tokens))
        .with_state(emulator)
}

async fn faults(State(emulator): State<Arc<Emulator>>) -> Json<Vec<RouteFault>> {
    Json(emulator.world.faults.list())
}

async fn set_fault(State(emulator): State<Arc<Emulator>>, Json(route): Json<RouteFault>) -> StatusCode {
    emulator.world.faults.set(route.system, &route.path, route.fault);
    StatusCode::NO_CONTENT
}

async fn clear_faults(State(emulator): State<Arc<Emulator>>) -> StatusCode {
    emulator.world.faults.clear();
    StatusCode::NO_CONTENT
}

#[derive(Debug, Deserialize)]
struct Which {
    system: Option<System>,
}

#[derive(Debug, Serialize)]
struct Requests {
    counts: BTreeMap<&'static str, u64>,
    requests: Vec<RecordedRequest>,
}

async fn requests(State(emulator): State<Arc<Emulator>>, Query(which): Query<Which>) -> Json<Requests> {
    let counts = System::ALL.map(|system| (system.name(), emulator.recorder.count(system)));
    Json(Requests {
        counts: counts.into(),
        requests: emulator.recorder.requests(which.system),
    })
}

async fn reset_counts(State(emulator): State<Arc<Emulator>>) -> StatusCode {
    emulator.recorder.reset();
    StatusCode::NO_CONTENT
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Tokens {
    lifetime_seconds: u64,
}

async fn set_lifetime(State(emulator): State<Arc<Emulator>>, Json(tokens): Json<Tokens>) -> StatusCode {
    let lifetime = Duration::from_secs(tokens.lifetime_seconds);
    emulator.world.authority.set_lifetime(lifetime);
    StatusCode::NO_CONTENT
}

async fn revoke_tokens(State(emulator): State<Arc<Emulator>>) -> StatusCode {
    emulator.world.authority.revoke_all();
    StatusCode::NO_CONTENT
}

//! Switches of the emulated systems: slow, failing, hanging.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use midspan_sources::{Fault, Sources, System};
use serde_json::{Value, json};

use super::Shared;

/// The emulated systems, and what was switched on for each.
pub(super) struct Emulated {
    sources: Arc<Sources>,
    faults: Mutex<BTreeMap<&'static str, (System, Fault)>>,
}

impl Emulated {
    pub(super) fn new(sources: Arc<Sources>) -> Self {
        Self {
            sources,
            faults: Mutex::default(),
        }
    }

    /// Switches a fault of all routes of a system on, or what is on off.
    fn switch(&self, system: System, fault: Option<Fault>) {
        let mut faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        match fault {
            Some(fault) => faults.insert(system.name(), (system, fault)),
            None => faults.remove(system.name()),
        };
        self.sources.clear_faults();
        for (system, fault) in faults.values() {
            self.sources.fault(*system, "*", fault.clone());
        }
    }

    fn list(&self) -> Value {
        let faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        let systems = System::ALL.into_iter().map(|system| {
            json!({
                "name": system.name(),
                "url": self.sources.url(system),
                "requests": self.sources.count(system),
                "fault": faults.get(system.name()).map(|(_, fault)| fault),
            })
        });
        systems.collect()
    }
}

/// All systems; none where the sources are real.
pub(super) async fn list(State(shared): State<Arc<Shared>>) -> Json<Value> {
    Json(shared.emulated.as_ref().map_or_else(|| json!([]), Emulated::list))
}

/// Switches a fault on.
pub(super) async fn set(
    State(shared): State<Arc<Shared>>,
    Path(system): Path<String>,
    Json(fault): Json<Fault>,
) -> StatusCode {
    switch(&shared, &system, Some(fault))
}

/// Switches a fault off.
pub(super) async fn clear(State(shared): State<Arc<Shared>>, Path(system): Path<String>) -> StatusCode {
    switch(&shared, &system, None)
}

fn switch(shared: &Shared, name: &str, fault: Option<Fault>) -> StatusCode {
    let system = System::ALL.into_iter().find(|system| system.name() == name);
    match (&shared.emulated, system) {
        (Some(emulated), Some(system)) => {
            emulated.switch(system, fault);
            StatusCode::NO_CONTENT
        }
        _ => StatusCode::NOT_FOUND,
    }
}

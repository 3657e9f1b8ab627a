//! A component that is ready to be instantiated, with what the manifest grants it.

use std::sync::Arc;
use std::time::Duration;

use wasmtime::component::ResourceTable;
use wasmtime::{Store, UpdateDeadline};
use wasmtime_wasi::WasiCtx;
use wasmtime_wasi_http::WasiHttpCtx;
use wasmtime_wasi_http::p3::bindings::{Service, ServicePre};

use super::{GrantedStores, GuestState, MemoryLimit};
use crate::engine::TURN;
use crate::outbound::{Egress, Hooks};
use crate::output::Output;
use crate::telemetry::Gauge;
use crate::variables::ComponentVariables;

/// A compiled and linked component and its grants.
pub(crate) struct Program {
    pub(crate) id: Arc<str>,
    pub(crate) service: ServicePre<GuestState>,
    pub(crate) grants: Grants,
}

/// What the manifest grants a component.
pub(crate) struct Grants {
    pub(crate) environment: Vec<(String, String)>,
    pub(crate) stdout: Output,
    pub(crate) stderr: Output,
    pub(crate) stores: GrantedStores,
    pub(crate) variables: Arc<ComponentVariables>,
    pub(crate) egress: Arc<Egress>,
    /// Bytes of linear memory.
    pub(crate) memory: usize,
    /// Where its instances are counted.
    pub(crate) gauge: Arc<Gauge>,
}

impl Program {
    pub(crate) async fn instantiate(&self) -> wasmtime::Result<(Store<GuestState>, Service)> {
        let mut store = Store::new(self.service.engine(), self.grants.state());
        store.limiter(|state| &mut state.memory);
        let_others_run(&mut store);
        let service = self.service.instantiate_async(&mut store).await?;
        Ok((store, service))
    }
}

/// Interrupts the instance when it has computed for a turn.
///
/// It then sleeps instead of only yielding: a runtime whose threads always have something to run looks after its sockets
/// and timers once in 61 tasks, which for tasks that take a turn each would be a second.
fn let_others_run(store: &mut Store<GuestState>) {
    store.set_epoch_deadline(TURN);
    store.epoch_deadline_callback(|_| {
        Ok(UpdateDeadline::YieldCustom(
            1,
            Box::pin(tokio::time::sleep(Duration::from_millis(1))),
        ))
    });
}

impl Grants {
    fn state(&self) -> GuestState {
        let wasi = WasiCtx::builder()
            .envs(&self.environment)
            .stdout(self.stdout.of_instance())
            .stderr(self.stderr.of_instance())
            .allow_tcp(false)
            .allow_udp(false)
            .allow_ip_name_lookup(false)
            .build();
        GuestState {
            table: ResourceTable::new(),
            wasi,
            http: WasiHttpCtx::new(),
            hooks: Hooks::new(Arc::clone(&self.egress)),
            stores: Arc::clone(&self.stores),
            variables: Arc::clone(&self.variables),
            memory: MemoryLimit {
                bytes: self.memory,
                exceeded: false,
                counted: self.gauge.count(),
            },
        }
    }
}

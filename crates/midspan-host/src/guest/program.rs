//! A component that is ready to be instantiated, with what the manifest grants it.

use std::sync::Arc;

use wasmtime::Store;
use wasmtime::component::ResourceTable;
use wasmtime_wasi::WasiCtx;
use wasmtime_wasi_http::WasiHttpCtx;
use wasmtime_wasi_http::p3::bindings::{Service, ServicePre};

use super::{GrantedStores, GuestState, MemoryLimit};
use crate::outbound::{Egress, Hooks};
use crate::output::Output;
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
}

impl Program {
    pub(crate) async fn instantiate(&self) -> wasmtime::Result<(Store<GuestState>, Service)> {
        let mut store = Store::new(self.service.engine(), self.grants.state());
        store.limiter(|state| &mut state.memory);
        store.set_epoch_deadline(1);
        store.epoch_deadline_async_yield_and_update(1);
        let service = self.service.instantiate_async(&mut store).await?;
        Ok((store, service))
    }
}

impl Grants {
    fn state(&self) -> GuestState {
        let wasi = WasiCtx::builder()
            .envs(&self.environment)
            .stdout(self.stdout.clone())
            .stderr(self.stderr.clone())
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
            },
        }
    }
}

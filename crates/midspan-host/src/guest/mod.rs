//! What an instance of a component sees of the world, with the least privilege: no files, no sockets, no environment
//! but the manifest's, and of Spin's interfaces what the manifest grants.

mod bindings;
mod key_value;
mod linker;
mod memory;
mod program;
mod variables;
mod wasi_key_value;

use std::sync::Arc;

use wasmtime::component::ResourceTable;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

use crate::outbound::Hooks;
use crate::variables::ComponentVariables;

pub(crate) use key_value::GrantedStores;
pub(crate) use linker::linker;
pub(crate) use memory::MemoryLimit;
pub(crate) use program::{Grants, Program};

/// The state of one instance.
pub(crate) struct GuestState {
    table: ResourceTable,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    hooks: Hooks,
    stores: GrantedStores,
    variables: Arc<ComponentVariables>,
    memory: MemoryLimit,
}

impl WasiView for GuestState {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl WasiHttpView for GuestState {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView {
            hooks: &mut self.hooks,
            table: &mut self.table,
            ctx: &mut self.http,
        }
    }
}

impl GuestState {
    /// Whether the instance wanted more memory than it may have.
    pub(crate) fn wanted_more_memory(&self) -> bool {
        self.memory.exceeded
    }
}

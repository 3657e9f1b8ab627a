//! Every interface that the host provides.

use wasmtime::Engine;
use wasmtime::component::Linker;

use super::GuestState;
use super::bindings;
use super::key_value::{KeyValue, KeyValueView};
use super::variables::{Variables, VariablesView};

/// WASI 0.3 with its HTTP client, the parts of WASI 0.2 that Rust's standard library asks for on wasm32-wasip2, and
/// Spin's key-value store, which is WASI's too, and variables.
pub(crate) fn linker(engine: &Engine) -> wasmtime::Result<Linker<GuestState>> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    wasmtime_wasi::p3::add_to_linker(&mut linker)?;
    wasmtime_wasi_http::p3::add_to_linker(&mut linker)?;
    bindings::key_value::add_to_linker::<_, KeyValue>(&mut linker, key_value)?;
    bindings::wasi_key_value::store::add_to_linker::<_, KeyValue>(&mut linker, key_value)?;
    bindings::wasi_key_value::batch::add_to_linker::<_, KeyValue>(&mut linker, key_value)?;
    bindings::wasi_key_value::atomics::add_to_linker::<_, KeyValue>(&mut linker, key_value)?;
    bindings::variables::add_to_linker::<_, Variables>(&mut linker, |state: &mut GuestState| {
        VariablesView(std::sync::Arc::clone(&state.variables))
    })?;
    Ok(linker)
}

fn key_value(state: &mut GuestState) -> KeyValueView<'_> {
    KeyValueView {
        table: &mut state.table,
        stores: &state.stores,
    }
}

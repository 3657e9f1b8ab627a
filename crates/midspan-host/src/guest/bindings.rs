//! Bindings for Spin's own interfaces, from the WIT in `wit/`.

mod generated {
    wasmtime::component::bindgen!({
        path: "wit",
        world: "midspan:host/imports",
        imports: { default: trappable },
        with: { "spin:key-value/key-value.store": super::super::key_value::OpenStore },
    });
}

/// Without `async` in the WIT, so that the guest waits; the host's thread does not.
mod preview2 {
    wasmtime::component::bindgen!({
        path: "wit",
        world: "midspan:host/preview2",
        imports: { default: async | trappable },
        with: {
            "wasi:keyvalue/store.bucket": super::super::key_value::OpenStore,
            "wasi:keyvalue/atomics.cas": super::super::wasi_key_value::CompareAndSwap,
        },
    });
}

pub(crate) use generated::spin::key_value::key_value;
pub(crate) use generated::spin::variables::variables;
pub(crate) use preview2::wasi::keyvalue as wasi_key_value;

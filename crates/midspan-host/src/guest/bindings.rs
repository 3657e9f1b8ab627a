//! Bindings for Spin's own interfaces, from the WIT in `wit/`.

mod generated {
    wasmtime::component::bindgen!({
        path: "wit",
        world: "midspan:host/imports",
        imports: { default: trappable },
        with: { "spin:key-value/key-value.store": super::super::key_value::OpenStore },
    });
}

pub(crate) use generated::spin::key_value::key_value;
pub(crate) use generated::spin::variables::variables;

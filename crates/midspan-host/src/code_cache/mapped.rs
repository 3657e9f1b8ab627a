//! The one unsafe act of this crate: running machine code from a file.

use std::path::Path;

use wasmtime::Engine;
use wasmtime::component::Component;

/// Maps the compiled component in `path`. The caller has checked that nobody but us can have written the file and that
/// it has the digest that we recorded when we wrote it.
#[expect(
    unsafe_code,
    reason = "compiled code is trusted by what the caller checked; wasmtime cannot check it"
)]
pub(super) fn component(engine: &Engine, path: &Path) -> wasmtime::Result<Component> {
    // SAFETY: `Component::deserialize_file` wants a file that `Component::serialize` made and that does not change
    // while it is mapped. `Entry::read` calls this only for files with the digest recorded beside them, owned by us
    // and writable by us alone, and `write_atomically` never writes into a file that has its final name. wasmtime
    // itself refuses code of another version or configuration.
    unsafe { Component::deserialize_file(engine, path) }
}

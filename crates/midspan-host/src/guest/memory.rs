//! The limit on an instance's memory, which remembers that it was reached: the trap that follows does not say so.

use wasmtime::ResourceLimiter;

use crate::telemetry::Counted;

/// Elements of one table. Rust's function tables have a few thousand.
const TABLE_ELEMENTS: usize = 20_000;

pub(crate) struct MemoryLimit {
    pub(super) bytes: usize,
    pub(super) exceeded: bool,
    pub(super) counted: Counted,
}

impl ResourceLimiter for MemoryLimit {
    fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        let granted = desired <= self.bytes;
        self.exceeded |= !granted;
        if granted {
            self.counted.grows(current, desired);
        }
        Ok(granted)
    }

    fn table_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        Ok(desired <= TABLE_ELEMENTS)
    }
}

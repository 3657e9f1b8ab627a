//! The wasmtime engine: how instances get their memory, and how a component that computes for too long is stopped.

use std::time::Duration;

use wasmtime::{Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig};

use crate::error::HostError;
use crate::options::Limits;

/// The engine's clock.
const TICK: Duration = Duration::from_millis(10);
/// Ticks for which a component may compute before others get their turn on its thread. One would interrupt work that
/// began just before the tick.
pub(crate) const TURN: u64 = 2;

/// Builds the engine and starts its clock; the clock stops when the engine is gone.
pub(crate) fn build(limits: &Limits) -> Result<Engine, HostError> {
    let engine = Engine::new(&config(InstanceAllocationStrategy::Pooling(pool(limits))))
        // A machine with little address space (a container with a limit on it) cannot reserve the pool.
        .or_else(|_| Engine::new(&config(InstanceAllocationStrategy::OnDemand)))
        .map_err(|error| HostError::Engine(format!("{error:#}")))?;
    start_clock(&engine)?;
    Ok(engine)
}

fn config(allocation: InstanceAllocationStrategy) -> Config {
    let mut config = Config::new();
    config
        .wasm_component_model_async(true)
        .epoch_interruption(true)
        .memory_init_cow(true)
        .allocation_strategy(allocation);
    config
}

/// Room for `limits.instances` components. A component built by Rust has one memory, and up to a dozen small core
/// modules that adapt it to the component model.
fn pool(limits: &Limits) -> PoolingAllocationConfig {
    const MODULES: u32 = 16;
    const TABLES: u32 = 16;
    const MEMORIES: u32 = 2;
    let instances = limits.instances;
    let mut pool = PoolingAllocationConfig::default();
    pool.total_component_instances(instances)
        .total_core_instances(instances.saturating_mul(4))
        .total_memories(instances)
        .total_tables(instances.saturating_mul(4))
        .total_stacks(instances.saturating_mul(2))
        .max_core_instances_per_component(MODULES)
        .max_tables_per_component(TABLES)
        .max_memories_per_component(MEMORIES)
        .max_memory_size(limits.memory.next_multiple_of(64 * 1024))
        .linear_memory_keep_resident(256 * 1024)
        .table_keep_resident(16 * 1024);
    pool
}

fn start_clock(engine: &Engine) -> Result<(), HostError> {
    let engine = engine.weak();
    std::thread::Builder::new()
        .name("midspan-epoch".into())
        .spawn(move || {
            while let Some(engine) = engine.upgrade() {
                engine.increment_epoch();
                drop(engine);
                std::thread::sleep(TICK);
            }
        })
        .map(drop)
        .map_err(|error| HostError::Engine(error.to_string()))
}

//! Compare-and-swap by `wasi:keyvalue/atomics@0.2.0-draft2`, for which spin-sdk has no bindings.

#[allow(clippy::same_length_and_capacity, reason = "the generator writes it so")]
mod generated {
    use spin_sdk::wit_bindgen;

    wit_bindgen::generate!({
        path: "wit",
        world: "midspan:port/imports",
        runtime_path: "::spin_sdk::wit_bindgen::rt",
        generate_all,
    });
}

use generated::wasi::keyvalue::{
    atomics::{self, Cas, CasError},
    store::{self, Bucket, Error},
};

use super::super::{Decision, StoreError};

/// Spin's name for the store that needs no configuration.
const DEFAULT: &str = "default";

/// See [`Port::swap`](super::Port::swap).
pub(super) fn swap(key: &str, decide: Decision<'_>) -> Result<bool, StoreError> {
    // The bucket is opened anew each time: whoever swaps is about to ask a source, and this is little beside it.
    let bucket: Bucket = store::open(DEFAULT).map_err(store_error)?;
    let cas = Cas::new(&bucket, key).map_err(store_error)?;
    let current = cas.current().map_err(store_error)?;
    let Some(value) = decide(current.as_deref()) else {
        return Ok(false);
    };
    match atomics::swap(cas, &value) {
        Ok(()) => Ok(true),
        Err(CasError::CasFailed(_)) => Ok(false),
        Err(CasError::StoreError(error)) => Err(store_error(error)),
    }
}

fn store_error(error: Error) -> StoreError {
    match error {
        Error::AccessDenied | Error::NoSuchStore => StoreError::Denied,
        Error::Other(why) => StoreError::Failed(why),
    }
}

//! Finds the description in a built component.

use wasmparser::{Parser, Payload};

use crate::SECTION;

/// Why a component's description can't be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file is not WebAssembly.
    #[error("not a WebAssembly component: {0}")]
    NotWasm(#[from] wasmparser::BinaryReaderError),
    /// It is WebAssembly, but not an operation.
    #[error("no description in it; is the component's function marked `#[operation]`?")]
    Missing,
    /// The section is there, but damaged.
    #[error("its description is not JSON: {0}")]
    NotJson(#[from] serde_json::Error),
}

/// The description of the operation in `component`, as [`encode::json`](crate::encode::json) wrote it.
///
/// # Errors
/// [`ReadError`] says what is wrong with the file.
pub fn description(component: &[u8]) -> Result<serde_json::Value, ReadError> {
    for payload in Parser::new(0).parse_all(component) {
        if let Payload::CustomSection(section) = payload?
            && section.name() == SECTION
        {
            return Ok(serde_json::from_slice(section.data())?);
        }
    }
    Err(ReadError::Missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_no_operation_says_so() {
        assert!(matches!(description(b"no wasm"), Err(ReadError::NotWasm(_))));
        // The shortest valid core module: magic number and version.
        let empty = b"\0asm\x01\0\0\0";
        assert!(matches!(description(empty), Err(ReadError::Missing)));
    }
}

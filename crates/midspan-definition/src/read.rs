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
    #[error("its description is not JSON, nor is perhaps a file that it takes in with `definition`: {0}")]
    NotJson(#[from] serde_json::Error),
}

/// The descriptions of the operations in `component`, as [`encode::json`](crate::encode::json) wrote them: at least one.
/// Linkers put several one behind the other into one section.
///
/// # Errors
/// [`ReadError`] says what is wrong with the file.
pub fn descriptions(component: &[u8]) -> Result<Vec<serde_json::Value>, ReadError> {
    let mut descriptions = Vec::new();
    for payload in Parser::new(0).parse_all(component) {
        if let Payload::CustomSection(section) = payload?
            && section.name() == SECTION
        {
            for description in serde_json::Deserializer::from_slice(section.data()).into_iter() {
                descriptions.push(description?);
            }
        }
    }
    if descriptions.is_empty() {
        return Err(ReadError::Missing);
    }
    Ok(descriptions)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_no_operation_says_so() {
        assert!(matches!(descriptions(b"no wasm"), Err(ReadError::NotWasm(_))));
        // The shortest valid core module: magic number and version.
        let empty = b"\0asm\x01\0\0\0";
        assert!(matches!(descriptions(empty), Err(ReadError::Missing)));
    }

    #[test]
    fn several_operations_of_one_component_are_told_apart() {
        let mut component = b"\0asm\x01\0\0\0".to_vec();
        let name = SECTION.as_bytes();
        let data = br#"{"id":"A"}{"id":"B"}"#;
        let length = u8::try_from(1 + name.len() + data.len()).unwrap();
        component.extend([0, length, u8::try_from(name.len()).unwrap()]);
        component.extend(name.iter().chain(data));
        let found = descriptions(&component).unwrap();
        assert_eq!(found, [serde_json::json!({"id": "A"}), serde_json::json!({"id": "B"})]);
    }
}

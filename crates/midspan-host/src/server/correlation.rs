//! The id under which a request stands in every log, `x-ms-correlation-id`.

use http::{HeaderMap, HeaderName};

use crate::random::random;

pub(super) const CORRELATION_ID: HeaderName = HeaderName::from_static("x-ms-correlation-id");

/// Longer ids are not ids, and would only fill logs.
const LONGEST: usize = 128;

/// The caller's id, where it sent a usable one.
pub(super) fn sent(headers: &HeaderMap) -> Option<&str> {
    let id = headers.get(CORRELATION_ID)?.to_str().ok()?;
    (!id.is_empty() && id.len() <= LONGEST).then_some(id)
}

/// A new id, in the form of a UUID.
pub(super) fn fresh() -> String {
    let (high, low) = (random(), random());
    let (low_start, low_end) = (low >> 48, low & 0xffff_ffff_ffff);
    format!(
        "{:08x}-{:04x}-{:04x}-{low_start:04x}-{low_end:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xffff
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fresh_ids_differ_and_look_like_the_gateways() {
        let (first, second) = (fresh(), fresh());
        assert_ne!(first, second);
        let lengths: Vec<usize> = first.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12]);
    }
}

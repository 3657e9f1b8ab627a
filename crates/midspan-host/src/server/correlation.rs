//! The id under which a request stands in every log, `x-ms-correlation-id`.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use http::{HeaderMap, HeaderName};

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
    static RUN: LazyLock<[RandomState; 2]> = LazyLock::new(|| [RandomState::new(), RandomState::new()]);
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let [high, low] = RUN.each_ref().map(|run| {
        let mut hasher = run.build_hasher();
        hasher.write_u64(count);
        hasher.finish()
    });
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

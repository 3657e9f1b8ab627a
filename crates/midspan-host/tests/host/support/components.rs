//! The test components, built once for each run.

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use super::root;

/// The probe component.
pub(crate) fn probe() -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT
        .get_or_init(|| {
            let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
            let status = Command::new(cargo)
                .args(["build", "--quiet", "--release", "--target", "wasm32-wasip2", "-p", "test-probe"])
                .current_dir(root())
                .status()
                .expect("cargo runs");
            assert!(status.success(), "the probe is built; is the target installed (rustup target add wasm32-wasip2)?");
            let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
            target.join("wasm32-wasip2/release/test_probe.wasm")
        })
        .clone()
}

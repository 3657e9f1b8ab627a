//! A real component, whose path picks what it does.

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

/// The probe's file, built once in a test run.
pub(crate) fn probe() -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(build).clone()
}

/// The probe, as a component's source in a manifest.
pub(crate) fn probe_source() -> String {
    format!("source = \"{}\"\n", probe().display())
}

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors()
        .nth(2)
        .expect("the crate is two folders below the root")
        .to_owned()
}

fn build() -> PathBuf {
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args([
            "build",
            "--quiet",
            "--release",
            "--target",
            "wasm32-wasip2",
            "-p",
            "test-probe",
        ])
        .current_dir(root());
    let status = cargo.status().expect("cargo runs");
    assert!(
        status.success(),
        "the probe is built; without the target, run `rustup target add wasm32-wasip2`"
    );
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |target| root().join(target));
    target.join("wasm32-wasip2/release/test_probe.wasm")
}

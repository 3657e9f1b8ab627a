//! Real components. One, the probe, has a path that picks what it does.

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

/// The probe's file, built once in a test run.
pub(crate) fn probe() -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| component("test-probe")).clone()
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

/// The file of a component of the repository, built now unless it is up to date.
pub(crate) fn component(package: &str) -> PathBuf {
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args([
            "build",
            "--quiet",
            "--release",
            "--target",
            "wasm32-wasip2",
            "-p",
            package,
        ])
        .current_dir(root());
    let status = cargo.status().expect("cargo runs");
    assert!(
        status.success(),
        "{package} is built; without the target, run `rustup target add wasm32-wasip2`"
    );
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |target| root().join(target));
    let file = package.replace('-', "_");
    target.join("wasm32-wasip2/release").join(file).with_extension("wasm")
}

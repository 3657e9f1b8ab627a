//! The components that are measured, built as a user builds them.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};

/// Those that run, and the reference connector's operations for their size.
const COMPONENTS: [&str; 22] = [
    "ping",
    "bench-home",
    "bench-cached-home",
    "accounts",
    "apps",
    "azure",
    "calendar",
    "cards",
    "colleague",
    "complete-task",
    "directory",
    "home",
    "leave",
    "news",
    "payslip",
    "person",
    "photo",
    "push",
    "relay",
    "request-leave",
    "subscriptions",
    "tasks",
];

/// Builds them, with the command of the manifests.
pub(crate) fn build() -> Result<()> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(root());
    cargo.args([
        "build",
        "--release",
        "--target",
        "wasm32-wasip2",
        "--target-dir",
        "target",
    ]);
    cargo.args(COMPONENTS.iter().flat_map(|name| ["-p", *name]));
    let status = cargo.status().context("cargo could not be run")?;
    ensure!(
        status.success(),
        "the components don't build; without the target, run `rustup target add wasm32-wasip2`"
    );
    Ok(())
}

/// How large each is on disk, in bytes.
pub(crate) fn sizes() -> Result<BTreeMap<&'static str, u64>> {
    let built = root().join("target/wasm32-wasip2/release");
    let size = |name: &'static str| {
        let file = built.join(name.replace('-', "_")).with_extension("wasm");
        let size = std::fs::metadata(&file)
            .with_context(|| format!("no {}", file.display()))?
            .len();
        Ok((name, size))
    };
    COMPONENTS.into_iter().map(size).collect()
}

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

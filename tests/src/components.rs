//! The components under test, built as a user builds them.

use std::{path::PathBuf, process::Command, sync::OnceLock};

use crate::root;

/// The reference connector's operations.
///
/// # Panics
/// If their folder can't be read.
#[must_use]
pub fn reference_operations() -> Vec<String> {
    operations_in("components")
}

/// The packages below `folder` that become components; a library that they share is none.
fn operations_in(folder: &str) -> Vec<String> {
    let folders = std::fs::read_dir(root().join(folder)).expect("the folder of components");
    let manifests = folders.map(|folder| folder.expect("a readable folder").path().join("Cargo.toml"));
    let mut names: Vec<String> = manifests
        .filter_map(|manifest| {
            let text = std::fs::read_to_string(manifest).ok()?;
            let name = text.lines().find_map(|line| line.strip_prefix("name = "))?;
            text.contains("cdylib").then(|| name.trim_matches('"').to_owned())
        })
        .collect();
    names.sort();
    names
}

/// Builds the components, once in a test run.
pub(crate) fn build() {
    static BUILT: OnceLock<()> = OnceLock::new();
    BUILT.get_or_init(|| {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.current_dir(root());
        cargo.args([
            "build",
            "--quiet",
            "--release",
            "--target",
            "wasm32-wasip2",
            "--target-dir",
            "target",
        ]);
        for name in [operations_in("components"), operations_in("tests/components")].concat() {
            cargo.args(["-p", &name]);
        }
        let status = cargo.status().expect("cargo runs");
        assert!(
            status.success(),
            "the components don't build; without the target, run `rustup target add wasm32-wasip2`"
        );
    });
}

/// The built component of an operation.
#[must_use]
pub fn component_file(name: &str) -> PathBuf {
    build();
    root()
        .join("target/wasm32-wasip2/release")
        .join(name.replace('-', "_"))
        .with_extension("wasm")
}

//! The components under test, built as a user builds them.

use std::{path::PathBuf, process::Command, sync::OnceLock};

use crate::root;

/// The reference connector's operations, and the tests' own.
const COMPONENTS: [&str; 6] = ["home", "news", "apps", "person", "test-patient", "test-probe"];

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
        cargo.args(COMPONENTS.iter().flat_map(|name| ["-p", *name]));
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
        .join(name)
        .with_extension("wasm")
}

//! The test components, built once for each run.

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use midspan_host::{Host, HostOptions};

use super::{probe_manifest, root};

/// The probe component.
pub(crate) fn probe() -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT
        .get_or_init(|| {
            let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
            let status = Command::new(cargo)
                .args([
                    "build",
                    "--quiet",
                    "--release",
                    "--target",
                    "wasm32-wasip2",
                    "-p",
                    "test-probe",
                ])
                .current_dir(root())
                .status()
                .expect("cargo runs");
            assert!(
                status.success(),
                "the probe is built; is the target installed (rustup target add wasm32-wasip2)?"
            );
            let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
            target.join("wasm32-wasip2/release/test_probe.wasm")
        })
        .clone()
}

/// The folder with the probe's compiled code: compiling it for each test would take longer than all of them.
pub(crate) fn compiled_probe() -> PathBuf {
    static COMPILED: OnceLock<PathBuf> = OnceLock::new();
    COMPILED
        .get_or_init(|| std::thread::spawn(compile_probe).join().expect("the probe is compiled"))
        .clone()
}

fn compile_probe() -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("host-tests");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::copy(probe(), folder.join("probe.wasm")).expect("the probe is copied");
    let manifest = folder.join("spin.toml");
    std::fs::write(&manifest, probe_manifest("")).expect("the manifest is written");
    let options = HostOptions {
        listen: ([127, 0, 0, 1], 0).into(),
        ..HostOptions::default()
    };
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let host = Host::start(manifest, options).await.expect("the host starts");
        host.shutdown().await;
    });
    folder.join(".spin/cache")
}

//! The compiler's target for components. It comes with rustup, but has to be asked for.

use std::{io, path::Path, process::ExitStatus, process::Stdio};

use tokio::process::Command;

use crate::terminal;

/// The target that components are compiled for.
pub(crate) const TARGET: &str = "wasm32-wasip2";

/// Why components cannot be compiled on this machine, though all else is there.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ToolchainError {
    /// Rust was not installed by rustup.
    #[error(
        "Rust's target {TARGET} is not installed, and there is no rustup to install it\n  help: get rustup at \
         https://rustup.rs, or install your system's package of Rust's standard library for {TARGET}"
    )]
    NoRustup,
    /// rustup could not install it.
    #[error(
        "Rust's target {TARGET} could not be installed: `rustup target add {TARGET}` {0}\n  help: what it printed is \
         above; without a network, install it where there is one"
    )]
    NotInstalled(String),
}

/// Installs the target if it is missing. `folder` decides which toolchain is meant.
///
/// # Errors
/// It is missing and could not be installed.
pub(crate) async fn ensure_target(folder: &Path) -> Result<(), ToolchainError> {
    if has_target(folder).await {
        return Ok(());
    }
    terminal::step("Installing", format!("Rust's target {TARGET}"));
    let status = rustup_target_add(folder).await.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => ToolchainError::NoRustup,
        _ => ToolchainError::NotInstalled(error.to_string()),
    })?;
    // rustup may serve another toolchain than the rustc in the PATH: only the result counts.
    match (status.success(), has_target(folder).await) {
        (_, true) => Ok(()),
        (true, false) => Err(ToolchainError::NotInstalled(
            "did not install it for the `rustc` in the PATH".to_owned(),
        )),
        (false, false) => Err(ToolchainError::NotInstalled(format!("failed with {status}"))),
    }
}

/// Whether the compiler in the PATH can compile for the target.
pub(crate) async fn has_target(folder: &Path) -> bool {
    let mut rustc = Command::new("rustc");
    rustc
        .args(["--print", "target-libdir", "--target", TARGET])
        .current_dir(folder)
        .stderr(Stdio::null());
    match rustc.output().await {
        Ok(output) if output.status.success() => {
            let libraries = String::from_utf8_lossy(&output.stdout);
            Path::new(libraries.trim_end()).is_dir()
        }
        _ => false,
    }
}

async fn rustup_target_add(folder: &Path) -> io::Result<ExitStatus> {
    let mut rustup = Command::new("rustup");
    rustup
        .args(["target", "add", TARGET])
        .current_dir(folder)
        .stdout(io::stderr())
        .kill_on_drop(true);
    rustup.status().await
}

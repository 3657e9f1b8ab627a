//! Why the host could not start or reload.

use std::net::SocketAddr;
use std::path::PathBuf;

use crate::diagnostic::Diagnostics;

/// Why the host could not start, or could not take a new version of the application.
#[derive(Debug, thiserror::Error)]
pub enum HostError {
    /// Something in the manifest, the runtime configuration, the variables or the components is wrong; by line.
    #[error(transparent)]
    Configuration(#[from] Diagnostics),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}\n  help: {}", bind_help(.source))]
    Bind {
        /// The address.
        address: SocketAddr,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// A folder or file of the state directory cannot be used.
    #[error("cannot use \"{}\": {source}\n  help: pass --state-dir with a folder that can be written", .path.display())]
    State {
        /// The folder or file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The key-value store cannot be opened.
    #[error("key-value store \"{label}\" cannot be opened: {reason}")]
    Store {
        /// The store's label.
        label: String,
        /// What the back end said.
        reason: String,
    },
    /// The WebAssembly engine does not start on this machine.
    #[error("the WebAssembly engine does not start: {0}")]
    Engine(String),
}

fn bind_help(error: &std::io::Error) -> &'static str {
    match error.kind() {
        std::io::ErrorKind::AddrInUse => "another process listens there; pass --listen with another port",
        std::io::ErrorKind::PermissionDenied => "ports below 1024 need privileges; pass --listen with a higher one",
        _ => "pass --listen with an address of this machine",
    }
}

//! What the tests share: applications in folders of their own, and the command run on them.

mod application;
mod client;
mod component;
mod running;

use std::{path::Path, process::Command};

pub(crate) use self::{
    application::Application,
    client::{Answer, Exchange, get, get_with},
    component::{component, probe, probe_source, root},
    running::Running,
};

/// The command, in a folder, untouched by this machine's settings.
pub(crate) fn midspan(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_midspan"));
    command
        .current_dir(folder)
        .env_remove("RUST_LOG")
        .env_remove("RUNTIME_CONFIG_FILE");
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("SPIN_") {
            command.env_remove(name);
        }
    }
    command
}

/// Runs a command that ends by itself, and shows what its user sees; the folder reads `[folder]`.
pub(crate) fn outcome(command: &mut Command) -> String {
    let output = command.output().expect("the command runs");
    let code = output.status.code().map_or("none".to_owned(), |code| code.to_string());
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    let shown = format!("exit code: {code}\n--- stdout\n{stdout}--- stderr\n{stderr}");
    match command.get_current_dir().and_then(|folder| folder.canonicalize().ok()) {
        Some(folder) => shown.replace(&folder.display().to_string(), "[folder]"),
        None => shown,
    }
}

/// A state folder that all tests share, so that a component is compiled once.
pub(crate) const STATE: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/state");

/// The arguments of `up` in tests: on a free port.
pub(crate) const UP: [&str; 5] = ["up", "--listen=127.0.0.1:0", "--no-dashboard", "--state-dir", STATE];
/// The arguments of `demo` in tests.
pub(crate) const DEMO: [&str; 5] = ["demo", "--listen=127.0.0.1:0", "--no-dashboard", "--state-dir", STATE];

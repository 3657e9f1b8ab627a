//! Applications in temporary folders.

use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

use super::{UP, midspan, probe_source};

/// An application in a folder of its own.
pub(crate) struct Application(TempDir);

impl Application {
    /// With one component, `probe`, that answers every path and is built already.
    pub(crate) fn of_probe() -> Self {
        Self::with(&probe_source())
    }

    /// With one component, `probe`, of which this is the table.
    pub(crate) fn with(component: &str) -> Self {
        Self::with_components(&[("probe", component)])
    }

    /// With these components, each by its id and its table. The first answers every path, the others `/ID/...`.
    pub(crate) fn with_components(components: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let application = Self(folder);
        application.write("spin.toml", &manifest(components));
        application
    }

    pub(crate) fn folder(&self) -> PathBuf {
        self.0.path().canonicalize().expect("the folder is there")
    }

    /// Writes a file, its folders included.
    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.path().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// A program that the command will find instead of the machine's own: a shell script.
    #[cfg(unix)]
    pub(crate) fn write_program(&self, name: &str, script: &str) {
        use std::os::unix::fs::PermissionsExt;
        self.write(name, &format!("#!/bin/sh\n{script}\n"));
        let path = self.0.path().join(name);
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("a program");
    }

    /// The command in this folder, with arguments.
    pub(crate) fn midspan(&self, arguments: &[&str]) -> Command {
        let mut command = midspan(&self.folder());
        command.args(arguments);
        command
    }

    /// `midspan up` in this folder.
    pub(crate) fn up(&self) -> Command {
        self.midspan(&UP)
    }
}

impl AsRef<Path> for Application {
    fn as_ref(&self) -> &Path {
        self.0.path()
    }
}

fn manifest(components: &[(&str, &str)]) -> String {
    let mut text = "spin_manifest_version = 2\n[application]\nname = \"test\"\n".to_owned();
    for (number, (id, component)) in components.iter().enumerate() {
        let route = if number == 0 {
            "/...".to_owned()
        } else {
            format!("/{id}/...")
        };
        let trigger = format!("[[trigger.http]]\nroute = \"{route}\"\ncomponent = \"{id}\"\n");
        write!(text, "{trigger}[component.{id}]\n{component}").expect("strings can be written to");
    }
    text
}

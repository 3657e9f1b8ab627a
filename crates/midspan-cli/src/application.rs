//! The application that a command works on.

use std::{
    env,
    path::{Path, PathBuf},
};

use midspan_host::{
    diagnostic::{Diagnostic, Diagnostics},
    manifest::{Component, Manifest},
};

use crate::{error::CliError, terminal};

/// Reads the manifest that was named, or the nearest one.
///
/// # Errors
/// There is none, or all that is wrong with it.
pub(crate) fn load(from: Option<&Path>) -> Result<Manifest, CliError> {
    let path = match from {
        Some(path) => path.to_owned(),
        None => nearest_manifest()?,
    };
    Ok(Manifest::load(&path)?)
}

/// Checks that every component is there to be served; `was_built` says whether its build just ran.
///
/// # Errors
/// Each component without a file, by line.
pub(crate) fn check_built(manifest: &Manifest, was_built: bool) -> Result<(), Diagnostics> {
    let missing = manifest
        .components
        .iter()
        .filter(|component| !component.source.exists());
    let problems: Vec<_> = missing
        .map(|component| without_file(manifest, component, was_built))
        .collect();
    if problems.is_empty() {
        Ok(())
    } else {
        Err(Diagnostics(problems))
    }
}

/// As Spin: `spin.toml` in this folder or the nearest above, no further than the Git repository.
fn nearest_manifest() -> Result<PathBuf, CliError> {
    let here = PathBuf::from("spin.toml");
    if here.is_file() {
        return Ok(here);
    }
    let current = env::current_dir().map_err(|_| CliError::NoManifest)?;
    let repository = current
        .ancestors()
        .position(|folder| folder.join(".git").exists())
        .unwrap_or(usize::MAX);
    let mut manifests = current
        .ancestors()
        .take(repository.saturating_add(1))
        .map(|folder| folder.join("spin.toml"));
    let found = manifests
        .find(|manifest| manifest.is_file())
        .ok_or(CliError::NoManifest)?;
    terminal::step("Using", found.display());
    Ok(found)
}

fn without_file(manifest: &Manifest, component: &Component, was_built: bool) -> Diagnostic {
    let source = component
        .source
        .strip_prefix(&manifest.directory)
        .unwrap_or(&component.source);
    let message = format!(
        "component \"{}\" has no file: there is no \"{}\"",
        component.id,
        source.display()
    );
    let help = match component.build {
        Some(_) if was_built => made_elsewhere(),
        Some(_) => "pass --build to build it".to_owned(),
        None => format!(
            "correct its `source`, or say how it is built in [component.{}.build]",
            component.id
        ),
    };
    Diagnostic::error(&manifest.path, component.source_line, message).with_help(help)
}

fn made_elsewhere() -> String {
    match env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => format!(
            "cargo builds into \"{}\", as CARGO_TARGET_DIR says: unset it, or give --target-dir in the component's `command`",
            folder.display()
        ),
        None => "its build went well, but made no such file: correct its `source` or its `command`".to_owned(),
    }
}

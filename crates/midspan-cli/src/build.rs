//! `midspan build`: runs the build commands that the manifest gives, as `spin build` does.

use std::{collections::HashSet, io, path::PathBuf, process::ExitStatus};

use midspan_host::{
    diagnostic::{Diagnostic, Diagnostics},
    manifest::{Build, Component, Manifest},
};
use tokio::process::Command;

use crate::{application, error::CliError, terminal, toolchain};

/// Build an application's components.
///
/// Runs the `command` of each [component.ID.build] in the manifest; a command that several components share is run once.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct BuildArgs {
    /// The application's folder or its spin.toml [default: the nearest spin.toml, here or above]
    #[arg(short, long, alias = "file", value_name = "PATH")]
    from: Option<PathBuf>,
    /// Build this component only; may be given several times
    #[arg(short, long, value_name = "ID")]
    component_id: Vec<String>,
}

const EXAMPLES: &str = "\
Examples:
  midspan build
  midspan build -c home -c news";

/// Runs the command.
pub(crate) async fn run(args: &BuildArgs) -> Result<(), CliError> {
    let manifest = application::load(args.from.as_deref())?;
    let components = chosen(&manifest, &args.component_id)?;
    if components.iter().all(|component| component.build.is_none()) {
        terminal::tell("nothing to build: the manifest gives no build command");
        return Ok(());
    }
    build(&manifest, components).await?;
    terminal::step("Finished", "building");
    Ok(())
}

/// Builds these components of the manifest.
///
/// # Errors
/// The first command that fails, at the line that asks for it.
pub(crate) async fn build<'m>(
    manifest: &'m Manifest,
    components: impl IntoIterator<Item = &'m Component>,
) -> Result<(), Diagnostics> {
    let mut done = HashSet::new();
    for component in components {
        let Some(build) = &component.build else { continue };
        for command in &build.commands {
            if done.insert((&build.workdir, command)) {
                terminal::step("Building", format!("{}: {command}", component.id));
                run_command(manifest, component, build, command).await?;
            }
        }
    }
    Ok(())
}

fn chosen<'m>(manifest: &'m Manifest, ids: &[String]) -> Result<Vec<&'m Component>, Diagnostics> {
    let unknown = ids.iter().filter(|id| manifest.component(id).is_none());
    let problems: Vec<_> = unknown.map(|id| no_such_component(manifest, id)).collect();
    if !problems.is_empty() {
        return Err(Diagnostics(problems));
    }
    Ok(manifest
        .components
        .iter()
        .filter(|component| ids.is_empty() || ids.contains(&component.id))
        .collect())
}

fn no_such_component(manifest: &Manifest, id: &str) -> Diagnostic {
    let ids: Vec<_> = manifest
        .components
        .iter()
        .map(|component| component.id.as_str())
        .collect();
    let problem = Diagnostic::error(&manifest.path, None, format!("there is no component \"{id}\""));
    problem.with_help(format!("its components are {}", ids.join(", ")))
}

async fn run_command(
    manifest: &Manifest,
    component: &Component,
    build: &Build,
    command: &str,
) -> Result<(), Diagnostic> {
    let failed = |how: String, help: String| {
        let message = format!("component \"{}\" was not built: `{command}` {how}", component.id);
        Err(Diagnostic::error(&manifest.path, build.line, message).with_help(help))
    };
    match in_shell(command, build).await {
        Ok(status) if status.success() => Ok(()),
        Ok(_) if command.contains(toolchain::TARGET) && !toolchain::has_target(&build.workdir).await => failed(
            format!("needs the target {}, which is not installed", toolchain::TARGET),
            format!("run `rustup target add {}`", toolchain::TARGET),
        ),
        Ok(status) => failed(ended(status), "what it printed is above".to_owned()),
        Err(error) => failed(
            format!("could not be started in \"{}\": {error}", build.workdir.display()),
            "check `command` and `workdir`".to_owned(),
        ),
    }
}

/// What the command prints, on either stream, is progress: it goes to standard error.
async fn in_shell(command: &str, build: &Build) -> io::Result<ExitStatus> {
    let (shell, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
    let mut process = Command::new(shell);
    process
        .args([flag, command])
        .current_dir(&build.workdir)
        .stdout(io::stderr())
        .kill_on_drop(true);
    process.status().await
}

fn ended(status: ExitStatus) -> String {
    match status.code() {
        Some(code) => format!("failed with exit code {code}"),
        None => format!("was ended: {status}"),
    }
}

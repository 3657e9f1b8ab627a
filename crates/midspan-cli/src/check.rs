//! `midspan check`: what is wrong with connectors, without asking the platform.

use std::path::PathBuf;

use midspan_definition::{
    lint::{self, Finding, Severity},
    report::Report,
};

use crate::{
    connector_files::{self, Files, Format},
    error::CliError,
    terminal,
};

/// Check a connector's files.
///
/// Checks apiDefinition.swagger.json, and apiProperties.json where it stands beside it, by the rules of Microsoft's
/// validator that a file alone decides, the documented limits, and both JSON schemas. An error is what the platform
/// refuses; a warning is what certification or a maker would complain of. Findings go to standard output.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct CheckArgs {
    /// A definition, or a folder: every connector in it and below is checked
    #[arg(default_value = ".", value_name = "FILE|DIR")]
    path: PathBuf,
    /// How findings are written
    #[arg(long, value_enum, default_value_t = Format::Text, value_name = "FORMAT")]
    format: Format,
    /// Fail on warnings too
    #[arg(long)]
    deny_warnings: bool,
}

const EXAMPLES: &str = "\
Examples:
  midspan check connector
  midspan check connector/apiDefinition.swagger.json --deny-warnings
  midspan check --format sarif > check.sarif";

/// Runs the command.
pub(crate) fn run(args: &CheckArgs) -> Result<(), CliError> {
    let connectors = connector_files::below(&args.path)?;
    let mut findings = Vec::new();
    for files in &connectors {
        findings.extend(check(files)?);
    }
    terminal::data(&Report::of_findings(&findings).write(args.format.into()));
    let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let summary = format!(
        "{}, {} in {}",
        counted(errors, "error"),
        counted(warnings, "warning"),
        counted(connectors.len(), "connector")
    );
    if errors > 0 || (args.deny_warnings && warnings > 0) {
        return Err(CliError::Refused(summary));
    }
    terminal::step("Checked", summary);
    Ok(())
}

/// A file that is no JSON is a finding too: others may still be checked.
fn check(files: &Files) -> Result<Vec<Finding>, CliError> {
    let mut findings = Vec::new();
    let mut read = |path: &PathBuf| {
        let document = connector_files::read(path)?;
        Ok::<_, CliError>(document.map_err(|error| findings.push(lint::not_json(&error))).ok())
    };
    let definition = read(&files.definition)?;
    let properties = files.properties.as_ref().map(&mut read).transpose()?.flatten();
    if let Some(definition) = definition {
        findings.extend(lint::lint(&definition, properties.as_ref()));
    }
    Ok(findings)
}

/// A number of things.
pub(crate) fn counted(count: usize, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}

//! `midspan diff`: what users of a connector would notice.

use std::path::PathBuf;

use midspan_definition::{
    diff::{self, Level, Side},
    document::Document,
    report::Report,
};

use crate::{
    connector_files::{self, Files, Format},
    error::CliError,
    terminal,
};

/// Compare two versions of a connector.
///
/// Says what flows, apps and agents that use the connector would notice, and why: what is breaking, risky or safe.
/// Changes go to standard output. Fails where a change is breaking, and says how to make it as a new revision.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct DiffArgs {
    /// The version that is in use: a definition, or a connector's folder
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// The version that is to be
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// How changes are written
    #[arg(long, value_enum, default_value_t = Format::Text, value_name = "FORMAT")]
    format: Format,
    /// Fail on risky changes too
    #[arg(long)]
    deny_risky: bool,
}

const EXAMPLES: &str = "\
Examples:
  midspan diff published/apiDefinition.swagger.json connector/apiDefinition.swagger.json
  git worktree add /tmp/main main && midspan diff /tmp/main/connector connector --format github";

/// Runs the command.
pub(crate) fn run(args: &DiffArgs) -> Result<(), CliError> {
    let (old, new) = (Version::read(&args.old)?, Version::read(&args.new)?);
    let changes = diff::diff(old.side(), new.side());
    terminal::data(&Report::of_changes(&changes).write(args.format.into()));
    let count = |level| changes.iter().filter(|change| change.level == level).count();
    let (breaking, risky) = (count(Level::Breaking), count(Level::Risky));
    let summary = format!("{breaking} breaking, {risky} risky, {} safe", count(Level::Safe));
    if breaking > 0 {
        let revisions = diff::revisions(&changes, old.side(), new.side());
        let help = revisions.iter().map(|revision| format!("\n  help: {revision}"));
        return Err(CliError::Refused(format!("{summary}{}", help.collect::<String>())));
    }
    if args.deny_risky && risky > 0 {
        return Err(CliError::Refused(summary));
    }
    terminal::step("Compared", summary);
    Ok(())
}

struct Version {
    definition: Document,
    properties: Option<Document>,
}

impl Version {
    fn read(path: &std::path::Path) -> Result<Self, CliError> {
        let Files { definition, properties } = connector_files::one(path)?;
        let properties = properties.map(|path| connector_files::read(&path)).transpose()?;
        Ok(Self {
            definition: connector_files::read(&definition)??,
            properties: properties.transpose()?,
        })
    }

    fn side(&self) -> Side<'_> {
        Side {
            definition: &self.definition,
            properties: self.properties.as_ref(),
        }
    }
}

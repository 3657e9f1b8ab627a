//! `midspan define`: writes the connector's files from the built components and the manifest.

use std::{
    fs,
    path::{Path, PathBuf},
};

use midspan_definition::{
    define::{About, ConnectorFiles, DefineErrors, Described, Template, define, define_in, icon},
    document::Document,
    lint, read,
};
use midspan_host::manifest::{Component, Manifest};
use serde::Deserialize;

use crate::{application, build, error::CliError, terminal};

/// Write the connector's definition.
///
/// Reads the descriptions that the built components carry, and [application.tool.midspan] of the manifest, and writes
/// apiDefinition.swagger.json, apiProperties.json, settings.json, icon.png and readme.md. The same components give the
/// same files.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct DefineArgs {
    /// The application's folder or its spin.toml [default: the nearest spin.toml, here or above]
    #[arg(short, long, alias = "file", value_name = "PATH")]
    from: Option<PathBuf>,
    /// The folder for the files
    #[arg(short, long, default_value = "connector", value_name = "DIR")]
    out: PathBuf,
    /// The host that the gateway calls, instead of the manifest's
    #[arg(long, value_name = "HOST")]
    host: Option<String>,
    /// Build the components first
    #[arg(long)]
    build: bool,
    /// Write nothing; fail where the files are not as they would be written
    #[arg(long)]
    check: bool,
}

const EXAMPLES: &str = "\
Examples:
  midspan define --build
  midspan define --out connector --host suite.contoso.com
  midspan define --check               in CI: are the files up to date?";

/// Runs the command.
pub(crate) async fn run(args: &DefineArgs) -> Result<(), CliError> {
    let manifest = application::load(args.from.as_deref())?;
    if args.build {
        build::build(&manifest, &manifest.components).await?;
    }
    application::check_built(&manifest, args.build)?;
    let mut about = about(&manifest)?;
    about.host = args.host.clone().unwrap_or(about.host);
    let files = files(&manifest, &mut about, terminal::problem)?;
    let files = named(&about, &manifest, files)?;
    complain(&files)?;
    if args.check {
        return up_to_date(&args.out, &files);
    }
    fs::create_dir_all(&args.out).map_err(|error| CliError::Unwritable(args.out.clone(), error))?;
    for (name, bytes) in &files {
        let path = args.out.join(name);
        fs::write(&path, bytes).map_err(|error| CliError::Unwritable(path.clone(), error))?;
    }
    terminal::step("Defined", format!("{} in {}", about.title, args.out.display()));
    Ok(())
}

/// The files of an application as it is built, for a host that stands in where the manifest names none.
pub(crate) fn of(manifest: &Manifest, host: &str) -> Result<ConnectorFiles, CliError> {
    let mut about = about(manifest)?;
    if about.host.is_empty() {
        host.clone_into(&mut about.host);
    }
    files(manifest, &mut about, |_| ())
}

fn files(manifest: &Manifest, about: &mut About, left_out: impl Fn(String)) -> Result<ConnectorFiles, CliError> {
    let template = template(manifest, about)?;
    if let Some(template) = &template {
        *about = template.about(about);
    } else if about.host.is_empty() {
        return Err(CliError::NoHost(manifest.path.clone()));
    }
    let described = described(manifest, &about.exclude, left_out)?;
    Ok(match &template {
        Some(template) => define_in(template, about, &described)?,
        None => define(about, &described)?,
    })
}

/// What each component says of itself, but for those that `exclude` names. One that is no operation is passed over, and
/// told to `left_out`: Spin runs other components too.
pub(crate) fn described(
    manifest: &Manifest,
    exclude: &[String],
    left_out: impl Fn(String),
) -> Result<Vec<Described>, CliError> {
    let is_there = |id: &&String| manifest.components.iter().any(|component| component.id == **id);
    if let Some(id) = exclude.iter().find(|id| !is_there(id)) {
        let problem = format!("`exclude` names \"{id}\", which is no component");
        return Err(CliError::About(manifest.path.clone(), problem));
    }
    let mut described = Vec::new();
    let included = manifest
        .components
        .iter()
        .filter(|component| !exclude.contains(&component.id));
    for Component { id, source, .. } in included {
        let bytes = fs::read(source).map_err(|error| CliError::Unreadable(source.clone(), error))?;
        match read::descriptions(&bytes) {
            Ok(descriptions) => described.extend(descriptions.into_iter().map(|description| Described {
                component: id.clone(),
                description,
            })),
            Err(error) => left_out(format!("warning: component \"{id}\" is left out: {error}")),
        }
    }
    Ok(described)
}

/// The part of a manifest that is ours.
#[derive(Deserialize)]
struct Tools {
    application: Application,
}

#[derive(Deserialize)]
struct Application {
    #[serde(default)]
    tool: Tool,
}

#[derive(Default, Deserialize)]
struct Tool {
    #[serde(default)]
    midspan: About,
}

/// `[application.tool.midspan]`; where it is silent, the application's own name, version and description stand in.
fn about(manifest: &Manifest) -> Result<About, CliError> {
    let text =
        fs::read_to_string(&manifest.path).map_err(|error| CliError::Unreadable(manifest.path.clone(), error))?;
    let tools: Tools =
        toml::from_str(&text).map_err(|error| CliError::About(manifest.path.clone(), error.to_string()))?;
    let mut about = tools.application.tool.midspan;
    if about.files.is_some() {
        only_of_template(manifest, &text)?;
        return Ok(about);
    }
    let stand_in = |own: &mut String, of_application: &str| {
        if own.is_empty() {
            of_application.clone_into(own);
        }
    };
    stand_in(&mut about.title, &manifest.name);
    stand_in(&mut about.description, &manifest.description);
    stand_in(&mut about.version, &manifest.version);
    Ok(about)
}

/// What a file says must not be said again: it would count for nothing.
fn only_of_template(manifest: &Manifest, text: &str) -> Result<(), CliError> {
    let table: toml::Table =
        toml::from_str(text).map_err(|error| CliError::About(manifest.path.clone(), error.to_string()))?;
    let own = ["application", "tool", "midspan"]
        .iter()
        .try_fold(&table, |table, name| table.get(*name)?.as_table());
    match own
        .into_iter()
        .flatten()
        .find(|(name, _)| !["exclude", "files", "host", "icon"].contains(&name.as_str()))
    {
        Some((name, _)) => Err(CliError::About(
            manifest.path.clone(),
            format!("`{name}` stands in the connector's own `files`; take it out here, and change it there"),
        )),
        None => Ok(()),
    }
}

/// The connector's own part, where it stands in files of its own.
fn template(manifest: &Manifest, about: &About) -> Result<Option<Template>, CliError> {
    let Some(files) = &about.files else {
        return Ok(None);
    };
    let read = |path: &str| {
        let path = manifest.directory.join(path);
        let bytes = fs::read(&path).map_err(|error| CliError::Unreadable(path.clone(), error))?;
        let document = Document::parse(path.display().to_string(), &bytes)?;
        Ok::<_, CliError>(document.root().to_json())
    };
    let template = Template::new(read(&files.definition)?, read(&files.properties)?, &about.host);
    template
        .map(Some)
        .map_err(|error| CliError::Template(manifest.directory.join(&files.definition), error))
}

type Named = Vec<(&'static str, Vec<u8>)>;

fn named(about: &About, manifest: &Manifest, files: ConnectorFiles) -> Result<Named, CliError> {
    let icon = match &about.icon {
        Some(path) => {
            let path = manifest.directory.join(path);
            fs::read(&path).map_err(|error| CliError::Unreadable(path, error))?
        }
        None => icon(&about.brand_color).map_err(|error| CliError::Icon(error.to_string()))?,
    };
    Ok(vec![
        ("apiDefinition.swagger.json", files.definition.into_bytes()),
        ("apiProperties.json", files.properties.into_bytes()),
        ("icon.png", icon),
        ("readme.md", files.readme.into_bytes()),
        ("settings.json", files.settings.into_bytes()),
    ])
}

/// Tells what a check finds in what is about to be written; an error stops it.
fn complain(files: &Named) -> Result<(), CliError> {
    let read = |name: &str| {
        let bytes = files
            .iter()
            .find(|(other, _)| *other == name)
            .map_or(&[][..], |(_, bytes)| bytes);
        Document::parse(name, bytes)
    };
    let findings = lint::lint(&read("apiDefinition.swagger.json")?, Some(&read("apiProperties.json")?));
    for finding in &findings {
        terminal::problem(finding);
    }
    if findings.iter().any(|finding| finding.severity == lint::Severity::Error) {
        return Err(CliError::Refused(
            "the platform would refuse this definition; nothing was written".to_owned(),
        ));
    }
    Ok(())
}

fn up_to_date(folder: &Path, files: &Named) -> Result<(), CliError> {
    let differs = |(name, bytes): &&(&str, Vec<u8>)| fs::read(folder.join(name)).ok().as_ref() != Some(bytes);
    let stale: Vec<_> = files.iter().filter(differs).map(|(name, _)| *name).collect();
    if stale.is_empty() {
        terminal::step("Checked", format!("{} is up to date", folder.display()));
        Ok(())
    } else {
        let message = format!(
            "in \"{}\", {} would be written otherwise\n  help: run `midspan define`",
            folder.display(),
            stale.join(", ")
        );
        Err(CliError::Refused(message))
    }
}

impl From<DefineErrors> for CliError {
    fn from(errors: DefineErrors) -> Self {
        Self::Define(errors)
    }
}

//! `midspan source`: typed Rust modules for sources, from their own descriptions.

use std::{
    fs,
    path::{Path, PathBuf},
};

use midspan_generate::{Module, Options, Request, decode, odata, openapi, rust::is_generated, source_name, wsdl};

use crate::{error::CliError, terminal};

/// Write typed Rust modules for sources.
#[derive(clap::Args)]
pub(crate) struct SourceArgs {
    #[command(subcommand)]
    command: SourceCommand,
}

#[derive(clap::Subcommand)]
enum SourceCommand {
    Add(AddArgs),
}

/// Write the module for a source from its description.
///
/// The module has the source, a type for each structure that it sends or receives, and an async fn for each of its
/// operations. The same description gives the same text, so that the file can be written again when the source changes.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct AddArgs {
    #[command(flatten)]
    description: Description,
    /// The source's name, with which its variables begin [default: the description's file name]
    #[arg(long, value_name = "NAME", value_parser = valid_name)]
    name: Option<String>,
    /// The folder to write NAME.rs into, or - for standard output [default: src, if there is one, else this folder]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// The path below the source's address, such as /api/data/v9.2, instead of what the description says
    #[arg(long, value_name = "PATH", value_parser = absolute_path)]
    base_path: Option<String>,
    /// An entity set, function or action (OData) or an operation (SOAP) that is wanted; may be given several times [default: all]
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Read dates and times as text, for a service whose dates are not those of RFC 3339
    #[arg(long)]
    dates_as_text: bool,
}

#[derive(clap::Args)]
#[group(required = true, multiple = false)]
struct Description {
    /// An OpenAPI document, 2.0 or 3.x, in JSON or YAML
    #[arg(long, value_name = "FILE")]
    openapi: Option<PathBuf>,
    /// The metadata of an OData service, in XML: what it answers to $metadata
    #[arg(long, value_name = "FILE")]
    odata: Option<PathBuf>,
    /// The WSDL 1.1 of a SOAP service; the schemas that it imports are read beside it
    #[arg(long, value_name = "FILE")]
    wsdl: Option<PathBuf>,
}

/// A kind of description.
#[derive(Clone, Copy)]
enum Kind {
    OpenApi,
    OData,
    Wsdl,
}

const EXAMPLES: &str = "\
Examples:
  midspan source add --openapi petstore.yaml
  midspan source add --openapi apiDefinition.swagger.json --name crm --out components/systems/src
  midspan source add --openapi petstore.yaml --out - | less
  midspan source add --odata dataverse.xml --base-path /api/data/v9.2 --only accounts --only WhoAmI
  midspan source add --wsdl leave.wsdl";

/// Runs the command.
pub(crate) fn run(args: &SourceArgs) -> Result<(), CliError> {
    let SourceCommand::Add(args) = &args.command;
    add(args)
}

fn add(args: &AddArgs) -> Result<(), CliError> {
    let Some((kind, file)) = args.description.chosen() else {
        return Ok(());
    };
    let name = match &args.name {
        Some(name) => name.clone(),
        None => name_of(file)?,
    };
    let text = read(file)?;
    let command = args.again(kind, file, &name);
    let request = Request {
        name: &name,
        file: &file.display().to_string(),
        text: &text,
        command: &command,
        options: Options {
            base_path: args.base_path.as_deref(),
            only: &args.only,
            dates_as_text: args.dates_as_text,
        },
    };
    let module = match kind {
        Kind::OpenApi => openapi(&request),
        Kind::OData => odata(&request),
        Kind::Wsdl => wsdl::module(&request, &mut |path| {
            fs::read(path)
                .map(|bytes| decode(&bytes))
                .map_err(|why| why.to_string())
        }),
    }?;
    for note in &module.notes {
        terminal::problem(format!("warning: {note}"));
    }
    if args.out.as_deref() == Some(Path::new("-")) {
        terminal::print(module.text.trim_end());
        return Ok(());
    }
    let folder = args.out.clone().unwrap_or_else(default_folder);
    let path = folder.join(format!("{name}.rs"));
    write(&path, &module.text)?;
    terminal::step("Written", path.display());
    terminal::tell(next(&name, &module));
    Ok(())
}

impl Description {
    /// The one that is given; clap has seen to it that there is one.
    fn chosen(&self) -> Option<(Kind, &Path)> {
        let kinds = [
            (Kind::OpenApi, &self.openapi),
            (Kind::OData, &self.odata),
            (Kind::Wsdl, &self.wsdl),
        ];
        kinds
            .into_iter()
            .find_map(|(kind, file)| Some((kind, file.as_deref()?)))
    }
}

impl Kind {
    const fn flag(self) -> &'static str {
        match self {
            Self::OpenApi => "--openapi",
            Self::OData => "--odata",
            Self::Wsdl => "--wsdl",
        }
    }
}

fn read(file: &Path) -> Result<String, CliError> {
    let bytes = fs::read(file).map_err(|why| CliError::Read(file.to_owned(), why))?;
    Ok(decode(&bytes))
}

impl AddArgs {
    /// The command that writes the same module again.
    fn again(&self, kind: Kind, file: &Path, name: &str) -> String {
        let quoted = |text: String| {
            if text.contains([' ', '\'', '"']) {
                format!("\"{text}\"")
            } else {
                text
            }
        };
        let mut command = format!(
            "midspan source add {} {} --name {name}",
            kind.flag(),
            quoted(file.display().to_string())
        );
        if let Some(path) = &self.base_path {
            command.extend([" --base-path ", &quoted(path.clone())]);
        }
        for name in &self.only {
            command.extend([" --only ", name]);
        }
        if self.dates_as_text {
            command.push_str(" --dates-as-text");
        }
        command
    }
}

/// File names that say nothing: there the folder's name is taken.
const GENERIC: &[&str] = &[
    "api",
    "apidefinition",
    "api-docs",
    "index",
    "metadata",
    "$metadata",
    "openapi",
    "service",
    "swagger",
];

fn name_of(file: &Path) -> Result<String, CliError> {
    let file = file
        .canonicalize()
        .map_err(|why| CliError::Read(file.to_owned(), why))?;
    let text =
        |name: Option<&std::ffi::OsStr>| name.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let file_name = text(file.file_name());
    let stem = file_name.split('.').next().unwrap_or_default();
    let told = if GENERIC.contains(&stem.to_ascii_lowercase().as_str()) {
        text(file.parent().and_then(Path::file_name))
    } else {
        stem.to_owned()
    };
    source_name(&told).ok_or(CliError::NoSourceName(told))
}

fn valid_name(text: &str) -> Result<String, String> {
    match source_name(text) {
        Some(name) if name == text => Ok(name),
        Some(name) => Err(format!("expected lower case with underscores, such as {name}")),
        None => Err("expected lower case with underscores that is no keyword of Rust, such as crm_sales".to_owned()),
    }
}

fn absolute_path(text: &str) -> Result<String, String> {
    if text.starts_with('/') && !text.contains(['?', '#', ' ']) {
        Ok(text.to_owned())
    } else {
        Err("expected a path that starts with /, such as /api/data/v9.2".to_owned())
    }
}

fn default_folder() -> PathBuf {
    let folder = Path::new("src");
    if folder.is_dir() {
        folder.to_owned()
    } else {
        PathBuf::from(".")
    }
}

/// Writes the file, unless there is one that somebody wrote by hand.
fn write(path: &Path, text: &str) -> Result<(), CliError> {
    let before = fs::read(path).ok();
    if before.is_some_and(|bytes| !is_generated(&decode(&bytes))) {
        return Err(CliError::NotGenerated(path.to_owned()));
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|why| CliError::Write(folder.to_owned(), why))?;
    }
    fs::write(path, text).map_err(|why| CliError::Write(path.to_owned(), why))
}

/// What the component is let out to: the source's address, unless it has a path, which can't be allowed by itself.
fn allowed_host(name: &str, module: &Module) -> String {
    let variable = format!("{name}_url");
    let address = module.variables.iter().find(|known| known.name == variable);
    let address = address.and_then(|known| known.default.as_deref()).unwrap_or_default();
    let with_path = address
        .split_once("://")
        .and_then(|(scheme, rest)| Some((scheme, rest.split_once('/')?.0)));
    match with_path {
        Some((scheme, authority)) => format!("{scheme}://{authority}"),
        None => format!("{{{{ {variable} }}}}"),
    }
}

/// What is left to do by hand.
fn next(name: &str, module: &Module) -> String {
    let mut declared = String::new();
    let mut given = String::new();
    for variable in &module.variables {
        let own = &variable.name;
        let about = match (&variable.default, variable.secret) {
            (Some(value), false) => format!("{{ default = \"{value}\" }}"),
            (_, true) => "{ required = true, secret = true }".to_owned(),
            (None, false) => "{ required = true }".to_owned(),
        };
        declared.extend(["    ", own, " = ", &about, "\n"]);
        given.extend(["    ", own, " = \"{{ ", own, " }}\"\n"]);
    }
    let host = allowed_host(name, module);
    format!(
        "
Next, in the crate's lib.rs:
    #[rustfmt::skip]
    mod {name};

and in spin.toml, for each component whose operation has it among its `sources`:
    [variables]
{declared}
    [component.ID]
    allowed_outbound_hosts = [\"{host}\"]
    [component.ID.variables]
{given}"
    )
    .trim_end()
    .to_owned()
}

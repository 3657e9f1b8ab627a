//! `midspan import`: an application that relays, from a connector that exists or from an OpenAPI document.

use std::{
    fs,
    path::{Path, PathBuf},
};

use midspan_generate::{Application, ICON, ImportRequest, decode, import, source_name};

use crate::{error::CliError, terminal};

/// Make an application from a connector or an OpenAPI document.
///
/// Each operation becomes Rust that relays to the original back end, and keeps its part of the definition in a file beside
/// it; `midspan define` gives the same definition again. From there each can be made better, one by one.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ImportArgs {
    /// A connector's folder, its apiDefinition.swagger.json, or an OpenAPI document, 2.0 or 3.x, in JSON or YAML
    #[arg(value_name = "FILE|DIR")]
    from: PathBuf,
    /// The folder to make [default: one named by the title]
    #[arg(short, long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// The folder of the crate `midspan` [default: that of the checkout that this command was built from, else its repository]
    #[arg(long, value_name = "DIR")]
    midspan: Option<PathBuf>,
    /// Write into a folder that has something in it, over files of the same names
    #[arg(long)]
    force: bool,
}

const EXAMPLES: &str = "\
Examples:
  midspan import published/contoso-crm
  midspan import petstore.yaml --out petstore";

/// Runs the command.
pub(crate) fn run(args: &ImportArgs) -> Result<(), CliError> {
    let (definition, beside) = found(&args.from)?;
    let text = read(&definition)?;
    let properties = beside("apiProperties.json");
    let properties_text = properties.as_deref().map(read).transpose()?;
    let icon = beside("icon.png");
    let icon = icon
        .map(|path| fs::read(&path).map_err(|why| CliError::Read(path, why)))
        .transpose()?;
    let (file, properties_file) = (
        definition.display().to_string(),
        properties.map(|path| path.display().to_string()),
    );
    let application = import(&ImportRequest {
        file: &file,
        text: &text,
        properties: properties_file.as_deref().zip(properties_text.as_deref()),
        midspan: &dependency(args.midspan.as_deref())?,
        icon: icon.is_some(),
    })?;
    for note in &application.notes {
        terminal::problem(format!("warning: {note}"));
    }
    if let Some(script) = beside("script.csx") {
        terminal::problem(format!(
            "warning: {}: the gateway runs this script; it is not carried over, and stays beside the definition",
            script.display()
        ));
    }
    let out = args.out.clone().unwrap_or_else(|| default_folder(&application));
    write(&out, &application, icon.as_deref(), args.force)?;
    let (operations, shown) = (application.operations, out.display());
    let plural = if operations == 1 { "" } else { "s" };
    terminal::step("Imported", format!("{operations} operation{plural} into {shown}"));
    terminal::tell(format!(
        "
Next:
    cd {shown}
    midspan up --build      serves them, each a relay to the original back end
    midspan define          gives the definition again
Then set `host` in spin.toml to where you deploy it, and go on from the relays, one by one."
    ));
    Ok(())
}

/// The definition, and what finds the files that belong to it.
fn found(from: &Path) -> Result<(PathBuf, impl Fn(&str) -> Option<PathBuf>), CliError> {
    let (definition, folder) = if from.is_dir() {
        (from.join("apiDefinition.swagger.json"), from.to_owned())
    } else {
        (from.to_owned(), from.parent().unwrap_or(Path::new("")).to_owned())
    };
    if from.is_dir() && !definition.is_file() {
        return Err(CliError::NoConnector(from.to_owned()));
    }
    // What lies beside another file is not known to be its.
    let is_connector = definition
        .file_name()
        .is_some_and(|name| name == "apiDefinition.swagger.json");
    Ok((definition, move |name: &str| {
        Some(folder.join(name)).filter(|path| is_connector && path.is_file())
    }))
}

fn read(path: &Path) -> Result<String, CliError> {
    let bytes = fs::read(path).map_err(|why| CliError::Read(path.to_owned(), why))?;
    Ok(decode(&bytes))
}

/// How the application depends on `midspan`, in TOML.
fn dependency(given: Option<&Path>) -> Result<String, CliError> {
    let built_from = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../midspan"));
    let folder = given.unwrap_or(built_from);
    match folder.canonicalize() {
        Ok(folder) if folder.join("Cargo.toml").is_file() => {
            Ok(format!("{{ path = {:?} }}", folder.display().to_string()))
        }
        _ if given.is_none() => Ok(format!("{{ git = {:?} }}", env!("CARGO_PKG_REPOSITORY"))),
        Ok(_) => Err(CliError::NoCrate(folder.to_owned())),
        Err(why) => Err(CliError::Read(folder.to_owned(), why)),
    }
}

fn default_folder(application: &Application) -> PathBuf {
    let name = source_name(&application.title).unwrap_or_else(|| "connector".to_owned());
    PathBuf::from(name.replace('_', "-"))
}

/// Writes all or nothing: beside the folder first, then at its place.
fn write(out: &Path, application: &Application, icon: Option<&[u8]>, force: bool) -> Result<(), CliError> {
    let has_something = fs::read_dir(out).is_ok_and(|mut entries| entries.next().is_some());
    if has_something && !force {
        return Err(CliError::NotEmpty(out.to_owned()));
    }
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |why| CliError::Write(path, why)
    };
    let name = out.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let draft = out.with_file_name(format!(".{name}.import"));
    let _ = fs::remove_dir_all(&draft);
    let texts = application
        .files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_bytes()));
    let files: Vec<(&str, &[u8])> = texts.chain(icon.map(|icon| (ICON, icon))).collect();
    let written = files.iter().try_for_each(|(path, bytes)| {
        let path = draft.join(path);
        let folder = path.parent().unwrap_or(&draft);
        fs::create_dir_all(folder).map_err(failed(folder))?;
        fs::write(&path, bytes).map_err(failed(&path))
    });
    let placed = written.and_then(|()| {
        if has_something {
            return files.iter().try_for_each(|(path, _)| {
                let target = out.join(path);
                let folder = target.parent().unwrap_or(out);
                fs::create_dir_all(folder).map_err(failed(folder))?;
                fs::rename(draft.join(path), &target).map_err(failed(&target))
            });
        }
        // An empty folder may be there.
        let _ = fs::remove_dir(out);
        fs::rename(&draft, out).map_err(failed(out))
    });
    let _ = fs::remove_dir_all(&draft);
    placed
}

//! The files of connectors, found and read.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use clap::ValueEnum;
use midspan_definition::{
    document::{Document, NotJson},
    report,
};

use crate::error::CliError;

/// The names that the platform's tools give to the two files.
const DEFINITION: &str = "apiDefinition.swagger.json";
const PROPERTIES: &str = "apiProperties.json";

/// `--format`.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Format {
    /// For a person
    Text,
    /// One JSON object
    Json,
    /// SARIF 2.1.0, as code hosts show it
    Sarif,
    /// Commands of a GitHub Actions log
    Github,
}

impl From<Format> for report::Format {
    fn from(format: Format) -> Self {
        match format {
            Format::Text => Self::Text,
            Format::Json => Self::Json,
            Format::Sarif => Self::Sarif,
            Format::Github => Self::Github,
        }
    }
}

/// A connector's files.
#[derive(Debug)]
pub(crate) struct Files {
    pub(crate) definition: PathBuf,
    pub(crate) properties: Option<PathBuf>,
}

/// The connector that a path names: its definition, its properties, or its folder.
pub(crate) fn one(path: &Path) -> Result<Files, CliError> {
    let metadata = fs::metadata(path).map_err(|error| unreadable(path, error))?;
    let definition = match path.file_name() {
        _ if metadata.is_dir() => path.join(DEFINITION),
        Some(name) if name == PROPERTIES => path.with_file_name(DEFINITION),
        _ => path.to_owned(),
    };
    if !definition.is_file() {
        return Err(CliError::NoConnector(path.to_owned()));
    }
    let properties = Some(definition.with_file_name(PROPERTIES)).filter(|properties| properties.is_file());
    Ok(Files {
        definition: relative(definition),
        properties: properties.map(relative),
    })
}

/// All connectors in a folder and below, by name; or the one that a file belongs to.
pub(crate) fn below(path: &Path) -> Result<Vec<Files>, CliError> {
    let metadata = fs::metadata(path).map_err(|error| unreadable(path, error))?;
    if !metadata.is_dir() {
        return Ok(vec![one(path)?]);
    }
    let mut found = Vec::new();
    collect(path, &mut found)?;
    if found.is_empty() {
        return Err(CliError::NoConnector(path.to_owned()));
    }
    Ok(found)
}

fn collect(folder: &Path, found: &mut Vec<Files>) -> Result<(), CliError> {
    if folder.join(DEFINITION).is_file() {
        found.push(one(folder)?);
    }
    let entries = fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let mut entries = entries.map_err(|error| unreadable(folder, error))?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        // A link to a folder above would lead round in a circle.
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if is_folder && !name.starts_with('.') && name != "target" && name != "node_modules" {
            collect(&entry.path(), found)?;
        }
    }
    Ok(())
}

/// Reads a file.
pub(crate) fn read(path: &Path) -> Result<Result<Document, NotJson>, CliError> {
    let bytes = fs::read(path).map_err(|error| unreadable(path, error))?;
    Ok(Document::parse(path.display().to_string(), &bytes))
}

fn unreadable(path: &Path, error: io::Error) -> CliError {
    CliError::Unreadable(path.to_owned(), error)
}

/// A path as a person writes it.
fn relative(path: PathBuf) -> PathBuf {
    path.strip_prefix(".").map(Path::to_owned).unwrap_or(path)
}

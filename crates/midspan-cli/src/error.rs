//! Why a command failed, in words for the person who typed it.

use std::{io, path::PathBuf};

use midspan_definition::{
    define::{DefineErrors, TemplateError},
    document::NotJson,
};
use midspan_host::{
    HostError,
    diagnostic::{Diagnostic, Diagnostics},
};
use midspan_sources::StartError;

use crate::toolchain::ToolchainError;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    /// Something in the application is wrong, or it does not build; by line.
    #[error(transparent)]
    Application(#[from] Diagnostics),
    /// There is no application.
    #[error(
        "there is no \"spin.toml\" in this folder or one above\n  help: name the application's folder or its spin.toml with --from"
    )]
    NoManifest,
    /// The host does not start.
    #[error(transparent)]
    Host(#[from] HostError),
    /// Components cannot be built on this machine.
    #[error(transparent)]
    Toolchain(#[from] ToolchainError),
    /// `demo` is run on something else than the reference connector.
    #[error(
        "\"{}\" is not the reference connector: it has no variable \"{variable}\"\n  help: run `midspan demo` in \
         Midspan's own folder; `midspan up` serves any application", .manifest.display()
    )]
    NotTheReferenceConnector {
        /// The manifest that was found.
        manifest: PathBuf,
        /// The variable that it lacks.
        variable: String,
    },
    /// The emulated sources do not start.
    #[error("the emulated sources do not start: {0}")]
    Sources(#[from] StartError),
    /// The dashboard shows requests and what they carry: to nobody else.
    #[error("the dashboard is for this machine alone, and {0} can be reached from others\n  help: use 127.0.0.1")]
    DashboardNotLocal(std::net::SocketAddr),
    /// The system does not tell of changed files.
    #[error("files cannot be watched: {0}\n  help: leave --watch out, and pass --build")]
    Watch(#[from] notify::Error),
    /// A file can't be read.
    #[error("\"{}\" cannot be read: {_1}", ._0.display())]
    Read(PathBuf, io::Error),
    /// A file can't be written.
    #[error("\"{}\" cannot be written: {_1}", ._0.display())]
    Write(PathBuf, io::Error),
    /// A description that gives no module.
    #[error(transparent)]
    Description(#[from] midspan_generate::Error),
    /// A file that was written by hand stands where a module shall be.
    #[error(
        "\"{}\" was not written by midspan, and is not overwritten\n  help: choose another --name or --out, or remove it",
        ._0.display()
    )]
    NotGenerated(PathBuf),
    /// Something is where an application shall be.
    #[error("\"{}\" has something in it, and nothing was written\n  help: choose another --out, or overwrite with --force", ._0.display())]
    NotEmpty(PathBuf),
    /// A folder is no crate.
    #[error("\"{}\" has no Cargo.toml\n  help: name the folder of the crate `midspan` with --midspan", ._0.display())]
    NoCrate(PathBuf),
    /// A file's name gives no name for a source.
    #[error("\"{_0}\" gives no name for a source\n  help: name it with --name")]
    NoSourceName(String),
    /// The system does not tell of Ctrl-C.
    #[error("signals cannot be received: {0}")]
    Signals(io::Error),
    /// There is no connector where one was looked for.
    #[error(
        "there is no \"apiDefinition.swagger.json\" in \"{}\"\n  help: name a connector's folder or its definition", .0.display()
    )]
    NoConnector(PathBuf),
    /// A file or a folder cannot be read.
    #[error("\"{}\" cannot be read: {}", .0.display(), .1)]
    Unreadable(PathBuf, io::Error),
    /// A file that has to be JSON is none.
    #[error(transparent)]
    NotJson(#[from] NotJson),
    /// A file or a folder cannot be written.
    #[error("\"{}\" cannot be written: {}", .0.display(), .1)]
    Unwritable(PathBuf, io::Error),
    /// The manifest's settings of the connector are wrong.
    #[error("{}: [application.tool.midspan] cannot be read: {}", .0.display(), .1.trim_end())]
    About(PathBuf, String),
    /// Nobody says where the gateway reaches the connector.
    #[error(
        "{}: the connector has no host\n  help: write `host = \"suite.contoso.com\"` under [application.tool.midspan], or pass --host", .0.display()
    )]
    NoHost(PathBuf),
    /// The components don't make a connector.
    #[error("{0}")]
    Define(DefineErrors),
    /// What the connector's own part is read from is something else.
    #[error("{}: {}", .0.display(), .1)]
    Template(PathBuf, TemplateError),
    /// The icon could not be made.
    #[error("the icon cannot be made: {0}")]
    Icon(String),
    /// What was looked for was found; the findings themselves have been printed.
    #[error("{0}")]
    Refused(String),
    /// Whoever asks for the cache must have a key.
    #[error(
        "the operator's key is missing, or no text for a header\n  help: put it into the environment as MIDSPAN_CACHE_KEY"
    )]
    NoKey,
    /// An address that leads nowhere.
    #[error("\"{0}\" is no address of an application\n  help: write it as https://suite.contoso.com")]
    NoUrl(String),
    /// There is no application where one was asked.
    #[error("{0} does not answer: {1}\n  help: name the address of the running application with --url")]
    NoAnswer(String, String),
    /// Whatever answers there is no operation of ours.
    #[error(
        "what answers at {0} is not the component that manages the cache\n  help: does the application have the component \
         \"cache-admin\"? see docs/cache.md"
    )]
    NotOurs(String),
    /// The key does not open.
    #[error("{0} refuses the key\n  help: give the operator's key in the environment as MIDSPAN_CACHE_KEY")]
    KeyRefused(String),
    /// The application says why not.
    #[error("{0}")]
    Answered(String),
    /// There is no key to speak of.
    #[error("{0}\n  help: `midspan key` without --stdin makes one that is random")]
    Key(&'static str),
    /// A secret can't be read.
    #[error("standard input cannot be read: {0}")]
    StandardInput(io::Error),
    /// TLS can't be set up.
    #[error("TLS cannot be set up: {0}")]
    Tls(String),
    /// Ctrl-C came a second time.
    #[error("stopped before running requests had their answers")]
    Interrupted,
}

impl CliError {
    /// The whole text for standard error. Diagnostics bring their own "error:" along, for each problem.
    pub(crate) fn report(&self) -> String {
        match self {
            Self::Application(found) | Self::Host(HostError::Configuration(found)) => found.to_string(),
            Self::Define(errors) => {
                let lines: Vec<_> = errors.0.iter().map(|error| format!("error: {error}")).collect();
                lines.join("\n")
            }
            other => format!("error: {other}"),
        }
    }
}

impl From<Diagnostic> for CliError {
    fn from(problem: Diagnostic) -> Self {
        Self::Application(problem.into())
    }
}

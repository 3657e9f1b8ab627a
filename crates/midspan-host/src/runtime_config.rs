//! Spin's `runtime-config.toml`: what the operator of an application decides, apart from its manifest.

mod client_tls;
mod key_value;
mod outbound;
mod provider;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

pub use self::{
    client_tls::{ClientCertificate, ClientTls},
    key_value::KeyValueStore,
    outbound::OutboundHttp,
};
use crate::{
    allowed_hosts::BlockedNetworks,
    diagnostic::{Diagnostic, Diagnostics},
    document::{Document, Located, Table},
    manifest::folder_of,
    variables::VariablesProvider,
};

/// A runtime configuration; the default is that of no file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RuntimeConfig {
    /// The file, as the user named it: for messages.
    pub path: PathBuf,
    /// The key-value stores by label; `default` is there only if the file has it. To open stores, use
    /// [`RuntimeConfig::stores_for`].
    pub key_value_stores: BTreeMap<String, Located<KeyValueStore>>,
    /// How components trust servers and prove who they are, the first that fits counts.
    pub client_tls: Vec<ClientTls>,
    /// Connections for outbound HTTP.
    pub outbound_http: OutboundHttp,
    /// The networks that no component reaches.
    pub blocked_networks: BlockedNetworks,
    /// Where variables get their values, before the environment.
    pub variables_providers: Vec<VariablesProvider>,
    /// What the embedded host does otherwise than the file says.
    pub warnings: Vec<Diagnostic>,
    state_dir: Option<String>,
    log_dir: Option<String>,
}

/// The parts of Spin that have settings in the file and are not in the embedded host.
const ELSEWHERE: [&str; 6] = [
    "sqlite_database",
    "llm_compute",
    "outbound_pg",
    "outbound_mysql",
    "outbound_redis",
    "outbound_mqtt",
];

impl RuntimeConfig {
    /// Reads a runtime configuration.
    ///
    /// # Errors
    /// All that is wrong with it, by line, and the warnings among it.
    pub fn load(path: &Path) -> Result<Self, Diagnostics> {
        let text = fs::read_to_string(path).map_err(|error| {
            Diagnostic::error(path, None, format!("the runtime configuration cannot be read: {error}"))
        })?;
        Self::parse(path, &text)
    }

    /// Reads a runtime configuration's text; `path` is where it stands.
    ///
    /// # Errors
    /// As [`RuntimeConfig::load`].
    pub fn parse(path: &Path, text: &str) -> Result<Self, Diagnostics> {
        let document = Document::new(path, text);
        let config = document.root().map(|root| read(root, path)).unwrap_or_default();
        let (config, warnings) = Diagnostics::unless_errors(config, document.into_found())?;
        Ok(Self { warnings, ..config })
    }

    /// The folder that the application keeps its state in: `flag` (`--state-dir`) if it is given, else the file's,
    /// else `.spin` in the application's folder. None if it is given as empty: nothing is kept then.
    #[must_use]
    pub fn state_dir(&self, flag: Option<&Path>, app_directory: &Path) -> Option<PathBuf> {
        let given = flag.or_else(|| self.state_dir.as_deref().map(Path::new));
        given.map_or_else(|| Some(app_directory.join(".spin")), absolute_unless_empty)
    }

    /// The folder for the logs of the components: `flag` (`--log-dir`) if it is given, else the file's, else `logs`
    /// in the state's folder. None if it is given as empty, or there is no such folder.
    #[must_use]
    pub fn log_dir(&self, flag: Option<&Path>, state_dir: Option<&Path>) -> Option<PathBuf> {
        let given = flag.or_else(|| self.log_dir.as_deref().map(Path::new));
        given.map_or_else(|| state_dir.map(|folder| folder.join("logs")), absolute_unless_empty)
    }

    /// The client TLS settings of a component for a host.
    #[must_use]
    pub fn client_tls_for(&self, component_id: &str, host: &str) -> Option<&ClientTls> {
        self.client_tls
            .iter()
            .find(|settings| settings.is_for(component_id, host))
    }
}

/// Relative to the process's current folder, as in Spin, unlike the other paths of the file.
fn absolute_unless_empty(path: &Path) -> Option<PathBuf> {
    if path.as_os_str().is_empty() {
        return None;
    }
    Some(std::path::absolute(path).unwrap_or_else(|_| path.to_owned()))
}

fn read(mut root: Table<'_>, path: &Path) -> RuntimeConfig {
    let folder = folder_of(path);
    let folder_setting = |value: Option<Located<String>>| value.map(|located| located.value);
    let state_dir = folder_setting(root.string("state_dir"));
    let log_dir = folder_setting(root.string("log_dir"));
    let (blocked_networks, max_total_connections) = outbound::read_networking(&mut root);
    let config = RuntimeConfig {
        path: path.to_owned(),
        key_value_stores: key_value::read(&mut root, &folder),
        client_tls: client_tls::read(&mut root, &folder),
        outbound_http: OutboundHttp::read(&mut root, max_total_connections),
        blocked_networks,
        variables_providers: provider::read(&mut root),
        warnings: Vec::new(),
        state_dir,
        log_dir,
    };
    for key in ELSEWHERE {
        if let Some(value) = root.take(key) {
            let message = format!("the embedded host has no use for {key:?}");
            root.document.report(Diagnostic::warning(path, value.line, message));
        }
    }
    root.finish();
    config
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<RuntimeConfig, String> {
        RuntimeConfig::parse(Path::new("rc.toml"), text).map_err(|found| found.to_string())
    }

    #[test]
    fn an_empty_file_is_as_good_as_none() {
        let empty = parse("").unwrap();
        assert_eq!(
            RuntimeConfig {
                path: PathBuf::new(),
                ..empty
            },
            RuntimeConfig::default()
        );
    }

    #[test]
    fn the_state_is_in_the_given_folder_or_the_files_or_the_applications() {
        let app = Path::new("/app");
        let check = |text: &str, flag: Option<&str>, expected: Option<&str>| {
            let state = parse(text).unwrap().state_dir(flag.map(Path::new), app);
            assert_eq!(state.as_deref(), expected.map(Path::new), "{text} {flag:?}");
        };
        check("", None, Some("/app/.spin"));
        check("state_dir = \"/state\"", None, Some("/state"));
        check("state_dir = \"/state\"", Some("/flag"), Some("/flag"));
        check("state_dir = \"\"", None, None);
        check("state_dir = \"/state\"", Some(""), None);
        let here = std::env::current_dir().unwrap();
        assert_eq!(
            parse("state_dir = \"s\"").unwrap().state_dir(None, app),
            Some(here.join("s"))
        );
    }

    #[test]
    fn the_logs_are_in_the_given_folder_or_the_files_or_the_states() {
        let check = |text: &str, flag: Option<&str>, state: Option<&str>, expected: Option<&str>| {
            let logs = parse(text).unwrap().log_dir(flag.map(Path::new), state.map(Path::new));
            assert_eq!(logs.as_deref(), expected.map(Path::new), "{text} {flag:?}");
        };
        check("", None, Some("/state"), Some("/state/logs"));
        check("", None, None, None);
        check("log_dir = \"/logs\"", None, Some("/state"), Some("/logs"));
        check("log_dir = \"/logs\"", Some("/flag"), None, Some("/flag"));
        check("log_dir = \"\"", None, Some("/state"), None);
    }

    #[test]
    fn an_unknown_key_is_refused_and_one_of_another_part_of_spin_is_warned_of() {
        assert_eq!(
            parse("state_dri = \"x\"\n").unwrap_err(),
            "error: rc.toml:1: unknown key \"state_dri\" in the top level\n  help: did you mean \"state_dir\"?"
        );
        let warnings = parse("[sqlite_database.default]\ntype = \"spin\"\n").unwrap().warnings;
        assert_eq!(
            Diagnostics(warnings).to_string(),
            "warning: rc.toml:1: the embedded host has no use for \"sqlite_database\""
        );
    }

    #[test]
    fn a_file_that_cannot_be_read_or_is_not_toml_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let missing = RuntimeConfig::load(&folder.path().join("rc.toml"))
            .unwrap_err()
            .to_string();
        assert!(
            missing.contains("rc.toml: the runtime configuration cannot be read"),
            "{missing}"
        );
        assert_eq!(
            parse("a\n").unwrap_err(),
            "error: rc.toml:1: key with no value, expected `=`"
        );
    }
}

//! `[key_value_store.LABEL]`.

use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
};

use super::RuntimeConfig;
use crate::{
    diagnostic::{Diagnostic, Diagnostics, closest},
    document::{Located, Table, Value},
    manifest::{Component, Manifest},
};

/// What keeps a key-value store.
#[derive(Clone, PartialEq, Eq)]
pub enum KeyValueStore {
    /// A database of `SQLite`, absolute; its folder may not exist yet.
    Sqlite {
        /// The file.
        path: PathBuf,
    },
    /// The host's memory.
    Memory,
    /// Redis.
    Redis {
        /// Its URL, which may hold a password.
        url: String,
    },
    /// Azure Cosmos DB.
    AzureCosmos,
    /// Amazon's `DynamoDB`.
    AwsDynamo,
}

/// A URL may hold a password, so it is not shown.
impl fmt::Debug for KeyValueStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite { path } => f.debug_struct("Sqlite").field("path", path).finish(),
            Self::Memory => f.write_str("Memory"),
            Self::Redis { .. } => f.debug_struct("Redis").finish_non_exhaustive(),
            Self::AzureCosmos => f.write_str("AzureCosmos"),
            Self::AwsDynamo => f.write_str("AwsDynamo"),
        }
    }
}

const DEFAULT_LABEL: &str = "default";
const DEFAULT_FILE: &str = "sqlite_key_value.db";
const TYPES: [&str; 4] = ["spin", "redis", "azure_cosmos", "aws_dynamo"];

impl RuntimeConfig {
    /// What keeps each store that a component of the manifest may open. The store `default` is there without a word
    /// in the file: in the state's folder, or in memory if there is none.
    ///
    /// # Errors
    /// Every store that is not configured, at the manifest's line; every one that the embedded host can't keep, at
    /// the runtime configuration's line.
    pub fn stores_for(
        &self,
        manifest: &Manifest,
        state_dir: Option<&Path>,
    ) -> Result<BTreeMap<String, KeyValueStore>, Diagnostics> {
        let mut found = Vec::new();
        let mut stores = BTreeMap::new();
        for component in &manifest.components {
            for label in &component.key_value_stores {
                if stores.contains_key(&label.value) {
                    continue;
                }
                match self.store(&label.value, state_dir) {
                    Some(store) => _ = stores.insert(label.value.clone(), store),
                    None => found.push(unknown_store(manifest, component, label)),
                }
            }
        }
        found.extend(
            stores
                .iter()
                .filter_map(|(label, store)| self.unsupported_store(label, store)),
        );
        Diagnostics::unless_errors(stores, found).map(|(stores, _)| stores)
    }

    fn store(&self, label: &str, state_dir: Option<&Path>) -> Option<KeyValueStore> {
        match self.key_value_stores.get(label) {
            Some(store) => Some(store.value.clone()),
            None if label == DEFAULT_LABEL => Some(match state_dir {
                Some(folder) => KeyValueStore::Sqlite {
                    path: folder.join(DEFAULT_FILE),
                },
                None => KeyValueStore::Memory,
            }),
            None => None,
        }
    }

    fn unsupported_store(&self, label: &str, store: &KeyValueStore) -> Option<Diagnostic> {
        let name = match store {
            KeyValueStore::Sqlite { .. } | KeyValueStore::Memory | KeyValueStore::Redis { .. } => return None,
            KeyValueStore::AzureCosmos => "azure_cosmos",
            KeyValueStore::AwsDynamo => "aws_dynamo",
        };
        let line = self.key_value_stores.get(label).map(|store| store.line);
        let message = format!("key-value store {label:?}: the embedded host does not support type {name:?} yet");
        Some(
            Diagnostic::error(&self.path, line, message)
                .with_help("use type = \"spin\" or \"redis\", or run the application with `spin up`"),
        )
    }
}

pub(super) fn read(root: &mut Table<'_>, folder: &Path) -> BTreeMap<String, Located<KeyValueStore>> {
    let entries = root
        .table("key_value_store")
        .map(Table::into_entries)
        .unwrap_or_default();
    let store = |(label, value): (Located<String>, Value<'_>)| {
        let store = read_store(value.table()?, folder)?;
        Some((
            label.value,
            Located {
                value: store,
                line: label.line,
            },
        ))
    };
    entries.into_iter().filter_map(store).collect()
}

fn read_store(mut table: Table<'_>, folder: &Path) -> Option<KeyValueStore> {
    let kind = table.require("type").and_then(Value::string)?;
    let store = match kind.value.as_str() {
        "spin" => match table.string("path") {
            Some(path) => KeyValueStore::Sqlite {
                path: folder.join(path.value),
            },
            None => KeyValueStore::Memory,
        },
        "redis" => KeyValueStore::Redis {
            url: table.require("url").and_then(Value::string)?.value,
        },
        "azure_cosmos" => return Some(KeyValueStore::AzureCosmos),
        "aws_dynamo" => return Some(KeyValueStore::AwsDynamo),
        other => {
            let message = format!("there is no key-value store of type {other:?}");
            let help = match closest(other, TYPES) {
                Some(meant) => format!("did you mean {meant:?}?"),
                None => format!("the types are {}", TYPES.join(", ")),
            };
            let document = table.document;
            document.report(Diagnostic::error(document.file, kind.line, message).with_help(help));
            return None;
        }
    };
    table.finish_with_warnings();
    Some(store)
}

fn unknown_store(manifest: &Manifest, component: &Component, label: &Located<String>) -> Diagnostic {
    let label_name = &label.value;
    let message = format!(
        "component {:?} opens key-value store {label_name:?}, which is not configured",
        component.id
    );
    let help = format!(
        "use \"default\", or add [key_value_store.{label_name}] with `type = \"spin\"` to the runtime configuration"
    );
    Diagnostic::error(&manifest.path, label.line, message).with_help(help)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<RuntimeConfig, Diagnostics> {
        RuntimeConfig::parse(Path::new("/etc/rc.toml"), text)
    }

    fn manifest(labels: &str) -> Manifest {
        let text = format!(
            "spin_manifest_version = 2\n[application]\nname = \"a\"\n[[trigger.http]]\nroute = \"/\"\ncomponent = \"c\"\n\
             [component.c]\nsource = \"c\"\nkey_value_stores = {labels}\n"
        );
        Manifest::parse(Path::new("spin.toml"), &text).unwrap()
    }

    #[test]
    fn a_store_of_spins_own_type_is_a_file_beside_the_configuration_or_memory() {
        let config = parse(
            "[key_value_store.a]\ntype = \"spin\"\npath = \"data/a.db\"\n[key_value_store.b]\ntype = \"spin\"\npath = \"/b.db\"\n\
             [key_value_store.c]\ntype = \"spin\"\n",
        )
        .unwrap();
        let sqlite = |path: &str| KeyValueStore::Sqlite { path: path.into() };
        let expected = [
            ("a", sqlite("/etc/data/a.db"), 1),
            ("b", sqlite("/b.db"), 4),
            ("c", KeyValueStore::Memory, 7),
        ];
        let expected = expected.map(|(label, value, line)| (label.to_owned(), Located { value, line }));
        assert_eq!(config.key_value_stores, BTreeMap::from(expected));
    }

    #[test]
    fn the_default_store_needs_no_configuration() {
        let stores = |config: &RuntimeConfig, state: Option<&str>| {
            config
                .stores_for(&manifest("[\"default\"]"), state.map(Path::new))
                .unwrap()["default"]
                .clone()
        };
        let none = RuntimeConfig::default();
        assert_eq!(
            stores(&none, Some("/s")),
            KeyValueStore::Sqlite {
                path: "/s/sqlite_key_value.db".into()
            }
        );
        assert_eq!(stores(&none, None), KeyValueStore::Memory);
        let own = parse("[key_value_store.default]\ntype = \"spin\"\npath = \"my.db\"\n").unwrap();
        assert_eq!(
            stores(&own, Some("/s")),
            KeyValueStore::Sqlite {
                path: "/etc/my.db".into()
            }
        );
        assert_eq!(none.stores_for(&manifest("[]"), None), Ok(BTreeMap::new()));
    }

    #[test]
    fn a_store_that_is_not_there_or_cannot_be_kept_is_told_by_line_if_it_is_used() {
        let config = parse(
            "[key_value_store.cache]\ntype = \"azure_cosmos\"\n\
             [key_value_store.other]\ntype = \"redis\"\nurl = \"redis://:hunter2@localhost\"\n",
        )
        .unwrap();
        let found = config
            .stores_for(&manifest("[\"cache\", \"sessions\"]"), None)
            .unwrap_err();
        assert_eq!(
            found.to_string(),
            "error: spin.toml:9: component \"c\" opens key-value store \"sessions\", which is not configured\n  \
             help: use \"default\", or add [key_value_store.sessions] with `type = \"spin\"` to the runtime configuration\n\
             error: /etc/rc.toml:1: key-value store \"cache\": the embedded host does not support type \"azure_cosmos\" yet\n  \
             help: use type = \"spin\" or \"redis\", or run the application with `spin up`"
        );
        assert!(!format!("{config:?}").contains("hunter2"));
        assert!(config.stores_for(&manifest("[\"default\"]"), None).is_ok());
    }

    #[test]
    fn a_type_that_does_not_exist_is_refused_and_a_key_that_spin_ignores_is_warned_of() {
        assert_eq!(
            parse("[key_value_store.a]\ntype = \"reddis\"\n[key_value_store.b]\nurl = \"x\"\n")
                .unwrap_err()
                .to_string(),
            "error: /etc/rc.toml:2: there is no key-value store of type \"reddis\"\n  help: did you mean \"redis\"?\n\
             error: /etc/rc.toml:3: [key_value_store.b] has no \"type\""
        );
        let warnings = parse("[key_value_store.a]\ntype = \"spin\"\npat = \"x\"\n")
            .unwrap()
            .warnings;
        assert_eq!(
            Diagnostics(warnings).to_string(),
            "warning: /etc/rc.toml:3: unknown key \"pat\" in [key_value_store.a]\n  help: did you mean \"path\"?"
        );
    }
}

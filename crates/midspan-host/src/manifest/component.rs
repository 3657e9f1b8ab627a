//! `[component.ID]`, or a component that stands in its trigger.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use super::{Located, identifier, warn_of_targets};
use crate::{
    diagnostic::Diagnostic,
    document::{Document, Table, Value},
    variables::{self, Template},
};

/// A component: its code, and all that it may touch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Component {
    /// Its id.
    pub id: String,
    /// Its line in the manifest.
    pub line: usize,
    /// What it is for, empty if it is not told.
    pub description: String,
    /// Its Wasm file, absolute. It may not be built yet.
    pub source: PathBuf,
    /// The line of its source.
    pub source_line: usize,
    /// What it sees as its variables.
    pub variables: BTreeMap<String, Located<Template>>,
    /// What it sees as its environment.
    pub environment: BTreeMap<String, String>,
    /// Where it may send to; see [`AllowedHosts`](crate::allowed_hosts::AllowedHosts).
    pub allowed_outbound_hosts: Vec<Located<Template>>,
    /// The labels of the key-value stores that it may open.
    pub key_value_stores: Vec<Located<String>>,
    /// How it is built.
    pub build: Option<Build>,
}

/// `[component.ID.build]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Build {
    /// The commands for the system's shell, one after the other.
    pub commands: Vec<String>,
    /// The folder to run them in, absolute.
    pub workdir: PathBuf,
    /// The paths and glob patterns, from `workdir`, whose change asks for a new build.
    pub watch: Vec<String>,
    /// Its line in the manifest.
    pub line: usize,
}

impl Component {
    /// Reads a component. What can't be read is reported and left empty.
    pub(super) fn read(id: Located<String>, mut table: Table<'_>, directory: &Path) -> Self {
        let Located { value: id, line } = id;
        let source = table
            .require("source")
            .and_then(|value| read_source(&id, table.document, value));
        let component = Self {
            line,
            source_line: source.as_ref().map_or(line, |source| source.line),
            source: source.map(|source| directory.join(source.value)).unwrap_or_default(),
            description: table
                .string("description")
                .map(|located| located.value)
                .unwrap_or_default(),
            variables: read_variables(&id, &mut table),
            environment: read_environment(&mut table),
            allowed_outbound_hosts: read_allowed_hosts(&id, &mut table),
            key_value_stores: read_key_value_stores(&id, &mut table),
            build: table.table("build").map(|build| Build::read(build, directory)),
            id,
        };
        report_unsupported(&component.id, &mut table);
        table.finish();
        component
    }
}

impl Build {
    fn read(mut table: Table<'_>, directory: &Path) -> Self {
        let commands = match table.require("command") {
            Some(value) if value.is_list() => value.strings(),
            Some(value) => value.string().into_iter().collect(),
            None => Vec::new(),
        };
        let texts = |list: Vec<Located<String>>| list.into_iter().map(|text| text.value).collect();
        let build = Self {
            commands: texts(commands),
            workdir: table
                .string("workdir")
                .map_or(directory.to_owned(), |workdir| directory.join(workdir.value)),
            watch: texts(table.strings("watch")),
            line: table.line,
        };
        table.finish();
        build
    }
}

fn read_source(id: &str, document: &Document<'_>, value: Value<'_>) -> Option<Located<String>> {
    if value.is_table() {
        let message =
            format!("component {id:?} is fetched from elsewhere, and the embedded host runs local files only");
        let help = "download it, and write its path: source = \"path/to/component.wasm\"";
        document.report(Diagnostic::error(document.file, value.line, message).with_help(help));
        return None;
    }
    value.string()
}

fn read_variables(id: &str, table: &mut Table<'_>) -> BTreeMap<String, Located<Template>> {
    let document = table.document;
    let mut variables = BTreeMap::new();
    for (name, text) in table.table("variables").map(Table::into_strings).unwrap_or_default() {
        if let Err(reason) = variables::validate_name(&name) {
            let message = format!("component {id:?} cannot have a variable {:?}: {reason}", name.value);
            document.error(name.line, message);
        }
        if let Some(template) = read_template(id, document, &text) {
            variables.insert(name.value, template);
        }
    }
    variables
}

fn read_environment(table: &mut Table<'_>) -> BTreeMap<String, String> {
    let entries = table.table("environment").map(Table::into_strings).unwrap_or_default();
    entries
        .into_iter()
        .map(|(name, value)| (name.value, value.value))
        .collect()
}

fn read_allowed_hosts(id: &str, table: &mut Table<'_>) -> Vec<Located<Template>> {
    let document = table.document;
    let hosts = table.strings("allowed_outbound_hosts");
    hosts
        .iter()
        .filter_map(|host| read_template(id, document, host))
        .collect()
}

fn read_template(id: &str, document: &Document<'_>, text: &Located<String>) -> Option<Located<Template>> {
    match text.parse() {
        Ok(value) => Some(Located { value, line: text.line }),
        Err(error) => {
            document.error(text.line, format!("component {id:?}: in {:?}, {error}", text.value));
            None
        }
    }
}

fn read_key_value_stores(id: &str, table: &mut Table<'_>) -> Vec<Located<String>> {
    let labels = table.strings("key_value_stores");
    for label in &labels {
        if let Err(reason) = identifier::kebab_or_snake(label) {
            let message = format!(
                "component {id:?} cannot have a key-value store {:?}: {reason}",
                label.value
            );
            table.document.error(label.line, message);
        }
    }
    labels
}

/// Says what Spin would do for the component and the embedded host will not.
fn report_unsupported(id: &str, table: &mut Table<'_>) {
    let document = table.document;
    let mut warn = |key, message: &str, help: &str| {
        if let Some(value) = table.take(key).filter(|value| !value.is_empty()) {
            let message = format!("component {id:?} {message}");
            document.report(Diagnostic::warning(document.file, value.line, message).with_help(help));
        }
    };
    let real_spin = "to have them, run the application with `spin up`";
    warn(
        "files",
        "asks for files, which the embedded host does not mount",
        real_spin,
    );
    warn(
        "sqlite_databases",
        "asks for SQLite databases, which the embedded host does not have",
        real_spin,
    );
    warn(
        "ai_models",
        "asks for AI models, which the embedded host does not have",
        real_spin,
    );
    let mut refuse = |key, message: &str, help: &str| {
        if let Some(value) = table.take(key).filter(|value| !value.is_empty()) {
            let message = format!("component {id:?} {message}");
            document.report(Diagnostic::error(document.file, value.line, message).with_help(help));
        }
    };
    refuse(
        "dependencies",
        "has dependencies, which the embedded host does not put together",
        "compose them into the component's own file, or run the application with `spin up`",
    );
    refuse(
        "allowed_http_hosts",
        "uses `allowed_http_hosts`, which Spin has replaced",
        "use `allowed_outbound_hosts`, such as [\"https://example.com\"]",
    );
    warn_of_targets(table);
    // They change nothing in what runs: they belong to files, to dependencies, to other tools and to `--profile`.
    for key in ["exclude_files", "dependencies_inherit_configuration", "tool", "profile"] {
        table.take(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{diagnostic::Diagnostics, manifest::Manifest};

    fn parse(component: &str) -> Result<Manifest, Diagnostics> {
        let head = "spin_manifest_version = 2\n[application]\nname = \"a\"\n[variables]\nv = { default = \"\" }\n\
                    [[trigger.http]]\nroute = \"/\"\ncomponent = \"c\"\n";
        Manifest::parse(
            Path::new("/app/spin.toml"),
            &format!("{head}[component.c]\n{component}"),
        )
    }

    #[test]
    fn a_component_is_read_with_the_lines_of_what_it_may_touch() {
        let manifest = parse(
            r#"source = "c.wasm"
description = "it"
environment = { LANG = "C" }
key_value_stores = ["default", "my_store"]
allowed_outbound_hosts = [
  "https://a.example",
  "{{ v }}",
]
variables = { key = "<{{ v }}>" }
[component.c.build]
command = ["one", "two"]
workdir = "c"
watch = ["src/**/*.rs"]
"#,
        )
        .unwrap();
        let component = &manifest.components[0];
        let located = |value: &str, line| Located {
            value: value.to_owned(),
            line,
        };
        let template = |value: &str, line| Located {
            value: value.parse::<Template>().unwrap(),
            line,
        };
        assert_eq!(
            component,
            &Component {
                id: "c".to_owned(),
                line: 9,
                description: "it".to_owned(),
                source: "/app/c.wasm".into(),
                source_line: 10,
                variables: BTreeMap::from([("key".to_owned(), template("<{{ v }}>", 18))]),
                environment: BTreeMap::from([("LANG".to_owned(), "C".to_owned())]),
                allowed_outbound_hosts: vec![template("https://a.example", 15), template("{{ v }}", 16)],
                key_value_stores: vec![located("default", 13), located("my_store", 13)],
                build: Some(Build {
                    commands: vec!["one".to_owned(), "two".to_owned()],
                    workdir: "/app/c".into(),
                    watch: vec!["src/**/*.rs".to_owned()],
                    line: 19,
                }),
            }
        );
        assert_eq!(manifest.warnings, []);
    }

    #[test]
    fn a_build_is_one_command_in_the_folder_of_the_manifest_unless_it_says_more() {
        let manifest = parse("source = \"c.wasm\"\nbuild.command = \"make\"\n").unwrap();
        let build = manifest.components[0].build.as_ref().unwrap();
        assert_eq!(
            (build.commands.as_slice(), build.workdir.as_path()),
            (["make".to_owned()].as_slice(), Path::new("/app"))
        );
        let missing = parse("source = \"c.wasm\"\n[component.c.build]\ncomand = \"make\"\n").unwrap_err();
        assert_eq!(
            missing.to_string(),
            "error: /app/spin.toml:11: [component.c.build] has no \"command\"\n\
             error: /app/spin.toml:12: unknown key \"comand\" in [component.c.build]\n  help: did you mean \"command\"?"
        );
    }

    #[test]
    fn a_source_that_is_no_local_file_is_refused() {
        for source in [
            r#"{ url = "https://example.com/c.wasm", digest = "sha256:00" }"#,
            r#"{ registry = "example.com", package = "a:b", version = "1.0.0" }"#,
        ] {
            let expected = "error: /app/spin.toml:10: component \"c\" is fetched from elsewhere, and the embedded host runs local files only\n  \
                            help: download it, and write its path: source = \"path/to/component.wasm\"";
            assert_eq!(
                parse(&format!("source = {source}\n")).unwrap_err().to_string(),
                expected
            );
        }
        let number = parse("source = 3\n").unwrap_err().to_string();
        assert_eq!(
            number,
            "error: /app/spin.toml:10: \"component.c.source\" must be a string, found integer"
        );
    }

    #[test]
    fn what_the_embedded_host_lacks_is_a_warning_unless_the_component_would_not_be_whole() {
        let warnings = parse(
            "source = \"c.wasm\"\nfiles = [\"*.txt\"]\nsqlite_databases = [\"default\"]\nai_models = [\"llama2-chat\"]\n\
             exclude_files = [\"x\"]\ntool = { x = { y = 1 } }\ndependencies = {}\n",
        )
        .unwrap()
        .warnings;
        let help = "  help: to have them, run the application with `spin up`";
        assert_eq!(
            Diagnostics(warnings).to_string(),
            format!(
                "warning: /app/spin.toml:11: component \"c\" asks for files, which the embedded host does not mount\n{help}\n\
                 warning: /app/spin.toml:12: component \"c\" asks for SQLite databases, which the embedded host does not have\n{help}\n\
                 warning: /app/spin.toml:13: component \"c\" asks for AI models, which the embedded host does not have\n{help}"
            )
        );
        let refused = parse(
            "source = \"c.wasm\"\nallowed_http_hosts = [\"example.com\"]\n[component.c.dependencies]\n\"a:b\" = \"1.0\"\n",
        );
        assert_eq!(
            refused.unwrap_err().to_string(),
            "error: /app/spin.toml:11: component \"c\" uses `allowed_http_hosts`, which Spin has replaced\n  \
             help: use `allowed_outbound_hosts`, such as [\"https://example.com\"]\n\
             error: /app/spin.toml:12: component \"c\" has dependencies, which the embedded host does not put together\n  \
             help: compose them into the component's own file, or run the application with `spin up`"
        );
    }

    #[test]
    fn names_labels_and_templates_are_checked_where_they_stand() {
        let wrong = parse(
            "source = \"c.wasm\"\nkey_value_stores = [\"b@d\"]\nallowed_outbound_hosts = [\"https://{{ v\"]\n\
             variables = { Key = \"\" }\n",
        );
        assert_eq!(
            wrong.unwrap_err().to_string(),
            "error: /app/spin.toml:11: component \"c\" cannot have a key-value store \"b@d\": a word may only have letters and digits of ASCII, not '@'\n\
             error: /app/spin.toml:12: component \"c\": in \"https://{{ v\", \"{{\" has no closing \"}}\"\n\
             error: /app/spin.toml:13: component \"c\" cannot have a variable \"Key\": invalid character 'K'. Variable names may contain only lower-case letters, numbers, and underscores."
        );
    }
}

//! A Spin manifest, `spin.toml` in version 2: the part of it that the embedded host runs, and what it says of the rest.
//!
//! Whatever Spin refuses is refused. What Spin can do and the embedded host can't is an error if it keeps a component
//! from running as it should, else a warning.

mod check;
mod component;
mod identifier;
mod trigger;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

pub use self::{
    component::{Build, Component},
    trigger::{HttpTrigger, TriggerRoute},
};
pub use crate::document::Located;
use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    document::{Document, Table, Value},
    variables,
};

/// An application's manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// The file, as the user named it: for messages.
    pub path: PathBuf,
    /// The folder of the file, absolute: relative paths start from it.
    pub directory: PathBuf,
    /// The application's name.
    pub name: String,
    /// The application's version, empty if it has none.
    pub version: String,
    /// What the application is for, empty if it is not told.
    pub description: String,
    /// The application's variables by name.
    pub variables: BTreeMap<String, VariableDeclaration>,
    /// The HTTP triggers in the order of the file.
    pub triggers: Vec<HttpTrigger>,
    /// The components in the order of the file, then those that stand in a trigger.
    pub components: Vec<Component>,
    /// What the embedded host does otherwise than the file says.
    pub warnings: Vec<Diagnostic>,
}

/// An entry of `[variables]`: it is either required or has a default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VariableDeclaration {
    /// Its value if nothing else gives one.
    pub default: Option<String>,
    /// Whether its value may not be shown.
    pub secret: bool,
    /// Its line in the manifest.
    pub line: usize,
}

impl Manifest {
    /// Reads a manifest; of a folder, its `spin.toml`.
    ///
    /// # Errors
    /// All that is wrong with it, by line, and the warnings among it.
    pub fn load(path: &Path) -> Result<Self, Diagnostics> {
        let path = if path.is_dir() {
            path.join("spin.toml")
        } else {
            path.to_owned()
        };
        let text = fs::read_to_string(&path).map_err(|error| {
            Diagnostic::error(&path, None, format!("the manifest cannot be read: {error}"))
                .with_help("name the application's folder or its spin.toml with --from")
        })?;
        Self::parse(&path, &text)
    }

    /// Reads a manifest's text; `path` is where it stands.
    ///
    /// # Errors
    /// As [`Manifest::load`].
    pub fn parse(path: &Path, text: &str) -> Result<Self, Diagnostics> {
        let document = Document::new(path, text);
        let manifest = document.root().and_then(|root| read(root, path));
        let found = document.into_found();
        let Some(manifest) = manifest else {
            return Err(Diagnostics(found));
        };
        let (manifest, warnings) = Diagnostics::unless_errors(manifest, found)?;
        Ok(Self { warnings, ..manifest })
    }

    /// The component with this id.
    #[must_use]
    pub fn component(&self, id: &str) -> Option<&Component> {
        self.components.iter().find(|component| component.id == id)
    }
}

fn read(mut root: Table<'_>, path: &Path) -> Option<Manifest> {
    let document = root.document;
    read_version(&mut root)?;
    let mut manifest = Manifest {
        path: path.to_owned(),
        directory: folder_of(path),
        name: String::new(),
        version: String::new(),
        description: String::new(),
        variables: BTreeMap::new(),
        triggers: Vec::new(),
        components: Vec::new(),
        warnings: Vec::new(),
    };
    if let Some(application) = root.require("application").and_then(Value::table) {
        read_application(application, &mut manifest);
    }
    for (name, value) in root.table("variables").map(Table::into_entries).unwrap_or_default() {
        if let Err(reason) = variables::validate_name(&name) {
            document.error(
                name.line,
                format!("variable {:?} cannot have that name: {reason}", name.value),
            );
        }
        if let Some(table) = value.table() {
            manifest
                .variables
                .insert(name.value.clone(), read_variable(&name, table));
        }
    }
    for (id, value) in root.table("component").map(Table::into_entries).unwrap_or_default() {
        if let Err(reason) = identifier::kebab(&id) {
            document.error(
                id.line,
                format!("component {:?} cannot have that id: {reason}", id.value),
            );
        }
        if let Some(table) = value.table() {
            manifest
                .components
                .push(Component::read(id, table, &manifest.directory));
        }
    }
    if let Some(triggers) = root.require("trigger").and_then(Value::table) {
        trigger::read(triggers, &mut manifest);
    }
    root.finish();
    check::check(document, &manifest);
    Some(manifest)
}

/// The absolute folder of a file, whether or not the file is there.
pub(crate) fn folder_of(file: &Path) -> PathBuf {
    let folder = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let absolute = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    // `absolute` keeps a trailing `.`, which would show in every path.
    absolute.components().collect()
}

fn read_version(root: &mut Table<'_>) -> Option<()> {
    let version = root.require("spin_manifest_version")?;
    let line = version.line;
    let found = if version.is_string() {
        version.string().map(|text| text.value)
    } else {
        version.count().map(|n| n.to_string())
    };
    match found?.as_str() {
        "2" => Some(()),
        other => {
            let problem = format!("this is a manifest of version {other}, and the embedded host reads version 2");
            let help = "write spin_manifest_version = 2; `spin doctor` upgrades a manifest of version 1";
            root.document
                .report(Diagnostic::error(root.document.file, line, problem).with_help(help));
            None
        }
    }
}

fn read_application(mut table: Table<'_>, manifest: &mut Manifest) {
    let text = |value: Option<Located<String>>| value.map(|located| located.value).unwrap_or_default();
    let name = table.require("name").and_then(Value::string);
    manifest.name = text(name);
    manifest.version = text(table.string("version"));
    manifest.description = text(table.string("description"));
    table.strings("authors");
    warn_of_targets(&mut table);
    // Settings of other triggers and of other tools.
    table.take("trigger");
    table.take("tool");
    table.finish();
}

fn warn_of_targets(table: &mut Table<'_>) {
    if let Some(targets) = table.take("targets").filter(|targets| !targets.is_empty()) {
        let message = "the embedded host does not check target environments";
        let help = "`spin build` does";
        let document = table.document;
        document.report(Diagnostic::warning(document.file, targets.line, message).with_help(help));
    }
}

fn read_variable(name: &Located<String>, mut table: Table<'_>) -> VariableDeclaration {
    let default = table.string("default").map(|located| located.value);
    let required = table.boolean("required").unwrap_or(false);
    let secret = table.boolean("secret").unwrap_or(false);
    table.string("description");
    if required == default.is_some() {
        let message = format!("variable {:?} must either be required or have a default", name.value);
        let help = if required {
            "remove `required` or `default`"
        } else {
            "add `required = true` or a `default`"
        };
        let document = table.document;
        document.report(Diagnostic::error(document.file, name.line, message).with_help(help));
    }
    table.finish();
    VariableDeclaration {
        default,
        secret,
        line: name.line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "spin_manifest_version = 2\n[application]\nname = \"a\"\n";
    const BODY: &str =
        "[[trigger.http]]\nroute = \"/\"\ncomponent = \"home\"\n[component.home]\nsource = \"home.wasm\"\n";

    fn parse(text: &str) -> Result<Manifest, String> {
        Manifest::parse(Path::new("spin.toml"), text).map_err(|found| found.to_string())
    }

    #[test]
    fn the_smallest_manifest_is_read() {
        let manifest = parse(&format!("{HEAD}{BODY}")).unwrap();
        assert_eq!(manifest.name, "a");
        assert_eq!(manifest.directory, std::env::current_dir().unwrap());
        assert_eq!(manifest.warnings, []);
        let home = manifest.component("home").unwrap();
        assert_eq!((home.line, &home.source), (7, &manifest.directory.join("home.wasm")));
        assert_eq!(manifest.triggers[0].component, "home");
        assert_eq!(manifest.component("away"), None);
    }

    #[test]
    fn a_folder_stands_for_its_manifest_and_paths_start_from_it() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("spin.toml"), format!("{HEAD}{BODY}")).unwrap();
        let manifest = Manifest::load(folder.path()).unwrap();
        assert_eq!(manifest.path, folder.path().join("spin.toml"));
        assert_eq!(manifest.components[0].source, folder.path().join("home.wasm"));
        assert_eq!(Manifest::load(&manifest.path).unwrap(), manifest);
        let missing = Manifest::load(&folder.path().join("other.toml"))
            .unwrap_err()
            .to_string();
        assert!(missing.contains("other.toml: the manifest cannot be read"), "{missing}");
    }

    #[test]
    fn all_that_is_wrong_is_said_at_once_in_the_order_of_the_file() {
        let text = "spin_manifest_version = 2\n[application]\nnmae = \"a\"\n[variables]\nBad = { default = \"\" }\n\
                    both = { default = \"\", required = true }\nnone = {}\n[component.my_home]\nsuorce = \"a\"\n";
        assert_eq!(
            parse(text).unwrap_err(),
            "error: spin.toml:1: the top level has no \"trigger\"\n\
             error: spin.toml:2: [application] has no \"name\"\n\
             error: spin.toml:3: unknown key \"nmae\" in [application]\n  help: did you mean \"name\"?\n\
             error: spin.toml:5: variable \"Bad\" cannot have that name: invalid character 'B'. Variable names may contain only lower-case letters, numbers, and underscores.\n\
             error: spin.toml:6: variable \"both\" must either be required or have a default\n  help: remove `required` or `default`\n\
             error: spin.toml:7: variable \"none\" must either be required or have a default\n  help: add `required = true` or a `default`\n\
             error: spin.toml:8: component \"my_home\" cannot have that id: words must be parted by '-', not '_'\n\
             error: spin.toml:8: [component.my_home] has no \"source\"\n\
             error: spin.toml:9: unknown key \"suorce\" in [component.my_home]\n  help: did you mean \"source\"?"
        );
    }

    #[test]
    fn another_version_is_the_only_thing_said() {
        let help = "\n  help: write spin_manifest_version = 2; `spin doctor` upgrades a manifest of version 1";
        let check = |line: &str, expected: &str| {
            assert_eq!(
                parse(&format!("{line}\nname = 3\n")).unwrap_err(),
                format!("error: spin.toml:1: {expected}"),
                "{line}"
            );
        };
        let is =
            |version| format!("this is a manifest of version {version}, and the embedded host reads version 2{help}");
        check("spin_manifest_version = \"1\"", &is("1"));
        check("spin_manifest_version = 3", &is("3"));
        check("spin_version = 2", "the top level has no \"spin_manifest_version\"");
        check(
            "spin_manifest_version = 2.0",
            "\"spin_manifest_version\" must be a number, found float",
        );
    }

    #[test]
    fn what_the_embedded_host_leaves_out_is_said_by_line() {
        let text = format!(
            "{HEAD}targets = [\"spin-up:3.3\"]\nauthors = [\"me\"]\n[application.trigger.redis]\naddress = \"x\"\n[application.tool.x]\ny = 1\n{BODY}"
        );
        assert_eq!(
            Diagnostics(parse(&text).unwrap().warnings).to_string(),
            "warning: spin.toml:4: the embedded host does not check target environments\n  help: `spin build` does"
        );
    }
}

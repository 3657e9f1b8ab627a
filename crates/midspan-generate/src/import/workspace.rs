//! The files of an application besides its definition.

use std::collections::BTreeMap;

use super::{Component, ICON, ImportRequest, code, credentials::Credentials};
use crate::openapi::Document;

/// All that decides how the files are written.
pub(super) struct Application<'a> {
    pub(super) request: &'a ImportRequest<'a>,
    pub(super) document: &'a Document<'a>,
    pub(super) credentials: Credentials,
    /// The source's constant.
    pub(super) source: String,
    /// The source's name.
    pub(super) name: String,
    /// Where the source is, if the definition says it.
    pub(super) origin: Option<String>,
    pub(super) components: Vec<Component<'a>>,
}

impl Application<'_> {
    pub(super) fn operations(&self) -> usize {
        self.components.iter().map(|component| component.operations.len()).sum()
    }

    pub(super) fn files(&self) -> BTreeMap<String, String> {
        let mut files = BTreeMap::new();
        let mut add = |path: String, text: String| files.insert(path, text);
        add("Cargo.toml".to_owned(), self.workspace());
        add("spin.toml".to_owned(), self.manifest());
        add(".gitignore".to_owned(), "/target\n/.spin\n".to_owned());
        add(
            "components/systems/Cargo.toml".to_owned(),
            package("systems", "The back end that the operations call", ""),
        );
        add("components/systems/src/lib.rs".to_owned(), self.systems());
        for component in &self.components {
            let folder = format!("components/{}", component.name);
            let ids: Vec<_> = component
                .operations
                .iter()
                .map(|operation| operation.id.as_str())
                .collect();
            let package = package(&component.name, &ids.join(", "), "\n[lib]\ncrate-type = [\"cdylib\"]\n");
            add(format!("{folder}/Cargo.toml"), package);
            let alone = component.operations.len() == 1;
            for operation in &component.operations {
                let definition = crate::tree::print::json(&operation.definition);
                add(format!("{folder}/src/{}.json", operation.name), definition);
                let file = if alone { "lib" } else { &operation.name };
                add(
                    format!("{folder}/src/{file}.rs"),
                    code::operation(operation, &self.source, alone),
                );
            }
            if !alone {
                add(format!("{folder}/src/lib.rs"), several(component));
            }
        }
        files
    }

    fn workspace(&self) -> String {
        format!(
            "[workspace]\nresolver = \"3\"\nmembers = [\"components/*\"]\n\n\
             [workspace.package]\nversion = \"0.1.0\"\nedition = \"2024\"\npublish = false\n\n\
             [workspace.dependencies]\nmidspan = {}\nsystems = {{ path = \"components/systems\" }}\n\n\
             # Components: small and fast to start.\n\
             [profile.release]\ncodegen-units = 1\nlto = true\nopt-level = \"s\"\npanic = \"abort\"\nstrip = true\n",
            self.request.midspan
        )
    }

    fn systems(&self) -> String {
        let Self { name, source, .. } = self;
        let title = match self.document.title() {
            "" => name,
            title => title,
        };
        let auth = self.credentials.auth();
        let import = if auth.is_empty() {
            "use midspan::Source;"
        } else {
            "use midspan::{Source, source::Auth};"
        };
        let plain = title.replace(char::is_control, " ");
        format!(
            "//! The back end that the operations call.\n\nuse std::time::Duration;\n\n{import}\n\n\
             /// {plain}: its address is the variable `{name}_url`.\n///\n/// {}\n\
             pub static {source}: Source = Source::rest({name:?})\n    .titled({title:?})\n    \
             // A little less than a cloud flow waits.\n    .timeout(Duration::from_secs(115)){auth};\n",
            self.credentials.told()
        )
    }

    fn manifest(&self) -> String {
        let Self { name, document, .. } = self;
        let own = name.replace('_', "-");
        let description = document.description().lines().next().unwrap_or_default();
        let url = match &self.origin {
            Some(origin) => format!("{{ default = {} }}", toml(origin)),
            None => "{ required = true }".to_owned(),
        };
        let icon = if self.request.icon {
            format!("icon = \"{ICON}\"\n")
        } else {
            String::new()
        };
        let mut text = format!(
            "spin_manifest_version = 2\n\n[application]\nname = \"{own}\"\nversion = \"0.1.0\"\ndescription = {}\n\n\
             # What `midspan define` takes besides the components. Until `host` is where this application is deployed, the\n\
             # definition leads to the original back end.\n\
             [application.tool.midspan]\n# host = \"{own}.contoso.com\"\n{icon}\
             files = {{ definition = \"definition/definition.json\", properties = \"definition/properties.json\" }}\n\n\
             [variables]\n{name}_url = {url}\n",
            toml(description)
        );
        for component in &self.components {
            let id = &component.name;
            let route = component
                .operations
                .first()
                .map_or("/", |operation| operation.route.manifest.as_str());
            text.extend([format!(
                "\n[[trigger.http]]\nroute = {}\ncomponent = \"{id}\"\n\n\
                 [component.{id}]\nsource = \"target/wasm32-wasip2/release/{}.wasm\"\n\
                 allowed_outbound_hosts = [\"{{{{ {name}_url }}}}\"]\n\
                 [component.{id}.variables]\n{name}_url = \"{{{{ {name}_url }}}}\"\n\
                 [component.{id}.build]\ncommand = \"cargo build --release --target wasm32-wasip2 --target-dir target\"\n\
                 watch = [\"components/{id}/src/**/*\", \"components/systems/src/**/*.rs\"]\n",
                toml(route),
                id.replace('-', "_"),
            )]);
        }
        text
    }
}

fn package(name: &str, description: &str, more: &str) -> String {
    let systems = if name == "systems" {
        ""
    } else {
        "systems.workspace = true\n"
    };
    format!(
        "[package]\nname = \"{name}\"\ndescription = {}\nversion.workspace = true\nedition.workspace = true\n\
         publish.workspace = true\n{more}\n[dependencies]\nmidspan.workspace = true\n{systems}",
        toml(description)
    )
}

/// A component of several operations.
fn several(component: &Component<'_>) -> String {
    let route = component
        .operations
        .first()
        .map(|operation| operation.path)
        .unwrap_or_default();
    let route = route.replace(char::is_control, " ");
    let mut text = format!("//! What stands at `{route}`: hosts route by path alone, so that it is one component.\n\n");
    for operation in &component.operations {
        text.extend([format!("pub mod {};\n", operation.name)]);
    }
    let types: Vec<_> = component
        .operations
        .iter()
        .map(|operation| format!("{}::{}", operation.name, code::type_name(&operation.name)))
        .collect();
    text + &format!("\nmidspan::operations!({});\n", types.join(", "))
}

/// A basic string of TOML.
fn toml(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            control if control.is_control() => quoted.push(' '),
            other => quoted.push(other),
        }
    }
    quoted + "\""
}

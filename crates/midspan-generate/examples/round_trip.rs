//! How many connectors come back from `midspan import` and `midspan define` as they were.
//!
//! `cargo run -p midspan-generate --example round_trip -- FOLDER` imports every connector in the folder and below,
//! compiles the operations, and makes the definition again from what they say of themselves. What an operation says is a
//! constant, the same natively as in WebAssembly; so all of a connector are compiled as modules of one native crate, and
//! the very code of `midspan define` reads what `midspan_definition::encode` wrote of them. The figures go to standard
//! output; the imported applications stay in `target/round-trip/connectors`.

use std::{
    collections::BTreeMap,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
};

use midspan_definition::{
    define::{About, Described, Template, define_in},
    document::Document,
};
use midspan_generate::{Application, ImportRequest, decode, import};
use serde_json::Value;

fn main() -> ExitCode {
    let mut folders = Vec::new();
    for folder in std::env::args().skip(1) {
        connectors(Path::new(&folder), &mut folders);
    }
    if folders.is_empty() {
        eprintln!("name a folder with connectors: apiDefinition.swagger.json, with or without apiProperties.json");
        return ExitCode::from(2);
    }
    folders.sort();
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .expect("the repository");
    let work = repository.join("target/round-trip/connectors");
    let _ = fs::remove_dir_all(&work);

    let mut outcomes: BTreeMap<PathBuf, Result<Connector, String>> = BTreeMap::new();
    for (index, folder) in folders.iter().enumerate() {
        let outcome = Connector::import(folder, &work.join(format!("c{index}")), &repository, index);
        outcomes.insert(folder.clone(), outcome);
    }
    let compiled = describe(&work, &repository, outcomes.values_mut());
    let (mut same, mut operations) = (0, 0);
    let mut causes: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (folder, outcome) in &outcomes {
        let result = outcome.as_ref().map_err(Clone::clone).and_then(|connector| {
            operations += connector.application.operations;
            connector.compare(compiled.as_ref().ok().and_then(|all| all.get(&connector.index)))
        });
        match result {
            Ok(()) => same += 1,
            Err(cause) => {
                let (cause, detail) = cause.split_once(": ").unwrap_or((&cause, ""));
                causes
                    .entry(cause.to_owned())
                    .or_default()
                    .push(format!("{}: {detail}", folder.display()));
            }
        }
    }
    println!(
        "{same} of {} connectors with {operations} operations come back the same",
        folders.len()
    );
    for (cause, connectors) in &causes {
        println!("\n{}: {cause}", connectors.len());
        for connector in connectors {
            println!("  {connector}");
        }
    }
    if causes.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn connectors(folder: &Path, found: &mut Vec<PathBuf>) {
    if folder.join("apiDefinition.swagger.json").is_file() {
        found.push(folder.to_owned());
    }
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() {
            connectors(&entry.path(), found);
        }
    }
}

struct Connector {
    index: usize,
    application: Application,
    definition: Value,
    properties: Option<Value>,
}

impl Connector {
    /// Imports a connector, and makes a native crate of it.
    fn import(folder: &Path, target: &Path, repository: &Path, index: usize) -> Result<Self, String> {
        let read = |name: &str| fs::read(folder.join(name)).ok();
        let (definition, properties) = (read("apiDefinition.swagger.json"), read("apiProperties.json"));
        let definition = definition.ok_or("not read: ")?;
        let properties_text = properties.as_ref().map(|bytes| decode(bytes));
        let application = import(&ImportRequest {
            file: "apiDefinition.swagger.json",
            text: &decode(&definition),
            properties: properties_text
                .as_ref()
                .map(|text| ("apiProperties.json", text.as_str())),
            midspan: &format!("{{ path = \"{}\" }}", repository.join("crates/midspan").display()),
            icon: false,
        })
        .map_err(|error| format!("not imported: {error}"))?;
        for (path, text) in &application.files {
            let path = target.join(path);
            fs::create_dir_all(path.parent().expect("a folder")).map_err(|error| format!("not written: {error}"))?;
            fs::write(path, text).map_err(|error| format!("not written: {error}"))?;
        }
        // No workspace of its own here.
        fs::remove_file(target.join("Cargo.toml")).map_err(|error| format!("not written: {error}"))?;
        native_crate(target, index, &application).map_err(|error| format!("not written: {error}"))?;
        let json = |bytes: &[u8]| Document::parse("file", bytes).map(|document| document.root().to_json());
        Ok(Self {
            index,
            definition: json(&definition).map_err(|error| format!("not read: {error}"))?,
            properties: properties
                .as_deref()
                .map(json)
                .transpose()
                .map_err(|error| format!("not read: {error}"))?,
            application,
        })
    }

    /// Whether what `define` makes of the descriptions is what there was before.
    fn compare(&self, descriptions: Option<&Vec<Value>>) -> Result<(), String> {
        let descriptions = descriptions.ok_or("not compiled: see above")?;
        let file = |name: &str| {
            let text = self.application.files.get(name).ok_or("not imported: no template")?;
            serde_json::from_str::<Value>(text).map_err(|error| format!("not imported: {error}"))
        };
        let template = Template::new(
            file("definition/definition.json")?,
            file("definition/properties.json")?,
            "",
        )
        .map_err(|error| format!("not defined: {error}"))?;
        let described: Vec<_> = descriptions
            .iter()
            .map(|description| Described {
                component: description["id"].as_str().unwrap_or_default().to_owned(),
                description: description.clone(),
            })
            .collect();
        let files =
            define_in(&template, &About::default(), &described).map_err(|errors| format!("not defined: {errors}"))?;
        let made: Value = serde_json::from_str(&files.definition).map_err(|error| format!("not defined: {error}"))?;
        difference("", &self.definition, &made).map_err(|at| format!("another definition: {at}"))?;
        if let Some(properties) = &self.properties {
            let made = serde_json::from_str(&files.properties).map_err(|error| format!("not defined: {error}"))?;
            difference("", properties, &made).map_err(|at| format!("other properties: {at}"))?;
        }
        Ok(())
    }
}

/// The first place where two files are not the same; the order of members is none.
fn difference(at: &str, one: &Value, other: &Value) -> Result<(), String> {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            for (name, value) in one {
                let at = format!("{at}/{name}");
                difference(&at, value, other.get(name).ok_or_else(|| format!("{at} is gone"))?)?;
            }
            match other.keys().find(|name| !one.contains_key(*name)) {
                Some(name) => Err(format!("{at}/{name} is new")),
                None => Ok(()),
            }
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            let pairs = one.iter().zip(other).enumerate();
            pairs
                .into_iter()
                .try_for_each(|(index, (one, other))| difference(&format!("{at}/{index}"), one, other))
        }
        _ if one == other => Ok(()),
        _ => Err(format!("{at} was {one} and is {other}")),
    }
}

/// All operations of an application as modules of one crate, which gives their descriptions.
fn native_crate(target: &Path, index: usize, application: &Application) -> std::io::Result<()> {
    let mut modules = String::from(
        "#[path = \"../components/systems/src/lib.rs\"]\nmod source;\npub use source::*;\n// What components name `systems` is here.\nextern crate self as systems;\n\n",
    );
    let mut listed = String::new();
    for (number, path) in application
        .files
        .keys()
        .filter(|path| path.starts_with("components/") && Path::new(path).extension().is_some_and(|end| end == "json"))
        .enumerate()
    {
        let folder = Path::new(path)
            .parent()
            .expect("a folder")
            .to_str()
            .expect("a name in ASCII");
        let name = Path::new(path)
            .file_stem()
            .and_then(|name| name.to_str())
            .expect("a name in ASCII");
        let own = format!("{folder}/{name}.rs");
        let file = if application.files.contains_key(&own) {
            own
        } else {
            format!("{folder}/lib.rs")
        };
        modules.extend([format!("#[path = \"../{file}\"]\nmod m{number};\n")]);
        let ty = heck(name);
        listed.extend([format!("        {{\n            const D: Operation = <m{number}::{ty} as midspan::Operation>::DESCRIPTION;\n            static JSON: [u8; encode::json_len(&D)] = encode::json(&D);\n            all.push(&JSON);\n        }}\n")]);
    }
    let text = format!(
        "#![allow(warnings)]\nuse midspan_definition::{{Operation, encode}};\n\n{modules}\npub fn descriptions() -> Vec<&'static [u8]> {{\n    let mut all: Vec<&'static [u8]> = Vec::new();\n{listed}    all\n}}\n"
    );
    fs::create_dir_all(target.join("native"))?;
    fs::write(target.join("native/lib.rs"), text)?;
    fs::write(
        target.join("Cargo.toml"),
        format!(
            "[package]\nname = \"c{index}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[lib]\npath = \"native/lib.rs\"\n\n[dependencies]\nmidspan.workspace = true\nmidspan-definition.workspace = true\n"
        ),
    )
}

/// A function's name as its operation's type.
fn heck(name: &str) -> String {
    midspan_generate::operation_type(name)
}

/// Compiles all crates and reads what their operations say; a crate that does not compile is left out.
fn describe<'a>(
    work: &Path,
    repository: &Path,
    outcomes: impl Iterator<Item = &'a mut Result<Connector, String>>,
) -> Result<BTreeMap<usize, Vec<Value>>, String> {
    let outcomes: Vec<_> = outcomes.collect();
    let mut left: Vec<usize> = outcomes
        .iter()
        .filter_map(|outcome| Some(outcome.as_ref().ok()?.index))
        .collect();
    let write = |left: &[usize]| -> std::io::Result<()> {
        let members: Vec<_> = left.iter().map(|index| format!("\"c{index}\"")).collect();
        let crates = repository.join("crates");
        fs::write(
            work.join("Cargo.toml"),
            format!(
                "[workspace]\nresolver = \"3\"\nmembers = [\"all\", {}]\n\n[workspace.dependencies]\nmidspan = {{ path = \"{}\" }}\nmidspan-definition = {{ path = \"{}\" }}\n\n[profile.dev]\ndebug = false\nincremental = false\n",
                members.join(", "),
                crates.join("midspan").display(),
                crates.join("midspan-definition").display()
            ),
        )?;
        let uses: Vec<_> = left
            .iter()
            .map(|index| format!("c{index} = {{ path = \"../c{index}\" }}\n"))
            .collect();
        fs::create_dir_all(work.join("all/src"))?;
        fs::write(
            work.join("all/Cargo.toml"),
            format!(
                "[package]\nname = \"all\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n{}",
                uses.concat()
            ),
        )?;
        let prints: Vec<_> = left
            .iter()
            .map(|index| format!("    for json in c{index}::descriptions() {{ println!(\"{index} {{}}\", String::from_utf8_lossy(json).replace('\\n', \" \")); }}\n"))
            .collect();
        fs::write(
            work.join("all/src/main.rs"),
            format!("fn main() {{\n{}}}\n", prints.concat()),
        )?;
        fs::copy(repository.join("Cargo.lock"), work.join("Cargo.lock")).map(|_| ())
    };
    let cargo = |arguments: &[&str]| {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command
            .args(arguments)
            .current_dir(work)
            .env("CARGO_TARGET_DIR", repository.join("target/round-trip/target"));
        command
    };
    write(&left).map_err(|error| error.to_string())?;
    // All that compiles, and then which do not.
    let built = cargo(&["build", "--quiet", "--offline", "--keep-going"])
        .status()
        .map_err(|error| error.to_string())?;
    if !built.success() {
        left.retain(|index| {
            let own = format!("c{index}");
            let status = cargo(&["build", "--quiet", "--offline", "-p", &own])
                .stderr(Stdio::null())
                .status();
            status.is_ok_and(|status| status.success())
        });
        write(&left).map_err(|error| error.to_string())?;
    }
    let output = cargo(&["run", "--quiet", "--offline", "-p", "all"])
        .output()
        .map_err(|error| error.to_string())?;
    let _ = std::io::stderr().write_all(&output.stderr);
    let mut all: BTreeMap<usize, Vec<Value>> = BTreeMap::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let Some((index, json)) = line.split_once(' ') else {
            continue;
        };
        let (index, json) = (index.parse::<usize>(), serde_json::from_str(json));
        if let (Ok(index), Ok(json)) = (index, json) {
            all.entry(index).or_default().push(json);
        }
    }
    Ok(all)
}

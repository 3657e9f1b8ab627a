//! Real descriptions, with all that is wrong with them.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use midspan_generate::{Module, Options, Request, decode, openapi, source_name};

/// Definitions of published connectors, beside this repository; they are not part of it.
fn definitions() -> Vec<PathBuf> {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/connectors"));
    let kinds = fs::read_dir(&root).into_iter().flatten().flatten();
    let folders = kinds.flat_map(|kind| fs::read_dir(kind.path()).into_iter().flatten().flatten());
    let mut files: Vec<PathBuf> = folders
        .map(|folder| folder.path().join("apiDefinition.swagger.json"))
        .collect();
    files.sort();
    if files.is_empty() {
        eprintln!("skipped: there are no connectors in {}", root.display());
    }
    files
}

fn module(file: &Path, name: &str) -> Module {
    let text = decode(&fs::read(file).expect("a file"));
    let request = Request {
        name,
        file: &file.display().to_string(),
        text: &text,
        command: &format!("midspan source add --openapi apiDefinition.swagger.json --name {name}"),
        options: Options::default(),
    };
    openapi(&request).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn every_published_definition_gives_a_module() {
    for file in definitions() {
        let module = module(&file, "source");
        syn::parse_file(&module.text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    }
}

/// One each of what was hardest: files and forms, types that hold themselves, names that mean something else in Rust,
/// maps beside fields, pages, joined lists, an
/// encoding that is not UTF-8.
const NASTY: &[&str] = &[
    "Enadoc",
    "Korto",
    "DeepL",
    "Vonage",
    "Iconfirm",
    "OneBlink",
    "CivicPlus",
    "JIRA",
    "Brønnøysundregistrene",
    "openpm",
    "NFTMania",
];

#[test]
fn modules_of_the_nastiest_definitions_compile() {
    let files = definitions();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("nasty");
    fs::create_dir_all(folder.join("src")).expect("a folder");
    let mut lib = String::new();
    for file in &files {
        let connector = file
            .parent()
            .and_then(Path::file_name)
            .unwrap_or_default()
            .to_string_lossy();
        if NASTY.contains(&connector.as_ref()) {
            let name = source_name(&connector).expect("a name");
            fs::write(folder.join(format!("src/{name}.rs")), module(file, &name).text).expect("a module");
            lib.extend(["pub mod ", &name, ";\n"]);
        }
    }
    if lib.is_empty() {
        return;
    }
    assert_eq!(lib.lines().count(), NASTY.len());
    fs::write(folder.join("src/lib.rs"), format!("#![deny(warnings)]\n{lib}")).expect("a crate");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let midspan = root.join("crates/midspan").display().to_string();
    let manifest = format!(
        "[package]\nname = \"nasty\"\nedition = \"2024\"\n[workspace]\n[dependencies]\nmidspan = {{ path = {midspan:?} }}\n"
    );
    fs::write(folder.join("Cargo.toml"), manifest).expect("a manifest");
    // The versions at hand, so that nothing is fetched.
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).expect("a lock file");
    let output = Command::new(env!("CARGO"))
        .args(["check", "--offline", "--quiet", "--target-dir", "target"])
        .current_dir(&folder)
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

//! The modules in `tests/generated` are what the descriptions in `tests/descriptions` give, byte for byte.
//!
//! `MIDSPAN_UPDATE=1 cargo test -p midspan-generate` writes them again.

use std::{fs, path::Path};

use midspan_generate::{Error, Module, Options, Request, odata, openapi};

type Generate = fn(&Request<'_>) -> Result<Module, Error>;

/// What `source add` was given for a module, and what it noted.
fn check(flag: &str, generate: Generate, file: &str, name: &str, notes: &[&str]) {
    check_with(flag, generate, (file, name), Options::default(), notes);
}

fn check_with(flag: &str, generate: Generate, (file, name): (&str, &str), options: Options<'_>, notes: &[&str]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let description = folder.join("descriptions").join(file);
    let text = fs::read_to_string(&description).expect("a description");
    let base_path = options
        .base_path
        .map(|path| format!(" --base-path {path}"))
        .unwrap_or_default();
    let only: String = options.only.iter().flat_map(|name| [" --only ", name]).collect();
    let more = format!("{base_path}{only}");
    let module = generate(&Request {
        name,
        file,
        text: &text,
        command: &format!("midspan source add {flag} {file} --name {name}{more}"),
        options,
    })
    .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(module.notes, notes);
    let path = folder.join("generated").join(format!("{name}.rs"));
    if std::env::var_os("MIDSPAN_UPDATE").is_some() {
        fs::write(&path, &module.text).expect("the module is written");
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        module.text == expected,
        "{} is not what {file} gives; run the test again with MIDSPAN_UPDATE=1 and look at the difference",
        path.display()
    );
}

#[test]
fn an_openapi_3_document_in_yaml_gives_its_module() {
    let notes = [
        "bookshop.yaml:29:11: listBooks: the cookie \"session\" is not sent",
        "bookshop.yaml:113:81: \"#/components/schemas/Nowhere\" does not exist; any JSON is taken for it",
    ];
    check("--openapi", openapi, "bookshop.yaml", "bookshop", &notes);
}

#[test]
fn an_openapi_2_document_in_json_gives_its_module() {
    check("--openapi", openapi, "Orders.swagger.json", "orders", &[]);
}

fn check_odata(file: &str, name: &str, base_path: &str, only: &[&str], notes: &[&str]) {
    let only: Vec<String> = only.iter().map(|&name| name.to_owned()).collect();
    let options = Options {
        base_path: Some(base_path),
        only: &only,
        ..Options::default()
    };
    check_with("--odata", odata, (file, name), options, notes);
}

#[test]
fn the_metadata_of_dataverse_gives_its_module_with_what_was_asked_for() {
    let only = ["accounts", "contacts", "WhoAmI", "RetrieveTotalRecordCount", "Merge"];
    check_odata("dataverse.xml", "dataverse", "/api/data/v9.2", &only, &[]);
}

#[test]
fn the_metadata_of_graph_gives_its_module() {
    check_odata("graph.xml", "graph", "/v1.0", &[], &[]);
}

#[test]
fn the_metadata_of_business_central_gives_its_module() {
    check_odata(
        "businesscentral.xml",
        "businesscentral",
        "/v2.0/prod/api/v2.0",
        &[],
        &[],
    );
}

const OLD: &str = "the metadata is of an older version than 4: entities are read; functions and changes are left out";

#[test]
fn the_metadata_of_an_sap_gateway_gives_what_is_read() {
    let notes = format!("gateway.xml: {OLD}");
    check_odata(
        "gateway.xml",
        "gateway",
        "/sap/opu/odata/IWBEP/GWSAMPLE_BASIC",
        &[],
        &[&notes],
    );
}

#[test]
fn the_metadata_of_sharepoint_gives_what_is_read() {
    let notes = format!("sharepoint.xml: {OLD}");
    check_odata(
        "sharepoint.xml",
        "sharepoint",
        "/sites/hr/_vti_bin/listdata.svc",
        &[],
        &[&notes],
    );
}

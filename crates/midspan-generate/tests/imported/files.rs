//! What is written.

use std::{collections::BTreeMap, fs, path::Path};

use midspan_generate::{Application, ImportRequest, import};

pub(crate) const DEFINITION: &str = include_str!("original/apiDefinition.swagger.json");
pub(crate) const PROPERTIES: &str = include_str!("original/apiProperties.json");

fn imported(text: &str) -> Result<Application, String> {
    let request = ImportRequest {
        file: "apiDefinition.swagger.json",
        text,
        properties: Some(("apiProperties.json", PROPERTIES)),
        midspan: "{ git = \"https://github.com/midspan/midspan\" }",
        icon: true,
    };
    import(&request).map_err(|error| error.to_string())
}

fn read(folder: &Path, prefix: &str, found: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("an entry"))
    {
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            read(&entry.path(), &format!("{name}/"), found);
        } else {
            found.insert(name, fs::read_to_string(entry.path()).expect("a text"));
        }
    }
}

/// `MIDSPAN_UPDATE=1 cargo test -p midspan-generate --test imported` writes it again.
#[test]
fn the_application_is_written_as_it_stands_here() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/imported/application");
    let application = imported(DEFINITION).expect("it is imported");
    if std::env::var_os("MIDSPAN_UPDATE").is_some() {
        let _ = fs::remove_dir_all(&folder);
        for (path, text) in &application.files {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, text).expect("a file");
        }
    }
    let mut there = BTreeMap::new();
    read(&folder, "", &mut there);
    assert!(there.keys().eq(application.files.keys()), "{:?}", there.keys());
    for (path, text) in &application.files {
        assert_eq!(&there[path], text, "{path}");
    }
    assert_eq!((application.operations, application.title.as_str()), (7, "Relay Shop"));
    assert_eq!(
        application.notes,
        [
            "apiProperties.json:11:7: policy \"routerequesttoendpoint\" of the gateway sends requests to another path than the \
          definition has; take it out, or give the component that path in spin.toml"
        ]
    );
}

#[test]
fn what_can_not_be_imported_is_told_with_its_place_and_what_to_do() {
    let check = |from: &str, to: &str, expected: &str| {
        assert!(DEFINITION.contains(from), "{from}");
        assert_eq!(imported(&DEFINITION.replacen(from, to, 1)).unwrap_err(), expected);
    };
    check(
        "\"operationId\": \"CreateOrder\"",
        "\"operationId\": \"list-orders\"",
        "apiDefinition.swagger.json:36:15: operationId \"list-orders\" stands here and in line 17\n  help: give one of them another id",
    );
    check(
        "/hooks/{type}",
        "/hooks/{type",
        "apiDefinition.swagger.json:80:21: path \"/hooks/{type\" opens a brace and does not close it\n  help: correct the path",
    );
    check(
        "\"swagger\": \"2.0\"",
        "\"swagger\": \"1.2\"",
        "apiDefinition.swagger.json:2:14: OpenAPI version \"1.2\" is not known\n  help: it must be 2.0 or 3.x",
    );
    check(
        "\"swagger\": \"2.0\",",
        "",
        "apiDefinition.swagger.json:1:1: this is no OpenAPI document: it has neither \"swagger\" nor \"openapi\"\n  help: name an \
         apiDefinition.swagger.json, or an OpenAPI document",
    );
    let error = import(&ImportRequest {
        file: "a.json",
        text: DEFINITION,
        properties: Some(("apiProperties.json", "{}")),
        midspan: "\"1\"",
        icon: false,
    })
    .unwrap_err();
    assert_eq!(
        error.to_string(),
        "apiProperties.json:1:1: these are no connector's properties: there is no object \"properties\"\n  help: name the folder \
         of a connector, or its definition alone"
    );
}

#[test]
fn operations_without_an_id_get_one_that_no_other_has() {
    let definition = r#"{"swagger": "2.0", "info": {"title": "Ids", "version": "1"}, "paths": {
        "/a/{b}": {"get": {"responses": {}}},
        "/a/b": {"get": {"operationId": " ", "responses": {}}},
        "/c": {"get": {"operationId": "GetAB_2", "responses": {}}},
        "/d": {"get": {"operationId": "3 things", "responses": {}}}
    }}"#;
    let files = imported(definition).expect("it is imported").files;
    let ids = files.iter().filter(|(path, _)| path.starts_with("components/"));
    let ids: Vec<_> = ids
        .filter_map(|(_, text)| text.split_once("    id = \"")?.1.split('"').next())
        .collect();
    assert_eq!(ids, ["GetAB", "GetAB_2", "GetAB_3", "3 things"]);
    let code = &files["components/operation3-things/src/lib.rs"];
    assert!(code.contains("pub async fn operation_3_things("), "{code}");
}

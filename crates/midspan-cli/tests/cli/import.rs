//! `midspan import`.

use insta::assert_snapshot;

use crate::support::{Application, outcome};

const DEFINITION: &str = r##"{
  "swagger": "2.0",
  "info": {"title": "Old News", "description": "News that were there before, in a connector of one operation.", "version": "1"},
  "host": "news.contoso.com",
  "schemes": ["https"],
  "paths": {"/headlines": {"get": {
    "operationId": "ListHeadlines",
    "summary": "List headlines",
    "responses": {"200": {"description": "OK", "schema": {"$ref": "#/definitions/headlines"}}}
  }}},
  "definitions": {"headlines": {"type": "array", "items": {"type": "string"}}},
  "securityDefinitions": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}
}"##;
const PROPERTIES: &str = r##"{"properties": {
  "connectionParameters": {"api_key": {"type": "securestring"}},
  "iconBrandColor": "#0b5cab",
  "capabilities": []
}}"##;

fn connector() -> Application {
    let application = Application::with("source = \"probe.wasm\"\n");
    application.write("old/apiDefinition.swagger.json", DEFINITION);
    application.write("old/apiProperties.json", PROPERTIES);
    application.write("old/icon.png", "a picture");
    application
}

#[test]
fn a_connector_becomes_an_application_of_relays() {
    let application = connector();
    assert_snapshot!(outcome(&mut application.midspan(&["import", "old"])), @r"
    exit code: 0
    --- stdout
    --- stderr
        Imported 1 operation into old-news

    Next:
        cd old-news
        midspan up --build      serves them, each a relay to the original back end
        midspan define          gives the definition again
    Then set `host` in spin.toml to where you deploy it, and go on from the relays, one by one.
    ");
    assert_snapshot!("imported_manifest", application.read("old-news/spin.toml"));
    assert_snapshot!(
        "imported_operation",
        application.read("old-news/components/list-headlines/src/lib.rs")
    );
    assert_eq!(application.read("old-news/definition/icon.png"), "a picture");
    assert!(!application.folder().join(".old-news.import").exists());
}

#[test]
fn what_is_there_is_overwritten_only_by_force() {
    let application = connector();
    application.write("there/spin.toml", "mine");
    application.write("there/notes.md", "mine");
    assert_snapshot!(outcome(&mut application.midspan(&["import", "old", "--out", "there"])), @r#"
    exit code: 1
    --- stdout
    --- stderr
    error: "there" has something in it, and nothing was written
      help: choose another --out, or overwrite with --force
    "#);
    assert_eq!(application.read("there/spin.toml"), "mine");
    assert!(
        !application.folder().join("there/Cargo.toml").exists(),
        "nothing is half-written"
    );
    outcome(&mut application.midspan(&["import", "old", "--out", "there", "--force"]));
    assert!(application.read("there/spin.toml").contains("list-headlines"));
    assert_eq!(application.read("there/notes.md"), "mine");
}

#[test]
fn what_can_not_be_imported_is_told_and_nothing_is_written() {
    let application = connector();
    application.write(
        "old/apiDefinition.swagger.json",
        "{\n  \"swagger\": \"2.0\",\n  \"paths\": {}\n}",
    );
    assert_snapshot!(outcome(&mut application.midspan(&["import", "old", "--out", "new"])), @r"
    exit code: 1
    --- stdout
    --- stderr
    error: old/apiDefinition.swagger.json:1:1: the document has no operation
      help: there is nothing to import
    ");
    assert_snapshot!(outcome(&mut application.midspan(&["import", ".", "--out", "new"])), @r#"
    exit code: 1
    --- stdout
    --- stderr
    error: there is no "apiDefinition.swagger.json" in "."
      help: name a connector's folder or its definition
    "#);
    assert!(!application.folder().join("new").exists());
}

/// A component that says of itself what the imported operation does.
fn component(definition: &str) -> Vec<u8> {
    crate::define::component(&format!(
        r#"{{"version":1,"id":"ListHeadlines","method":"GET","path":"/headlines","deadlineMs":3000,"parameters":[],
        "output":{{"type":"any"}},"statuses":[200],"sources":[],"definition":{definition}}}"#
    ))
}

#[test]
fn define_gives_the_connector_again_and_says_what_does_not_agree() {
    let application = connector();
    outcome(&mut application.midspan(&["import", "old", "--out", "new"]));
    let wasm = application
        .folder()
        .join("new/target/wasm32-wasip2/release/list_headlines.wasm");
    std::fs::create_dir_all(wasm.parent().expect("a folder")).expect("a folder");
    let own = application.read("new/components/list-headlines/src/list_headlines.json");
    std::fs::write(&wasm, component(&own)).expect("a component");
    outcome(&mut application.midspan(&["define", "--from", "new", "--out", "again"]));
    assert_snapshot!(outcome(&mut application.midspan(&["diff", "old", "again"])), @r"
    exit code: 0
    --- stdout
    --- stderr
        Compared 0 breaking, 0 risky, 0 safe
    ");

    std::fs::write(&wasm, component(&own.replace("ListHeadlines", "GetHeadlines"))).expect("a component");
    assert_snapshot!(outcome(&mut application.midspan(&["define", "--from", "new", "--out", "again"])), @r#"
    exit code: 1
    --- stdout
    --- stderr
    error: component "list-headlines": ListHeadlines and its `definition` are not the same: it says `operationId` "GetHeadlines", the code `id = "ListHeadlines"`; make them the same
    "#);

    let manifest = application.read("new/spin.toml");
    let manifest = manifest.replace("# host = \"old-news.contoso.com\"", "title = \"News\"");
    application.write("new/spin.toml", &manifest);
    assert_snapshot!(outcome(&mut application.midspan(&["define", "--from", "new", "--out", "again"])), @r"
    exit code: 1
    --- stdout
    --- stderr
    error: new/spin.toml: [application.tool.midspan] cannot be read: `title` stands in the connector's own `files`; take it out here, and change it there
    ");
}

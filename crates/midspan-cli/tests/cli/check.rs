//! `midspan check`.

use insta::assert_snapshot;

use crate::support::{Application, outcome};

/// A definition with a reference that leads nowhere, and two things to complain of.
const DEFINITION: &str = r##"{
  "swagger": "2.0",
  "info": { "title": "Contoso News", "description": "News of the company, for every employee.", "version": "1.0" },
  "host": "news.contoso.com",
  "schemes": ["https"],
  "x-ms-connector-metadata": [
    { "propertyName": "Website", "propertyValue": "https://contoso.com" },
    { "propertyName": "Privacy policy", "propertyValue": "https://contoso.com/privacy" },
    { "propertyName": "Categories", "propertyValue": "Communication" }
  ],
  "paths": {
    "/news/{id}": {
      "get": {
        "operationId": "GetNews",
        "summary": "Get: 50 % of the news.",
        "parameters": [{ "name": "id", "in": "path", "type": "string", "required": true }],
        "responses": { "200": { "description": "News", "schema": { "$ref": "#/definitions/item" } } }
      }
    }
  },
  "definitions": { "Item": { "type": "object", "properties": { "id": { "type": "string" } } } }
}
"##;

const PROPERTIES: &str = r##"{ "properties": { "iconBrandColor": "#0b5cab", "connectionParameters": {} } }"##;

fn connector(definition: &str) -> Application {
    let folder = Application::with("source = \"probe.wasm\"\n");
    folder.write("connector/apiDefinition.swagger.json", definition);
    folder.write("connector/apiProperties.json", PROPERTIES);
    folder
}

fn clean() -> String {
    DEFINITION
        .replace("item\"", "Item\"")
        .replace(": 50 % of the news.", " the news")
        .replace(
            "\"required\": true",
            "\"required\": true, \"x-ms-url-encoding\": \"single\"",
        )
}

#[test]
fn findings_are_data_with_place_rule_and_help() {
    assert_snapshot!("check_text", outcome(&mut connector(DEFINITION).midspan(&["check"])));
}

#[test]
fn other_programs_read_the_same_findings() {
    for format in ["json", "sarif", "github"] {
        let shown = outcome(&mut connector(DEFINITION).midspan(&["check", "connector", "--format", format]));
        assert_snapshot!(format!("check_{format}"), shown);
    }
}

#[test]
fn a_clean_connector_is_exit_code_0_and_a_frame_without_findings() {
    let folder = connector(&clean());
    let file = "connector/apiDefinition.swagger.json";
    assert_snapshot!(outcome(&mut folder.midspan(&["check", file, "--format", "json"])), @r#"
    exit code: 0
    --- stdout
    {
      "findings": []
    }
    --- stderr
         Checked 0 errors, 0 warnings in 1 connector
    "#);
}

#[test]
fn warnings_fail_only_where_they_are_denied() {
    let folder = connector(&clean().replace("news\"", "news.\""));
    let expected = "warning: connector/apiDefinition.swagger.json:15:20: the summary of \"GetNews\" ends with '.' \
                    [ValueMustEndWithAlphanumeric]\n  help: remove the mark at its end\n";
    let shown = outcome(&mut folder.midspan(&["check"]));
    assert_eq!(
        shown,
        format!("exit code: 0\n--- stdout\n{expected}--- stderr\n     Checked 0 errors, 1 warning in 1 connector\n")
    );
    let shown = outcome(&mut folder.midspan(&["check", "--deny-warnings"]));
    assert_eq!(
        shown,
        format!("exit code: 1\n--- stdout\n{expected}--- stderr\nerror: 0 errors, 1 warning in 1 connector\n")
    );
}

#[test]
fn a_folder_gives_every_connector_below_it_and_a_broken_file_does_not_hide_the_others() {
    let folder = connector(&clean());
    folder.write("broken/apiDefinition.swagger.json", "{\n  \"swagger\" \"2.0\"\n}");
    folder.write("target/apiDefinition.swagger.json", "not looked at");
    assert_snapshot!(outcome(&mut folder.midspan(&["check"])), @r#"
    exit code: 1
    --- stdout
    error: broken/apiDefinition.swagger.json:2:13: the file is not JSON: expected colon after the string or word in object property [NotJson]
      help: correct the syntax at this place
    --- stderr
    error: 1 error, 0 warnings in 2 connectors
    "#);
}

#[test]
fn where_there_is_no_connector_the_command_says_so() {
    let folder = Application::with("source = \"probe.wasm\"\n");
    assert_snapshot!(outcome(&mut folder.midspan(&["check", "."])), @r#"
    exit code: 1
    --- stdout
    --- stderr
    error: there is no "apiDefinition.swagger.json" in "."
      help: name a connector's folder or its definition
    "#);
    assert_snapshot!(outcome(&mut folder.midspan(&["check", "gone.json"])), @r#"
    exit code: 1
    --- stdout
    --- stderr
    error: "gone.json" cannot be read: No such file or directory (os error 2)
    "#);
    assert_snapshot!(outcome(&mut folder.midspan(&["check", "--format", "xml"])), @r#"
    exit code: 2
    --- stdout
    --- stderr
    error: invalid value 'xml' for '--format <FORMAT>'
      [possible values: text, json, sarif, github]

    For more information, try '--help'.
    "#);
}

//! `midspan diff`.

use insta::assert_snapshot;

use crate::support::{Application, outcome};

const OLD: &str = r#"{
  "swagger": "2.0",
  "info": { "title": "Contoso News", "version": "1.0" },
  "paths": {
    "/news": {
      "get": {
        "operationId": "ListNews",
        "parameters": [{ "name": "top", "in": "query", "type": "integer", "default": 5 }],
        "responses": {
          "200": {
            "description": "News",
            "schema": { "type": "object", "properties": { "id": { "type": "string" }, "likes": { "type": "integer" } } }
          }
        }
      }
    }
  }
}
"#;

fn versions(new: &str) -> Application {
    let folder = Application::with("source = \"probe.wasm\"\n");
    folder.write("old/apiDefinition.swagger.json", OLD);
    folder.write("new/apiDefinition.swagger.json", new);
    folder
}

/// One breaking change, one risky, one safe.
fn new() -> String {
    OLD.replace(", \"likes\": { \"type\": \"integer\" }", "")
        .replace("\"default\": 5", "\"default\": 10")
        .replace("Contoso News", "Contoso Newsroom")
}

#[test]
fn changes_are_data_the_worst_first_with_why_they_matter() {
    assert_snapshot!(outcome(&mut versions(&new()).midspan(&["diff", "old", "new"])), @r#"
    exit code: 1
    --- stdout
    breaking: old/apiDefinition.swagger.json:12:96: operation "ListNews" no longer answers "likes" [ResponseFieldRemoved]
      why: Expressions that read it give nothing or fail.
    risky: new/apiDefinition.swagger.json:8:86: "top" of "ListNews" has the default 10 [ParameterDefaultChanged]
      why: What leaves it out gets another value.
    safe: new/apiDefinition.swagger.json:3:22: the title is another [PresentationChanged]
      why: Makers see another title, description or colour.
    --- stderr
    error: 1 breaking, 1 risky, 1 safe
      help: keep "ListNews" as it was, with `"deprecated": true`, and add "ListNews_V2" with `"x-ms-api-annotation": {"family": "ListNews", "revision": 2}`
    "#);
}

#[test]
fn other_programs_read_the_same_changes() {
    for format in ["json", "sarif", "github"] {
        let shown = outcome(&mut versions(&new()).midspan(&["diff", "old", "new", "--format", format]));
        assert_snapshot!(format!("diff_{format}"), shown);
    }
}

#[test]
fn risky_changes_fail_only_where_they_are_denied() {
    let folder = versions(&OLD.replace("\"default\": 5", "\"default\": 10"));
    let shown = outcome(&mut folder.midspan(&["diff", "old", "new"]));
    assert!(shown.starts_with("exit code: 0\n--- stdout\nrisky: "), "{shown}");
    let shown = outcome(&mut folder.midspan(&["diff", "old", "new", "--deny-risky"]));
    assert!(
        shown.ends_with("--- stderr\nerror: 0 breaking, 1 risky, 0 safe\n"),
        "{shown}"
    );
    assert!(shown.starts_with("exit code: 1\n"), "{shown}");
}

#[test]
fn files_that_cannot_be_compared_are_named() {
    let folder = versions("[}");
    assert_snapshot!(outcome(&mut folder.midspan(&["diff", "old", "new"])), @r#"
    exit code: 1
    --- stdout
    --- stderr
    error: new/apiDefinition.swagger.json:1:2: unexpected close brace
    "#);
    assert_snapshot!(outcome(&mut folder.midspan(&["diff", "old"])), @r#"
    exit code: 2
    --- stdout
    --- stderr
    error: the following required arguments were not provided:
      <NEW>

    Usage: midspan diff <OLD> <NEW>

    For more information, try '--help'.
    "#);
}

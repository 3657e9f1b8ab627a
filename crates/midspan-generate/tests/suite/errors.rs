//! What a description that gives no module is told.

use insta::assert_snapshot;
use midspan_generate::{Error, Module, Options, Request, odata, openapi};

fn error(file: &str, text: &str) -> String {
    error_of(openapi, file, text, &[])
}

fn error_of(generate: fn(&Request<'_>) -> Result<Module, Error>, file: &str, text: &str, only: &[String]) -> String {
    let request = Request {
        name: "pets",
        file,
        text,
        command: "midspan source add",
        options: Options {
            only,
            ..Options::default()
        },
    };
    generate(&request).expect_err("no module").to_string()
}

#[test]
fn text_that_is_no_json_is_shown_at_its_place() {
    assert_snapshot!(error("a.json", "{\n  \"swagger\": \"2.0\"\n  \"paths\": {}\n}"), @r#"a.json:2:19: this is not JSON: expected comma"#);
    assert_snapshot!(error("a.json", "{\"swagger\": \"2.0\","), @r#"a.json:1:1: this is not JSON: unterminated object"#);
}

#[test]
fn text_that_is_no_yaml_is_shown_at_its_place() {
    assert_snapshot!(error("a.yaml", "openapi: 3.0.0\npaths:\n\t/pets: {}\n"), @r#"a.yaml:3:2: this is not YAML: tabs disallowed within this context (block indentation)"#);
}

#[test]
fn another_kind_of_description_is_told_which_flag_takes_it() {
    assert_snapshot!(error("a.json", "{\"info\": {}}"), @r#"
    a.json:1:1: this is no OpenAPI document: it has neither "swagger" nor "openapi"
      help: use --odata for the metadata of an OData service, --wsdl for a SOAP service
    "#);
    assert_snapshot!(error("a.xml", "<edmx:Edmx Version=\"4.0\"/>"), @r#"
    a.xml:1:1: this is no OpenAPI document: it has neither "swagger" nor "openapi"
      help: use --odata for the metadata of an OData service, --wsdl for a SOAP service
    "#);
}

#[test]
fn versions_that_are_not_known_and_documents_without_paths_are_refused() {
    assert_snapshot!(error("a.yaml", "info: {}\nopenapi: 4.0.0\npaths: {}"), @r#"
    a.yaml:2:10: OpenAPI version "4.0.0" is not known
      help: it must be 2.0 or 3.x
    "#);
    assert_snapshot!(error("a.json", "{\"swagger\": \"1.2\"}"), @r#"
    a.json:1:13: OpenAPI version "1.2" is not known
      help: it must be 2.0 or 3.x
    "#);
    assert_snapshot!(error("a.yaml", "openapi: 3.1.0\nwebhooks: {}"), @r#"a.yaml:1:1: the document has no "paths": there is nothing to call"#);
}

#[test]
fn metadata_that_is_none_or_has_nothing_to_call_is_refused() {
    let error = |text: &str| error_of(odata, "m.xml", text, &[]);
    assert_snapshot!(error("<edmx:Edmx"), @r#"
    m.xml:1:1: this is not well-formed XML: the document does not have a root node
      help: get the metadata again from the service: its address with /$metadata, as XML
    "#);
    assert_snapshot!(error("<a>\n  <b></a>"), @r#"
    m.xml:2:6: this is not well-formed XML: expected 'b' tag, not 'a' at 2:6
      help: get the metadata again from the service: its address with /$metadata, as XML
    "#);
    assert_snapshot!(error("<service xmlns=\"http://www.w3.org/2007/app\"/>"), @r#"
    m.xml:1:1: this is no OData metadata: the first element is `<service>`
      help: give what the service answers to $metadata
    "#);
    assert_snapshot!(error("<Edmx Version=\"4.0\"><DataServices/></Edmx>"), @r#"m.xml:1:1: the metadata has no entity sets, singletons, functions or actions: there is nothing to call"#);
}

#[test]
fn an_entity_set_that_is_not_there_is_named() {
    let text = "<Edmx Version='4.0'><Schema Namespace='a'><EntityContainer><EntitySet Name='Orders' EntityType='a.b'/>\
        </EntityContainer></Schema></Edmx>";
    assert_snapshot!(error_of(odata, "m.xml", text, &["orders".to_owned()]), @r#"
    m.xml: there is no entity set, function or action "orders"
      help: did you mean "Orders"?
    "#);
}

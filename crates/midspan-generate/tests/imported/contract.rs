//! What the code says and what the definition says can't come apart unseen.

use midspan_definition::define::{About, Described, Template, define_in};
use serde_json::{Value, json};

use crate::definition::{descriptions, template};

fn errors(template: &Template, change: impl Fn(&mut Value), id: &str) -> Vec<String> {
    let mut all: Vec<Described> = descriptions();
    let changed = all.iter_mut().find(|one| one.component == id).expect("the operation");
    change(&mut changed.description);
    match define_in(template, &About::default(), &all) {
        Ok(_) => Vec::new(),
        Err(errors) => errors.0.iter().map(ToString::to_string).collect(),
    }
}

fn check(id: &str, change: impl Fn(&mut Value), expected: &str) {
    let found = errors(&template(""), change, id);
    assert_eq!(
        found,
        [format!(
            "component \"{id}\": {id} and its `definition` are not the same: {expected}"
        )]
    );
}

#[test]
fn an_id_is_the_same_in_both() {
    let change = |description: &mut Value| description["definition"]["operationId"] = json!("PutFile");
    check(
        "AddFile",
        change,
        "it says `operationId` \"PutFile\", the code `id = \"AddFile\"`; make them the same",
    );
}

#[test]
fn parameters_are_the_same_in_both() {
    check(
        "list-orders",
        |description| {
            let skip = json!({"name": "$skip", "in": "query", "schema": {"type": "integer", "format": "int64"}});
            description["parameters"].as_array_mut().expect("a list").push(skip);
        },
        "the code takes the query parameter \"$skip\", which its `definition` does not have; add it there, or take the field \
         away",
    );
}

#[test]
fn a_parameter_that_makers_can_give_is_read() {
    check(
        "list-orders",
        |description| {
            description["parameters"].as_array_mut().expect("a list").pop();
        },
        "its `definition` has the header parameter \"Accept-Language\", which the code does not read; add a `#[header]` field",
    );
}

#[test]
fn what_the_code_requires_makers_must_give() {
    check(
        "list-orders",
        |description| description["definition"]["parameters"][2]["required"] = json!(false),
        "the code requires the query parameter \"urgent\", its `definition` does not; make the field an `Option`, or the \
         parameter required",
    );
    check(
        "DeleteOrder",
        |description| description["body"] = json!({"type": "object", "name": "Reason", "fields": []}),
        "the code requires a body, its `definition` does not; make the field an `Option`, or the body required",
    );
}

#[test]
fn types_and_bounds_are_those_of_the_definition() {
    check(
        "list-orders",
        |description| description["definition"]["parameters"][0]["type"] = json!("string"),
        "the query parameter \"$top\": the code has the type integer, its `definition` string",
    );
    check(
        "list-orders",
        |description| description["parameters"][0]["max"] = json!(50),
        "the code gives the query parameter \"$top\" the maximum 50, its `definition` has none",
    );
}

#[test]
fn a_body_is_read_where_there_is_one() {
    check(
        "CreateOrder",
        |description| description["body"] = Value::Null,
        "its `definition` has a body, the code reads none; add a `#[body]` field",
    );
    check(
        "GetOrder",
        |description| description["body"] = json!({"type": "any"}),
        "the code reads a body, its `definition` has none; add it there, or take the field away",
    );
    let body = json!({"type": "object", "name": "Order", "fields": [{"name": "colour", "schema": {"type": "string"}}]});
    check(
        "CreateOrder",
        |description| description["body"] = body.clone(),
        "the body: the code has the field \"colour\", its `definition` has not",
    );
}

#[test]
fn an_answer_that_has_a_type_is_the_one_that_makers_see() {
    let order = |fields: Value| json!({"type": "object", "name": "Order", "fields": fields});
    let number = json!({"name": "number", "schema": {"type": "string"}});
    check(
        "GetOrder",
        |description| {
            description["output"] = order(json!([number, {"name": "customer", "schema": {"type": "boolean"}},
            {"name": "more", "schema": {"type": "any"}}]));
        },
        "the answer 200: in \"customer\", the code has the type boolean, its `definition` string",
    );
    check(
        "GetOrder",
        |description| {
            description["output"] = order(json!([number, {"name": "customer", "schema": {"type": "string"}}]));
        },
        "its `definition` says that the answer 200 has \"more\", which the code does not give",
    );
    check(
        "GetOrder",
        |description| description["statuses"] = json!([202]),
        "the code answers with 202, which its `definition` does not have",
    );
}

#[test]
fn parameters_in_the_connector_s_own_file_are_for_an_operation_s_path() {
    let definition = json!({"swagger": "2.0", "paths": {"/gone": {"parameters": []}, "/empty": {}}});
    let template = Template::new(definition, json!({"properties": {}}), "").expect("a template");
    let found = errors(&template, |_| (), "GetOrder");
    let astray: Vec<_> = found
        .iter()
        .filter(|error| error.contains("the connector's file"))
        .collect();
    assert_eq!(
        astray,
        [
            "the connector's file has parameters for the path \"/gone\", which no operation has; take it out, or correct it"
        ]
    );
}

#[test]
fn operations_stand_beside_their_code_only() {
    let definition = json!({"swagger": "2.0", "paths": {"/a": {"get": {}}}});
    let error = Template::new(definition, json!({"properties": {}}), "").unwrap_err();
    assert_eq!(
        error.to_string(),
        "it has the operation GET /a, which stands in no component; take it out"
    );
    let error = Template::new(json!([]), json!({"properties": {}}), "").unwrap_err();
    assert_eq!(error.to_string(), "the definition is not an object");
}

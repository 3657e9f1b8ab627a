//! The connector's files, from descriptions of components.

use insta::assert_snapshot;
use midspan_definition::{
    define::{About, Contact, DefineError, Described, define},
    document::Document,
    lint::lint,
};
use serde_json::{Value, json};

fn about() -> About {
    About {
        title: "Contoso News".to_owned(),
        description: "News of the company, for every employee.".to_owned(),
        host: "news.contoso.com".to_owned(),
        publisher: "Contoso".to_owned(),
        website: "https://contoso.com".to_owned(),
        privacy_policy: "https://contoso.com/privacy".to_owned(),
        categories: vec!["Communication".to_owned()],
        brand_color: "#0b5cab".to_owned(),
        contact: Some(Contact {
            name: "Contoso".to_owned(),
            url: "https://contoso.com/support".to_owned(),
            email: "support@contoso.com".to_owned(),
        }),
        ..About::default()
    }
}

fn part(of: &Value) -> Value {
    json!({ "type": "object", "name": "Part", "fields": [
        { "name": "status", "summary": "Status", "required": true, "schema": { "type": "choice", "values": [
            { "value": "fresh", "displayName": "Fresh" }, { "value": "missing", "displayName": "Missing" },
        ] } },
        { "name": "value", "summary": "Value", "schema": { "type": "nullable", "of": of } },
    ] })
}

fn item() -> Value {
    json!({ "type": "object", "name": "NewsItem", "fields": [
        { "name": "id", "required": true, "schema": { "type": "integer", "format": "int64" } },
        { "name": "published", "required": true, "schema": { "type": "string", "format": "date-time" } },
    ] })
}

fn operation(component: &str, description: Value) -> Described {
    Described {
        component: component.to_owned(),
        description,
    }
}

fn home() -> Described {
    let items = json!({ "type": "array", "items": item() });
    operation(
        "home",
        json!({
            "version": 1, "id": "GetHome", "method": "GET", "path": "/home/{employee}", "summary": "Get the home screen",
            "description": "All that it shows, in one call.", "visibility": "important", "deadlineMs": 3000,
            "parameters": [
                { "name": "employee", "in": "path", "summary": "Employee", "required": true, "maxLength": 64, "schema": { "type": "string" } },
                { "name": "news", "in": "query", "summary": "News items", "default": 5, "min": 1, "max": 50, "schema": { "type": "integer", "format": "int64" } },
            ],
            "output": { "type": "object", "name": "Home", "fields": [
                { "name": "news", "required": true, "schema": part(&items) },
                { "name": "headline", "required": true, "schema": part(&json!({ "type": "string" })) },
                { "name": "first", "summary": "First", "schema": { "type": "nullable", "of": item() } },
            ] },
            "statuses": [200], "sources": [],
        }),
    )
}

fn news() -> Described {
    operation(
        "news",
        json!({
            "version": 1, "id": "ListNews", "method": "GET", "path": "/news", "summary": "List news", "deadlineMs": 3000,
            "parameters": [],
            "output": { "type": "object", "name": "NewsList", "fields": [
                { "name": "value", "required": true, "schema": { "type": "array", "items": item() } },
                { "name": "nextLink", "schema": { "type": "nullable", "of": { "type": "string" } } },
            ] },
            "statuses": [200], "sources": [],
        }),
    )
}

fn complete() -> Described {
    operation(
        "complete",
        json!({
            "version": 1, "id": "AddNews", "method": "POST", "path": "/news", "summary": "Add news", "deadlineMs": 3000,
            "parameters": [],
            "body": { "type": "object", "name": "NewNews", "fields": [
                { "name": "title", "summary": "Title", "required": true, "maxLength": 80, "schema": { "type": "string" } },
                { "name": "more", "schema": { "type": "any" } },
            ] },
            "output": item(), "statuses": [201], "sources": [],
        }),
    )
}

#[test]
fn all_that_a_description_says_stands_in_the_files() {
    let files = define(&about(), &[home(), news(), complete()]).expect("they fit together");
    assert_snapshot!("definition", files.definition);
    assert_snapshot!("properties", files.properties);
    assert_snapshot!("settings", files.settings);
    assert_snapshot!("readme", files.readme);
}

#[test]
fn what_is_written_is_clean() {
    let files = define(&about(), &[home(), news(), complete()]).expect("they fit together");
    let read = |name, text: &str| Document::parse(name, text.as_bytes()).expect("JSON");
    let definition = read("apiDefinition.swagger.json", &files.definition);
    let found = lint(&definition, Some(&read("apiProperties.json", &files.properties)));
    let shown: Vec<_> = found.iter().map(ToString::to_string).collect();
    assert!(found.is_empty(), "{}", shown.join("\n"));
}

#[test]
fn the_order_of_the_components_does_not_matter() {
    let forth = define(&about(), &[home(), news(), complete()]).expect("they fit together");
    let back = define(&about(), &[complete(), news(), home()]).expect("they fit together");
    assert_eq!(forth, back);
}

#[test]
fn schemas_of_one_name_are_told_apart_by_what_differs() {
    let files = define(&about(), &[home()]).expect("they fit together");
    let definition: Value = serde_json::from_str(&files.definition).expect("JSON");
    let names: Vec<_> = definition["definitions"]
        .as_object()
        .expect("an object")
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(names, ["Home", "NewsItem", "PartOfNewsItemArray", "PartOfText"]);
}

#[test]
fn an_answer_that_is_accepted_is_described_where_the_designer_looks() {
    let mut accepted = complete();
    accepted.description["statuses"] = json!([202]);
    let files = define(&about(), &[accepted]).expect("they fit together");
    let definition: Value = serde_json::from_str(&files.definition).expect("JSON");
    let responses = &definition["paths"]["/news"]["post"]["responses"];
    assert_eq!(responses["200"]["schema"], json!({ "$ref": "#/definitions/NewsItem" }));
    assert_eq!(responses["202"], json!({ "description": "Accepted" }));
}

#[test]
fn components_that_do_not_fit_together_are_all_named() {
    let mut twin = news();
    twin.component = "twin".to_owned();
    let mut rival = home();
    rival.component = "rival".to_owned();
    rival.description["id"] = json!("GetScreen");
    let broken = operation("broken", json!({ "version": 1, "id": "Broken" }));
    let errors = define(&about(), &[home(), news(), twin, rival, broken]).expect_err("they don't fit together");
    assert_eq!(
        errors.to_string(),
        "component \"broken\" describes itself in a way that this version does not read: missing field `method`\n\
         components \"home\" and \"rival\" both answer GET /home/{employee}\n\
         components \"news\" and \"twin\" are both the operation \"ListNews\""
    );
    assert_eq!(
        define(&about(), &[]).expect_err("there is none").0,
        [DefineError::NoOperation]
    );
}

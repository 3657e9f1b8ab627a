//! What typed code tells designers, in the files: dropdowns, forms, trees, triggers, revisions, policies.

use midspan_definition::{
    define::{About, Described, OpenAi, Policy, TestConnection, define},
    document::Document,
    lint::lint,
};
use serde_json::{Value, json};

fn about() -> About {
    About {
        title: "Contoso News".to_owned(),
        description: "News of the company, for every employee.".to_owned(),
        host: "news.contoso.com".to_owned(),
        website: "https://contoso.com".to_owned(),
        privacy_policy: "https://contoso.com/privacy".to_owned(),
        categories: vec!["Communication".to_owned()],
        brand_color: "#0b5cab".to_owned(),
        ..About::default()
    }
}

fn described(description: Value) -> Described {
    let mut whole = json!({
        "version": 1, "method": "GET", "summary": "Do it", "description": "It is done when you ask for it.",
        "deadlineMs": 3000, "parameters": [], "output": { "type": "object", "name": "Nothing", "fields": [] },
        "statuses": [200], "sources": [],
    });
    if let (Value::Object(whole), Value::Object(own)) = (&mut whole, description) {
        whole.extend(own);
    }
    Described {
        component: whole["id"].as_str().unwrap_or_default().to_lowercase(),
        description: whole,
    }
}

fn text(name: &str, place: &str) -> Value {
    json!({ "name": name, "in": place, "summary": "Text", "description": "What it is.", "required": true, "schema": { "type": "string" } })
}

fn field(name: &str, schema: &Value) -> Value {
    json!({ "name": name, "summary": "Field", "description": "What it is.", "required": true, "schema": schema })
}

fn topics() -> Described {
    let item = json!({ "type": "object", "name": "Topic", "fields": [
        field("id", &json!({ "type": "string" })),
        field("name", &json!({ "type": "string" })),
        field("isFolder", &json!({ "type": "boolean" })),
    ] });
    described(json!({
        "id": "ListTopics", "path": "/topics", "summary": "List topics",
        "parameters": [text("site", "query"), { "name": "top", "in": "query", "summary": "Most", "description": "How many.", "schema": { "type": "integer", "format": "int64" } }],
        "output": { "type": "object", "name": "Topics", "fields": [
            field("value", &json!({ "type": "array", "items": item })),
            field("nextLink", &json!({ "type": "string" })),
        ] },
        "designer": { "responses": [{ "status": 404, "description": "There is no such site" }] },
    }))
}

fn form() -> Described {
    described(json!({
        "id": "GetForm", "path": "/form", "summary": "Get the form", "visibility": "internal", "parameters": [text("topic", "query")],
        "output": { "type": "object", "name": "Form", "fields": [field("schema", &json!({ "type": "any" }))] },
    }))
}

fn call(operation: &str, arguments: &Value) -> Value {
    json!({ "operation": operation, "arguments": arguments, "file": "components/write/src/lib.rs", "line": 18 })
}

fn topic(arguments: &Value) -> Value {
    json!({ "kind": "values", "call": call("ListTopics", arguments), "items": "value", "value": "id", "title": "name" })
}

/// An operation with a dropdown, a tree and a form.
fn write() -> Described {
    let mut chosen = text("topic", "query");
    chosen["dynamic"] = topic(&json!([{ "name": "site", "parameter": "site" }, { "name": "top", "fixed": 50 }]));
    let mut parent = text("parent", "query");
    let site = json!([{ "name": "site", "parameter": "site" }]);
    let list = json!({ "call": call("ListTopics", &site), "items": "value", "value": "id", "title": "name" });
    parent["dynamic"] =
        json!({ "kind": "tree", "open": list, "browse": list, "parent": "isFolder", "selectParents": true });
    let mut site = text("site", "path");
    site["doubleEncoded"] = json!(true);
    described(json!({
        "id": "WriteNews", "method": "POST", "path": "/sites/{site}", "summary": "Write news", "parameters": [site, chosen, parent],
        "body": { "type": "map", "values": { "type": "any" } },
        "output": { "type": "any" },
        "designer": {
            "openai": true, "noGenericTest": true,
            "body": { "kind": "schema", "call": call("GetForm", &json!([{ "name": "topic", "parameter": "topic" }])), "path": "schema" },
            "output": { "kind": "schema", "call": call("GetForm", &json!([{ "name": "topic", "parameter": "topic" }])), "path": "schema" },
        },
    }))
}

/// A webhook whose body has a dropdown that depends on another field.
fn subscribe() -> Described {
    let mut chosen = field("topic", &json!({ "type": "string" }));
    chosen["dynamic"] = topic(&json!([{ "name": "site", "sibling": "site" }]));
    let place =
        json!({ "type": "object", "name": "Place", "fields": [field("site", &json!({ "type": "string" })), chosen] });
    described(json!({
        "id": "WhenNewsAppear", "method": "POST", "path": "/subscriptions", "summary": "When news appear",
        "body": { "type": "object", "name": "Subscription", "fields": [
            field("callback", &json!({ "type": "notificationUrl" })),
            field("place", &place),
            { "name": "page", "summary": "Page", "description": "Where.", "format": "uri", "schema": { "type": "nullable", "of": { "type": "string" } } },
        ] },
        "statuses": [201],
        "designer": {
            "hint": "Write some news to see it work.",
            "trigger": { "webhook": { "content": { "type": "array", "items": place }, "unsubscribe": call("StopNews", &json!([])) } },
        },
    }))
}

fn stop() -> Described {
    described(json!({
        "id": "StopNews", "method": "DELETE", "path": "/subscriptions/{id}", "summary": "Stop news", "visibility": "internal",
        "parameters": [text("id", "path")], "output": { "type": "any" }, "statuses": [204],
    }))
}

fn polled() -> Described {
    let item = json!({ "type": "object", "name": "Card", "fields": [field("id", &json!({ "type": "string" }))] });
    described(json!({
        "id": "WhenACardArrives", "path": "/cards", "summary": "When a card arrives",
        "parameters": [{ "name": "triggerstate", "in": "query", "summary": "State", "description": "Where it stands.", "visibility": "internal", "schema": { "type": "nullable", "of": { "type": "string" } } }],
        "output": { "type": "array", "items": item }, "statuses": [200, 202], "designer": { "trigger": "polling", "hint": "Send a card." },
    }))
}

/// The first revision, which another replaces.
fn old() -> Described {
    described(json!({
        "id": "ListNews", "path": "/news", "summary": "List news",
        "designer": { "deprecated": true, "family": "ListNews", "revision": 1, "replacement": call("ListNewsV2", &json!([])) },
    }))
}

fn new() -> Described {
    described(json!({
        "id": "ListNewsV2", "path": "/v2/news", "summary": "List news (V2)",
        "designer": { "family": "ListNews", "revision": 2, "status": "Preview" },
    }))
}

/// A body of several kinds.
fn kinds() -> Described {
    let mut several = field(
        "several",
        &json!({ "type": "array", "items": { "type": "integer", "format": "int64" } }),
    );
    several["min"] = json!(1);
    several["maxItems"] = json!(5);
    let mut bare = field("bare", &json!({ "type": "integer", "format": "int64" }));
    bare["format"] = json!("none");
    described(json!({
        "id": "SendKinds", "method": "POST", "path": "/kinds", "summary": "Send kinds",
        "body": { "type": "nullable", "of": { "type": "object", "name": "Kinds", "fields": [
            several, bare,
            field("free", &json!({ "type": "map", "values": { "type": "any" } })),
            field("counts", &json!({ "type": "map", "values": { "type": "number" } })),
        ] } },
        "designer": { "agenticProtocol": "mcp-streamable-1.0" },
    }))
}

/// A form with a file in it.
fn upload() -> Described {
    let mut picture = text("picture", "formData");
    picture["schema"] = json!({ "type": "string", "format": "binary" });
    picture["maxLength"] = json!(1000);
    described(json!({
        "id": "KeepPicture", "method": "POST", "path": "/pictures", "summary": "Keep a picture",
        "parameters": [text("title", "formData"), picture], "output": { "type": "any" }, "statuses": [204],
    }))
}

fn all() -> Vec<Described> {
    vec![
        upload(),
        topics(),
        form(),
        write(),
        subscribe(),
        stop(),
        polled(),
        old(),
        new(),
        kinds(),
    ]
}

fn settings() -> About {
    About {
        status: "Preview".to_owned(),
        test_connection: Some(TestConnection {
            operation: "ListTopics".to_owned(),
            parameters: [("site".to_owned(), json!("home"))].into_iter().collect(),
        }),
        openai: Some(OpenAi {
            model_description: "Finds and writes news.".to_owned(),
            human_name: "Contoso News".to_owned(),
            contact_email: "support@contoso.com".to_owned(),
            legal_url: "https://contoso.com/terms".to_owned(),
        }),
        policies: vec![Policy {
            template: "setheader".to_owned(),
            title: "Say where it comes from".to_owned(),
            operations: vec!["WriteNews".to_owned()],
            section: "Request".to_owned(),
            parameters: [("name", "x-origin"), ("value", "maker"), ("existsAction", "override")]
                .map(|(name, value)| (name.to_owned(), value.into()))
                .into_iter()
                .collect(),
        }],
        ..about()
    }
}

#[test]
fn all_that_designers_are_told_stands_in_the_files_and_is_clean() {
    let files = define(&settings(), &all()).expect("they fit together");
    insta::assert_snapshot!("designers_definition", files.definition);
    insta::assert_snapshot!("designers_properties", files.properties);
    let read = |name, text: &str| Document::parse(name, text.as_bytes()).expect("JSON");
    let definition = read("apiDefinition.swagger.json", &files.definition);
    let found = lint(&definition, Some(&read("apiProperties.json", &files.properties)));
    let shown: Vec<_> = found.iter().map(ToString::to_string).collect();
    assert!(found.is_empty(), "{}", shown.join("\n"));
}

/// What is said of the operations once one of them has been changed.
fn told(id: &str, change: impl Fn(&mut Value)) -> String {
    let mut all = all();
    let described = all.iter_mut().find(|described| described.description["id"] == id);
    change(&mut described.expect("it is there").description);
    define(&settings(), &all)
        .expect_err("they don't fit together")
        .to_string()
}

#[test]
fn what_names_something_that_is_not_there_is_told_with_its_place() {
    let at = "components/write/src/lib.rs:18: operation \"WriteNews\"";
    let dynamic = |change: fn(&mut Value)| told("WriteNews", |write| change(&mut write["parameters"][1]["dynamic"]));
    assert_eq!(
        dynamic(|values| values["call"]["operation"] = "ListTopcs".into()),
        format!("{at}: there is no operation \"ListTopcs\"; there is \"ListTopics\"")
    );
    assert_eq!(
        dynamic(|values| values["items"] = "topics".into()),
        format!("{at}: the answer of \"ListTopics\" has no list at \"topics\"")
    );
    assert_eq!(
        dynamic(|values| values["items"] = "".into()),
        format!("{at}: the answer of \"ListTopics\" is no list; say where in it the list is")
    );
    assert_eq!(
        dynamic(|values| values["title"] = "title".into()),
        format!("{at}: the items of \"ListTopics\" have no property \"title\"")
    );
    assert_eq!(
        dynamic(|values| values["call"]["arguments"][0]["name"] = "sight".into()),
        format!(
            "{at}: operation \"ListTopics\" has no parameter \"sight\"\n\
             {at}: operation \"ListTopics\" requires \"site\", which is not given"
        )
    );
    assert_eq!(
        dynamic(|values| values["call"]["arguments"][0]["parameter"] = "sight".into()),
        format!("{at}: it has no parameter \"sight\" to pass on")
    );
    assert_eq!(
        told("WriteNews", |write| write["parameters"][2]["dynamic"]["parent"] =
            "folder".into()),
        format!("{at}: the items of \"ListTopics\" have no property \"folder\"\n")
            .repeat(2)
            .trim_end()
    );
    assert_eq!(
        told("WriteNews", |write| write["designer"]["body"]["path"] = "form".into()),
        format!("{at}: the answer of \"GetForm\" has nothing at \"form\"")
    );
}

#[test]
fn webhooks_revisions_and_settings_name_operations_that_are_there() {
    let at = "components/write/src/lib.rs:18: operation";
    let unsubscribe = |id: &str| {
        told("WhenNewsAppear", |subscribe| {
            subscribe["designer"]["trigger"]["webhook"]["unsubscribe"]["operation"] = id.into();
        })
    };
    assert_eq!(
        unsubscribe("StpNews"),
        format!("{at} \"WhenNewsAppear\": there is no operation \"StpNews\"; there is \"StopNews\"")
    );
    assert_eq!(
        unsubscribe("ListNews"),
        format!("{at} \"WhenNewsAppear\": the platform unsubscribes with DELETE, but \"ListNews\" is a GET")
    );
    assert_eq!(
        told("ListNews", |old| old["designer"]["replacement"]["operation"] =
            "ListNewsV3".into()),
        format!("{at} \"ListNews\": there is no operation \"ListNewsV3\"; there is \"ListNewsV2\"")
    );
    let mut about = settings();
    about.policies[0].operations.push("WriteNew".to_owned());
    about.test_connection = Some(TestConnection {
        operation: "ListTopics".to_owned(),
        parameters: [("sight".to_owned(), json!("home"))].into_iter().collect(),
    });
    assert_eq!(
        define(&about, &all()).expect_err("they are not there").to_string(),
        "[application.tool.midspan]: test_connection: operation \"ListTopics\" has no parameter \"sight\"\n\
         [application.tool.midspan]: test_connection: operation \"ListTopics\" requires \"site\", which is not given\n\
         [application.tool.midspan]: policy \"Say where it comes from\": there is no operation \"WriteNew\"; there is \"WriteNews\""
    );
}

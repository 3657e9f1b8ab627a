//! The reference connector's definition, made from its built components, and read by somebody else's packages.

use http::Request;
use midspan_definition::{
    define::{About, ConnectorFiles, Described, define},
    document::Document,
    lint, read,
};
use midspan_tests::{PROGRAM_KEY, Peer, Tier, component_file, reference_operations, root};
use serde::Deserialize;
use serde_json::{Value, json};

/// The part of the manifest that no component knows.
#[derive(Deserialize)]
struct Manifest {
    application: Application,
}

#[derive(Deserialize)]
struct Application {
    tool: Tool,
}

#[derive(Deserialize)]
struct Tool {
    midspan: About,
}

fn files() -> ConnectorFiles {
    let manifest = std::fs::read_to_string(root().join("spin.toml")).expect("the manifest");
    let manifest: Manifest = toml::from_str(&manifest).expect("it says what the connector is called");
    let described = |component: String| {
        let bytes = std::fs::read(component_file(&component)).expect("the component is built");
        let descriptions = read::descriptions(&bytes).expect("it describes itself");
        descriptions.into_iter().map(move |description| Described {
            component: component.clone(),
            description,
        })
    };
    let about = manifest.application.tool.midspan;
    let operations = reference_operations().into_iter();
    let for_makers = operations.filter(|component| !about.exclude.contains(component));
    let components: Vec<_> = for_makers.flat_map(described).collect();
    let files = define(&about, &components);
    files.unwrap_or_else(|errors| panic!("the components fit together:\n{errors}"))
}

fn definition() -> Value {
    serde_json::from_str(&files().definition).expect("JSON")
}

/// Includes Microsoft's two JSON schemas.
#[test]
fn it_is_clean() {
    let files = files();
    let read = |name: &str, text: &str| Document::parse(name, text.as_bytes()).expect("JSON");
    let definition = read("apiDefinition.swagger.json", &files.definition);
    let found = lint::lint(&definition, Some(&read("apiProperties.json", &files.properties)));
    let shown: Vec<_> = found.iter().map(ToString::to_string).collect();
    assert!(shown.is_empty(), "{}", shown.join("\n"));
}

#[test]
fn it_is_the_same_every_time() {
    assert_eq!(files(), files());
}

#[test]
fn it_tells_designers_of_triggers_dropdowns_and_pages() {
    let definition = definition();
    let at = |pointer: &str| {
        definition
            .pointer(pointer)
            .unwrap_or_else(|| panic!("nothing at {pointer}"))
    };
    assert_eq!(at("/paths/~1cards~1new/get/x-ms-trigger"), "batch");
    assert_eq!(at("/paths/~1cards~1subscriptions/post/x-ms-trigger"), "single");
    let content = at("/paths/~1cards~1subscriptions/x-ms-notification-content/schema/$ref");
    assert_eq!(content, "#/definitions/CardEvent");
    assert_eq!(
        at("/definitions/Watch/properties/callbackUrl/x-ms-notification-url"),
        true
    );
    assert_eq!(
        at("/paths/~1cards~1subscriptions~1{id}/delete/x-ms-visibility"),
        "internal"
    );
    let groups = at("/paths/~1subscriptions~1{subscription_id}~1groups/get/parameters/0");
    assert_eq!(groups["x-ms-dynamic-list"]["operationId"], "ListSubscriptions");
    assert_eq!(groups["x-ms-dynamic-values"]["value-path"], "subscriptionId");
    assert_eq!(at("/paths/~1news/get/x-ms-pageable/nextLinkName"), "nextLink");
    assert_eq!(at("/x-ms-capabilities/testConnection/operationId"), "ListNews");
}

async fn ask(peer: &Peer, path: &str, question: &Value) -> Value {
    let request = Request::post(path).header("content-type", "application/json");
    let answer = peer.client.send(request, question.to_string()).await;
    assert_eq!(answer.status(), 200, "{}", answer.text());
    answer.json()
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_elses_reader_of_swagger_takes_it() {
    let definition = definition();
    let peer = Peer::start("swagger", &[]).await;
    let read = ask(&peer, "/validate", &json!({ "definition": definition })).await;
    let operations = read["operations"].as_array().expect("a list").len();
    let paths = definition["paths"].as_object().expect("paths");
    let written = paths.values().filter_map(Value::as_object).flat_map(|path| path.keys());
    let methods = written.filter(|name| *name != "parameters" && !name.starts_with("x-"));
    assert_eq!(operations, methods.count());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_knows_the_definition_alone_gets_what_it_declares() {
    let tier = Tier::start().await;
    let peer = Peer::start("swagger", &[]).await;
    let mut definition = definition();
    let host = tier.client.base().trim_start_matches("http://");
    definition["host"] = host.into();
    definition["schemes"] = json!(["http"]);
    let call = async |operation: &str, parameters: Value, body: Option<Value>| {
        let mut question = json!({ "definition": definition, "operationId": operation, "parameters": parameters });
        question["authorizations"] = json!({ "programs": PROGRAM_KEY });
        if let Some(body) = body {
            question["body"] = body;
        }
        let answer = ask(&peer, "/call", &question).await;
        assert_eq!(answer["problems"], json!([]), "{operation}: {answer}");
        answer["status"].clone()
    };
    assert_eq!(call("GetHome", json!({ "employee_id": "E000042" }), None).await, 200);
    assert_eq!(call("ListNews", json!({ "top": 3 }), None).await, 200);
    assert_eq!(call("ListNews", json!({ "top": 101 }), None).await, 400);
    assert_eq!(call("ListSubscriptions", json!({}), None).await, 200);
    assert_eq!(call("WhenACardIsPublished", json!({}), None).await, 202);
    let watch = json!({ "callbackUrl": "https://flow.example/run" });
    assert_eq!(call("WhenACardArrives", json!({}), Some(watch)).await, 201);
    assert_eq!(call("StopWatchingCards", json!({ "id": "none" }), None).await, 204);
}

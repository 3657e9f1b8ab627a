//! A connector that was there before: imported, built and served, each operation is a relay at once, and the definition
//! comes back.

use std::{collections::BTreeMap, fs, path::PathBuf, process::Command};

use axum::{
    Json, Router,
    extract::Request as Received,
    response::{IntoResponse, Response},
};
use http::{Request, StatusCode, header::LOCATION};
use http_body_util::BodyExt;
use midspan_definition::{
    define::{About, Described, Template, define_in},
    read,
};
use midspan_generate::{Application, ImportRequest, import};
use midspan_host::{HostOptions, manifest::Manifest};
use midspan_tests::{Client, Watched, root};
use serde_json::{Value, json};

const DEFINITION: &str =
    include_str!("../../crates/midspan-generate/tests/imported/original/apiDefinition.swagger.json");
const PROPERTIES: &str = include_str!("../../crates/midspan-generate/tests/imported/original/apiProperties.json");

/// The application, written and built as its user does it, but that what it is built of comes from the repository.
fn built() -> (Application, PathBuf) {
    let (root, folder) = (root(), root().join("target/imported"));
    let application = import(&ImportRequest {
        file: "apiDefinition.swagger.json",
        text: DEFINITION,
        properties: Some(("apiProperties.json", PROPERTIES)),
        midspan: &format!("{{ path = \"{}\" }}", root.join("crates/midspan").display()),
        icon: false,
    })
    .expect("it is imported");
    let target = root.join("target").display().to_string();
    for (path, text) in &application.files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        let text = text.replace("source = \"target/", &format!("source = \"{target}/"));
        fs::write(path, text).expect("a file");
    }
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).expect("the lock file");
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .current_dir(&folder)
        .args(["build", "--quiet", "--release", "--offline"]);
    cargo.args(["--target", "wasm32-wasip2", "--target-dir", &target]);
    assert!(
        cargo.status().expect("cargo runs").success(),
        "the application does not build"
    );
    (application, folder.join("spin.toml"))
}

/// The original back end: it answers with what it was asked, and the status that the definition has for it.
async fn back_end() -> String {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0))
        .await
        .expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let router = Router::new().fallback(echo);
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

async fn echo(request: Received) -> Response {
    let (head, body) = request.into_parts();
    let body = body.collect().await.expect("a body").to_bytes();
    let header = |name: &str| {
        head.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .map(ToOwned::to_owned)
    };
    let asked = json!({
        "call": format!("{} {}", head.method, head.uri),
        "key": header("x-shop-key"),
        "body": String::from_utf8_lossy(&body),
    });
    let status = match (head.method.as_str(), head.uri.path()) {
        ("POST", path) if path.ends_with("/files") => StatusCode::ACCEPTED,
        ("POST", _) => StatusCode::CREATED,
        ("DELETE", path) if path.contains("orders") => StatusCode::NO_CONTENT,
        _ => StatusCode::OK,
    };
    if status == StatusCode::NO_CONTENT {
        return status.into_response();
    }
    (status, [(LOCATION, "https://shop.contoso.com/api/there")], Json(asked)).into_response()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_imported_connector_relays_every_operation_and_gives_its_definition_again() {
    let (application, manifest) = tokio::task::spawn_blocking(built).await.expect("it is built");
    let options = HostOptions {
        listen: ([127, 0, 0, 1], 0).into(),
        variables: vec![format!("relay_shop_url={}", back_end().await)],
        state_dir: Some(root().join("target/midspan-tests")),
        ..HostOptions::default()
    };
    let host = Watched::start(manifest.clone(), options)
        .await
        .expect("the host starts");
    let client = Client::new(format!("http://{}", host.local_addr()));

    let form = "--x\r\ncontent-disposition: form-data; name=\"note\"\r\n\r\nlate\r\n--x--\r\n";
    let calls = [
        (
            "GET /api/orders?state=open&state=sent&urgent=true",
            "",
            200,
            "GET /api/orders?$top=20&state=open&state=sent&urgent=true",
        ),
        ("POST /api/orders", r#"{"number":7}"#, 201, "POST /api/orders"),
        ("GET /api/orders('7%2F1')/", "", 200, "GET /api/orders('7%2F1')/"),
        ("DELETE /api/orders('7')/", r#"{"text":"late"}"#, 204, ""),
        (
            "POST /api/orders('7')/files?shop=9",
            form,
            202,
            "POST /api/orders('7')/files?shop=9",
        ),
        (
            "POST /api/hooks",
            r#"{"url":"https://flow.contoso.com"}"#,
            201,
            "POST /api/hooks",
        ),
        ("DELETE /api/hooks/3", "", 200, "DELETE /api/hooks/3"),
    ];
    assert_eq!(calls.len(), application.operations, "every operation is called");
    for (call, body, status, expected) in calls {
        let (method, path) = call.split_once(' ').expect("a method and a path");
        let content_type = if body == form {
            "multipart/form-data; boundary=x"
        } else {
            "application/json"
        };
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("x-shop-key", "k1")
            .header("content-type", content_type);
        let answer = client.send(request, body).await;
        assert_eq!(answer.status(), status, "{call}: {}", answer.text());
        if !expected.is_empty() {
            assert_eq!(
                answer.json(),
                json!({"call": expected, "key": "k1", "body": body}),
                "{call}"
            );
            assert_eq!(
                answer.header("location"),
                Some("https://shop.contoso.com/api/there"),
                "{call}"
            );
        }
    }
    let refused = client.send(Request::put("/api/orders"), "").await;
    assert_eq!((refused.status(), refused.header("allow")), (405, Some("GET, POST")));
    host.shutdown().await;

    let file = |name: &str| serde_json::from_str::<Value>(&application.files[name]).expect("JSON");
    let template = Template::new(
        file("definition/definition.json"),
        file("definition/properties.json"),
        "",
    );
    let manifest = Manifest::load(&manifest).expect("the manifest is valid");
    let sources: BTreeMap<_, _> = manifest
        .components
        .iter()
        .map(|component| (&component.id, &component.source))
        .collect();
    let mut described = Vec::new();
    for (component, source) in sources {
        let bytes = fs::read(source).expect("it is built");
        let descriptions = read::descriptions(&bytes).expect("it describes itself");
        described.extend(descriptions.into_iter().map(|description| Described {
            component: component.clone(),
            description,
        }));
    }
    let made = define_in(&template.expect("a template"), &About::default(), &described).expect("a definition");
    let json = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
    assert_eq!(json(&made.definition), json(DEFINITION));
    assert_eq!(json(&made.properties), json(PROPERTIES));
}

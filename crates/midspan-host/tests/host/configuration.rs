//! What a component gets of the manifest, and what is said when the manifest asks for too much.

use crate::support::{App, get, url};

#[tokio::test(flavor = "multi_thread")]
async fn a_component_sees_its_variables_and_no_others() {
    let mut app = App::new(
        r#"
        spin_manifest_version = 2
        [application]
        name = "test"
        [variables]
        host = { default = "example.com" }
        secret = { required = true, secret = true }
        [[trigger.http]]
        route = "/..."
        component = "probe"
        [component.probe]
        source = "probe.wasm"
        variables = { base_url = "https://{{ host }}/v1", token = "{{ secret }}" }
        "#,
    );
    app.options.variables = vec!["secret=s3cret".into()];
    let host = app.start().await;
    let variable = async |name: &str| get(&url(&host, &format!("/variable?name={name}"))).await;

    assert_eq!(variable("base_url").await.text(), "https://example.com/v1");
    assert_eq!(variable("token").await.text(), "s3cret");
    assert_eq!(variable("secret").await.status, 502);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_component_sees_the_manifests_environment_and_nothing_else() {
    let app = App::probe("environment = { COLOUR = \"blue\" }");
    let host = app.start().await;
    assert_eq!(
        get(&url(&host, "/environment")).await.text(),
        "COLOUR=blue\nfiles: none"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_component_prints_is_told_and_logged() {
    let app = App::probe("");
    let host = app.start().await;
    get(&url(&host, "/print?line=careful")).await;

    assert_eq!(
        *app.output.lock().expect("output"),
        ["probe out careful", "probe err careful"]
    );
    let log = app.folder.path().join(".spin/logs/probe_stderr.txt");
    assert_eq!(std::fs::read_to_string(log).expect("the log"), "err careful\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_component_that_is_not_built_is_named_with_its_line() {
    let app = App::probe("");
    std::fs::remove_file(app.folder.path().join("probe.wasm")).expect("the component is removed");

    let error = app.try_start().await.err().expect("an error").to_string();

    assert!(
        error.contains("spin.toml:8: component \"probe\" cannot be read from"),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_component_is_named_with_its_line() {
    let app = App::probe("");
    app.write("probe.wasm", "not wasm");

    let error = app.try_start().await.err().expect("an error").to_string();

    assert!(
        error.contains("spin.toml:8: component \"probe\" is not a component"),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_the_host_does_not_provide_is_named_with_its_line() {
    let app = App::probe("");
    app.write_component(r#"(component (import "fermyon:spin/sqlite@2.0.0" (instance (export "f" (func)))))"#);

    let error = app.try_start().await.err().expect("an error").to_string();

    let expected =
        "spin.toml:8: component \"probe\" imports \"fermyon:spin/sqlite@2.0.0\", which this host does not provide";
    assert!(error.contains(expected), "{error}");
    assert!(error.contains("help:"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_component_without_an_http_handler_is_named_with_its_line() {
    let app = App::probe("");
    app.write_component("(component)");

    let error = app.try_start().await.err().expect("an error").to_string();

    assert!(
        error.contains("spin.toml:8: component \"probe\" does not export \"wasi:http/handler@0.3\""),
        "{error}"
    );
}

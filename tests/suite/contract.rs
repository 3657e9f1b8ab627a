//! What the definition declares is what callers get: a property-based tester made by others reads the definition alone,
//! calls every operation with what it allows and with what it forbids, and compares the answers with it.

use std::process::Command;

use midspan_definition::{
    define::{About, Connection, Described, define},
    read,
};
use midspan_tests::{PROGRAM_KEY, Tier, component_file, python, reference_operations};
use serde_json::Value;

/// As `midspan define` writes it, for a host on this machine.
fn definition() -> Value {
    let mut described = Vec::new();
    // The operator's own operations are no part of the definition.
    for component in reference_operations().into_iter().filter(|name| name != "cache-admin") {
        let file = std::fs::read(component_file(&component)).expect("the component is built");
        for description in read::descriptions(&file).expect("it has a description") {
            described.push(Described {
                component: component.clone(),
                description,
            });
        }
    }
    // The tester has a key.
    let for_programs = Connection {
        exclude: true,
        ..Connection::default()
    };
    let about = About {
        title: "Employee Suite".to_owned(),
        description: "An employee's home screen, news, apps, tasks and people.".to_owned(),
        host: "localhost".to_owned(),
        connections: [("employees".to_owned(), for_programs)].into(),
        ..About::default()
    };
    let definition = define(&about, &described).expect("a definition").definition;
    let mut definition = serde_json::from_str(&definition).expect("JSON");
    name_null(&mut definition);
    definition
}

/// `x-nullable` says that a choice may be null, and designers would show a null among the choices. The tester wants it there.
fn name_null(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            if members.get("x-nullable") == Some(&Value::Bool(true))
                && let Some(Value::Array(values)) = members.get_mut("enum")
            {
                values.push(Value::Null);
            }
            members.values_mut().for_each(name_null);
        }
        Value::Array(items) => items.iter_mut().for_each(name_null),
        _ => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_contradicts_the_definition() {
    let tier = Tier::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("apiDefinition.swagger.json");
    let definition = definition();
    std::fs::write(&file, definition.to_string()).expect("the definition is written");
    std::fs::write(folder.path().join("schemathesis.toml"), settings(&definition)).expect("the settings are written");
    let mut tester = python("schemathesis");
    tester.current_dir(folder.path());
    tester.args(["-m", "schemathesis.cli", "run"]).arg(&file);
    tester.args(["--header", &format!("x-api-key: {PROGRAM_KEY}")]);
    tester.args(["--url", tier.client.base(), "--no-color"]);
    // Some rules no schema can say: that a day is not before another, that a position is one of ours.
    tester.args(["--exclude-checks", "positive_data_acceptance"]);
    // The same calls in every run; a failure is repeated by the `curl` line that it prints.
    tester.args([
        "--generation-deterministic",
        "--max-examples",
        "25",
        "--phases",
        "examples,coverage,fuzzing",
    ]);
    let report = tokio::task::spawn_blocking(move || report(tester))
        .await
        .expect("the tester runs");
    tier.shutdown().await;
    assert!(report.0, "{}", report.1);
}

/// What the tester can't know from the definition.
fn settings(definition: &Value) -> String {
    // Its own list has not those for a request that is too large, of which a URL (414) is the one that it makes.
    let mut settings = String::from(
        "[checks.negative_data_rejection]\n\
         expected-statuses = [400, 401, 403, 404, 405, 406, 409, 413, 414, 415, 422, 428, 429, 431, \"5xx\"]\n",
    );
    // `produces` of OpenAPI 2.0 is an operation's, for errors too. A 204 has no content, so that it has no media type.
    let paths = definition["paths"].as_object().expect("paths");
    let operations = paths.iter().flat_map(|(path, item)| {
        let methods = item.as_object().expect("a path item").iter();
        methods.filter_map(move |(method, operation)| operation["responses"].get("204").map(|_| (method, path)))
    });
    for (method, path) in operations {
        let name = format!("{} {path}", method.to_uppercase());
        settings.extend([format!(
            "\n[[operations]]\ninclude-name = {name:?}\nchecks.content_type_conformance.enabled = false\n"
        )]);
    }
    settings
}

/// Whether all went well, and what it printed.
fn report(mut tester: Command) -> (bool, String) {
    let output = tester.output().expect("the tester runs");
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&text).into_owned())
}

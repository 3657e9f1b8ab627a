//! How makers connect, in the files: from the schemes by which operations admit callers.

use midspan_definition::{
    Designer, Location, Method, Operation, Schema, SchemeKind, SchemeUse, Visibility,
    define::{About, Connection, Described, Template, define, define_in},
    document::Document,
    encode,
    lint::lint,
};
use serde_json::{Value, json};

fn about(connections: &[(&str, Connection)]) -> About {
    About {
        title: "Contoso News".to_owned(),
        description: "News of the company, for every employee.".to_owned(),
        host: "news.contoso.com".to_owned(),
        website: "https://contoso.com".to_owned(),
        privacy_policy: "https://contoso.com/privacy".to_owned(),
        categories: vec!["Communication".to_owned()],
        brand_color: "#0b5cab".to_owned(),
        connections: connections
            .iter()
            .map(|(name, own)| ((*name).to_owned(), own.clone()))
            .collect(),
        ..About::default()
    }
}

fn operation(id: &str, auth: &Value) -> Described {
    Described {
        component: id.to_lowercase(),
        description: json!({
            "version": 1, "id": id, "method": "GET", "path": format!("/{}", id.to_lowercase()), "summary": "Do it",
            "description": "It is done when you ask for it.", "deadlineMs": 3000, "parameters": [], "auth": auth,
            "output": { "type": "object", "name": "Nothing", "fields": [] }, "statuses": [200], "sources": [],
        }),
    }
}

fn asking_for(mut operation: Described, scope: &str) -> Described {
    operation.description["scopes"] = json!([scope]);
    operation
}

fn key() -> Value {
    json!({ "name": "partners", "title": "Partners", "kind": "apiKey", "in": "header", "parameter": "x-api-key" })
}

fn feed() -> Value {
    json!({ "name": "feeds", "title": "Feeds", "kind": "apiKey", "in": "query", "parameter": "key" })
}

fn basic() -> Value {
    json!({ "name": "services", "title": "Services", "kind": "basic" })
}

fn entra() -> Value {
    json!({ "name": "employees", "title": "Employees", "kind": "entraId", "scopes": ["access_as_user"] })
}

fn oidc() -> Value {
    json!({ "name": "guests", "title": "Guests", "kind": "oidc", "scopes": ["news.read"] })
}

fn gateway() -> Value {
    json!({ "name": "front", "title": "Front", "kind": "gateway" })
}

fn of_entra() -> Connection {
    Connection {
        client_id: "5b1f1a3e-8f4b-4c0e-9a55-0f4f5c1d2e3f".to_owned(),
        resource: "api://contoso-news".to_owned(),
        ..Connection::default()
    }
}

fn of_oidc() -> Connection {
    Connection {
        client_id: "news".to_owned(),
        authorization_url: "https://login.contoso.com/authorize".to_owned(),
        token_url: "https://login.contoso.com/token".to_owned(),
        scopes: vec!["offline_access".to_owned()],
        ..Connection::default()
    }
}

fn excluded() -> Connection {
    Connection {
        exclude: true,
        ..Connection::default()
    }
}

/// What both files say of connections, once they are clean.
fn connections(about: &About, operations: &[Described]) -> Value {
    let files = define(about, operations).expect("they fit together");
    let read = |name, text: &str| Document::parse(name, text.as_bytes()).expect("JSON");
    let definition = read("apiDefinition.swagger.json", &files.definition);
    let properties = read("apiProperties.json", &files.properties);
    let found: Vec<_> = lint(&definition, Some(&properties))
        .iter()
        .map(ToString::to_string)
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
    let definition = definition.root().to_json();
    let mut properties = properties.root().to_json()["properties"].take();
    let of_operations: Vec<_> = definition["paths"]
        .as_object()
        .expect("an object")
        .iter()
        .map(|(path, item)| json!({ path.as_str(): item["get"].get("security") }))
        .collect();
    json!({
        "securityDefinitions": definition.get("securityDefinitions"),
        "security": definition.get("security"),
        "operations": of_operations,
        "connectionParameters": properties.get_mut("connectionParameters").map(Value::take),
        "connectionParameterSets": properties.get_mut("connectionParameterSets").map(Value::take),
    })
}

fn shown(about: &About, operations: &[Described]) -> String {
    format!("{:#}", connections(about, operations))
}

fn told(about: &About, operations: &[Described]) -> String {
    define(about, operations)
        .expect_err("they don't fit together")
        .to_string()
}

#[test]
fn a_key_is_a_secure_string_and_an_open_operation_says_that_it_needs_none() {
    let operations = [
        operation("List", &json!([key()])),
        operation("Open", &json!([])),
        operation("Front", &json!([gateway()])),
        operation("Both", &json!([gateway(), key()])),
    ];
    insta::assert_snapshot!("key", shown(&about(&[]), &operations));
}

#[test]
fn a_key_in_the_query_stays_there() {
    let connections = connections(&about(&[]), &[operation("List", &json!([feed()]))]);
    let expected = json!({ "feeds": { "type": "apiKey", "in": "query", "name": "key" } });
    assert_eq!(connections["securityDefinitions"], expected);
}

#[test]
fn a_user_has_a_name_and_a_password() {
    insta::assert_snapshot!("basic", shown(&about(&[]), &[operation("List", &json!([basic()]))]));
}

#[test]
fn a_user_of_entra_id_signs_in_for_all_that_operations_ask_for() {
    let operations = [
        asking_for(operation("List", &json!([entra()])), "News.Read"),
        asking_for(operation("Write", &json!([entra()])), "News.Write"),
    ];
    insta::assert_snapshot!("entra", shown(&about(&[("employees", of_entra())]), &operations));
}

#[test]
fn on_behalf_of_needs_the_tenant() {
    let own = Connection {
        on_behalf_of: true,
        tenant: "contoso.onmicrosoft.com".to_owned(),
        login_url: "https://login.microsoftonline.us/".to_owned(),
        ..of_entra()
    };
    let operations = [operation("List", &json!([entra()]))];
    insta::assert_snapshot!("on_behalf_of", shown(&about(&[("employees", own)]), &operations));
}

#[test]
fn any_other_provider_is_told_by_its_addresses() {
    let operations = [operation("List", &json!([oidc()]))];
    insta::assert_snapshot!("oidc", shown(&about(&[("guests", of_oidc())]), &operations));
}

#[test]
fn several_ways_are_sets_to_choose_from() {
    let all = json!([entra(), key(), basic(), oidc()]);
    let about = about(&[("employees", of_entra()), ("guests", of_oidc())]);
    let operations = [operation("List", &all), operation("Open", &json!([]))];
    insta::assert_snapshot!("sets", shown(&about, &operations));
}

#[test]
fn what_a_scheme_can_not_do_without_is_told_by_its_setting() {
    let at = "[application.tool.midspan]: connections";
    let operations = [operation("List", &json!([entra(), oidc()]))];
    assert_eq!(
        told(&about(&[]), &operations),
        format!(
            "{at}.employees.client_id: it is missing; say the client id that is registered for the connector\n\
             {at}.employees.resource: it is missing; say the API's App ID URI or client id in Entra ID\n\
             {at}.guests.authorization_url: it is missing; say the provider's authorization endpoint\n\
             {at}.guests.token_url: it is missing; say the provider's token endpoint\n\
             {at}.guests.client_id: it is missing; say the client id that is registered for the connector"
        )
    );
}

#[test]
fn settings_that_count_for_nothing_are_told() {
    let at = "[application.tool.midspan]: connections";
    let mut guests = of_oidc();
    guests.token_url = "http://login.contoso.com/token".to_owned();
    guests.on_behalf_of = true;
    let settings = [
        ("guests", guests),
        ("partners", of_entra()),
        ("guest", Connection::default()),
        ("front", Connection::default()),
    ];
    let operations = [operation("List", &json!([oidc(), key(), gateway()]))];
    assert_eq!(
        told(&about(&settings), &operations),
        format!(
            "{at}.front: makers can't connect by a scheme of this name; there is \"guests\", \"partners\"\n\
             {at}.guest: makers can't connect by a scheme of this name; there is \"guests\", \"partners\"\n\
             {at}.guests.token_url: \"http://login.contoso.com/token\" is no https URL\n\
             {at}.guests.on_behalf_of: it means nothing for OpenID Connect; take it out\n\
             {at}.partners.client_id: it means nothing for an API key; take it out\n\
             {at}.partners.resource: it means nothing for an API key; take it out"
        )
    );
}

#[test]
fn a_connection_has_to_be_able_to_call_every_operation() {
    let operations = [
        operation("List", &json!([key(), basic()])),
        operation("Write", &json!([key()])),
    ];
    assert_eq!(
        told(&about(&[]), &operations),
        "operation \"Write\": it does not take \"services\", by which makers can connect, since others take it; add it to \
         `auth`, or set `connections.services.exclude = true`"
    );
    let without = connections(&about(&[("services", excluded())]), &operations);
    assert_eq!(without["security"], json!([{ "partners": [] }]));
    assert_eq!(
        told(&about(&[("partners", excluded())]), &operations),
        "operation \"Write\": no connection can call it: `connections` excludes all that it takes; exclude its component too"
    );
}

#[test]
fn a_connection_has_one_key() {
    let operations = [operation("List", &json!([key(), feed()]))];
    assert_eq!(
        told(&about(&[]), &operations),
        "operation \"List\": makers can connect by one key or password of a kind, and it takes \"partners\" and \"feeds\"; \
         set `connections.feeds.exclude = true`, or the other's"
    );
    let without = connections(&about(&[("feeds", excluded())]), &operations);
    assert_eq!(without["security"], json!([{ "partners": [] }]));
}

#[test]
fn a_scheme_is_the_same_for_all_components() {
    let mut other = key();
    other["parameter"] = json!("x-key");
    let operations = [operation("List", &json!([key()])), operation("Write", &json!([other]))];
    assert_eq!(
        told(&about(&[]), &operations),
        "operation \"Write\": its scheme \"partners\" is another than that of the same name elsewhere; declare it once, and \
         build all components"
    );
}

#[test]
fn a_connectors_own_file_stays_as_it_is_but_has_to_know_a_scheme_of_each_operation() {
    let of = |security: &Value| {
        let definition = json!({
            "swagger": "2.0",
            "paths": { "x-revision": 1, "x-owner": { "get": "well" } },
            "securityDefinitions": security,
            "security": [{ "own": [] }],
        });
        Template::new(definition, json!({ "properties": {} }), "").expect("a template")
    };
    let operations = [
        operation("List", &json!([key(), gateway()])),
        operation("Open", &json!([])),
    ];
    let defined = |security: &Value| define_in(&of(security), &About::default(), &operations);
    let fitting = json!({ "own": { "type": "apiKey", "in": "header", "name": "X-Api-Key" } });
    let files = defined(&fitting).expect("they fit together");
    let definition: Value = serde_json::from_str(&files.definition).expect("JSON");
    assert_eq!(definition["securityDefinitions"], fitting);
    assert_eq!(definition["paths"]["x-revision"], 1);
    assert_eq!(definition["paths"]["x-owner"], json!({ "get": "well" }));
    assert_eq!(definition["paths"]["/open"]["get"].get("security"), None);
    assert_eq!(
        defined(&json!({ "own": { "type": "basic" } }))
            .expect_err("it has no key")
            .to_string(),
        "operation \"List\": the connector's own file has none of its schemes in `securityDefinitions` (partners); add one there"
    );
}

#[test]
fn what_a_component_says_of_its_schemes_is_what_is_read() {
    const fn used(name: &'static str, kind: SchemeKind) -> SchemeUse {
        SchemeUse {
            name,
            title: name,
            kind,
            scopes: &["all"],
        }
    }
    const KEY: SchemeKind = SchemeKind::ApiKey {
        location: Location::Header,
        parameter: "x-api-key",
    };
    const OPERATION: Operation = Operation {
        id: "GetNews",
        method: Method::Get,
        path: "/news",
        summary: "Get news",
        description: "All that is new.",
        visibility: Visibility::None,
        deadline_ms: 3000,
        idempotency_ms: None,
        parameters: &[],
        body: None,
        output: Schema::Boolean,
        statuses: &[200],
        auth: &[
            used("key", KEY),
            used("basic", SchemeKind::Basic),
            used("entra", SchemeKind::EntraId),
            used("oidc", SchemeKind::Oidc),
            used("gateway", SchemeKind::Gateway),
        ],
        roles: &["Reader"],
        scopes: &["news"],
        sources: &[],
        designer: Designer::NONE,
        definition: None,
    };
    const JSON: [u8; encode::json_len(&OPERATION)] = encode::json(&OPERATION);
    let description = serde_json::from_slice(&JSON).expect("JSON");
    let described = Described {
        component: "news".to_owned(),
        description,
    };
    let about = about(&[("entra", of_entra()), ("oidc", of_oidc())]);
    assert_eq!(
        connections(&about, &[described])["security"],
        json!([
            { "key": [] },
            { "basic": [] },
            { "entra": ["all", "news"] },
            { "oidc": ["all", "news", "offline_access"] },
        ])
    );
}

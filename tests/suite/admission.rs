//! Who may call, on a real host over HTTP: every scheme with what proves it and what does not. Tokens are of the emulated Entra
//! ID, and of an `OpenID` Connect provider made by others (`tests/peers/oidc`).

use std::time::Duration;

use futures::future::join_all;
use http::Request;
use midspan_host::{HostOptions, InstanceReuse};
use midspan_sources::{Fault, Options, Sources, System};
use midspan_tests::{
    Answer, Client, PROGRAM_KEY, Peer, Redis, Setup, Tier, Watched, component_file, is_spin, root, variables,
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// A certificate and its key that are good for nothing but tests.
const CLIENT: &str = include_str!("../../crates/midspan/tests/auth/client.pem");

/// Secrets, and what the variables have of them: `midspan key --stdin` prints it.
const OLD_KEY: &str = "an-old-key-of-fabrikam-0123";
const NEW_KEY: &str = "a-new-key-of-fabrikam-0123";
const PARTNERS: &str = "partners_keys=fabrikam-old:f2c8d1d8318fc134fa21be8a235d3a7aad80f575464c90dfda32ee8ecb51a399 \
    fabrikam:23c355030834eb827627651542a378582b0544c182efea5fec5d8a53cf25aec4:Orders.Read";
/// `ada` with the password "correct horse battery staple", and with another one.
const ADA: &str = "Basic YWRhOmNvcnJlY3QgaG9yc2UgYmF0dGVyeSBzdGFwbGU=";
const NOT_ADA: &str = "Basic YWRhOmNvcnJlY3QgaG9yc2UgYmF0dGVyeSBzdGFwbGVy";
const STAFF: &str = "staff_users=ada:c4bbcb1fbec99d65bf59d85c8cb62ee2db963f0fe106f483d9afa73bd4e39a8a:Orders.Read";
const SECRET: &str = "a-secret-of-the-gateway-0123";
const FRONT: &str = "front_secrets=gw:e70047ab63140c376499e47d64a2d5d8ae4cba005d77e5db99bac47b8ac5e426";

fn assert_status(answer: &Answer, status: u16, code: &str) {
    assert_eq!(
        (answer.status(), answer.error_code().as_str()),
        (status, code),
        "{}",
        answer.text()
    );
}

fn bearer(path: &str, token: &str) -> http::request::Builder {
    Request::get(path).header("authorization", format!("Bearer {token}"))
}

/// The tests' own operations, with these variables.
async fn callers(variables: Vec<String>) -> Tier {
    let setup = Setup {
        variables,
        ..Setup::default()
    };
    Tier::start_as("tests/spin.toml", setup).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_hears_what_to_send_and_no_source_is_asked() {
    let tier = Tier::start().await;
    let answer = tier.stranger().get("/home/E000042").await;
    assert_status(&answer, 401, "Unauthorized");
    assert_eq!(
        answer.headers("www-authenticate"),
        [
            "Bearer realm=\"employees\"",
            "ApiKey realm=\"programs\", name=\"x-api-key\""
        ]
    );
    let message =
        "GetHome wants a token of Microsoft Entra ID, or a key in the header \"x-api-key\". Sign in to the connection.";
    assert_eq!(answer.json()["message"], message);
    for system in System::ALL {
        assert_eq!(tier.sources.count(system), 0, "{system}");
    }

    let tier = callers(vec![]).await;
    let answer = tier.stranger().get("/caller").await;
    assert_status(&answer, 401, "Unauthorized");
    assert_eq!(
        answer.headers("www-authenticate"),
        [
            "ApiKey realm=\"partners\", name=\"key\"",
            "Basic realm=\"staff\", charset=\"UTF-8\"",
            "Bearer realm=\"guests\"",
            "Gateway realm=\"front\"",
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gets_in_where_no_key_and_no_tenant_is_configured() {
    let variables = ["programs_keys=", "employees_tenants=", "employees_audience="].map(ToOwned::to_owned);
    let setup = Setup {
        variables: variables.into(),
        ..Setup::default()
    };
    let tier = Tier::start_as("spin.toml", setup).await;
    assert_status(&tier.get("/news").await, 401, "Unauthorized");
    let employee = tier.sources.population().employee(42).unwrap();
    let token = tier.sources.user_token(&employee);
    assert_status(
        &tier.client.send(bearer("/news", &token), "").await,
        401,
        "Unauthorized",
    );
    assert_eq!(
        tier.sources.count(System::Entra),
        0,
        "a stranger's tenant brings no request"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_taken_while_it_is_listed_and_roles_are_its_own() {
    let tier = callers(vec![PARTNERS.to_owned()]).await;
    let client = tier.stranger();
    for (key, name) in [(OLD_KEY, "fabrikam-old"), (NEW_KEY, "fabrikam")] {
        let who = client.get(&format!("/caller?key={key}")).await.json();
        assert_eq!(
            (&who["scheme"], &who["id"]),
            (&json!("partners"), &json!(name)),
            "{who}"
        );
        assert_eq!(who["isUser"], false);
    }
    for wrong in [&OLD_KEY[1..], "Summer2026", &format!("{OLD_KEY}&key={NEW_KEY}")] {
        let answer = client.get(&format!("/caller?key={wrong}")).await;
        assert_status(&answer, 401, "Unauthorized");
        assert_eq!(
            answer.json()["message"],
            "The key is not accepted. Check it, or ask its owner for a new one."
        );
    }
    let read = |key: &str| Request::post(format!("/caller?key={key}")).header("content-type", "application/json");
    assert_eq!(client.send(read(NEW_KEY), "[\"7\"]").await.json(), json!(["7"]));
    let answer = client.send(read(OLD_KEY), "[\"7\"]").await;
    assert_status(&answer, 403, "Forbidden");
    let message = "MayI wants the role \"Orders.Read\", which this caller does not have. Ask an administrator for it.";
    assert_eq!(answer.json()["message"], message);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_taken_as_rfc_7617_has_it() {
    let tier = callers(vec![STAFF.to_owned()]).await;
    let call = async |authorization: &str| {
        let request = Request::get("/caller").header("authorization", authorization);
        tier.stranger().send(request, "").await
    };
    let who = call(ADA).await.json();
    assert_eq!((&who["scheme"], &who["id"]), (&json!("staff"), &json!("ada")), "{who}");
    for wrong in [NOT_ADA, "Basic", "Basic !", "Basic YWRh"] {
        assert_status(&call(wrong).await, 401, "Unauthorized");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_of_somebody_elses_provider_are_taken_with_each_algorithm() {
    let peer = Peer::start("oidc", &[("CLIENT_CERTIFICATE", CLIENT)]).await;
    let tier = callers(vec![format!("peer_url={}", peer.url())]).await;
    let token = async |resource: &str| {
        let form = "grant_type=client_credentials&client_id=post&client_secret=p0st%3D%26s3cret&scope=read";
        let request = Request::post("/token").header("content-type", "application/x-www-form-urlencoded");
        let answer = peer.client.send(request, format!("{form}{resource}")).await;
        answer.json()["access_token"].as_str().expect("a token").to_owned()
    };
    let client = tier.stranger();
    for algorithm in ["RS256", "PS256", "ES256", "EdDSA"] {
        let token = token(&format!("&resource=api://midspan/{algorithm}")).await;
        let answer = client.send(bearer("/caller", &token), "").await;
        assert_eq!(answer.status(), 200, "{algorithm}: {}", answer.text());
        let who = answer.json();
        assert_eq!(
            (&who["scheme"], &who["id"]),
            (&json!("guests"), &json!("post")),
            "{who}"
        );
        // Of the same header and claims, with the signature of another token.
        let (signed, _) = token.rsplit_once('.').expect("three parts");
        let (_, signature) = RFC_TOKEN.rsplit_once('.').expect("three parts");
        for forged in [format!("{signed}.{signature}"), format!("{signed}."), signed.to_owned()] {
            assert_status(&client.send(bearer("/caller", &forged), "").await, 401, "Unauthorized");
        }
    }
    // One that only the provider can read says nothing here.
    let opaque = token("").await;
    assert_status(&client.send(bearer("/caller", &opaque), "").await, 401, "Unauthorized");
}

/// The example of RFC 7515, appendix A.2.
const RFC_TOKEN: &str = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.\
    cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjb\
    KBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZES\
    c6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_does_not_hold_is_refused_without_saying_why() {
    let tier = Tier::start().await;
    let employee = tier.sources.population().employee(42).unwrap();
    let claims = tier.sources.user_claims(&employee);
    let with = |name: &str, value: Value| {
        let mut claims = claims.clone();
        claims[name] = value;
        tier.sources.sign(&claims)
    };
    let call = async |token: &str| tier.client.send(bearer("/home/E000042", token), "").await;
    assert_eq!(call(&tier.sources.sign(&claims)).await.status(), 200);
    let asked = tier.sources.count(System::Graph);

    let now = claims["iat"].as_i64().expect("a time");
    let other_tenant = "0a0a0a0a-0000-0000-0000-000000000001";
    let (header_and_claims, _) = tier
        .sources
        .sign(&claims)
        .rsplit_once('.')
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .unwrap();
    let unsigned = format!("eyJhbGciOiJub25lIn0.{}.", header_and_claims.split_once('.').unwrap().1);
    for wrong in [
        with("tid", json!(other_tenant)),
        with("iss", json!("https://login.example/v2.0")),
        with("aud", json!("api://other")),
        with("nbf", json!(now + 3600)),
        with("exp", Value::Null),
        tier.sources.sign_as("another", &claims),
        unsigned,
        format!("{header_and_claims}.AAAA"),
        "opaque".to_owned(),
    ] {
        let answer = call(&wrong).await;
        assert_status(&answer, 401, "Unauthorized");
        let message = "The token is not accepted. Sign in to the connection again.";
        assert_eq!(answer.json()["message"], message);
        let challenges = answer.headers("www-authenticate");
        assert_eq!(challenges[0], "Bearer realm=\"employees\", error=\"invalid_token\"");
    }
    let expired = call(&with("exp", json!(now - 3600))).await;
    assert_status(&expired, 401, "Unauthorized");
    assert_eq!(
        expired.json()["message"],
        "The token has expired. Sign in to the connection again."
    );
    assert_eq!(tier.sources.count(System::Graph), asked);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_employee_is_told_about_themselves_and_who_has_the_role_about_all() {
    let tier = Tier::start().await;
    let employee = tier.sources.population().employee(42).unwrap();
    let call = async |path: &str, claims: &Value| {
        let token = tier.sources.sign(claims);
        tier.client.send(bearer(path, &token), "").await
    };
    let mut claims = tier.sources.user_claims(&employee);
    assert_eq!(call("/employees/E000042/leave", &claims).await.status(), 200);
    let answer = call("/employees/E000043/leave", &claims).await;
    assert_status(&answer, 403, "Forbidden");
    let message = "You may see this of yourself only. For others you need the role \"Employees.Read.All\".";
    assert_eq!(answer.json()["message"], message);
    claims["roles"] = json!(["Employees.Read.All"]);
    assert_eq!(call("/employees/E000043/leave", &claims).await.status(), 200);

    // What everybody may see, they may only if they may call at all.
    claims["scp"] = json!("something_else");
    let answer = call("/news", &claims).await;
    assert_status(&answer, 403, "Forbidden");
    let challenge = answer.headers("www-authenticate");
    assert_eq!(
        challenge,
        ["Bearer realm=\"employees\", error=\"insufficient_scope\", scope=\"access_as_user\""]
    );

    // Any program of the tenant gets a token for any API; one with a role was given it.
    let mut program = tier.sources.application_claims();
    program["roles"] = json!([]);
    assert_status(&call("/news", &program).await, 403, "Forbidden");
    program["roles"] = json!(["News.Read"]);
    assert_eq!(call("/news", &program).await.status(), 200);
    assert_status(&call("/employees/E000042/leave", &program).await, 403, "Forbidden");
    program["roles"] = json!(["Employees.Read.All"]);
    assert_eq!(call("/employees/E000042/leave", &program).await.status(), 200);
}

fn keys_asked(sources: &Sources) -> usize {
    sources.count_of(System::Entra, "GET */keys")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_signing_key_is_found_without_a_restart() {
    let tier = Tier::start().await;
    let employee = tier.sources.population().employee(42).unwrap();
    let token = || tier.sources.user_token(&employee);
    let call = async |token: &str| tier.client.send(bearer("/news", token), "").await.status();
    let old = token();
    assert_eq!(call(&old).await, 200);
    tier.sources.rotate_signing_key();
    assert_eq!(call(&old).await, 200, "its key is at hand");
    assert_eq!(call(&token()).await, 200);
    assert_eq!(call(&old).await, 401, "its key is gone");
    assert_eq!(call(&token()).await, 200);
    assert!(keys_asked(&tier.sources) <= 3, "{}", keys_asked(&tier.sources));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keys_at_hand_hold_while_their_issuer_is_down_and_without_any_nobody_is_let_in_unseen() {
    let tier = Tier::start().await;
    let employee = tier.sources.population().employee(42).unwrap();
    let token = tier.sources.user_token(&employee);
    tier.sources.fault(System::Entra, "GET *", Fault::status(503));
    let answer = tier.client.send(bearer("/news", &token), "").await;
    assert_status(&answer, 503, "SourceUnavailable");
    assert_eq!(answer.header("retry-after"), Some("5"));
    // Who has a key of their own is not concerned.
    assert_eq!(tier.get("/news").await.status(), 200);

    let tier = Tier::start().await;
    let token = tier.sources.user_token(&employee);
    let call = async |token: &str| tier.client.send(bearer("/news", token), "").await;
    assert_eq!(call(&token).await.status(), 200);
    tier.sources.fault(System::Entra, "GET *", Fault::status(503));
    let unknown = tier.sources.sign_as("new", &tier.sources.user_claims(&employee));
    for _ in 0..5 {
        assert_status(&call(&unknown).await, 401, "Unauthorized");
        assert_eq!(call(&token).await.status(), 200);
    }
}

/// How many requests an instance serves here, so that there are many instances.
const REQUESTS_OF_AN_INSTANCE: usize = 10;

async fn host_on(redis: &Redis, sources: &Sources, folder: &TempDir) -> (Watched, Client) {
    let config = folder.path().join("runtime-config.toml");
    std::fs::write(&config, redis.runtime_config()).expect("the configuration is written");
    let options = HostOptions {
        listen: ([127, 0, 0, 1], 0).into(),
        variables: variables(sources, &root().join("spin.toml")),
        state_dir: Some(root().join("target").join("midspan-tests")),
        runtime_config_file: Some(config),
        reuse: InstanceReuse {
            max_requests: REQUESTS_OF_AN_INSTANCE..=REQUESTS_OF_AN_INSTANCE,
            ..InstanceReuse::default()
        },
        ..HostOptions::default()
    };
    let host = Watched::start(root().join("spin.toml"), options)
        .await
        .expect("the host starts");
    let client = Client::new(format!("http://{}", host.local_addr()));
    (host, client)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_made_up_keys_over_two_hosts_asks_their_issuer_a_few_times() {
    if is_spin() {
        return;
    }
    assert!(component_file("news").exists());
    let sources = Sources::start(Options::default()).await.expect("the sources start");
    let (redis, folder) = (Redis::start().await, TempDir::new().expect("a folder"));
    let hosts = [
        host_on(&redis, &sources, &folder).await,
        host_on(&redis, &sources, &folder).await,
    ];
    let employee = sources.population().employee(42).unwrap();
    let (claims, token) = (sources.user_claims(&employee), sources.user_token(&employee));
    for (_, client) in &hosts {
        assert_eq!(client.send(bearer("/news", &token), "").await.status(), 200);
    }
    assert_eq!(keys_asked(&sources), 1, "the hosts share them");
    // Two at a time on each host; every tenth of them ends an instance.
    for round in 0..50 {
        let calls = (0..4).map(|at| {
            let made_up = sources.sign_as(&format!("made-up-{round}-{at}"), &claims);
            let (_, client) = &hosts[at % hosts.len()];
            async move { client.send(bearer("/news", &made_up), "").await.status() }
        });
        assert_eq!(join_all(calls).await, [401; 4]);
    }
    // Three in a row, and one more by each host that looks at the same moment as the other.
    let asked = keys_asked(&sources);
    assert!((2..=8).contains(&asked), "{asked}");
    for (_, client) in &hosts {
        assert_eq!(client.send(bearer("/news", &token), "").await.status(), 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_gateway_says_of_its_user_counts_only_with_the_gateways_secret() {
    let tier = callers(vec![PARTNERS.to_owned(), FRONT.to_owned()]).await;
    let client = tier.stranger();
    let claimed = |path: &str| {
        Request::get(path)
            .header("x-ms-client-object-id", "00000000-0000-0000-0000-000000000007")
            .header("x-ms-client-tenant-id", "contoso")
    };
    let who = client
        .send(claimed("/caller").header("x-gateway-secret", SECRET), "")
        .await
        .json();
    assert_eq!(
        who,
        json!({ "scheme": "front", "isUser": true, "id": "00000000-0000-0000-0000-000000000007", "tenant": "contoso", "roles": [] })
    );
    assert_status(&client.send(claimed("/caller"), "").await, 401, "Unauthorized");
    let guessed = claimed("/caller").header("x-gateway-secret", NEW_KEY);
    assert_status(&client.send(guessed, "").await, 401, "Unauthorized");
    let who = client.send(claimed(&format!("/caller?key={NEW_KEY}")), "").await.json();
    assert_eq!(
        who,
        json!({ "scheme": "partners", "isUser": false, "id": "fabrikam", "tenant": null, "roles": ["Orders.Read"] })
    );
    // Nor does the reference connector, which has no gateway, take anybody's word.
    let tier = Tier::start().await;
    let spoofed = claimed("/employees/E000042/leave").header("x-ms-client-principal-id", "7");
    assert_status(&tier.stranger().send(spoofed, "").await, 401, "Unauthorized");
}

/// Only so that a test that waits for what never comes fails rather than hangs.
const PATIENCE: Duration = Duration::from_mins(1);

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_is_refused_before_the_body_is_read() {
    let tier = Tier::start().await;
    let address = tier.client.base().trim_start_matches("http://");
    let ask = async |header: &str| {
        let mut stream = TcpStream::connect(address).await.expect("the host listens");
        let head = format!(
            "POST /employees/E000042/leave/requests HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\n\
             content-length: 100000\r\n{header}\r\n"
        );
        stream.write_all(head.as_bytes()).await.expect("the head is sent");
        // Not a byte of the body is.
        let mut begin = [0; 12];
        let read = tokio::time::timeout(PATIENCE, stream.read_exact(&mut begin)).await;
        read.expect("an answer before the body")
            .expect("the connection is open");
        String::from_utf8_lossy(&begin).into_owned()
    };
    assert_eq!(ask("").await, "HTTP/1.1 401");
    assert_eq!(ask("x-api-key: a-key-that-nobody-has-made\r\n").await, "HTTP/1.1 401");
    // Whoever may call is asked to go on.
    let expects = "expect: 100-continue\r\n";
    assert_eq!(ask(expects).await, "HTTP/1.1 401");
    assert_eq!(
        ask(&format!("{expects}x-api-key: {PROGRAM_KEY}\r\n")).await,
        "HTTP/1.1 100"
    );
}

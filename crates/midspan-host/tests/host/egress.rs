//! What a component can't reach and can't do, whatever it tries and whatever its input says.

use ::url::form_urlencoded as url_encoding;

use crate::support::upstream::Upstream;
use crate::support::{App, get, url};

fn escaped(text: &str) -> String {
    url_encoding::byte_serialize(text.as_bytes()).collect()
}

async fn fetched(host: &midspan_host::RunningHost, target: &str) -> String {
    get(&url(host, &format!("/fetch?url={}", escaped(target)))).await.text()
}

#[tokio::test(flavor = "multi_thread")]
async fn metadata_addresses_are_refused_however_they_are_written_and_whatever_the_manifest_allows() {
    let app = App::probe("allowed_outbound_hosts = [\"http://*:*\", \"https://*:*\"]");
    let host = app.start().await;
    for address in [
        "169.254.169.254",
        "169.254.170.2",
        "[::ffff:169.254.169.254]",
        "[::ffff:a9fe:a9fe]",
        "[64:ff9b::a9fe:a9fe]",
        "[fe80::a9fe:a9fe]",
        "[fd00:ec2::254]",
        // As `inet_aton` reads them: in decimal, in hexadecimal, in octal, with fewer parts.
        "2852039166",
        "0xa9fea9fe",
        "0xa9.0xfe.0xa9.0xfe",
        "0251.0376.0251.0376",
        "169.254.43518",
        "169.16689662",
    ] {
        let answer = fetched(&host, &format!("http://{address}/latest/meta-data/")).await;
        assert!(answer.contains("DestinationIpProhibited"), "{address}: {answer}");
    }
    let log = app.logged();
    assert!(
        log.contains("is in a network that the runtime configuration blocks"),
        "{log}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_compared_is_the_address_that_a_name_resolves_to() {
    let upstream = Upstream::start().await;
    let named = format!("http://localhost:{}/", upstream.address.port());
    let mut app = App::probe("allowed_outbound_hosts = [\"http://localhost:*\"]");

    assert!(fetched(&app.start().await, &named).await.starts_with("GET /"));
    assert_eq!(upstream.connections(), 1);

    let runtime = "[outbound_networking]\nblock_networks = [\"127.0.0.0/8\", \"::1/128\"]\n";
    app.options.runtime_config_file = Some(app.write("runtime-config.toml", runtime));
    let answer = fetched(&app.start().await, &named).await;
    assert!(answer.contains("DestinationIpProhibited"), "{answer}");
    assert_eq!(upstream.connections(), 1, "no connection was made");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_url_leads_past_the_allow_list() {
    let (allowed, other) = (Upstream::start().await, Upstream::start().await);
    let app = App::probe(&format!("allowed_outbound_hosts = [\"{}\"]", allowed.url("")));
    let host = app.start().await;
    let (good, bad) = (allowed.address, other.address);
    for target in [
        format!("http://{bad}/"),
        format!("http://{good}@{bad}/"),
        format!("http://{good}:x@{bad}/"),
        format!("http://{bad}#@{good}/"),
        format!("http://{bad}?@{good}/"),
        format!("http://{bad}\\@{good}/"),
        format!("http:\\\\{bad}/{good}"),
        format!("//{bad}/"),
        format!("http://2130706433:{}/", bad.port()),
        format!("http://0x7f.1:{}/", bad.port()),
        format!("http://127.1:{}/", bad.port()),
        format!("http://[::ffff:127.0.0.1]:{}/", bad.port()),
        format!("http://localhost:{}/", bad.port()),
        format!("http://127.0.0.1.localhost:{}/", bad.port()),
        format!("http://127.0.0.1%00:{}/", bad.port()),
        format!("http://127.0.0.1\t:{}/", bad.port()),
        format!("https://{good}/"),
        format!("http://{}:{}/", good.ip(), good.port().wrapping_add(65_535)),
        "http://self.alt/hello".to_owned(),
        "http://other.spin.internal/hello".to_owned(),
        "file:///etc/passwd".to_owned(),
        "ftp://127.0.0.1/".to_owned(),
        "gopher://127.0.0.1/".to_owned(),
    ] {
        let answer = fetched(&host, &target).await;
        assert!(!answer.starts_with("GET "), "{target}: {answer}");
        assert!(!answer.contains("hello"), "{target}: {answer}");
    }
    assert_eq!((allowed.requests(), other.connections()), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_value_of_a_header_ends_it() {
    let host = App::probe("").start().await;
    let inject = async |value: &str| {
        get(&url(&host, &format!("/inject?value={}", escaped(value))))
            .await
            .text()
    };
    assert_eq!(inject("harmless").await, "taken");
    for value in ["a\r\nset-cookie: b", "a\nb", "a\rb", "a\0b", "\r\n\r\n<html>"] {
        let answer = inject(value).await;
        assert!(answer.starts_with("refused: "), "{value:?}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_component_gets_no_file_no_environment_no_socket_no_store_and_no_variable() {
    let upstream = Upstream::start().await;
    let manifest = r#"
        spin_manifest_version = 2
        [application]
        name = "test"
        [variables]
        secret = { default = "hunter2", secret = true }
        [[trigger.http]]
        route = "/..."
        component = "hostile"
        [[trigger.http]]
        route = "/other/..."
        component = "other"
        [component.hostile]
        source = "probe.wasm"
        [component.other]
        source = "probe.wasm"
        key_value_stores = ["default"]
        [component.other.variables]
        other_secret = "{{ secret }}"
        "#;
    let app = App::new(manifest);
    let host = app.start().await;
    let other = get(&url(&host, "/other/variable?name=other_secret")).await.text();
    assert_eq!(other, "hunter2", "the one that it is given to has it");

    let pried = get(&url(&host, &format!("/pry?address={}", upstream.address)))
        .await
        .text();

    let attempts: Vec<_> = pried.lines().collect();
    assert!(attempts.len() > 25, "{pried}");
    for attempt in attempts {
        assert!(attempt.ends_with(": refused"), "{attempt}");
    }
    assert_eq!(upstream.connections(), 0);
    assert!(!app.logged().contains("hunter2"));
}

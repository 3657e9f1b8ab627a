//! HTTP that components send.

use std::sync::Arc;

use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::PrivateKeyDer;
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio_rustls::TlsAcceptor;

use crate::support::client::send;
use crate::support::upstream::Upstream;
use crate::support::{App, get, probe_manifest, url};

fn allowing(hosts: &str) -> String {
    format!("allowed_outbound_hosts = [\"{hosts}\"]")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_component_reaches_the_hosts_that_the_manifest_allows() {
    let upstream = Upstream::start().await;
    let app = App::probe(&allowing(&upstream.url("")));
    let host = app.start().await;

    let answer = get(&url(&host, &format!("/fetch?url={}", upstream.url("/orders"))))
        .await
        .text();

    assert!(answer.starts_with("GET /orders\n"), "{answer}");
    assert!(answer.contains(&format!("host: {}\n", upstream.address)), "{answer}");
    assert!(!answer.contains("transfer-encoding"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_component_reaches_no_other_host_and_the_log_says_what_to_add() {
    let upstream = Upstream::start().await;
    let app = App::probe(&allowing("https://example.com"));
    let host = app.start().await;

    let answer = get(&url(&host, &format!("/fetch?url={}", upstream.url("/")))).await;

    assert!(answer.text().contains("HttpRequestDenied"), "{}", answer.text());
    assert_eq!(upstream.connections(), 0);
    let log = app.logged();
    assert!(
        log.contains(&format!("help: add \"{}\" to allowed_outbound_hosts", upstream.url(""))),
        "{log}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn allowed_hosts_are_templates() {
    let upstream = Upstream::start().await;
    let mut app = App::new(&probe_manifest(&allowing("{{ base }}")).replace(
        "[[trigger.http]]",
        "[variables]\nbase = { required = true }\n[[trigger.http]]",
    ));
    app.options.variables = vec![format!("base={}", upstream.url(""))];
    let host = app.start().await;

    assert_eq!(
        get(&url(&host, &format!("/fetch?url={}", upstream.url("/"))))
            .await
            .status,
        200
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_is_passed_on_to_an_upstream() {
    let upstream = Upstream::start().await;
    let app = App::probe(&allowing(&upstream.url("")));
    let host = app.start().await;

    let body = Full::new(Bytes::from(vec![1_u8; 500_000]));
    let request = Request::post(url(&host, &format!("/forward?url={}", upstream.url("/in")))).body(body);
    let answer = send(request.expect("a request")).await.expect("an answer").text();

    assert!(
        answer.starts_with("POST /in\n") && answer.ends_with("body: 500000"),
        "{answer}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_are_kept_and_shared_by_all_instances() {
    let upstream = Upstream::start().await;
    let mut app = App::probe(&allowing(&upstream.url("")));
    // Every request has an instance of its own.
    app.options.reuse.max_requests = 1..=1;
    let host = app.start().await;

    for _ in 0..20 {
        assert_eq!(
            get(&url(&host, &format!("/fetch?url={}", upstream.url("/"))))
                .await
                .status,
            200
        );
    }

    assert_eq!((upstream.requests(), upstream.connections()), (20, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_of_one_request_run_at_once() {
    let upstream = Upstream::start().await;
    let app = App::probe(&allowing(&upstream.url("")));
    let host = app.start().await;
    let answer = tokio::spawn({
        let url = url(&host, &format!("/fetch-all?n=10&url={}", upstream.url("/hang")));
        async move { get(&url).await }
    });

    // None is answered before all have come.
    upstream.has_had(10).await;
    upstream.release();

    assert_eq!(answer.await.expect("an answer").status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upstream_that_is_not_there_is_an_error_for_the_component() {
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = gone.local_addr().expect("an address");
    drop(gone);
    let app = App::probe(&allowing("http://127.0.0.1:*"));
    let host = app.start().await;

    let answer = get(&url(&host, &format!("/fetch?url=http://{address}/"))).await.text();

    assert!(answer.contains("ConnectionRefused"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_component_calls_another_without_the_network() {
    let app = App::new(
        r#"
        spin_manifest_version = 2
        [application]
        name = "test"
        [[trigger.http]]
        route = "/one/..."
        component = "one"
        [[trigger.http]]
        route = { private = true }
        component = "two"
        [component.one]
        source = "probe.wasm"
        allowed_outbound_hosts = ["http://two.spin.internal"]
        [component.two]
        source = "probe.wasm"
        environment = { NAME = "two" }
        "#,
    );
    let host = app.start().await;
    let through = async |path: &str| get(&url(&host, &format!("/one/fetch?url=http://two.spin.internal{path}"))).await;

    assert!(through("/environment").await.text().contains("NAME=two"));
    assert!(
        through("/a/headers")
            .await
            .text()
            .contains("spin-path-info: /a/headers")
    );
    assert_eq!(through("/trap").await.code(), "OperationFailed");
}

#[tokio::test(flavor = "multi_thread")]
async fn blocked_networks_are_not_reached_even_where_the_manifest_allows_them() {
    let upstream = Upstream::start().await;
    let mut app = App::probe(&allowing(&upstream.url("")));
    app.options.runtime_config_file = Some(app.write(
        "runtime-config.toml",
        "[outbound_networking]\nblock_networks = [\"127.0.0.0/8\"]\n",
    ));
    let host = app.start().await;

    let answer = get(&url(&host, &format!("/fetch?url={}", upstream.url("/"))))
        .await
        .text();

    assert!(answer.contains("DestinationIpProhibited"), "{answer}");
    assert_eq!(upstream.connections(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upstream_with_a_private_authority_is_trusted_where_the_runtime_configuration_says_so() {
    let authority = Authority::new();
    let upstream = Upstream::start_with(Some(authority.acceptor("localhost"))).await;
    let base = format!("https://localhost:{}", upstream.address.port());
    let mut app = App::probe(&allowing(&base));
    let path = format!("/fetch?url={base}/");

    let distrusting = app.start().await;
    let refused = get(&url(&distrusting, &path)).await.text();
    assert!(refused.contains("TlsCertificateError"), "{refused}");

    app.write("ca.pem", &authority.pem());
    let runtime = "[[client_tls]]\ncomponent_ids = [\"probe\"]\nhosts = [\"localhost\"]\nca_roots_file = \"ca.pem\"\n";
    app.options.runtime_config_file = Some(app.write("runtime-config.toml", runtime));
    let trusting = app.start().await;
    assert_eq!(get(&url(&trusting, &path)).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upstream_that_wants_a_client_certificate_gets_the_one_of_the_runtime_configuration() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let upstream = Upstream::start_with(Some(authority.mutual_acceptor("localhost"))).await;
    let base = format!("https://localhost:{}", upstream.address.port());
    let mut app = App::probe(&allowing(&base));
    let path = format!("/fetch?url={base}/");
    app.write("ca.pem", &authority.pem());
    for (name, issuer) in [("client", &authority), ("stranger", &stranger)] {
        let (certificate, key) = issuer.client(name);
        app.write(&format!("{name}.pem"), &certificate);
        app.write(&format!("{name}-key.pem"), &key);
    }
    let settings = "[[client_tls]]\ncomponent_ids = [\"probe\"]\nhosts = [\"localhost\"]\nca_roots_file = \"ca.pem\"\n";
    let shown =
        |name: &str| format!("client_cert_file = \"{name}.pem\"\nclient_private_key_file = \"{name}-key.pem\"\n");

    for without in [String::new(), shown("stranger")] {
        app.options.runtime_config_file = Some(app.write("runtime-config.toml", &format!("{settings}{without}")));
        let refused = get(&url(&app.start().await, &path)).await.text();
        assert!(!refused.contains("GET /"), "{refused}");
    }
    assert_eq!(upstream.requests(), 0, "nothing was let in");

    app.options.runtime_config_file = Some(app.write("runtime-config.toml", &format!("{settings}{}", shown("client"))));
    let answer = get(&url(&app.start().await, &path)).await;
    assert_eq!((answer.status.as_u16(), upstream.requests()), (200, 1));
}

/// A certificate authority that nobody knows.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("an authority"))
    }

    fn pem(&self) -> String {
        self.0.pem()
    }

    /// A client's certificate and its key.
    fn client(&self, name: &str) -> (String, String) {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(vec![name.to_owned()]).expect("parameters");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        let certificate = params.signed_by(&key, &self.0).expect("a certificate");
        (certificate.pem(), key.serialize_pem())
    }

    /// Takes only clients with a certificate of its own.
    fn mutual_acceptor(&self, name: &str) -> TlsAcceptor {
        let mut roots = RootCertStore::empty();
        roots.add(self.0.der().clone()).expect("an authority");
        let clients = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider());
        self.acceptor_for(name, clients.build().expect("a verifier"))
    }

    fn acceptor(&self, name: &str) -> TlsAcceptor {
        self.acceptor_for(name, WebPkiClientVerifier::no_client_auth())
    }

    fn acceptor_for(&self, name: &str, clients: Arc<dyn ClientCertVerifier>) -> TlsAcceptor {
        let key = KeyPair::generate().expect("a key");
        let params = CertificateParams::new(vec![name.to_owned()]).expect("parameters");
        let certificate = params.signed_by(&key, &self.0).expect("a certificate");
        let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
        let config = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .expect("protocol versions")
            .with_client_cert_verifier(clients)
            .with_single_cert(vec![certificate.der().clone()], key)
            .expect("a server's configuration");
        TlsAcceptor::from(Arc::new(config))
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

//! SOAP against a service made by others (`tests/peers/soap`).

use midspan_tests::{Peer, Setup, Tier, root};
use serde_json::{Value, json};

const PASSWORD: &str = "pass<&\">wörd";

async fn stage(password: &str) -> (Peer, Tier) {
    let wsdl = root().join("tests/peers/soap/stock.wsdl");
    let peer = Peer::start("soap", &[("WSDL", wsdl.to_str().unwrap())]).await;
    let setup = Setup {
        variables: vec![
            format!("soap_peer_url={}", peer.url()),
            format!("soap_peer_password={password}"),
        ],
        ..Setup::default()
    };
    let tier = Tier::start_as("tests/spin.toml", setup).await;
    (peer, tier)
}

/// What the service saw of the last request that it let in.
async fn seen(peer: &Peer) -> Value {
    peer.client.get("/seen").await.json()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_by_others_understands_us_and_is_understood_in_both_versions() {
    let (peer, tier) = stage(PASSWORD).await;
    for (soap12, password, timestamp) in [(false, "PasswordDigest", false), (true, "PasswordText", true)] {
        let get = async |path: &str| tier.get(&format!("/stock/{path}soap12={soap12}")).await;
        let answer = get("J%C3%BCrg's%20%3Cb%3E%20%26%20%22c%22?").await;
        assert_eq!(answer.status(), 200, "{}", answer.text());
        assert_eq!(
            answer.json(),
            json!({ "item": "Jürg's <b> & \"c\"", "price": 12.5, "places": [], "note": null, "photoBytes": [0, 255, 10] })
        );
        assert_eq!(
            seen(&peer).await,
            json!({ "tenant": "Zürich", "password": password, "timestamp": timestamp })
        );
        let one = get("a?shelf=s1&").await.json();
        assert_eq!(
            one["places"],
            json!([{ "shelf": "s1", "count": 1, "counted": "2026-03-02T08:30:00.123Z" }])
        );
        let two = get("a?shelf=s1&shelf=s2&").await.json();
        assert_eq!(two["places"].as_array().map(Vec::len), Some(2));
    }
    tier.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn its_faults_are_values_where_declared_and_errors_elsewhere() {
    let (_peer, tier) = stage(PASSWORD).await;
    let check = async |path: &str, status: u16, code: &str, message: &str| {
        let answer = tier.get(path).await;
        assert_eq!(answer.status(), status, "{path}: {}", answer.text());
        assert_eq!(answer.error_code(), code, "{path}");
        assert_eq!(answer.json()["message"], message, "{path}");
    };
    let nearest = "There is no such item; there is a <b> & \"c\".";
    check("/stock/nothing", 404, "NotFound", nearest).await;
    let ours = "Stock did not accept this request. Check what you sent, or tell the connector's owner.";
    check("/stock/nothing?soap12=true", 502, "SourceFailed", ours).await;
    let theirs = "Stock answered with an error. Try again later.";
    check("/stock/broken", 502, "SourceFailed", theirs).await;
    tier.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_refused_by_it() {
    let (_peer, tier) = stage("wrong").await;
    for path in ["/stock/a", "/stock/a?soap12=true"] {
        let answer = tier.get(path).await;
        assert_eq!(answer.error_code(), "SourceFailed", "{path}");
        let message = "Stock refused this operation's credentials. Tell the connector's owner.";
        assert_eq!(answer.json()["message"], message, "{path}");
    }
    tier.shutdown().await;
}

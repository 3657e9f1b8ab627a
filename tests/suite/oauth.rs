//! OAuth against an authorization server made by others (`tests/peers/oidc`), and an API that takes its tokens.

use std::collections::BTreeMap;

use http::Request;
use midspan_tests::{Answer, Peer, Setup, Tier, is_spin};
use serde_json::json;

/// A certificate and its key that are good for nothing but tests.
const CLIENT: &str = include_str!("../../crates/midspan/tests/auth/client.pem");

struct Stage {
    peer: Peer,
    tier: Tier,
    folder: tempfile::TempDir,
}

impl Stage {
    async fn start() -> Self {
        let peer = Peer::start("oidc", &[("CLIENT_CERTIFICATE", CLIENT)]).await;
        let folder = tempfile::tempdir().unwrap();
        let tier = tier(&peer, &folder).await;
        Self { peer, tier, folder }
    }

    async fn whoami(&self, client: &str) -> Answer {
        self.tier.get(&format!("/whoami/{client}")).await
    }

    /// Asks for a user, who comes with the token that the front end gave.
    async fn whoami_for(&self, token: &str) -> Answer {
        let request = Request::get("/whoami/user").header("authorization", format!("Bearer {token}"));
        self.tier.client.send(request, "").await
    }

    async fn token_of(&self, user: &str) -> String {
        let token = self.peer.client.get(&format!("/user?sub={user}")).await;
        token.json().as_str().unwrap().to_owned()
    }

    /// How many tokens each client or user has been given.
    async fn issued(&self) -> BTreeMap<String, u64> {
        serde_json::from_value(self.peer.client.get("/issued").await.json()).unwrap()
    }
}

async fn tier(peer: &Peer, folder: &tempfile::TempDir) -> Tier {
    let setup = Setup {
        variables: vec![format!("peer_url={}", peer.url()), format!("peer_private_key={CLIENT}")],
        store: Some(folder.path().to_owned()),
        ..Setup::default()
    };
    Tier::start_as("tests/spin.toml", setup).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_client_gets_a_token_that_the_api_takes() {
    let stage = Stage::start().await;
    for (path, client) in [
        ("post", "post"),
        ("basic", "basic:1"),
        ("ps256", "ps256"),
        ("rs256", "rs256"),
    ] {
        let answer = stage.whoami(path).await;
        assert_eq!(answer.status(), 200, "{client}: {}", answer.text());
        assert_eq!(
            answer.json(),
            json!({ "client": client, "user": null, "scope": "read" })
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_the_server_does_not_know_fails_by_the_name_of_the_source() {
    let stage = Stage::start().await;
    let answer = stage.whoami("stranger").await;
    assert_eq!((answer.status(), answer.error_code().as_str()), (502, "SourceFailed"));
    assert_eq!(
        answer.json()["message"],
        "The authorization server for The peer refused this connector (401). Tell the connector's owner."
    );
    assert_eq!(answer.json()["error"]["source"], "peer");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_user_is_asked_for_as_themselves_however_many_come_at_once() {
    let stage = Stage::start().await;
    let users = ["ada", "bob", "cyd", "dan", "eve"];
    let mut tokens = Vec::new();
    for user in users {
        tokens.push(stage.token_of(user).await);
    }
    let calls = (0..50).map(|number| {
        let (at, stage, tokens) = (number % users.len(), &stage, &tokens);
        async move {
            let answer = stage.whoami_for(&tokens[at]).await;
            assert_eq!(answer.status(), 200, "{}", answer.text());
            assert_eq!(answer.json()["user"], users[at]);
            assert_eq!(answer.json()["client"], "middle");
        }
    });
    futures::future::join_all(calls).await;
    // Every instance might have asked at the same moment; not every call did.
    assert!(
        stage.issued().await.values().sum::<u64>() < 50,
        "{:?}",
        stage.issued().await
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_whose_token_is_missing_or_does_not_verify_is_told_to_sign_in() {
    let stage = Stage::start().await;
    let answer = stage.whoami("user").await;
    assert_eq!((answer.status(), answer.error_code().as_str()), (401, "Unauthorized"));
    let expired = stage.peer.client.get("/user?sub=ada&seconds=-60").await;
    let forged = {
        let token = stage.token_of("ada").await;
        let (signed, _) = token.rsplit_once('.').unwrap();
        format!("{signed}.{}", "A".repeat(86))
    };
    for token in [expired.json().as_str().unwrap(), &forged, "no-jwt"] {
        let answer = stage.whoami_for(token).await;
        assert_eq!((answer.status(), answer.error_code().as_str()), (401, "Unauthorized"));
        let message = "Your sign-in does not hold for The peer any more. Sign in to the connection again.";
        assert_eq!(answer.json()["message"], message);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_outlives_the_host_in_the_store_where_it_cannot_be_read() {
    if is_spin() {
        return;
    }
    let Stage {
        peer,
        tier: first,
        folder,
    } = Stage::start().await;
    assert_eq!(first.get("/whoami/post").await.status(), 200);
    first.shutdown().await;
    let stage = Stage {
        tier: tier(&peer, &folder).await,
        peer,
        folder,
    };
    assert_eq!(stage.whoami("post").await.status(), 200);
    assert_eq!(stage.issued().await["post"], 1);
    let token = stage.peer.client.get("/tokens").await.json()[0]
        .as_str()
        .unwrap()
        .to_owned();
    let mut whole = Vec::new();
    for file in std::fs::read_dir(stage.folder.path()).unwrap() {
        whole.extend(std::fs::read(file.unwrap().path()).unwrap());
    }
    let has = |text: &str| whole.windows(text.len()).any(|part| part == text.as_bytes());
    assert!(has("midspan/token/"), "it is in the store");
    assert!(!has(&token), "but not as it is");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_token_is_renewed_once() {
    let stage = Stage::start().await;
    assert_eq!(stage.whoami("post").await.status(), 200);
    assert_eq!(stage.whoami("post").await.status(), 200);
    assert_eq!(stage.issued().await["post"], 1, "the second call found it");
    stage.peer.client.send(Request::post("/revoke"), "").await;
    assert_eq!(stage.whoami("post").await.status(), 200);
    assert_eq!(stage.issued().await["post"], 2);
}

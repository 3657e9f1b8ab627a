//! Wycheproof's vectors for signatures and keys.

use serde_json::Value;

use super::*;

const ALL: &[Algorithm] = &[Algorithm::RS256, Algorithm::PS256, Algorithm::ES256, Algorithm::EDDSA];

/// Whether a signature is taken, whatever is signed: the vectors sign texts that are no claims.
fn is_taken(jws: &str, keys: &[Jwk]) -> bool {
    let Ok((signed, signature, header)) = parts(jws) else {
        return false;
    };
    let Some(algorithm) = ALL.iter().find(|algorithm| Some(algorithm.name) == header.text("alg")) else {
        return false;
    };
    let id = header.text("kid");
    let named = keys.iter().filter(|key| id.is_none() || key.kid.as_deref() == id);
    let token = Token {
        algorithm,
        key_id: None,
        claims: Object::read(b"{}").unwrap(),
        signed,
        signature,
    };
    // As `keys::Keys::of` chooses.
    let mut fitting = named.filter(|key| id.is_some() || key.fits(algorithm));
    fitting
        .next()
        .is_some_and(|key| fitting.next().is_none() && token.is_signed_with(key))
}

/// How many of the vectors were taken, and how many refused.
fn run(vectors: &str) -> (u32, u32) {
    let vectors: Value = serde_json::from_str(vectors).unwrap();
    let (mut taken, mut refused) = (0, 0);
    for group in vectors["testGroups"].as_array().unwrap() {
        let key = group.get("public").unwrap_or(&group["private"]);
        let set = match key.get("keys") {
            Some(_) => key.clone(),
            None => serde_json::json!({ "keys": [key] }),
        };
        // A set that leaves open which of its keys is meant is refused as a whole.
        let keys = read_set(set.to_string().as_bytes()).unwrap_or_default();
        for test in group["tests"].as_array().unwrap() {
            let Some(jws) = test["jws"].as_str() else {
                refused += 1;
                continue;
            };
            let algorithm = parts(jws)
                .ok()
                .and_then(|(_, _, header)| header.text("alg").map(ToOwned::to_owned));
            let supported = ALL.iter().any(|own| Some(own.name) == algorithm.as_deref());
            let is = is_taken(jws, &keys);
            let expected = test["result"] == "valid" && supported;
            assert_eq!(is, expected, "{}: {test} with {set}", group["comment"]);
            if is { taken += 1 } else { refused += 1 }
        }
    }
    (taken, refused)
}

#[test]
fn wycheproofs_signatures_are_taken_and_refused_as_they_should_be() {
    let (taken, refused) = run(include_str!("wycheproof/json_web_signature_test.json"));
    // All that are valid, and signed as this takes them.
    assert_eq!((taken, refused), (16, 385));
}

#[test]
fn wycheproofs_keys_are_taken_and_refused_as_they_should_be() {
    let (taken, refused) = run(include_str!("wycheproof/json_web_key_test.json"));
    assert_eq!((taken, refused), (1, 25));
}

//! The store: what it can be read from, what it costs, and what happens without it.

use super::*;

const NOW: Duration = Duration::ZERO;

fn records(host: &TestHost) -> Vec<String> {
    let mut keys = host.stored_keys();
    keys.retain(|key| key.starts_with("midspan-idempotency:r:"));
    keys
}

#[test]
fn what_is_stored_says_nothing_without_the_callers_key() {
    let host = TestHost::new();
    host.on("shop", "POST /orders", Reply::json(201, "987654321"));
    let of_ada = [("idempotency-key", "of-ada"), ("authorization", "Bearer ada")];
    let _ = host.send::<PlaceOrder>(request("/orders", &of_ada, SOUP));
    host.settle();
    for key in host.stored_keys() {
        let value = host.stored(&key).expect("a value");
        let text = format!("{key} {}", String::from_utf8_lossy(&value));
        for secret in ["987654321", "soup", "ada", "orders"] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
}

#[test]
fn a_write_without_the_store_is_refused_and_one_that_may_be_repeated_is_done() {
    let host = shop(NOW);
    host.store_is_down(true);
    let refused = host.send::<PlaceOrder>(soup("a"));
    assert_eq!((refused.status(), code(&refused)), (503, ErrorCode::StoreUnavailable));
    assert_eq!(refused.header("retry-after"), Some("5"));
    assert_eq!(orders(&host), 0);
    let careful = request("/careful/orders", &[("idempotency-key", "a")], SOUP);
    assert_eq!(host.send::<OrderCarefully>(careful).status(), 201);
    assert_eq!(host.send::<PlaceOrder>(request("/orders", &[], SOUP)).status(), 201);

    host.store_is_down(false);
    host.pass(Duration::from_secs(1));
    assert_eq!(host.send::<PlaceOrder>(soup("a")).status(), 201);
}

#[test]
fn an_outcome_that_the_store_does_not_take_at_once_is_kept_later() {
    let host = TestHost::new();
    let ordering = host.clone();
    let number = std::cell::Cell::new(0);
    host.answer("shop", "POST /orders", move |_| {
        ordering.store_is_down(true);
        number.set(number.get() + 1);
        Reply::json(201, number.get().to_string())
    });
    let answer = host.send::<PlaceOrder>(soup("a"));
    assert_eq!(answer.status(), 201);
    host.store_is_down(false);
    host.settle();
    let again = host.send::<PlaceOrder>(soup("a"));
    assert_eq!((again.text(), replayed(&again)), (answer.text(), true));
    assert_eq!(orders(&host), 1);
}

#[test]
fn a_record_that_nobody_could_have_written_is_not_known_to_be_done() {
    let host = shop(NOW);
    let _ = host.send::<PlaceOrder>(soup("a"));
    let _ = host.send::<PlaceOrder>(soup("b"));
    let [one, other] = &records(&host)[..] else {
        panic!("{:?}", records(&host))
    };
    let whole = host.stored(one).expect("a record");
    let mut flipped = whole.to_vec();
    *flipped.last_mut().expect("a byte") ^= 1;
    let foreign = host.stored(other).expect("a record");
    for poison in [whole.slice(..40), flipped.into(), Bytes::from("nonsense"), foreign] {
        host.overwrite(one, poison.clone());
        host.overwrite(other, poison);
        let answers = ["a", "b"].map(|key| host.send::<PlaceOrder>(soup(key)));
        assert!(
            answers
                .iter()
                .any(|answer| answer.status() == 409 && code(answer) == ErrorCode::OutcomeUnknown),
            "{answers:?}"
        );
    }
    assert_eq!(orders(&host), 2);
}

#[test]
fn an_answer_that_is_too_large_is_known_to_be_done() {
    let host = TestHost::new();
    let long = format!(r#"{{"dish": "{}"}}"#, "x".repeat(1_000_000));
    let large = || request("/echo", &[("idempotency-key", "a")], &long);
    assert_eq!(host.send::<Echo>(large()).status(), 200);
    let again = host.send::<Echo>(large());
    assert_eq!((again.status(), code(&again)), (409, ErrorCode::Conflict));
}

/// Echo
#[operation(post = "/echo", auth = none, idempotent = "1h")]
async fn echo(_ctx: Context, input: OrderInput) -> Result<String> {
    Ok(input.order.dish)
}

#[test]
fn what_has_expired_is_collected() {
    let host = shop(NOW);
    for number in 0..50 {
        let _ = host.send::<PlaceOrder>(soup(&format!("old {number}")));
    }
    host.settle();
    assert_eq!(records(&host).len(), 50);
    host.pass(Duration::from_hours(26));
    let old = records(&host);
    let is_there = |record: &String| host.stored(record).is_some();
    let mut number = 0;
    // One call in a thousand collects.
    while old.iter().all(is_there) {
        number += 1;
        assert!(number < 20_000, "nothing is collected");
        let _ = host.send::<PlaceOrder>(soup(&format!("new {number}")));
        host.settle();
    }
    assert!(!old.iter().any(is_there));
    assert_eq!(records(&host).len(), number);
}

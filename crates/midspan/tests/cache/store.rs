//! The store: damaged, absent, slow, and how much it is given.

use super::*;

#[test]
fn a_damaged_or_foreign_entry_is_a_miss_and_is_reported() {
    let host = host([numbered(1), numbered(2), numbered(3), numbered(4), numbered(5)]);
    host.on("api", "GET /things/2", numbered(9));
    let _ = host.get::<Minute>("/minute/1");
    let entries = || {
        host.stored_keys()
            .into_iter()
            .filter(|key| key.starts_with("midspan-cache:e:"))
    };
    let key = entries().next().expect("an entry");
    let whole = host.stored(&key).expect("an entry");
    let _ = host.get::<Minute>("/minute/2");
    let other = entries()
        .find(|other| *other != key)
        .and_then(|key| host.stored(&key))
        .expect("an entry");
    let mut flipped = whole.to_vec();
    *flipped.last_mut().unwrap() ^= 1;
    let cases = [
        whole.slice(..whole.len() / 2),
        flipped.into(),
        Bytes::from("nonsense"),
        other,
    ];
    for (number, poison) in (2..).zip(cases) {
        host.overwrite(&key, poison);
        let answer = host.get::<Minute>("/minute/1");
        assert_eq!(value(&answer), number.to_string());
        assert_eq!(
            cache_status(&answer),
            "api; fwd=uri-miss; fwd-status=200; ttl=60; stored"
        );
        let reports = host.log().iter().filter(|line| line.contains("damaged")).count();
        assert_eq!(reports, number - 1);
    }
}

#[test]
fn without_a_store_the_source_is_asked_and_nothing_fails() {
    let host = host([numbered(1), numbered(2), numbered(3)]);
    host.store_is_down(true);
    let answer = host.get::<Minute>("/minute/1");
    assert_eq!(value(&answer), "1");
    assert_eq!(
        cache_status(&answer),
        "api; fwd=uri-miss; fwd-status=200; ttl=60; detail=store"
    );
    let uses = host.store_uses();
    assert_eq!(value(&host.get::<Minute>("/minute/1")), "2");
    assert_eq!(host.store_uses(), uses, "it is left alone for a second");
    assert_eq!(
        host.log().iter().filter(|line| line.contains("shared store")).count(),
        1,
        "{:?}",
        host.log()
    );
    host.store_is_down(false);
    host.pass(Duration::from_secs(1));
    assert_eq!(value(&host.get::<Minute>("/minute/1")), "3");
    assert_eq!(value(&host.get::<Minute>("/minute/1")), "3");
}

#[test]
fn a_slow_store_costs_its_budget_once() {
    let host = host([numbered(1)]);
    host.store_takes(Duration::from_secs(30));
    assert_eq!(value(&host.get::<Minute>("/minute/1")), "1");
    assert_eq!(host.elapsed(), Duration::from_millis(50));
    assert_eq!(value(&host.get::<Minute>("/minute/1")), "1");
    assert_eq!(host.elapsed(), Duration::from_millis(50));
}

#[test]
fn keys_are_short_and_say_nothing_and_values_are_bounded_and_compressed() {
    let compressible = "x".repeat(900_000);
    let host = host([
        Reply::json(200, format!("\"{compressible}\"")).after(Duration::from_millis(1)),
        numbered(1),
    ]);
    let _ = host.get::<Minute>("/minute/1");
    for key in host.stored_keys() {
        assert!(key.len() <= 256 && !key.contains("things"), "{key}");
        assert!(host.stored(&key).unwrap().len() < 10_000);
    }
    assert_eq!(value(&host.get::<Minute>("/minute/1")), compressible);
    assert_eq!(calls(&host), 1);

    // Digits of a simple generator, which no compression makes small.
    let mut state = 1_u64;
    let noise: String = (0..3_000_000)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            char::from(b'!' + u8::try_from((state >> 33) % 90).unwrap())
                .to_string()
                .replace(['"', '\\'], "_")
        })
        .collect();
    let host = super::host([Reply::json(200, format!("\"{noise}\""))]);
    let answer = host.get::<Minute>("/minute/1");
    assert_eq!(
        cache_status(&answer),
        "api; fwd=uri-miss; fwd-status=200; ttl=60; detail=store"
    );
    let _ = host.get::<Minute>("/minute/1");
    assert_eq!(calls(&host), 2);
}

#[test]
fn what_nobody_can_read_is_not_given_again() {
    let page = Reply::bytes(200, "text/html", "<html>Sign in</html>");
    let host = host([page.header("cache-control", "max-age=60"), with("max-age=60")]);
    for expected in ["does not understand", "1", "1"] {
        let value = value(&host.get::<AsTold>("/told/1"));
        assert!(value.contains(expected), "{value}");
        host.settle();
    }
    assert_eq!(calls(&host), 2);
}

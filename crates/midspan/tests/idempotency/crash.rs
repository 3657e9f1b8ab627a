//! Calls at the same time, and hosts that die at any moment.

use midspan::testing::Attempt;
use proptest::prelude::*;

use super::*;

const SLOW: Duration = Duration::from_millis(300);

/// The call's deadline, and what is waited for beyond.
const LEASE: Duration = Duration::from_secs(10);

fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

#[test]
fn who_comes_while_it_is_under_way_waits_for_the_outcome() {
    let host = shop(SLOW);
    let requests = (0..10).map(|_| (host.other_instance(), soup("a"))).collect();
    let answers = TestHost::send_at_once::<PlaceOrder>(requests);
    assert!(answers.iter().all(|answer| answer.text() == "1"), "{answers:?}");
    assert_eq!(answers.iter().filter(|answer| replayed(answer)).count(), 9);
    assert_eq!(orders(&host), 1);
}

#[test]
fn who_can_wait_no_longer_is_told_that_it_is_under_way() {
    let host = shop(ms(1900));
    let mut hurried = soup("a");
    hurried
        .headers_mut()
        .insert("prefer", "wait=1".parse().expect("a header"));
    let answers =
        TestHost::send_at_once::<PlaceOrder>(vec![(host.clone(), soup("a")), (host.other_instance(), hurried)]);
    assert_eq!(answers[0].status(), 201);
    assert_eq!(
        (answers[1].status(), code(&answers[1])),
        (409, ErrorCode::RequestInProgress)
    );
    assert_eq!(answers[1].header("retry-after"), Some("5"));
    assert_eq!(orders(&host), 1);
}

#[test]
fn who_comes_with_another_call_does_not_wait() {
    let host = shop(SLOW);
    let other = request("/orders", &[("idempotency-key", "a")], r#"{"dish": "cake"}"#);
    let answers = TestHost::send_at_once::<PlaceOrder>(vec![(host.clone(), soup("a")), (host.other_instance(), other)]);
    assert_eq!(code(&answers[1]), ErrorCode::IdempotencyKeyReused);
}

/// A host dies after each millisecond of a call in turn. What a caller is told when it calls again is true.
#[test]
fn a_host_may_die_at_any_moment_and_nothing_is_done_twice() {
    let mut told = std::collections::BTreeSet::new();
    for moment in 0..320 {
        let host = shop(ms(200));
        host.store_takes(ms(20));
        let died = host.other_instance();
        died.send_impatiently::<PlaceOrder>(soup("a"), ms(moment));
        host.pass(LEASE);
        let again = host.send::<PlaceOrder>(soup("a"));
        assert_eq!(orders(&host).max(1), 1, "{moment} ms: done twice");
        match again.status() {
            201 => assert_eq!((again.text().as_str(), orders(&host)), ("1", 1), "{moment} ms"),
            _ => assert_eq!(code(&again), ErrorCode::OutcomeUnknown, "{moment} ms"),
        }
        told.insert((again.status(), replayed(&again)));
    }
    // Before the record, in between, and after it.
    assert_eq!(Vec::from_iter(told), [(201, false), (201, true), (409, false)]);
}

#[test]
fn what_may_be_repeated_is_done_when_the_host_that_did_it_has_died() {
    let host = shop(ms(200));
    let careful = || request("/careful/orders", &[("idempotency-key", "a")], SOUP);
    host.other_instance()
        .send_impatiently::<OrderCarefully>(careful(), ms(100));
    // It is not known that the host is dead before its time is over.
    let soon = host.send::<OrderCarefully>(careful());
    assert_eq!((soon.status(), code(&soon)), (409, ErrorCode::RequestInProgress));
    host.pass(LEASE);
    assert_eq!(host.send::<OrderCarefully>(careful()).text(), "2");
    let again = host.send::<OrderCarefully>(careful());
    assert_eq!((again.text().as_str(), replayed(&again)), ("2", true));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// Several attempts of one call, on instances of their own, at any moments, of which some die; on a store and with a
    /// shop of any speed, which may fail.
    #[test]
    fn whoever_dies_whenever_it_is_done_once_and_all_hear_the_same(
        attempts in prop::collection::vec((0_u64..3000, prop::option::of(0_u64..1500)), 1..8),
        store in 0_u64..60,
        shop_takes in 0_u64..1500,
        fails in any::<bool>(),
    ) {
        let host = if fails {
            let host = TestHost::new();
            host.on("shop", "POST /orders", Reply::status(503).after(ms(shop_takes)));
            host
        } else {
            shop(ms(shop_takes))
        };
        host.store_takes(ms(store));
        let attempts = attempts.into_iter().map(|(after, dies_after)| Attempt {
            host: host.other_instance(),
            request: soup("a"),
            after: ms(after),
            dies_after: dies_after.map(ms),
        });
        let answers = TestHost::send_each::<PlaceOrder>(attempts.collect());
        prop_assert!(orders(&host) <= 1, "done {} times", orders(&host));
        for answer in answers.iter().flatten() {
            match answer.status() {
                201 => prop_assert_eq!((answer.text(), fails, orders(&host)), ("1".to_owned(), false, 1)),
                502 => prop_assert!(fails),
                _ => prop_assert!(
                    matches!(code(answer), ErrorCode::OutcomeUnknown | ErrorCode::RequestInProgress),
                    "{}", answer.text()
                ),
            }
        }
        // Whoever heard that it was done is told so again.
        let done = answers.iter().flatten().any(|answer| answer.status() == 201);
        host.pass(LEASE);
        let again = host.send::<PlaceOrder>(soup("a"));
        if done {
            prop_assert_eq!((again.text(), replayed(&again)), ("1".to_owned(), true));
        }
        prop_assert!(orders(&host) <= 1);
    }
}

//! Rate limits, natively: on several instances that share a store, in virtual time.

use std::time::Duration;

use midspan::{
    prelude::*,
    testing::{Attempt, Response, TestHost},
};
use proptest::prelude::*;

static PARTNERS: Scheme = Scheme::api_key_header("partners", "x-api-key");

const EACH: RateLimit = RateLimit::per_minute(60).burst(10);
const ALL: RateLimit = RateLimit::per_minute(120)
    .burst(12)
    .of_everybody()
    .of_connector()
    .set_by("calls_per_minute");

/// Each
#[operation(get = "/each", auth = [PARTNERS], rate_limits = [EACH])]
async fn each(_ctx: Context) -> Result<bool> {
    Ok(true)
}

/// All
#[operation(get = "/all", id = "AllCallers", auth = [PARTNERS], rate_limits = [ALL, EACH])]
async fn all(_ctx: Context) -> Result<bool> {
    Ok(true)
}

/// Another, of which all count with the other one's
#[operation(get = "/other", auth = none, rate_limits = [ALL])]
async fn other(_ctx: Context) -> Result<bool> {
    Ok(true)
}

/// Busy
#[operation(get = "/busy", auth = none, rate_limits = [RateLimit::per_second(1000)])]
async fn busy(_ctx: Context) -> Result<bool> {
    Ok(true)
}

/// Unlimited
#[operation(get = "/free", auth = none)]
async fn free(_ctx: Context) -> Result<bool> {
    Ok(true)
}

/// A host whose operator has not set anything.
fn host() -> TestHost {
    let host = TestHost::new();
    host.variable("calls_per_minute", None);
    host
}

fn by(host: &TestHost, user: &str) -> Response {
    host.calls_as(Caller::user(user));
    let answer = host.get::<Each>("/each");
    host.calls_as(None);
    answer
}

fn limits(answer: &Response) -> (Option<&str>, Option<&str>) {
    (answer.header("ratelimit-policy"), answer.header("ratelimit"))
}

#[test]
fn a_caller_is_let_in_up_to_the_limit_and_then_told_when_to_come_again() {
    let host = host();
    for left in (0..10).rev() {
        let answer = by(&host, "ada");
        assert_eq!(answer.status(), 200);
        let left = format!("\"caller\";r={left}");
        assert_eq!(limits(&answer), (Some("\"caller\";q=60;w=60"), Some(&*left)));
    }
    let refused = by(&host, "ada");
    assert_eq!(
        (refused.status(), refused.error().error.code),
        (429, ErrorCode::TooManyRequests)
    );
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert_eq!(limits(&refused).1, Some("\"caller\";r=0;t=1"));
    assert_eq!(
        refused.error().message,
        "You may call this operation 60 times a minute. Try again in 1 s; nothing was changed."
    );
    assert_eq!(by(&host, "bob").status(), 200, "one caller is not another");
    host.pass(Duration::from_secs(1));
    assert_eq!(by(&host, "ada").status(), 200);
    assert_eq!(by(&host, "ada").status(), 429);
}

#[test]
fn instances_count_together() {
    let host = host();
    let statuses: Vec<_> = (0..12).map(|_| by(&host.other_instance(), "ada").status()).collect();
    assert_eq!(statuses, [[200; 10].as_slice(), &[429; 2]].concat());
}

#[test]
fn who_has_been_away_saves_up_no_more_than_a_burst() {
    let host = host();
    let _ = by(&host, "ada");
    host.pass(Duration::from_hours(5));
    let statuses: Vec<_> = (0..11).map(|_| by(&host, "ada").status()).collect();
    assert_eq!(statuses, [[200; 10].as_slice(), &[429]].concat());
}

#[test]
fn what_all_callers_of_the_connector_have_is_counted_over_its_operations() {
    let host = host();
    for n in 0..6 {
        assert_eq!(host.get::<Other>("/other").status(), 200);
        host.calls_as(Caller::user(n.to_string()));
        assert_eq!(host.get::<AllCallers>("/all").status(), 200);
        host.calls_as(None);
    }
    let refused = host.get::<Other>("/other");
    assert_eq!(
        limits(&refused),
        (Some("\"connector\";q=120;w=60"), Some("\"connector\";r=0;t=1"))
    );
    // What was taken of the one limit is given back where the other refuses.
    assert_eq!(by(&host, "eve").status(), 200);
}

#[test]
fn the_operator_sets_the_number_or_takes_the_limit_away() {
    let count = |value: Option<&str>| {
        let host = TestHost::new();
        host.variable("calls_per_minute", value);
        (0..20).filter(|_| host.get::<Other>("/other").status() == 200).count()
    };
    assert_eq!(count(None), 12);
    assert_eq!(count(Some("")), 12);
    assert_eq!(count(Some("5")), 5);
    assert_eq!(count(Some("0")), 20);
    assert_eq!(count(Some("many")), 12);
}

#[test]
fn without_the_store_all_are_let_in() {
    let host = host();
    host.store_is_down(true);
    for _ in 0..30 {
        assert_eq!(by(&host, "ada").status(), 200);
    }
    // It was tried once, then left alone.
    assert_eq!(host.store_uses(), 1);
    host.store_is_down(false);
    host.store_takes(Duration::from_secs(9));
    host.pass(Duration::from_secs(2));
    let before = host.elapsed();
    assert_eq!(by(&host, "ada").status(), 200);
    assert_eq!(host.elapsed().saturating_sub(before), Duration::from_millis(50));
}

#[test]
fn an_operation_without_limits_does_not_use_the_store() {
    let host = host();
    let answer = host.get::<Free>("/free");
    assert_eq!(limits(&answer), (None, None));
    assert_eq!(host.store_uses(), 0);
}

#[test]
fn a_busy_instance_asks_the_store_less_often_than_it_is_called_and_a_refused_crowd_not_at_all() {
    let host = host();
    for _ in 0..1000 {
        assert_eq!(host.get::<Busy>("/busy").status(), 200);
    }
    assert!(host.store_uses() < 80, "{}", host.store_uses());
    let before = host.store_uses();
    for _ in 0..1000 {
        assert_eq!(host.get::<Busy>("/busy").status(), 429);
    }
    assert_eq!(host.store_uses(), before + 1);
}

/// What a limit promises: in any stretch of time a burst, what comes back meanwhile, and what instances hold.
fn check(rate: f64, burst: f64, held: f64, admitted: &[Duration]) -> Result<(), TestCaseError> {
    for (first, from) in admitted.iter().enumerate() {
        for (count, to) in (1_u32..).zip(&admitted[first..]) {
            let most = burst + rate * to.saturating_sub(*from).as_secs_f64() + held + 1.0;
            prop_assert!(
                f64::from(count) <= most,
                "{count} within {:?}",
                to.saturating_sub(*from)
            );
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn no_stretch_of_time_lets_in_more_than_the_limit_and_what_instances_hold(
        instances in 1_usize..6,
        calls in prop::collection::vec((0_usize..6, 0_u64..4000), 1..400),
        store in 0_u64..40,
    ) {
        let host = host();
        host.calls_as(Caller::user("ada"));
        host.store_takes(Duration::from_millis(store));
        let all: Vec<_> = (0..instances).map(|_| host.other_instance()).collect();
        let mut moments: Vec<_> = calls.into_iter().map(|(n, at)| (at, n % instances)).collect();
        moments.sort_unstable();
        let attempts: Vec<_> = moments.iter().map(|(at, n)| Attempt {
            host: all[*n].clone(),
            request: http::Request::get("/each").body(bytes::Bytes::new()).expect("a request"),
            after: Duration::from_millis(*at),
            dies_after: None,
        }).collect();
        let answers = TestHost::send_each::<Each>(attempts);
        let admitted: Vec<_> = moments.iter().zip(&answers)
            .filter(|(_, answer)| answer.as_ref().is_some_and(|answer| answer.status() == 200))
            .map(|((at, _), _)| Duration::from_millis(*at))
            .collect();
        check(1.0, 10.0, 0.0, &admitted)?;
        prop_assert!(admitted.len() >= moments.len().min(10), "{} of {}", admitted.len(), moments.len());
    }

    #[test]
    fn a_busy_limit_holds_over_instances_that_take_many_at_once(
        calls in prop::collection::vec(0_usize..5, 1000..3000),
        every_us in 200_u64..2000,
    ) {
        let host = host();
        let all: Vec<_> = (0..5).map(|_| host.other_instance()).collect();
        let mut admitted = Vec::new();
        for n in calls {
            host.pass(Duration::from_micros(every_us));
            if all[n].get::<Busy>("/busy").status() == 200 {
                admitted.push(host.elapsed());
            }
        }
        // Only the stretches from the beginning, since there are many.
        for (count, at) in (1_u32..).zip(&admitted) {
            let most = 1000.0 + 1000.0 * at.as_secs_f64() + 1.0;
            prop_assert!(f64::from(count) <= most, "{count} within {at:?}");
        }
    }
}

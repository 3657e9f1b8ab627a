//! Concurrent equal misses make one call.

use super::*;

const DELAY: Duration = Duration::from_secs(1);

fn at_once<O: Operation>(hosts: &[TestHost], path: &str, count: usize) -> Vec<Response> {
    let requests = (0..count).map(|n| (hosts[n % hosts.len()].clone(), request(path, "")));
    TestHost::send_at_once::<O>(requests.collect())
}

#[test]
fn a_thousand_at_once_over_many_instances_make_one_call() {
    let host = host([numbered(1).after(DELAY), numbered(2)]);
    let hosts: Vec<_> = (0..20).map(|_| host.other_instance()).collect();
    let answers = at_once::<Minute>(&hosts, "/minute/1", 1000);
    assert_eq!(calls(&host), 1);
    assert!(answers.iter().all(|answer| value(answer) == "1"));
    let collapsed = answers
        .iter()
        .filter(|answer| cache_status(answer).ends_with("collapsed"))
        .count();
    assert_eq!(collapsed, 999);
}

#[test]
fn in_one_instance_they_do_so_without_a_store() {
    let host = host([numbered(1).after(DELAY), numbered(2)]);
    host.store_is_down(true);
    let answers = at_once::<Minute>(std::slice::from_ref(&host), "/minute/1", 16);
    assert_eq!(calls(&host), 1);
    assert!(answers.iter().all(|answer| value(answer) == "1"));
}

#[test]
fn a_user_s_equal_calls_are_one_and_another_s_are_not_it() {
    let host = TestHost::new();
    host.answer("mine", "GET /things/1", |request| {
        let token = request.headers()["authorization"].to_str().unwrap();
        Reply::json(200, format!("\"{token}\"")).after(DELAY)
    });
    let requests = (0..16).map(|n| (host.clone(), request("/mine/1", if n % 2 == 0 { "ada" } else { "bob" })));
    let answers = TestHost::send_at_once::<Mine>(requests.collect());
    for (n, answer) in answers.iter().enumerate() {
        assert_eq!(value(answer), if n % 2 == 0 { "ada" } else { "bob" });
    }
    assert_eq!(host.requests("mine").len(), 2);
}

#[test]
fn answers_that_are_not_for_others_are_asked_for_one_by_one_and_nobody_queues() {
    let host = host([with("no-store").after(DELAY)]);
    let instances = [host.clone(), host.other_instance()];
    let _ = at_once::<AsTold>(&instances, "/told/1", 20);
    assert_eq!(calls(&host), 20);
    assert!(host.elapsed() < DELAY * 3, "{:?}", host.elapsed());
}

#[test]
fn a_failure_is_shared_by_those_who_waited_for_it_in_an_instance() {
    for failure in [Reply::json(503, "{}").after(DELAY), Reply::reset().after(DELAY)] {
        let host = host([failure]);
        let answers = at_once::<Minute>(std::slice::from_ref(&host), "/minute/1", 16);
        assert_eq!(calls(&host), 1);
        assert!(
            answers
                .iter()
                .all(|answer| answer.status() == 200 && value(answer).contains("The API"))
        );
    }
}

#[test]
fn if_the_one_who_asks_goes_away_another_does() {
    let host = host([Reply::hang(), numbered(2).after(DELAY)]);
    let other = host.other_instance();
    host.send_impatiently::<Minute>(request("/minute/1", ""), Duration::from_millis(100));
    let gone_at = host.elapsed();
    let answers = at_once::<Minute>(&[host.clone(), other], "/minute/1", 8);
    assert!(answers.iter().all(|answer| value(answer) == "2"));
    assert_eq!(calls(&host), 2);
    // The lease of the dead is waited for, as long as half of the call's five seconds, and no longer.
    assert!(
        host.elapsed() < gone_at + Duration::from_millis(2700) + DELAY,
        "{:?}",
        host.elapsed()
    );
}

#[test]
fn who_asks_for_long_keeps_its_lease() {
    let host = host([numbered(1).after(Duration::from_millis(4500)), numbered(2)]);
    let answers = at_once::<Minute>(&[host.clone(), host.other_instance()], "/minute/1", 2);
    assert!(answers.iter().all(|answer| value(answer) == "1"));
    assert_eq!(calls(&host), 1);
}

#[test]
fn leases_do_not_stay() {
    let host = host([numbered(1)]);
    let _ = host.get::<Minute>("/minute/1");
    host.settle();
    let leases = host
        .stored_keys()
        .into_iter()
        .filter(|key| key.starts_with("midspan-cache:l:"));
    assert_eq!(leases.count(), 0);
}

#[test]
fn a_call_that_takes_too_long_gives_its_lease_back() {
    let host = host([Reply::hang(), numbered(1)]);
    assert!(value(&host.get::<Minute>("/minute/1")).contains("did not answer within 5000 ms"));
    host.settle();
    let begun = host.elapsed();
    assert_eq!(value(&host.other_instance().get::<Minute>("/minute/1")), "1");
    assert_eq!(host.elapsed(), begun);
}

#[test]
fn a_crowd_in_an_instance_does_not_ask_the_store_one_by_one() {
    let host = host([numbered(1)]);
    let _ = host.get::<Minute>("/minute/1");
    host.settle();
    host.store_takes(Duration::from_millis(10));
    let uses = host.store_uses();
    let answers = at_once::<Minute>(std::slice::from_ref(&host), "/minute/1", 16);
    assert!(answers.iter().all(|answer| cache_status(answer) == "api; hit; ttl=59"));
    // Four ask for the entry and for the generations of its two tags.
    assert_eq!(host.store_uses() - uses, 12);
}

static CLOCK: Source = Source::rest("clock");

/// Read for a minute, while the store is away for a moment
#[operation(get = "/outage/{id}", auth = none, sources = [API, CLOCK], deadline = "10s")]
async fn outage(ctx: Context, input: ReadInput) -> Result<String> {
    let call = ctx.source(&API).get("/things/{id}").path("id", &input.id).tag("things");
    let clock = async {
        for path in ["/sooner", "/now", "/later"] {
            ctx.source(&CLOCK).get(path).success().await?;
        }
        Ok(())
    };
    let (value, ()) = try_join!(call.cached(Cache::ttl(MINUTE)).json(), clock)?;
    Ok(value)
}

#[test]
fn who_waits_goes_on_waiting_while_the_store_is_away_for_a_moment() {
    let host = host([numbered(1).after(DELAY), numbered(2)]);
    host.on(
        "clock",
        "GET /sooner",
        Reply::json(200, "").after(Duration::from_millis(100)),
    );
    for (path, down) in [("GET /now", true), ("GET /later", false)] {
        let store = host.clone();
        host.answer("clock", path, move |_| {
            store.store_is_down(down);
            Reply::json(200, "").after(Duration::from_millis(200))
        });
    }
    let other = host.other_instance();
    let (first, second) =
        TestHost::send_both::<Outage, Minute>((&host, request("/outage/1", "")), (&other, request("/minute/1", "")));
    assert_eq!(first.json::<String>(), "1");
    assert_eq!(value(&second), "1");
    assert_eq!(calls(&host), 1);
    assert!(
        host.log().iter().any(|line| line.contains("the shared store failed")),
        "{:?}",
        host.log()
    );
}

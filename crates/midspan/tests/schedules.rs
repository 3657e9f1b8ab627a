//! No schedule of faults makes an operation outlive its deadline, or sends twice what must not be.

use std::time::Duration;

use midspan::{
    prelude::*,
    source::{Auth, Breaker, OAuth, Retry},
    testing::{Reply, TestHost},
};
use proptest::prelude::*;

const DEADLINE: Duration = Duration::from_secs(2);

static ANY_READ: Source = Source::rest("any_read")
    .timeout(Duration::from_millis(1500))
    .retry(Retry::times(2).max_delay(Duration::from_millis(500)))
    .hedge_after(Duration::from_millis(100))
    .breaker(Breaker::after(2).open_for(Duration::from_millis(300)))
    .max_concurrent(1);
static ANY_WRITE: Source = Source::rest("any_write")
    .retry(Retry::times(2))
    .breaker(Breaker::after(3).open_for(Duration::from_secs(1)));
static ANY_PUT: Source = Source::rest("any_put").retry(Retry::times(2).idempotent_writes());
static ANY_TOKEN: Source = Source::rest("any_token").auth(Auth::client_credentials(
    OAuth::at("login_url").client_secret("client_id", "client_secret"),
));

/// Everything at once
#[operation(get = "/everything", auth = none, sources = [ANY_READ, ANY_WRITE, ANY_PUT, ANY_TOKEN], deadline = "2s")]
async fn get_everything(ctx: Context) -> Result<Vec<Part<u32>>> {
    let parts = try_join!(
        ctx.source(&ANY_READ).get("/a").json().optional(),
        ctx.source(&ANY_READ).get("/b").json().optional(),
        ctx.source(&ANY_WRITE).post("/unsafe").json().optional(),
        ctx.source(&ANY_WRITE)
            .post("/keyed")
            .idempotency_key("k")
            .json()
            .optional(),
        ctx.source(&ANY_PUT).put("/").json().optional(),
        ctx.source(&ANY_TOKEN).post("/unsafe").json().optional(),
    )?;
    Ok(<[_; 6]>::from(parts).into())
}

/// What each call asks for, where it may be sent on to, and how often at most it may ask for either.
const ROUTES: [(&str, &str, &str, usize); 6] = [
    ("any_read", "GET /a", "/moved/a", 4),
    ("any_read", "GET /b", "/moved/b", 4),
    ("any_write", "POST /unsafe", "/moved/unsafe", 1),
    ("any_write", "POST /keyed", "/moved/keyed", 3),
    ("any_put", "PUT /", "/moved/put", 3),
    // Once more with another token, where the source refuses the first.
    ("any_token", "POST /unsafe", "/moved/unsafe", 2),
];

fn any_reply(moved: Option<&'static str>) -> impl Strategy<Value = Reply> {
    let end = prop_oneof![
        4 => prop::sample::select(vec![200, 401, 404, 429, 500, 502, 503, 504]).prop_map(Reply::status),
        2 => (0_u32..4, prop::sample::select(vec![429, 503]))
            .prop_map(|(seconds, code)| Reply::status(code).header("retry-after", &seconds.to_string())),
        2 => prop::sample::select(vec![301, 302, 303, 307, 308]).prop_map(move |code| match moved {
            Some(moved) => Reply::status(code).header("location", moved),
            None => Reply::status(code),
        }),
        1 => Just(Reply::reset()),
        1 => Just(Reply::hang()),
        1 => Just(Reply::json(200, "1")),
    ];
    let drip = prop::option::weighted(0.2, 0_u64..2000);
    (end, 0_u64..3000, drip).prop_map(|(reply, delay, drip)| {
        let reply = reply.after(Duration::from_millis(delay));
        match drip {
            Some(every) => reply.dripping(1, Duration::from_millis(every)),
            None => reply,
        }
    })
}

fn any_replies(moved: Option<&'static str>) -> impl Strategy<Value = Vec<Reply>> {
    prop::collection::vec(any_reply(moved), 1..6)
}

/// The replies of each route, and of where it may be sent on to.
fn any_schedule() -> impl Strategy<Value = Vec<(Vec<Reply>, Vec<Reply>)>> {
    Vec::from(ROUTES.map(|(_, _, moved, _)| (any_replies(Some(moved)), any_replies(None))))
}

/// What the authorization server does.
fn any_tokens() -> impl Strategy<Value = Vec<Reply>> {
    let token = r#"{"access_token": "t", "token_type": "Bearer", "expires_in": 3600}"#;
    let issued = (0_u64..3000).prop_map(move |delay| Reply::json(200, token).after(Duration::from_millis(delay)));
    prop::collection::vec(prop_oneof![issued, any_reply(None)], 1..4)
}

proptest! {
    #[test]
    fn no_schedule_of_faults_outlives_the_deadline_or_repeats_what_is_unsafe(
        schedule in any_schedule(),
        tokens in any_tokens(),
        store_is_down: bool,
        store_takes in prop_oneof![Just(0), 0_u64..3000],
        pauses in prop::array::uniform3(0_u64..1500),
    ) {
        let host = TestHost::new();
        for ((source, route, moved, _), (replies, after)) in ROUTES.iter().zip(schedule) {
            for reply in replies {
                host.on(source, route, reply);
            }
            let (method, _) = route.split_once(' ').unwrap();
            // After a 303 what was written is read.
            for reply in after {
                host.on(source, &format!("{method} {moved}"), reply.clone());
                if method != "GET" {
                    host.on(source, &format!("GET {moved}"), reply);
                }
            }
        }
        for reply in tokens {
            host.on("login", "POST /", reply);
        }
        host.store_is_down(store_is_down);
        host.store_takes(Duration::from_millis(store_takes));
        for pause in pauses {
            let (began, sent) = (host.elapsed(), sent_to_each(&host));
            let answer = host.get::<GetEverything>("/everything");
            prop_assert_eq!(answer.status(), 200, "{}", answer.text());
            prop_assert!(host.elapsed() < began + DEADLINE, "{:?} after {began:?}", host.elapsed());
            for (at, ((before, moved_before), (after, moved_after))) in sent.iter().zip(sent_to_each(&host)).enumerate() {
                let most = ROUTES[at].3;
                prop_assert!(after - before <= most, "{} requests for {}", after - before, ROUTES[at].1);
                prop_assert!(moved_after - moved_before <= most, "{} for {}", moved_after - moved_before, ROUTES[at].2);
            }
            host.pass(Duration::from_millis(pause));
        }
    }
}

/// How many requests have reached each route with its own method, and how many the place that it may be sent on to.
fn sent_to_each(host: &TestHost) -> Vec<(usize, usize)> {
    let count = |source: &str, method: &str, path: &str| {
        let sent = host.requests(source);
        let sent = sent
            .iter()
            .filter(|sent| sent.request.method() == method && sent.request.uri().path() == path);
        sent.count()
    };
    let each = ROUTES.iter().map(|(source, route, moved, _)| {
        let (method, path) = route.split_once(' ').expect("a method and a path");
        (count(source, method, path), count(source, method, moved))
    });
    each.collect()
}

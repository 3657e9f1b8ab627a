//! The freshness of an answer that is made of several, and of whole answers that are kept.

use super::*;

static NEWS: Source = Source::rest("news")
    .titled("News")
    .retry(midspan::source::Retry::times(0));

/// Which page.
#[input]
struct PageInput {
    /// Language
    #[header(name = "accept-language")]
    language: Option<String>,
}

#[derive(Debug, Data)]
struct Page {
    thing: String,
    news: Part<String>,
    mine: Option<String>,
}

/// Get a page of two parts
#[operation(get = "/page", auth = none, id = "GetPage", sources = [API, NEWS])]
async fn page(ctx: Context, input: PageInput) -> Result<Page> {
    let (thing, news) = try_join!(
        ctx.source(&API)
            .get("/things/1")
            .cached(Cache::http())
            .tag("things")
            .json(),
        ctx.source(&NEWS)
            .get("/news")
            .cached(Cache::http().stale_if_error(MINUTE))
            .tag("news")
            .json()
            .optional(),
    )?;
    Ok(Page {
        thing,
        news,
        mine: input.language,
    })
}

/// Get a page with a part of the caller's
#[operation(get = "/my-page", auth = none, sources = [API, NEWS, MINE])]
async fn my_page(ctx: Context) -> Result<Page> {
    let (thing, mine) = try_join!(
        ctx.source(&API).get("/things/1").cached(Cache::http()).json(),
        ctx.source(&MINE).get("/things/1").cached(Cache::ttl(MINUTE)).json(),
    )?;
    Ok(Page {
        thing,
        news: Part::fresh("none".into()),
        mine,
    })
}

/// Get a page with a part that is not cached
#[operation(get = "/half", auth = none, sources = [API, NEWS])]
async fn half(ctx: Context) -> Result<Vec<String>> {
    let (a, b) = try_join!(
        ctx.source(&API).get("/things/1").cached(Cache::http()).json(),
        ctx.source(&NEWS).get("/news").json(),
    )?;
    Ok(vec![a, b])
}

/// Get a page that is kept as a whole
#[operation(get = "/whole", auth = none, sources = [API, NEWS], cache = "30s")]
async fn whole(ctx: Context) -> Result<Vec<Part<String>>> {
    let (a, b) = try_join!(
        ctx.source(&API)
            .get("/things/1")
            .cached(Cache::http())
            .tag("things")
            .json()
            .optional(),
        ctx.source(&NEWS).get("/news").json().optional(),
    )?;
    Ok(vec![a, b])
}

fn two(thing: &str, news: &str) -> TestHost {
    let host = host([with(thing)]);
    host.on(
        "news",
        "GET /news",
        Reply::json(200, "\"n\"").header("cache-control", news),
    );
    host
}

fn all_calls(host: &TestHost) -> usize {
    calls(host) + host.requests("news").len()
}

#[test]
fn an_answer_is_as_old_as_its_oldest_part_and_fresh_as_long_as_all_are() {
    let host = two("max-age=100", "max-age=60");
    let first = host.get::<GetPage>("/page");
    assert_eq!(first.header("cache-control"), Some("public, max-age=60"));
    assert_eq!(first.header("age"), Some("0"));
    assert_eq!(first.header("vary"), Some("accept-language"));
    host.pass(Duration::from_secs(40));
    let later = host.get::<GetPage>("/page");
    assert_eq!(later.header("cache-control"), Some("public, max-age=60"));
    assert_eq!(later.header("age"), Some("40"));
    assert_eq!(cache_status(&later), "api; hit; ttl=60, news; hit; ttl=20");
    host.pass(Duration::from_secs(30));
    let mixed = host.get::<GetPage>("/page");
    assert_eq!(
        cache_status(&mixed),
        "api; hit; ttl=30, news; fwd=stale; fwd-status=200; ttl=60; stored"
    );
    assert_eq!(mixed.header("age"), Some("70"));
    assert_eq!(mixed.header("cache-control"), Some("public, max-age=100"));
}

#[test]
fn who_has_it_already_is_told_so_without_a_call() {
    let host = two("max-age=60", "max-age=60");
    let etag = host.get::<GetPage>("/page").header("etag").expect("an ETag").to_owned();
    for wanted in [etag.clone(), format!("\"x\", W/{etag}"), "*".into()] {
        let again = host.get_with::<GetPage>("/page", &[("if-none-match", &wanted)]);
        assert_eq!((again.status(), again.text().as_str()), (304, ""));
        assert_eq!(again.header("etag"), Some(&*etag));
        assert_eq!(again.header("cache-control"), Some("public, max-age=60"));
        assert_eq!(again.header("content-type"), None);
    }
    assert_eq!(
        host.get_with::<GetPage>("/page", &[("if-none-match", "\"x\"")])
            .status(),
        200
    );
    assert_eq!(all_calls(&host), 2);
}

#[test]
fn it_is_private_as_soon_as_a_part_or_the_caller_is() {
    let host = two("max-age=60", "max-age=60");
    host.on("mine", "GET /things/1", Reply::json(200, "\"m\""));
    let get = |path, header: &[(&str, &str)]| host.get_with::<GetPage>(path, header);
    assert_eq!(
        get("/page", &[("x-api-key", "k")]).header("cache-control"),
        Some("private, max-age=60")
    );
    let with_token = get("/page", &[("authorization", "Bearer ada")]);
    assert_eq!(with_token.header("cache-control"), Some("private, max-age=60"));
    assert_eq!(with_token.header("vary"), Some("accept-language, Authorization"));
    let mine = host.get_with::<MyPage>("/my-page", &[("authorization", "Bearer ada")]);
    assert_eq!(mine.header("cache-control"), Some("private, max-age=60"));
}

#[test]
fn an_answer_with_a_part_that_may_not_be_used_again_is_not_either() {
    let host = two("max-age=60", "max-age=60");
    let half = host.get::<Half>("/half");
    assert_eq!(half.header("cache-control"), Some("no-store"));
    assert_eq!(half.header("etag"), None);
    assert_eq!(
        cache_status(&half),
        "api; fwd=uri-miss; fwd-status=200; ttl=60; stored, news; fwd=bypass"
    );
    for news in [
        Reply::json(500, "{}"),
        Reply::json(200, "\"n\"").header("cache-control", "no-store"),
    ] {
        let host = super::host([with("max-age=60")]);
        host.on("news", "GET /news", news);
        assert_eq!(host.get::<GetPage>("/page").header("cache-control"), Some("no-store"));
    }
    let host = two("max-age=600", "max-age=60");
    let _ = host.get::<GetPage>("/page");
    host.on("news", "GET /news", Reply::json(500, "{}"));
    host.pass(MINUTE);
    let _ = host.get::<GetPage>("/page");
    host.pass(MINUTE);
    let stale = host.get::<GetPage>("/page");
    assert_eq!(
        stale.header("cache-control"),
        Some("no-store"),
        "{}",
        cache_status(&stale)
    );
}

#[test]
fn an_operation_without_cached_calls_says_nothing_of_a_cache() {
    let host = two("max-age=60", "max-age=60");
    let _ = host.get::<GetPage>("/page");
    let error = host.get::<GetPage>("/nowhere");
    assert_eq!(error.header("etag"), None);
}

#[test]
fn whole_answers_are_kept_while_nothing_is_missing_in_them() {
    let host = two("max-age=60", "max-age=60");
    let first = host.get::<Whole>("/whole");
    assert_eq!(first.header("cache-control"), Some("no-store"));
    let again = host.get::<Whole>("/whole");
    assert_eq!(again.text(), first.text());
    assert_eq!(again.header("content-type"), Some("application/json"));
    assert_eq!(cache_status(&again), "Whole; hit; ttl=30");
    assert_eq!(again.header("cache-control"), Some("public, max-age=30"));
    assert_eq!(all_calls(&host), 2);
    host.pass(Duration::from_secs(30));
    let _ = host.get::<Whole>("/whole");
    assert_eq!(all_calls(&host), 3);

    let host = super::host([with("max-age=60")]);
    host.on("news", "GET /news", Reply::json(500, "{}"));
    for _ in 0..2 {
        let _ = host.get::<Whole>("/whole");
    }
    assert_eq!(host.requests("news").len(), 2);
}

#[test]
fn whole_answers_to_users_are_theirs_and_equal_requests_at_once_are_composed_once() {
    let host = two("max-age=60", "max-age=60");
    let requests = (0..20).map(|_| (host.clone(), request("/whole", "")));
    let answers = TestHost::send_at_once::<Whole>(requests.collect());
    assert!(answers.iter().all(|answer| answer.status() == 200));
    assert_eq!(host.requests("news").len(), 1);
    let _ = host.send::<Whole>(request("/whole", "Bearer ada"));
    let _ = host.send::<Whole>(request("/whole", "Bearer bob"));
    let _ = host.send::<Whole>(request("/whole", "Bearer ada"));
    assert_eq!(host.requests("news").len(), 3);
}

#[test]
fn equal_requests_to_all_instances_make_one_whole_answer() {
    let host = host([with("max-age=60")]);
    host.on(
        "news",
        "GET /news",
        Reply::json(200, "\"n\"").after(Duration::from_secs(1)),
    );
    let hosts: Vec<_> = (0..8).map(|_| host.other_instance()).collect();
    let requests = (0..80).map(|n| (hosts[n % hosts.len()].clone(), request("/whole", "")));
    let answers = TestHost::send_at_once::<Whole>(requests.collect());
    assert!(answers.iter().all(|answer| answer.text() == answers[0].text()));
    assert_eq!(all_calls(&host), 2);
    let collapsed = answers
        .iter()
        .map(cache_status)
        .filter(|status| status.starts_with("Whole; hit; ttl=") && status.ends_with("; collapsed"));
    assert_eq!(collapsed.count(), 79);
}

#[test]
fn an_answer_that_is_not_whole_is_made_by_each_and_nobody_queues() {
    let host = host([with("max-age=60")]);
    host.on(
        "news",
        "GET /news",
        Reply::json(500, "{}").after(Duration::from_secs(1)),
    );
    let hosts = [host.clone(), host.other_instance()];
    let requests = (0..16).map(|n| (hosts[n % 2].clone(), request("/whole", "")));
    let answers = TestHost::send_at_once::<Whole>(requests.collect());
    assert!(answers.iter().all(|answer| answer.status() == 200));
    assert_eq!(host.requests("news").len(), 16);
    assert!(host.elapsed() < Duration::from_secs(3), "{:?}", host.elapsed());
}

//! The index: what an operator sees, and how dead entries go.

use midspan::cache::{Collection, Kept, Wanted};

use super::*;

/// What to do with the cache.
#[input]
struct OperateInput {
    /// Act
    #[path]
    act: String,
    /// Key, or number
    #[query]
    with: Option<String>,
}

/// Operate the cache
#[operation(post = "/operate/{act}", auth = none)]
async fn operate(ctx: Context, input: OperateInput) -> Result<Vec<String>> {
    let (cache, with) = (ctx.cache(), input.with.unwrap_or_default());
    Ok(match input.act.as_str() {
        "list" => {
            let page = cache.entries(&Wanted::default(), 100).await?;
            page.entries.iter().map(told).collect()
        }
        "keys" => {
            let page = cache.entries(&Wanted::default(), 100).await?;
            page.entries.into_iter().map(|entry| entry.listed.key).collect()
        }
        "pages" => {
            let (mut wanted, mut pages) = (Wanted::default(), Vec::new());
            loop {
                let page = cache.entries(&wanted, with.parse().expect("a number")).await?;
                pages.push(page.entries.iter().map(told).collect::<Vec<_>>().join(", "));
                wanted.after = page.next;
                if wanted.after.is_none() {
                    break pages;
                }
            }
        }
        "show" => {
            let found = cache.entry(&with).await?;
            let text = |answer: http::Response<Bytes>| String::from_utf8_lossy(answer.body()).into_owned();
            found.map(|(_, answer)| text(answer)).into_iter().collect()
        }
        "clear" => vec![cache.clear().await?.to_string()],
        _ => {
            let Collection { dead, evicted, left } = cache.collect(with.parse().expect("a number")).await?;
            vec![format!("{dead} dead, {evicted} evicted, {left} left")]
        }
    })
}

fn told(entry: &Kept) -> String {
    let listed = &entry.listed;
    // Whose it is changes with the form of keys.
    let scope = listed.scope.split(':').next().unwrap_or_default();
    let (source, target, tags) = (&listed.source, &listed.target, listed.tags.join("+"));
    format!("{source} {scope} {target} {} {} {tags}", listed.status, listed.bytes)
}

fn operator(host: &TestHost, path: &str) -> Vec<String> {
    let request = http::Request::post(format!("/operate/{path}"))
        .body(Bytes::new())
        .expect("a path");
    host.send::<Operate>(request).json()
}

fn filled() -> TestHost {
    let host = TestHost::new();
    for n in 1..=3 {
        host.on(
            "api",
            &format!("GET /things/{n}"),
            numbered(n).header("cache-control", "max-age=7200"),
        );
        let _ = host.get::<AsTold>(&format!("/told/{n}"));
        host.settle();
        host.pass(Duration::from_mins(30));
    }
    host
}

#[test]
fn an_operator_sees_what_there_is_and_nothing_of_a_user_s_query() {
    let host = filled();
    host.on("mine", "GET /things/1", Reply::json(200, "\"mine\""));
    let _ = host.send::<Mine>(request("/mine/1", "Bearer ada"));
    host.settle();
    let all = operator(&host, "list");
    assert_eq!(all[0], "mine user /things/1 200 6 things");
    assert_eq!(
        all[1..],
        ["1", "2", "3"].map(|n| format!("api public /things/{n} 200 3 things"))
    );
    let keys = operator(&host, "keys");
    assert_eq!(operator(&host, &format!("show?with={}", keys[1])), ["\"1\""]);
    assert_eq!(operator(&host, &format!("show?with={}", &keys[2][..6])), ["\"2\""]);
    assert_eq!(operator(&host, "show?with=nonsense"), [""; 0]);
    assert_eq!(operator(&host, "show?with="), [""; 0], "they all begin so");
    assert_eq!(operator(&host, "clear"), ["4"]);
    assert_eq!(operator(&host, "list"), [""; 0]);
    assert_eq!(
        cache_status(&host.get::<AsTold>("/told/1")),
        "api; fwd=uri-miss; fwd-status=200; ttl=7200; stored"
    );
}

#[test]
fn what_is_dead_goes_and_what_lives_stays() {
    let host = filled();
    assert_eq!(operator(&host, "collect?with=10"), ["0 dead, 0 evicted, 3 left"]);
    host.pass(Duration::from_mins(90));
    assert_eq!(operator(&host, "collect?with=10"), ["2 dead, 0 evicted, 1 left"]);
    // Stored again before it is dead, it has a new place in the index.
    let _ = host.get::<AsTold>("/told/3?ask=no-cache");
    host.settle();
    host.pass(Duration::from_mins(90));
    assert_eq!(operator(&host, "collect?with=10"), ["0 dead, 0 evicted, 1 left"]);
    assert_eq!(operator(&host, "list"), ["api public /things/3 200 3 things"]);
    host.pass(Duration::from_hours(24 * 40));
    assert_eq!(operator(&host, "collect?with=10"), ["1 dead, 0 evicted, 0 left"]);
    assert_eq!(host.stored_keys(), [""; 0]);
}

#[test]
fn of_too_many_those_go_that_die_first() {
    let host = filled();
    assert_eq!(operator(&host, "collect?with=1"), ["0 dead, 2 evicted, 1 left"]);
    assert_eq!(operator(&host, "list"), ["api public /things/3 200 3 things"]);
}

#[test]
fn a_list_comes_in_pages_and_each_entry_once() {
    let host = filled();
    // Stored again, the first has a second place in the index.
    let _ = host.get::<AsTold>("/told/1?ask=no-cache");
    host.settle();
    for (size, pages) in [("3", 1), ("2", 2), ("1", 3)] {
        let listed = operator(&host, &format!("pages?with={size}"));
        assert_eq!(listed.len(), pages);
        let mut all: Vec<_> = listed.iter().flat_map(|page| page.split(", ")).collect();
        all.sort_unstable();
        assert_eq!(
            all,
            ["1", "2", "3"].map(|n| format!("api public /things/{n} 200 3 things"))
        );
    }
}

/// Read a thing and keep the whole answer
#[operation(get = "/listed/{id}", auth = none, sources = [API], cache = "1h")]
async fn listed_whole(ctx: Context, input: ReadInput) -> Result<String> {
    let call = ctx.source(&API).get("/things/{id}").path("id", &input.id);
    call.cached(Cache::ttl(MINUTE)).tag("things").tag("more").json().await
}

#[test]
fn whole_answers_are_listed_with_the_tags_of_their_parts() {
    let host = host([numbered(1)]);
    let _ = host.get::<ListedWhole>("/listed/1");
    host.settle();
    assert_eq!(
        operator(&host, "list"),
        [
            "api public /things/1 200 3 things+more",
            "ListedWhole public /listed/1 200 3 things+more"
        ]
    );
}

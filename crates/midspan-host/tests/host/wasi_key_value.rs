//! `wasi:keyvalue`, in every kind of store: batches, counters and compare-and-swap.

use crate::support::redis::Redis;
use crate::support::{App, get, url};

/// What a component finds is the same, whatever keeps the values.
async fn check(runtime_config: &str) {
    let mut app = App::probe("key_value_stores = [\"default\"]");
    app.options.runtime_config_file = Some(app.write("runtime-config.toml", runtime_config));
    let host = app.start().await;
    let ask = async |path: &str| get(&url(&host, path)).await.text();

    assert_eq!(ask("/set?key=a&value=1").await, "set");
    assert_eq!(ask("/get?key=a").await, "1");
    assert_eq!(ask("/set-many?b=2&c=3").await, "set");
    assert_eq!(ask("/get-many?a&b&d").await, "a=1,b=2");
    assert_eq!(ask("/list").await, "a,b,c");
    assert_eq!(ask("/delete-many?a&b&d").await, "deleted");
    assert_eq!(ask("/list").await, "c");

    assert_eq!(ask("/increment?key=n&by=3").await, "3");
    assert_eq!(ask("/increment?key=n&by=-10").await, "-7");

    // Between the read and the swap somebody sets the value to `between`.
    assert_eq!(ask("/swap?key=s&value=1").await, "swapped from (none)");
    assert_eq!(ask("/swap?key=s&value=2").await, "swapped from 1");
    assert_eq!(ask("/swap?key=s&value=3&between=x").await, "lost from 2, now x");
    assert_eq!(ask("/get?key=s").await, "x");
    assert_eq!(ask("/swap?key=new&value=1&between=x").await, "lost from (none), now x");
    assert_eq!(ask("/swap?key=s&value=4&delete").await, "lost from x, now (none)");
}

#[tokio::test(flavor = "multi_thread")]
async fn in_memory() {
    check("[key_value_store.default]\ntype = \"spin\"\n").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_sqlite() {
    check("[key_value_store.default]\ntype = \"spin\"\npath = \"store.db\"\n").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_redis() {
    check(&Redis::start().await.runtime_config()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hosts_on_one_redis_share_what_they_store() {
    let redis = Redis::start().await;
    let mut app = App::probe("key_value_stores = [\"default\"]");
    app.options.runtime_config_file = Some(app.write("runtime-config.toml", &redis.runtime_config()));
    let (one, other) = (app.start().await, app.start().await);

    assert_eq!(get(&url(&one, "/set?key=k&value=shared")).await.text(), "set");
    assert_eq!(get(&url(&other, "/get?key=k")).await.text(), "shared");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_is_gone_is_an_error_of_the_store_and_one_that_is_back_is_used_again() {
    let mut redis = Redis::start().await;
    let mut app = App::probe("key_value_stores = [\"default\"]");
    app.options.runtime_config_file = Some(app.write("runtime-config.toml", &redis.runtime_config()));
    let host = app.start().await;
    assert_eq!(get(&url(&host, "/get?key=k")).await.text(), "(none)");

    redis.kill().await;

    let answer = get(&url(&host, "/get?key=k")).await;
    assert_eq!(answer.status, 502);
    assert!(answer.text().contains("Redis"), "{}", answer.text());
    assert_eq!(get(&url(&host, "/hello")).await.text(), "hello");

    redis.revive().await;
    // The connection is made anew beside the requests.
    while get(&url(&host, "/set?key=k&value=v")).await.status != 200 {}
    assert_eq!(get(&url(&host, "/get?key=k")).await.text(), "v");
}

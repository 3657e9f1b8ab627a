//! What the shared store has under a key of the cache: its bytes are a miss or an answer, whoever wrote them.

use midspan::{
    cache::Cache,
    prelude::*,
    testing::{Reply, TestHost},
};

static API: Source = Source::rest("api");

/// Read
#[operation(get = "/read", auth = none, sources = [API])]
async fn read(ctx: Context) -> Result<String> {
    let cache = Cache::ttl(std::time::Duration::from_secs(60));
    ctx.source(&API).get("/read").cached(cache).tag("things").json().await
}

/// The first bytes of what is stored: a mark, a checksum, a form, and the key with its length.
const HEAD: usize = 4 + 4 + 1 + 8 + 32;

/// Puts it into the store, as it is; then in a whole envelope, behind the key, plain and as if it were compressed.
pub fn run(data: &[u8]) {
    let host = TestHost::new();
    host.on("api", "GET /read", Reply::json(200, "\"fresh\""));
    let answer = host.get::<Read>("/read");
    assert_eq!(answer.json::<String>(), "fresh");
    host.settle();
    let keys = host.stored_keys();
    let Some(key) = keys.iter().find(|key| key.contains(":e:")) else {
        panic!("nothing is stored: {keys:?}");
    };
    let whole = host.stored(key).expect("what was stored");
    let behind_the_key = [&whole[9..HEAD], data].concat();
    check(&host, key, data);
    check(&host, key, &enveloped(&whole, 0, &behind_the_key));
    check(&host, key, &enveloped(&whole, 1, data));
}

fn enveloped(whole: &[u8], form: u8, payload: &[u8]) -> Vec<u8> {
    let mut sum = adler2::Adler32::new();
    sum.write_slice(&[form]);
    sum.write_slice(payload);
    [&whole[..4], &sum.checksum().to_le_bytes(), &[form], payload].concat()
}

fn check(host: &TestHost, key: &str, stored: &[u8]) {
    // What this instance has in its memory is not asked of the store.
    let other = host.other_instance();
    other.overwrite(key, stored.to_vec());
    let answer = other.get::<Read>("/read");
    assert!(matches!(answer.status(), 200 | 502), "{}", answer.text());
    crate::check_answer(&answer);
    other.settle();
}

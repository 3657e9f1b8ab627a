//! The cases of the W3C's test suite for Trace Context (<https://github.com/w3c/trace-context>, `test/test.py`, at strict
//! level 2), each under its name there: a caller sends headers, and the operation calls back.
//!
//! The suite is not run itself but written anew, since it comes in no package.

use http::HeaderMap;
use midspan_tests::{Origin, Setup, Tier};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

const ID: &str = "12345678901234567890123456789012";
const SAMPLED: &str = "00-12345678901234567890123456789012-1234567890123456-01";
const PARENT: (&str, &str) = ("traceparent", "00-12345678901234567890123456789012-1234567890123456-00");

struct Harness {
    tier: Tier,
    origin: Origin,
}

/// What the callbacks carried.
struct Carried {
    trace_id: String,
    parent_id: String,
    tracestate: Option<String>,
}

impl Harness {
    async fn start() -> Self {
        let origin = Origin::start().await;
        let setup = Setup {
            variables: vec![format!("origin_url={}", origin.url())],
            ..Setup::default()
        };
        let tier = Tier::start_as("tests/spin.toml", setup).await;
        Self { tier, origin }
    }

    /// Sends a request with headers exactly as they are here, which no client library would do.
    async fn calls(&self, headers: &[(&str, &str)], count: usize) -> Vec<Carried> {
        let address = self.tier.client.base().trim_start_matches("http://");
        let mut text = format!("POST /callback?count={count} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n");
        for &(name, value) in headers {
            text.extend([name, ": ", value, "\r\n"]);
        }
        text += "content-length: 0\r\n\r\n";
        let mut stream = TcpStream::connect(address).await.expect("the host listens");
        stream.write_all(text.as_bytes()).await.expect("the host reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("the host answers");
        assert!(answer.starts_with("HTTP/1.1 200 "), "{headers:?}: {answer}");
        let seen = self.origin.take_headers();
        assert_eq!(seen.len(), count, "{headers:?}");
        seen.iter().map(carried).collect()
    }

    async fn call(&self, headers: &[(&str, &str)]) -> Carried {
        self.calls(headers, 1).await.remove(0)
    }

    /// The trace is the caller's, or not.
    async fn takes(&self, traceparent: &str, expected: bool) {
        let carried = self.call(&[("traceparent", traceparent)]).await;
        assert_eq!(carried.trace_id == ID, expected, "{traceparent}");
        assert_ne!(carried.parent_id, "1234567890123456", "{traceparent}");
    }

    /// What becomes of lines of `tracestate`, beside a valid `traceparent`.
    async fn keeps(&self, lines: &[&str], expected: Option<&str>) {
        let lines = lines.iter().map(|line| ("tracestate", *line));
        let headers: Vec<_> = [PARENT].into_iter().chain(lines).collect();
        let carried = self.call(&headers).await;
        assert_eq!(carried.trace_id, ID, "{headers:?}");
        assert_eq!(carried.tracestate.as_deref(), expected, "{headers:?}");
    }
}

/// A callback has one valid `traceparent`.
fn carried(headers: &HeaderMap) -> Carried {
    let texts = |name: &str| -> Vec<String> {
        let values = headers.get_all(name).iter();
        values.map(|value| value.to_str().expect("text").to_owned()).collect()
    };
    let traceparents = texts("traceparent");
    let [traceparent] = traceparents.as_slice() else {
        panic!("one traceparent: {traceparents:?}");
    };
    let parts: Vec<_> = traceparent.split('-').collect();
    let [version, trace_id, parent_id, flags] = parts.as_slice() else {
        panic!("four parts: {traceparent}");
    };
    let is_hex = |text: &str| text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let lengths = [version.len(), trace_id.len(), parent_id.len(), flags.len()];
    assert_eq!(lengths, [2, 32, 16, 2], "{traceparent}");
    assert!(parts.iter().all(|part| is_hex(part)), "{traceparent}");
    assert!(trace_id.bytes().any(|byte| byte != b'0') && parent_id.bytes().any(|byte| byte != b'0'));
    let tracestate = texts("tracestate");
    Carried {
        trace_id: (*trace_id).to_owned(),
        parent_id: (*parent_id).to_owned(),
        tracestate: (!tracestate.is_empty()).then(|| tracestate.join(",")),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn traceparent_is_taken_or_begun_anew_as_the_suite_has_it() {
    let harness = Harness::start().await;
    // test_both_traceparent_and_tracestate_missing
    harness.call(&[]).await;
    // test_traceparent_included_tracestate_missing
    harness.takes(SAMPLED, true).await;
    // test_traceparent_duplicated
    let other = "00-12345678901234567890123456789011-1234567890123456-01";
    let twice = harness.call(&[("traceparent", other), ("traceparent", SAMPLED)]).await;
    assert!(twice.trace_id != ID && twice.trace_id != "12345678901234567890123456789011");
    // test_traceparent_header_name
    for name in ["trace-parent", "trace.parent"] {
        assert_ne!(harness.call(&[(name, SAMPLED)]).await.trace_id, ID, "{name}");
    }
    // test_traceparent_header_name_valid_casing
    for name in ["TraceParent", "TrAcEpArEnT", "TRACEPARENT"] {
        assert_eq!(harness.call(&[(name, SAMPLED)]).await.trace_id, ID, "{name}");
    }
    let rest = "12345678901234567890123456789012-1234567890123456-01";
    let cases = [
        // test_traceparent_version_0x00
        (format!("00-{rest}."), false),
        (format!("00-{rest}-what-the-future-will-be-like"), false),
        // test_traceparent_version_0xcc
        (format!("cc-{rest}"), true),
        (format!("cc-{rest}-what-the-future-will-be-like"), true),
        (format!("cc-{rest}.what-the-future-will-be-like"), false),
        // test_traceparent_version_0xff
        (format!("ff-{rest}"), false),
        // test_traceparent_version_illegal_characters, _too_long, _too_short
        (format!(".0-{rest}"), false),
        (format!("0.-{rest}"), false),
        (format!("000-{rest}"), false),
        (format!("0000-{rest}"), false),
        (format!("0-{rest}"), false),
        // test_traceparent_trace_id_all_zero, _illegal_characters, _too_long, _too_short
        ("00-00000000000000000000000000000000-1234567890123456-01".into(), false),
        ("00-.2345678901234567890123456789012-1234567890123456-01".into(), false),
        ("00-1234567890123456789012345678901.-1234567890123456-01".into(), false),
        (format!("00-{ID}3-1234567890123456-01"), false),
        ("00-1234567890123456789012345678901-1234567890123456-01".into(), false),
        // test_traceparent_parent_id_all_zero, _illegal_characters, _too_long, _too_short
        (format!("00-{ID}-0000000000000000-01"), false),
        (format!("00-{ID}-.234567890123456-01"), false),
        (format!("00-{ID}-123456789012345.-01"), false),
        (format!("00-{ID}-12345678901234567-01"), false),
        (format!("00-{ID}-123456789012345-01"), false),
        // test_traceparent_trace_flags_illegal_characters, _too_long, _too_short
        (format!("00-{ID}-1234567890123456-.0"), false),
        (format!("00-{ID}-1234567890123456-0."), false),
        (format!("00-{ID}-1234567890123456-001"), false),
        (format!("00-{ID}-1234567890123456-1"), false),
        // test_traceparent_ows_handling
        (format!(" {SAMPLED}"), true),
        (format!("\t{SAMPLED}"), true),
        (format!("{SAMPLED} "), true),
        (format!("{SAMPLED}\t"), true),
        (format!("\t {SAMPLED} \t"), true),
    ];
    for (traceparent, expected) in cases {
        harness.takes(&traceparent, expected).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tracestate_is_inherited_or_discarded_as_the_suite_has_it() {
    let harness = Harness::start().await;
    // test_tracestate_included_traceparent_missing
    for state in ["foo=1", "foo=1,bar=2"] {
        assert_eq!(harness.call(&[("tracestate", state)]).await.tracestate, None);
    }
    // test_tracestate_included_traceparent_included
    harness.keeps(&["foo=1,bar=2"], Some("foo=1,bar=2")).await;
    // test_tracestate_header_name
    for name in ["trace-state", "trace.state"] {
        assert_eq!(
            harness.call(&[PARENT, (name, "foo=1")]).await.tracestate,
            None,
            "{name}"
        );
    }
    // test_tracestate_header_name_valid_casing
    for name in ["TraceState", "TrAcEsTaTe", "TRACESTATE"] {
        let carried = harness.call(&[PARENT, (name, "foo=1")]).await;
        assert_eq!(carried.tracestate.as_deref(), Some("foo=1"), "{name}");
    }
    // test_tracestate_empty_header
    harness.keeps(&[""], None).await;
    harness.keeps(&["foo=1", ""], Some("foo=1")).await;
    harness.keeps(&["", "foo=1"], Some("foo=1")).await;
    // test_tracestate_multiple_headers_different_keys
    let all = "foo=1,bar=2,rojo=1,congo=2,baz=3";
    harness
        .keeps(&["foo=1,bar=2", "rojo=1,congo=2", "baz=3"], Some(all))
        .await;
    // test_tracestate_duplicated_keys
    for lines in [
        &["foo=1,foo=1"][..],
        &["foo=1,foo=2"],
        &["foo=1", "foo=1"],
        &["foo=1", "foo=2"],
    ] {
        harness.keeps(lines, None).await;
    }
    // test_tracestate_all_allowed_characters
    let key = "abcdefghijklmnopqrstuvwxyz0123456789_-*/";
    let value: String = (0x20..=0x7e_u8)
        .map(char::from)
        .filter(|c| !matches!(c, ',' | '='))
        .collect();
    for key in [key.to_owned(), format!("{key}@a-z0-9_-*/")] {
        let member = format!("{key}={value}");
        harness.keeps(&[&member], Some(&member)).await;
    }
    // test_tracestate_ows_handling
    for line in ["foo=1 \t , \t bar=2, \t baz=3", "foo=1\t \t,\t \tbar=2,\t \tbaz=3"] {
        harness.keeps(&[line], Some("foo=1,bar=2,baz=3")).await;
    }
    for line in [" foo=1", "\tfoo=1", "foo=1 ", "foo=1\t", "\t foo=1 \t"] {
        harness.keeps(&[line], Some("foo=1")).await;
    }
    // test_tracestate_key_illegal_characters, test_tracestate_key_illegal_vendor_format
    for line in [
        "foo =1",
        "FOO=1",
        "foo.bar=1",
        "foo@=1,bar=2",
        "@foo=1,bar=2",
        "foo@@bar=1,bar=2",
        "foo@bar@baz=1,bar=2",
    ] {
        harness.keeps(&[line], None).await;
    }
    // test_tracestate_member_count_limit
    let members = |range: std::ops::RangeInclusive<u32>| {
        let members: Vec<_> = range.map(|at| format!("bar{at:02}={at:02}")).collect();
        members.join(",")
    };
    let tens = [members(1..=10), members(11..=20), members(21..=30)];
    let with = |last: &'static str| [&tens[0], &tens[1], &tens[2], last].map(ToOwned::to_owned);
    let lines = with("bar31=31,bar32=32");
    harness
        .keeps(&lines.each_ref().map(String::as_str), Some(&members(1..=32)))
        .await;
    let lines = with("bar31=31,bar32=32,bar33=33");
    harness.keeps(&lines.each_ref().map(String::as_str), None).await;
    // test_tracestate_key_length_limit
    let (tenant, system) = ("t".repeat(241), "v".repeat(14));
    for (key, valid) in [
        ("z".repeat(256), true),
        ("z".repeat(257), false),
        (format!("{tenant}@{system}"), true),
        (format!("{tenant}t@v"), false),
        (format!("t@{system}v"), false),
    ] {
        let whole = format!("foo=1,{key}=1");
        harness
            .keeps(&["foo=1", &format!("{key}=1")], valid.then_some(&*whole))
            .await;
    }
    // test_tracestate_value_illegal_characters
    for line in ["foo=bar=baz", "foo=,bar=3"] {
        harness.keeps(&[line], None).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_of_several_callbacks_has_a_parent_of_its_own() {
    let harness = Harness::start().await;
    let distinct = |carried: &[Carried]| {
        let ids: std::collections::BTreeSet<_> = carried.iter().map(|carried| &carried.parent_id).collect();
        ids.len()
    };
    // test_multiple_requests_with_valid_traceparent
    let carried = harness.calls(&[("traceparent", SAMPLED)], 3).await;
    assert!(carried.iter().all(|carried| carried.trace_id == ID));
    assert_eq!(distinct(&carried), 3);
    // test_multiple_requests_without_traceparent
    assert_eq!(distinct(&harness.calls(&[], 3).await), 3);
    // test_multiple_requests_with_illegal_traceparent
    let zero = "00-00000000000000000000000000000000-1234567890123456-01";
    assert_eq!(distinct(&harness.calls(&[("traceparent", zero)], 3).await), 3);
}

//! What a broken or hostile service can answer: always a clear error, never a panic.

use midspan::testing::{Reply, TestHost};
use proptest::prelude::*;

use crate::leave::{answers, envelope};

/// The answer is not understood; the log says why.
#[track_caller]
fn check(body: impl Into<Vec<u8>>, expected: &str) {
    let host = TestHost::new();
    let answer = answers(&host, Reply::xml(200, body.into()));
    assert_eq!(answer.error().error.code.name(), "SourceInvalid", "{}", answer.text());
    let log = host.log().concat();
    assert!(log.contains(expected), "{}", log.chars().take(400).collect::<String>());
}

const DTD: &str = "has a document type definition, which SOAP forbids";

#[test]
fn entities_cant_be_declared() {
    let laughs = (1..10).fold(String::from("<!ENTITY l0 'ha'>"), |text, n| {
        let many = format!("&l{};", n - 1).repeat(10);
        text + &format!("<!ENTITY l{n} '{many}'>")
    });
    check(format!("<!DOCTYPE s [{laughs}]>{}", envelope("&l9;")), DTD);
    check(
        format!(
            "<?xml version='1.0'?>\n<!DOCTYPE s [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>{}",
            envelope("&x;")
        ),
        DTD,
    );
    check(
        format!("<!DOCTYPE s SYSTEM 'http://evil.test/x.dtd'>{}", envelope("")),
        DTD,
    );
    check(format!("<!doctype s>{}", envelope("")), DTD);
    check(
        envelope("&undeclared;"),
        "is not well-formed: unknown entity reference 'undeclared' at 1:73",
    );
    check(envelope("&#0;"), "is not well-formed");
}

#[test]
fn what_is_too_deep_too_wide_or_too_much_is_refused() {
    check(
        envelope(&"<a>".repeat(10_000)),
        "has more than 128 elements within each other",
    );
    let attributes: Vec<_> = (0..100_000).map(|n| format!("a{n}=''")).collect();
    check(
        envelope(&format!("<a {}/>", attributes.join(" "))),
        "has more than 256 attributes in one element",
    );
    let huge = "x".repeat(7 * 1024 * 1024);
    check(
        envelope(&format!("<a b='{huge}'/>")),
        "is not the element that this operation answers with",
    );
    check(envelope(&"<a/>".repeat(600_000)), "has more than 500000 tags");
    let more = vec![b' '; 9 * 1024 * 1024];
    check(more, "more than 8388608 bytes");
}

#[test]
fn what_is_cut_off_or_malformed_is_refused() {
    let whole = envelope("<GetBalanceResponse xmlns='http://contoso.com/leave'><Days>2</Days></GetBalanceResponse>");
    for length in 1..whole.len() {
        check(&whole[..length], "is not well-formed");
    }
    check("", "is missing: the answer is empty");
    check(format!("{whole}{whole}"), "is not well-formed");
    check(format!("{whole}<"), "is not well-formed");
    check("{\"json\": true}", "is not well-formed");
    check("<html></html>", "`html` (line 1, column 1) is not a SOAP envelope");
    check("<Envelope><Body/></Envelope>", "is not a SOAP envelope");
    check(
        "<Envelope xmlns='http://schemas.xmlsoap.org/soap/envelope/'/>",
        "has no SOAP body",
    );
    check(envelope("<a b='1' b='2'/>"), "is not well-formed");
    check(envelope("<p:a/>"), "is not well-formed");
    check(envelope("<a></b>"), "is not well-formed");
}

#[test]
fn a_wrong_encoding_is_named() {
    check(
        [b"<a>".as_slice(), b"J\xFCrg</a>"].concat(),
        "is not valid UTF-8 at byte 4",
    );
    let mut odd: Vec<u8> = "\u{feff}<a/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    odd.push(0);
    check(odd, "is not valid UTF-16");
    let shift_jis = Reply::bytes(200, "text/xml; charset=shift_jis", "<a/>");
    let host = TestHost::new();
    assert_eq!(answers(&host, shift_jis).status(), 502);
    assert!(
        host.log()
            .concat()
            .contains("is encoded as \\\"shift_jis\\\"; UTF-8, UTF-16 and ISO-8859-1 are read")
    );
}

proptest! {
    #[test]
    fn no_bytes_panic(body: Vec<u8>, status in prop_oneof![Just(200_u16), Just(500)]) {
        let answer = answers(&TestHost::new(), Reply::xml(status, body));
        prop_assert_eq!(answer.status(), 502);
    }

    #[test]
    fn no_markup_panics(
        pieces in proptest::collection::vec(
            prop_oneof![
                Just("<GetBalanceResponse xmlns='http://contoso.com/leave'>"), Just("</GetBalanceResponse>"),
                Just("<Days>"), Just("</Days>"), Just("<Entry xmlns=''>"), Just("<s:Fault>"), Just("</s:Fault>"),
                Just("<detail/>"), Just("<![CDATA["), Just("]]>"), Just("<!--"), Just("-->"), Just("<?x"), Just("?>"),
                Just("&lt;"), Just("&#x10FFFF;"), Just("&"), Just("1.5"), Just("<a b='"), Just("'/>"), Just("xmlns:s='u'"),
            ],
            0..12,
        ),
        status in prop_oneof![Just(200_u16), Just(500)],
    ) {
        let answer = answers(&TestHost::new(), Reply::xml(status, envelope(&pieces.concat())));
        prop_assert!(matches!(answer.status(), 200 | 502));
    }
}

//! What services answer: the many ways to write one document.

use midspan::testing::{Reply, TestHost};

use crate::leave::{Balance, answers, envelope};

#[track_caller]
fn balance(body: &str) -> Balance {
    let answer = answers(&TestHost::new(), Reply::xml(200, envelope(body)));
    assert_eq!(answer.status(), 200, "{}", answer.text());
    answer.json()
}

/// What the log says of an answer that is not understood.
#[track_caller]
fn refused(body: &str) -> String {
    let host = TestHost::new();
    let answer = answers(&host, Reply::xml(200, envelope(body)));
    assert_eq!(answer.error().error.code.name(), "SourceInvalid", "{}", answer.text());
    let log: serde_json::Value = serde_json::from_str(&host.log()[0]).unwrap();
    log["detail"]
        .as_str()
        .unwrap()
        .split("; it answered")
        .next()
        .unwrap()
        .to_owned()
}

#[test]
fn prefixes_mean_nothing_and_namespaces_all() {
    let forms = [
        "<GetBalanceResponse xmlns='http://contoso.com/leave'><Days>2</Days></GetBalanceResponse>",
        "<x:GetBalanceResponse xmlns:x='http://contoso.com/leave'><x:Days>2</x:Days></x:GetBalanceResponse>",
        "<a:GetBalanceResponse xmlns:a='http://contoso.com/leave' xmlns='urn:no'><b:Days \
         xmlns:b='http://contoso.com/leave'>2</b:Days><Days>9</Days></a:GetBalanceResponse>",
        // The prefix of the envelope, taken for something else.
        "<s:GetBalanceResponse xmlns:s='http://contoso.com/leave'><s:Days>2</s:Days></s:GetBalanceResponse>",
        "<x:GetBalanceResponse xmlns:x='http://contoso.com/leave'><x:Days xmlns:x='urn:no'>9</x:Days>\
         <x:Days>2</x:Days></x:GetBalanceResponse>",
    ];
    for form in forms {
        assert!((balance(form).days - 2.0).abs() < f64::EPSILON, "{form}");
    }
    assert_eq!(
        refused("<GetBalanceResponse xmlns='urn:other'><Days>2</Days></GetBalanceResponse>"),
        "`Envelope/Body/GetBalanceResponse` (line 1, column 73) is not the element that this operation answers with"
    );
}

#[test]
fn lists_of_none_one_and_many_are_lists() {
    let entries = |count: usize| {
        let entries = "<Entry><From>2026-03-02</From></Entry>".repeat(count);
        let body = format!(
            "<GetBalanceResponse xmlns='http://contoso.com/leave'><Days>2</Days>{entries}</GetBalanceResponse>"
        );
        balance(&body).from.len()
    };
    assert_eq!([entries(0), entries(1), entries(3)], [0, 1, 3]);
}

#[test]
fn elements_come_in_any_order_among_others_that_are_not_known() {
    let body = "<GetBalanceResponse xmlns='http://contoso.com/leave' year='2026' Year='2025' new='x'>
        <Entry><Note>b</Note><From>2026-03-02</From></Entry><!-- c --><Added><Days>9</Days></Added>
        <Days><!-- c -->1<![CDATA[2]]>.5</Days><Entry><From>2026-03-01Z</From></Entry>text
    </GetBalanceResponse>";
    let balance = balance(body);
    assert_eq!((balance.year, balance.days), (Some(2025), 12.5));
    assert_eq!(balance.notes, [Some("b".to_owned()), None]);
    assert_eq!(balance.from.map_to_text(), ["2026-03-02", "2026-03-01"]);
}

trait MapToText {
    fn map_to_text(&self) -> Vec<String>;
}

impl MapToText for Vec<midspan::Date> {
    fn map_to_text(&self) -> Vec<String> {
        self.iter().map(ToString::to_string).collect()
    }
}

#[test]
fn nil_is_nothing_whatever_its_prefix() {
    let with = |expires: &str| {
        balance(&format!(
            "<GetBalanceResponse xmlns='http://contoso.com/leave' xmlns:i='http://www.w3.org/2001/XMLSchema-instance'>\
             <Days>2</Days>{expires}</GetBalanceResponse>"
        ))
        .expires
    };
    assert_eq!(with("<Expires i:nil='true'/>"), None);
    assert_eq!(with("<Expires i:nil='1'></Expires>"), None);
    assert_eq!(with(""), None);
    assert_eq!(
        with("<Expires i:nil='false'>2026-12-31</Expires>").unwrap().to_string(),
        "2026-12-31"
    );
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    let with = |content: &str| {
        refused(&format!(
            "<GetBalanceResponse xmlns='http://contoso.com/leave'>{content}</GetBalanceResponse>"
        ))
    };
    assert_eq!(
        with(""),
        "`Envelope/Body/GetBalanceResponse` (line 1, column 73) has no element `Days`"
    );
    assert_eq!(
        with("\n<Days>many</Days>"),
        "`Envelope/Body/GetBalanceResponse/Days` (line 2, column 1) should be a decimal number, got \"...\""
    );
    assert_eq!(
        with("<Days>1</Days><Days>2</Days>"),
        "`Envelope/Body/GetBalanceResponse/Days` (line 1, column 140) comes a second time; a field that may is a `Vec`"
    );
    assert_eq!(
        with("<Days><b/></Days>"),
        "`Envelope/Body/GetBalanceResponse/Days` (line 1, column 126) holds the element `b` where text is expected"
    );
    assert_eq!(
        with("<Days i:nil='true' xmlns:i='http://www.w3.org/2001/XMLSchema-instance'/>"),
        "`Envelope/Body/GetBalanceResponse/Days` (line 1, column 126) is nil; a field that may be is an `Option`"
    );
    assert_eq!(
        refused(""),
        "`Envelope/Body` (line 1, column 65) is empty; it should hold an answer"
    );
}

#[test]
fn other_encodings_are_read() {
    let check = |content_type: &str, body: Vec<u8>| {
        let answer = answers(&TestHost::new(), Reply::bytes(200, content_type, body));
        assert_eq!(answer.status(), 200, "{content_type}: {}", answer.text());
        assert_eq!(
            answer.json::<Balance>().notes,
            [Some("Jürg".to_owned())],
            "{content_type}"
        );
    };
    let text = |encoding: &str| {
        format!(
            "<?xml version=\"1.0\" encoding='{encoding}'?>{}",
            envelope(
                "<GetBalanceResponse xmlns='http://contoso.com/leave'><Days>2</Days>\
                 <Entry><From>2026-03-02</From><Note>Jürg</Note></Entry></GetBalanceResponse>"
            )
        )
    };
    let latin = |text: String| {
        text.chars()
            .map(|letter| u8::try_from(u32::from(letter)).unwrap())
            .collect::<Vec<_>>()
    };
    check("text/xml", text("utf-8").into_bytes());
    check(
        "text/xml",
        [b"\xEF\xBB\xBF".as_slice(), text("UTF-8").as_bytes()].concat(),
    );
    check("text/xml", latin(text("ISO-8859-1")));
    // The transport goes before the document (RFC 7303 s. 3).
    check("text/xml; charset=\"iso-8859-1\"", latin(text("utf-8")));
    let little = text("utf-16")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect::<Vec<_>>();
    let big = text("utf-16")
        .encode_utf16()
        .flat_map(u16::to_be_bytes)
        .collect::<Vec<_>>();
    check("text/xml; charset=utf-16", little.clone());
    check("text/xml; charset=utf-16", big.clone());
    check("text/xml", [b"\xFF\xFE".as_slice(), &little].concat());
    check("text/xml", [b"\xFE\xFF".as_slice(), &big].concat());
}

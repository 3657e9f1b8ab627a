//! Typed values and their XML: what is written is read as it was.

use midspan::{
    prelude::*,
    source::soap::{self, AnyElement, Base64, DateTime, Decimal, List, Text},
    testing::{Recorded, Reply, soap_envelope},
};
use proptest::prelude::*;

/// The value as a service would read it.
fn sent<T: soap::Named>(value: &T) -> T {
    recorded(value).soap()
}

fn recorded<T: soap::Named>(value: &T) -> Recorded {
    Recorded {
        source: "echo".into(),
        request: http::Request::new(soap_envelope(value).into()),
    }
}

fn text<T: soap::Named>(value: &T) -> String {
    let body = recorded(value).request.into_body();
    let text = String::from_utf8(body.to_vec()).unwrap();
    let start = text.find("<soap:Body>").unwrap() + "<soap:Body>".len();
    text[start..text.find("</soap:Body>").unwrap()].to_owned()
}

#[derive(Debug, Clone, PartialEq, Xml)]
#[xml(namespace = "urn:a")]
struct Everything {
    #[xml(attribute)]
    id: u64,
    #[xml(attribute, name = "lang", namespace = "http://www.w3.org/XML/1998/namespace")]
    language: Option<String>,
    #[xml(attribute, namespace = "urn:b")]
    kind: Kind,
    text: String,
    #[xml(namespace = "urn:b")]
    other: Option<i32>,
    #[xml(namespace = "")]
    bare: bool,
    #[xml(nillable)]
    maybe: Option<String>,
    many: Vec<String>,
    gaps: Vec<Option<i16>>,
    #[xml(choice)]
    way: Way,
    #[xml(choice)]
    stops: Vec<Stop>,
    shape: Shape,
    child: Option<Box<Everything>>,
    bytes: Base64,
    amount: Decimal,
    at: DateTime,
    list: List<u8>,
}

#[derive(Debug, Clone, PartialEq, Xml)]
enum Kind {
    Plain,
    #[xml(name = "not-plain")]
    Fancy,
}

#[derive(Debug, Clone, PartialEq, Xml)]
#[xml(namespace = "urn:a")]
enum Way {
    Bus(i32),
    #[xml(name = "on-foot")]
    OnFoot(Empty),
}

#[derive(Debug, Clone, PartialEq, Xml)]
#[xml(unqualified)]
enum Stop {
    Left(String),
    Right(String),
}

#[derive(Debug, Clone, PartialEq, Xml)]
#[xml(namespace = "urn:c", by_type)]
enum Shape {
    Circle(Circle),
    Square(Square),
}

#[derive(Debug, Clone, PartialEq, Xml)]
#[xml(namespace = "urn:c")]
struct Circle {
    radius: f64,
}

#[derive(Debug, Clone, PartialEq, Xml)]
#[xml(namespace = "urn:c")]
struct Square {
    #[xml(attribute)]
    side: f32,
}

#[derive(Debug, Clone, PartialEq, Xml)]
struct Empty;

fn everything() -> Everything {
    Everything {
        id: 1,
        language: Some("de-CH".into()),
        kind: Kind::Fancy,
        text: " <&>\"']]>\r\n\t ".into(),
        other: Some(-7),
        bare: true,
        maybe: None,
        many: vec![String::new(), "b".into()],
        gaps: vec![Some(1), None, Some(3)],
        way: Way::OnFoot(Empty),
        stops: vec![Stop::Left("1".into()), Stop::Right("2".into()), Stop::Left("3".into())],
        shape: Shape::Circle(Circle { radius: f64::INFINITY }),
        child: None,
        bytes: Base64(vec![0, 255, 10].into()),
        amount: "-0012.50".parse().unwrap(),
        at: DateTime::from_text("2026-03-02T08:30:00.1234567").unwrap(),
        list: List(vec![1, 2, 3]),
    }
}

#[test]
fn everything_is_written_with_the_namespaces_that_it_has() {
    let expected = "<n0:Everything xmlns:n0=\"urn:a\" id=\"1\" xml:lang=\"de-CH\" xmlns:n1=\"urn:b\" \
        n1:kind=\"not-plain\"><n0:text> &lt;&amp;&gt;\"']]&gt;&#13;\n\t </n0:text><n1:other>-7</n1:other>\
        <bare>true</bare><n0:maybe xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:nil=\"true\"/>\
        <n0:many></n0:many><n0:many>b</n0:many><n0:gaps>1</n0:gaps>\
        <n0:gaps xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:nil=\"true\"/><n0:gaps>3</n0:gaps>\
        <n0:on-foot/><Left>1</Left><Right>2</Right><Left>3</Left>\
        <n0:shape xmlns:n2=\"urn:c\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"n2:Circle\">\
        <n2:radius>INF</n2:radius></n0:shape><n0:bytes>AP8K</n0:bytes><n0:amount>-0012.50</n0:amount>\
        <n0:at>2026-03-02T08:30:00.1234567</n0:at><n0:list>1 2 3</n0:list></n0:Everything>";
    assert_eq!(text(&everything()), expected);
    assert_eq!(sent(&everything()), everything());
}

#[test]
fn values_are_read_in_every_form_that_xml_schema_has() {
    #[expect(
        clippy::needless_pass_by_value,
        reason = "`Some(true)` reads better than `Some(&true)`"
    )]
    fn check<T: Text + PartialEq + std::fmt::Debug>(text: &str, expected: Option<T>) {
        assert_eq!(T::from_text(text).ok(), expected, "{text:?}");
    }
    check(" 1 ", Some(true));
    check("false", Some(false));
    check("TRUE", None::<bool>);
    check("+7", Some(7_i32));
    check("-0", Some(0_i64));
    check("1.0", None::<i32>);
    check("256", None::<u8>);
    check("1E-3", Some(0.001_f64));
    check("-INF", Some(f64::NEG_INFINITY));
    check("inf", None::<f64>);
    check("nan", None::<f64>);
    check("infinity", None::<f32>);
    assert!(f64::from_text("NaN").unwrap().is_nan());
    for decimal in ["1", "+1.", "-.5", "000.100"] {
        check(decimal, Some(decimal.parse::<Decimal>().unwrap()));
    }
    for wrong in ["", ".", "1e3", "1,5", "--1", "0x1"] {
        check(wrong, None::<Decimal>);
    }
    let date: Date = "2026-03-02".parse().unwrap();
    for text in ["2026-03-02", " 2026-03-02Z", "2026-03-02+01:00", "2026-03-02-11:30"] {
        check(text, Some(date));
    }
    check("02.03.2026", None::<Date>);
    check(
        "2026-03-02T08:00:00+01:00",
        Some("2026-03-02T07:00:00Z".parse::<Timestamp>().unwrap()),
    );
    check("2026-03-02T08:00:00", None::<Timestamp>);
    let at = DateTime::from_text("2026-03-02T08:00:00-03:30").unwrap();
    assert_eq!(at.timestamp().unwrap().to_string(), "2026-03-02T11:30:00Z");
    assert_eq!(at.to_string(), "2026-03-02T08:00:00-03:30");
    assert_eq!(
        DateTime::from(at.timestamp().unwrap()).to_string(),
        "2026-03-02T11:30:00Z"
    );
    for wrong in [
        "2026-03-02",
        "2026-03-02T08:00:00+1",
        "2026-03-02T08:00:00+0100",
        "2026-03-02T25:00:00",
        "T",
        "é",
    ] {
        check(wrong, None::<DateTime>);
    }
    check("1  2\n3", Some(List(vec![1_u8, 2, 3])));
    check("x", None::<List<u8>>);
}

#[derive(Debug, PartialEq, Xml)]
#[xml(namespace = "urn:d", name = "circle")]
struct Wrapped(Circle);

#[derive(Debug, PartialEq, Xml)]
enum OrEmpty {
    #[xml(name = "")]
    Empty,
    #[xml(name = "-")]
    Dash,
}

#[test]
fn an_element_may_have_the_content_of_another_type() {
    let wrapped = Wrapped(Circle { radius: 1.0 });
    assert_eq!(
        text(&wrapped),
        "<n0:circle xmlns:n0=\"urn:d\"><n1:radius xmlns:n1=\"urn:c\">1</n1:radius></n0:circle>"
    );
    assert_eq!(sent(&wrapped), wrapped);
    assert_eq!(OrEmpty::from_text(" "), Ok(OrEmpty::Empty));
    assert_eq!(OrEmpty::from_text("x"), Err("one of \"\", \"-\""));
    assert_eq!(OrEmpty::Dash.to_text(), "-");
}

#[test]
fn any_element_is_kept_whole_and_cant_become_markup() {
    let element = AnyElement {
        local_name: "row".into(),
        namespace: "urn:x".into(),
        attributes: vec![("urn:y".into(), "n".into(), "\"<".into())],
        children: vec![AnyElement {
            local_name: "cell".into(),
            text: "a<b".into(),
            ..AnyElement::default()
        }],
        text: String::new(),
    };
    assert_eq!(
        text(&element),
        "<n0:row xmlns:n0=\"urn:x\" xmlns:n1=\"urn:y\" n1:n=\"&quot;&lt;\"><cell>a&lt;b</cell></n0:row>"
    );
    assert_eq!(sent(&element), element);
    let evil = AnyElement {
        local_name: "a><b".into(),
        ..AnyElement::default()
    };
    assert!(
        std::panic::catch_unwind(|| Reply::soap(&evil)).is_err(),
        "it is no name"
    );
}

fn characters() -> impl Strategy<Value = String> {
    // What XML 1.0 s. 2.2 lets a document hold.
    proptest::string::string_regex("[\t\n\r -\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]{0,12}").unwrap()
}

prop_compose! {
    fn values()(
        (id, language, text, other, bare) in (any::<u64>(), proptest::option::of(characters()), characters(), any::<Option<i32>>(), any::<bool>()),
        (maybe, many, gaps) in (proptest::option::of(characters()), proptest::collection::vec(characters(), 0..3), any::<Vec<Option<i16>>>()),
        (bus, radius, bytes, list) in (any::<i32>(), any::<f64>().prop_filter("NaN is not equal to itself", |n| !n.is_nan()), any::<Vec<u8>>(), any::<Vec<u8>>()),
        seconds in -62_000_000_000_i64..250_000_000_000,
    ) -> Everything {
        Everything {
            id, language, text, other, bare, maybe, many, gaps,
            way: Way::Bus(bus),
            shape: Shape::Circle(Circle { radius }),
            bytes: Base64(bytes.into()),
            list: List(list),
            at: Timestamp::from_second(seconds).unwrap().into(),
            child: Some(Box::new(everything())),
            ..everything()
        }
    }
}

proptest! {
    #[test]
    fn any_value_comes_back_as_it_went(value in values()) {
        prop_assert_eq!(sent(&value), value);
    }

    #[test]
    fn no_text_panics_a_value(text in ".{0,40}|[0-9TZ:+-]{0,30}") {
        let _ = DateTime::from_text(&text);
        let _ = Date::from_text(&text);
        let _ = Decimal::from_text(&text);
        let _ = Base64::from_text(&text);
        let _ = List::<f64>::from_text(&text);
    }
}

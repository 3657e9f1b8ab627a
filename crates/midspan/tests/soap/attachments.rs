//! MTOM: bytes that come beside the envelope.

use midspan::{
    prelude::*,
    source::soap,
    testing::{Reply, TestHost},
};

static DOCS: Source = Source::soap("docs");

const GET_SLIP: soap::Operation<(), Slip> = soap::Operation::new("").read_only();

#[derive(Xml)]
#[xml(namespace = "urn:docs")]
struct Slip {
    title: String,
    content: soap::Base64,
}

/// Get a slip
#[operation(get = "/slip", auth = none, sources = [DOCS])]
async fn get_slip(ctx: Context) -> Result<String> {
    let slip = ctx.source(&DOCS).soap(&GET_SLIP, &()).answer().await?;
    Ok(format!("{}: {:?}", slip.title, slip.content.0))
}

fn slip(content: &str) -> String {
    format!(
        "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body><Slip xmlns='urn:docs'>\
         <title>May</title><content>{content}</content></Slip></s:Body></s:Envelope>"
    )
}

const INCLUDE: &str = "<xop:Include xmlns:xop='http://www.w3.org/2004/08/xop/include' href='cid:pdf%401@contoso.com'/>";

const MTOM: &str = "multipart/related; type=\"application/xop+xml\"; start=\"<root@contoso.com>\"; \
    start-info=\"text/xml\"; boundary=\"uuid:1+2=3\"";

fn message(parts: &[&[u8]]) -> Vec<u8> {
    let mut message = b"a preamble\r\n".to_vec();
    for part in parts {
        message.extend([b"--uuid:1+2=3  \r\n", *part, b"\r\n"].concat());
    }
    message.extend(b"--uuid:1+2=3--\r\nan epilogue");
    message
}

fn root() -> String {
    format!(
        "Content-Type: application/xop+xml;\r\n charset=UTF-8; type=\"text/xml\"\r\nContent-ID: <root@contoso.com>\r\n\
         Content-Transfer-Encoding: binary\r\n\r\n{}",
        slip(INCLUDE)
    )
}

const PDF: &[u8] =
    b"content-id: <pdf@1@contoso.com>\r\nContent-Type: application/pdf\r\n\r\n%PDF\r\n\x00\xFF--uuid\r\n";

fn answer(content_type: &str, body: Vec<u8>) -> (midspan::testing::Response, String) {
    let host = TestHost::new();
    host.on("docs", "POST /", Reply::bytes(200, content_type, body));
    (host.get::<GetSlip>("/slip"), host.log().concat())
}

#[test]
fn bytes_are_read_from_the_element_or_from_its_attachment() {
    let text = |content_type: &str, body: Vec<u8>| {
        let (answer, log) = answer(content_type, body);
        assert_eq!(answer.status(), 200, "{log}");
        answer.json::<String>()
    };
    assert_eq!(text("text/xml", slip("JVBE\n Rg==").into()), "May: b\"%PDF\"");
    let bytes = "May: b\"%PDF\\r\\n\\0\\xff--uuid\\r\\n\"";
    assert_eq!(text(MTOM, message(&[root().as_bytes(), PDF])), bytes);
    assert_eq!(text(MTOM, message(&[PDF, root().as_bytes()])), bytes);
    let without_start = MTOM.replace("start=", "x-start=");
    assert_eq!(text(&without_start, message(&[root().as_bytes(), PDF])), bytes);
    let lines = message(&[root().as_bytes(), b"Content-ID: pdf@1@contoso.com\n\nx"]);
    assert_eq!(text(MTOM, lines), "May: b\"x\"");
    let encoded = b"Content-ID: <pdf@1@contoso.com>\r\nContent-Transfer-Encoding: BASE64\r\n\r\nJVBE\r\nRg==";
    assert_eq!(text(MTOM, message(&[root().as_bytes(), encoded])), "May: b\"%PDF\"");
}

#[test]
fn a_message_that_is_not_whole_is_not_understood() {
    let check = |content_type: &str, body: Vec<u8>, expected: &str| {
        let (answer, log) = answer(content_type, body);
        assert_eq!(answer.error().error.code.name(), "SourceInvalid", "{}", answer.text());
        assert!(log.contains(expected), "{log}");
    };
    let whole = message(&[root().as_bytes(), PDF]);
    check("multipart/related", whole.clone(), "the content type names no boundary");
    check(
        &MTOM.replace("root@", "other@"),
        whole.clone(),
        "its root part is missing",
    );
    check(MTOM, whole[..whole.len() - 30].to_vec(), "its last part does not end");
    check(MTOM, b"--uuid:1+2=3--".to_vec(), "its root part is missing");
    check(MTOM, b"nothing".to_vec(), "it does not end");
    check(
        MTOM,
        message(&[root().as_bytes()]),
        "Include` (line 1, column 123) includes the attachment `pdf@1@contoso.com`, which the message does not have",
    );
    let quoted = b"Content-ID: <x>\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=20";
    check(
        MTOM,
        message(&[root().as_bytes(), quoted]),
        "the transfer encoding \\\"quoted-printable\\\"",
    );
    check(
        "text/xml",
        slip("not base64!").into(),
        "should be base64, got \\\"not base64!\\\"",
    );
}

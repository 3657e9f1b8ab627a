//! Neither a caller nor a source chooses where calls go, and what they write never becomes a header.

use std::{cell::RefCell, rc::Rc};

use midspan::{
    cache::Cache,
    prelude::*,
    source::{Auth, Paging},
    testing::{Reply, TestHost},
};
use proptest::prelude::*;

static CRM: Source = Source::rest("crm").titled("CRM").auth(Auth::bearer("crm_token"));

/// What a caller writes.
#[input]
struct TextInput {
    /// Text
    #[query]
    text: String,
}

/// Use a text everywhere
#[operation(get = "/everywhere", auth = none, sources = [CRM])]
async fn everywhere(ctx: Context, input: TextInput) -> Result<u32> {
    ctx.source(&CRM)
        .get("/a/{text}/b")
        .path("text", &input.text)
        .query("text", &input.text)
        .header("x-text", &input.text)
        .json()
        .await
}

/// Follow what the source says
#[operation(get = "/follow", auth = none, sources = [CRM], deadline = "5s")]
async fn follow(ctx: Context) -> Result<Vec<u32>> {
    let call = ctx.source(&CRM).get("/list");
    Ok(call
        .pages(Paging::next_link().max_pages(3))
        .collect_up_to(10)
        .await?
        .items)
}

/// Answer with what the source says
#[operation(get = "/relayed", auth = none, sources = [CRM])]
async fn relayed(ctx: Context, input: TextInput) -> Result<Created<String>> {
    Ok(Created {
        location: ctx.link("/things", &[("text", &input.text)]),
        value: input.text,
    })
}

/// List links that all may share
#[operation(get = "/shared", auth = none, sources = [CRM], cache = Cache::ttl(std::time::Duration::from_mins(1)))]
async fn shared(ctx: Context) -> Result<String> {
    Ok(ctx.link("/next", &[]))
}

fn escaped(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// A host that answers every call, and the URLs that were called.
fn everywhere_answering(reply: Reply) -> (TestHost, Rc<RefCell<Vec<http::Uri>>>) {
    let host = TestHost::new();
    let called: Rc<RefCell<Vec<http::Uri>>> = Rc::default();
    let record = called.clone();
    host.otherwise(move |request| {
        record.borrow_mut().push(request.uri().clone());
        reply.clone()
    });
    (host, called)
}

#[test]
fn no_link_or_redirect_of_a_source_leads_to_another_host() {
    for elsewhere in [
        "https://evil.test/list",
        "http://crm.test/list",
        "//evil.test/list",
        "https://crm.test@evil.test/list",
        "https://crm.test:8443/list",
        "https://crm.test.evil.test/list",
        "https://evil.test#crm.test/list",
        "https://evil.test?crm.test/list",
        "https:\\\\evil.test\\list",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::ffff:169.254.169.254]/",
        "https://2852039166/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "gopher://crm.test/_x",
        "\\\\evil.test\\list",
        "/\\evil.test/list",
        "https://crm.test%2eevil.test/",
        "https://crm.test\u{3002}evil.test/",
    ] {
        for status in [301, 302, 303, 307, 308] {
            let Ok(location) = http::HeaderValue::try_from(elsewhere) else {
                continue;
            };
            let mut answer = http::Response::new(bytes::Bytes::new());
            *answer.status_mut() = http::StatusCode::from_u16(status).expect("a status");
            answer.headers_mut().insert(http::header::LOCATION, location);
            let (host, called) = everywhere_answering(Reply::answer(answer));
            let _ = host.get::<Follow>("/follow");
            assert!(
                called.borrow().iter().all(|uri| uri.host() == Some("crm.test")),
                "{elsewhere}: {called:?}"
            );
            assert!(
                called
                    .borrow()
                    .iter()
                    .all(|uri| uri.port_u16().is_none() && uri.scheme_str() == Some("https"))
            );
        }
        let page = serde_json::json!({ "value": [1], "@odata.nextLink": elsewhere });
        let (host, called) = everywhere_answering(Reply::json(200, page.to_string()));
        let _ = host.get::<Follow>("/follow");
        assert!(
            called.borrow().iter().all(|uri| uri.host() == Some("crm.test")),
            "{elsewhere}: {called:?}"
        );
    }
}

#[test]
fn what_a_caller_says_of_where_it_is_leads_nowhere_and_reaches_nobody_else() {
    let host = TestHost::new();
    let evil = [("x-ms-apim-referrer-prefix", "https://evil.test")];
    let own = |headers| host.get_with::<Shared>("/shared", headers).json::<String>();
    assert_eq!(own(&evil), "https://evil.test/next");
    assert_eq!(
        own(&[("spin-full-url", "https://good.test/shared")]),
        "https://good.test/next"
    );
    assert_eq!(own(&[]), "/next");
    assert_eq!(own(&evil), "https://evil.test/next");
}

#[test]
fn a_line_break_in_a_value_is_refused_or_escaped_and_never_sent() {
    for text in ["a\r\nx-evil: 1", "a\nb", "a\rb", "a\0b", "\r\n\r\nGET /evil HTTP/1.1"] {
        let (host, called) = everywhere_answering(Reply::json(200, "1"));
        let answer = host.get::<Everywhere>(&format!("/everywhere?text={}", escaped(text)));
        assert_eq!(answer.status(), 400, "{text:?}: {}", answer.text());
        assert_eq!(answer.error().error.target.as_deref(), Some("x-text"), "{text:?}");
        assert!(called.borrow().is_empty());

        let answer = TestHost::new().get::<Relayed>(&format!("/relayed?text={}", escaped(text)));
        let location = answer.header("location").expect("a location");
        assert!(location.bytes().all(|byte| byte.is_ascii_graphic()), "{location}");
    }
}

proptest! {
    #[test]
    fn no_text_of_a_caller_changes_the_host_the_path_or_the_headers(text in ".*|[\\PC\r\n/?#@:\\\\%.]{0,20}") {
        let host = TestHost::new();
        let sent: Rc<RefCell<Vec<http::Request<bytes::Bytes>>>> = Rc::default();
        let record = sent.clone();
        host.otherwise(move |request| {
            record.borrow_mut().push(request.clone());
            Reply::json(200, "1")
        });
        let answer = host.get::<Everywhere>(&format!("/everywhere?text={}", escaped(&text)));
        prop_assert!(matches!(answer.status(), 200 | 400), "{}", answer.text());
        for request in sent.borrow().iter() {
            let uri = request.uri();
            prop_assert_eq!((uri.scheme_str(), uri.host(), uri.port_u16()), (Some("https"), Some("crm.test"), None));
            prop_assert_eq!(uri.path().split('/').count(), 4, "{}", uri);
            prop_assert_eq!(request.headers().get_all("x-text").iter().count(), 1);
            prop_assert!(!request.headers().contains_key("x-evil"));
        }
    }
}

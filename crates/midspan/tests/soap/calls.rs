//! What is sent, and how it fares on its way.

use std::time::Duration;

use midspan::{
    prelude::*,
    source::soap,
    testing::{Reply, TestHost},
};

use crate::leave::{Balance, GET_BALANCE, GetBalance, GetBalanceResponse, GetLeave, answers};

fn balance() -> GetBalanceResponse {
    GetBalanceResponse {
        year: Some(2026),
        days: "12.5".parse().unwrap(),
        expires: None,
        entry: vec![],
    }
}

#[test]
fn a_typed_request_gets_a_typed_answer() {
    let host = TestHost::new();
    let answer = answers(&host, Reply::soap(&balance()));
    let json: Balance = answer.json();
    assert_eq!((json.year, json.days, json.expires), (Some(2026), 12.5, None));
    let sent = &host.requests("payroll")[0];
    assert_eq!(
        sent.soap::<GetBalance>(),
        GetBalance {
            employee_id: "E1".into()
        }
    );
    let header = |name| sent.request.headers()[name].to_str().unwrap();
    assert_eq!(header("content-type"), "text/xml; charset=utf-8");
    assert_eq!(header("soapaction"), "\"http://contoso.com/leave/GetBalance\"");
    assert_eq!(
        std::str::from_utf8(sent.request.body()).unwrap(),
        "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Header></soap:Header>\
         <soap:Body><n0:GetBalance xmlns:n0=\"http://contoso.com/leave\"><n0:EmployeeId>E1</n0:EmployeeId>\
         </n0:GetBalance></soap:Body></soap:Envelope>"
    );
}

static HOURS: Source = Source::soap("hours").soap12().addressing();

#[derive(Xml)]
#[xml(namespace = "urn:hours", name = "Tenant")]
struct Tenant {
    #[xml(text)]
    name: String,
}

#[derive(Xml)]
#[xml(namespace = "urn:hours", name = "Quota")]
struct Quota {
    #[xml(text)]
    left: u32,
}

const BOOK: soap::Operation<Book, ()> = soap::Operation::new("urn:hours/book").at("/v2");

#[derive(Xml)]
#[xml(namespace = "urn:hours", name = "book", unqualified)]
struct Book {
    hours: f64,
}

/// Book hours
#[operation(post = "/book", auth = none, sources = [HOURS])]
async fn book_hours(ctx: Context) -> Result<u32> {
    let call = ctx.source(&HOURS).soap(&BOOK, &Book { hours: 1.5 });
    let reply = call
        .header(&Tenant { name: "a & b".into() })
        .http(|call| call.header("x-trace", "1"))
        .reply()
        .await?;
    Ok(reply.header::<Quota>()?.map_or(0, |quota| quota.left))
}

#[test]
fn soap_1_2_says_its_action_in_the_content_type_and_headers_go_both_ways() {
    let host = TestHost::new();
    host.on(
        "hours",
        "POST /v2",
        Reply::bytes(
            200,
            "application/soap+xml; charset=utf-8",
            "<e:Envelope xmlns:e='http://www.w3.org/2003/05/soap-envelope'>\
             <e:Header><q:Quota xmlns:q='urn:hours'> 7 </q:Quota></e:Header><e:Body/></e:Envelope>",
        ),
    );
    let answer = host.send::<BookHours>(http::Request::post("/book").body("".into()).unwrap());
    assert_eq!(answer.json::<u32>(), 7);
    let sent = &host.requests("hours")[0].request;
    assert_eq!(
        sent.headers()["content-type"],
        "application/soap+xml; charset=utf-8; action=\"urn:hours/book\""
    );
    assert!(!sent.headers().contains_key("soapaction"));
    assert_eq!(sent.headers()["x-trace"], "1");
    let text = std::str::from_utf8(sent.body()).unwrap();
    assert!(
        text.contains("<n0:Tenant xmlns:n0=\"urn:hours\">a &amp; b</n0:Tenant>"),
        "{text}"
    );
    assert!(
        text.contains("<n0:book xmlns:n0=\"urn:hours\"><hours>1.5</hours></n0:book>"),
        "{text}"
    );
    let wsa = "xmlns:n0=\"http://www.w3.org/2005/08/addressing\"";
    assert!(
        text.contains(&format!("<n0:Action {wsa}>urn:hours/book</n0:Action>")),
        "{text}"
    );
    assert!(
        text.contains(&format!("<n0:To {wsa}>https://hours.test/v2</n0:To>")),
        "{text}"
    );
    assert!(text.contains(&format!("<n0:MessageID {wsa}>urn:uuid:")), "{text}");
}

#[test]
fn only_what_reads_is_sent_again() {
    let host = TestHost::new();
    host.on("payroll", "POST /", Reply::reset());
    host.on("payroll", "POST /", Reply::soap(&balance()));
    assert_eq!(host.get::<GetLeave>("/balance/E1").status(), 200);
    assert_eq!(host.requests("payroll").len(), 2);

    host.on("hours", "POST /v2", Reply::reset());
    let answer = host.send::<BookHours>(http::Request::post("/book").body("".into()).unwrap());
    assert_eq!(host.requests("hours").len(), 1);
    assert_eq!(
        answer.error().message,
        "hours could not be reached. Look whether it took effect before you try again."
    );
}

#[test]
fn a_service_that_hangs_ends_with_its_time_out() {
    let host = TestHost::new();
    let answer = answers(&host, Reply::hang());
    assert_eq!(answer.error().error.code.name(), "SourceTimeout");
    assert_eq!(host.elapsed(), Duration::from_secs(10));
}

#[test]
fn a_text_that_xml_cant_hold_is_the_callers_mistake() {
    let host = TestHost::new();
    let answer = host.get::<GetLeave>("/balance/a%01b");
    assert_eq!(answer.status(), 400);
    assert_eq!(
        answer.error().message,
        "\"EmployeeId\" has a character that can't be sent (U+0001)."
    );
    assert!(host.requests("payroll").is_empty());
}

#[test]
fn an_operation_says_that_it_speaks_soap() {
    assert_eq!(
        <GetLeave as midspan::Operation>::DESCRIPTION.sources[0].protocol,
        "soap"
    );
    assert!(format!("{GET_BALANCE:?}").contains("read_only: true"));
}

//! The service as its callers see it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

use super::*;
use crate::authority::now;
use crate::call::tests::{get_with, send};
use crate::population::Moment;
use crate::systems::tests::world;

const WSS: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss";

fn payroll() -> Payroll {
    Payroll::new(&world())
}

fn text_token(user: &str, password: &str) -> String {
    format!(
        "<w:UsernameToken><w:Username>{user}</w:Username><w:Password Type=\"{WSS}-username-token-profile-1.0#PasswordText\">{}\
         </w:Password></w:UsernameToken>",
        envelope::escaped(password)
    )
}

/// A token as the profile says, made at a time in seconds from now.
fn digest_token(nonce: &str, age: i64) -> String {
    let created = Moment::NOW.plus_seconds(now() - Moment::NOW.unix() - age).to_string();
    let made = [nonce.as_bytes(), created.as_bytes(), PAYROLL_PASSWORD.as_bytes()].concat();
    let made = STANDARD.encode(digest(&SHA1_FOR_LEGACY_USE_ONLY, &made));
    format!(
        "<w:UsernameToken><w:Username>{PAYROLL_USER}</w:Username>\
         <w:Password Type=\"{WSS}-username-token-profile-1.0#PasswordDigest\">{made}</w:Password><w:Nonce>{}</w:Nonce>\
         <u:Created xmlns:u=\"{WSS}-wssecurity-utility-1.0.xsd\">{created}</u:Created></w:UsernameToken>",
        STANDARD.encode(nonce)
    )
}

fn message(version: Version, token: &str, body: &str) -> String {
    format!(
        "<e:Envelope xmlns:e=\"{}\"><e:Header><w:Security xmlns:w=\"{WSS}-wssecurity-secext-1.0.xsd\">{token}</w:Security></e:Header>\
         <e:Body>{body}</e:Body></e:Envelope>",
        version.namespace()
    )
}

fn post(payroll: &Payroll, version: Version, operation: &str, message: String) -> Reply {
    let action = format!("\"{SERVICE}/ILeaveService/{operation}\"");
    let with_action = format!("application/soap+xml; charset=utf-8; action={action}");
    let headers = match version {
        Version::Soap11 => vec![
            ("content-type", "text/xml; charset=utf-8"),
            ("soapaction", action.as_str()),
        ],
        Version::Soap12 => vec![("content-type", with_action.as_str())],
    };
    payroll.answer(&send("POST", PATH, &headers, message))
}

/// Calls an operation with elements in its own namespace.
fn call(payroll: &Payroll, version: Version, operation: &str, arguments: &str) -> Reply {
    let token = text_token(PAYROLL_USER, PAYROLL_PASSWORD);
    let body = format!("<{operation} xmlns=\"{SERVICE}\">{arguments}</{operation}>");
    post(payroll, version, operation, message(version, &token, &body))
}

fn balance(payroll: &Payroll, employee: u32) -> String {
    let arguments = format!("<employeeId>E{employee:06}</employeeId>");
    text(&call(payroll, Version::Soap11, "GetBalance", &arguments))
}

fn text(reply: &Reply) -> String {
    String::from_utf8(reply.body().to_vec()).expect("text")
}

/// One element a line.
fn pretty(reply: &Reply) -> String {
    text(reply).replace("><", ">\n<")
}

/// The first employee whose leave passes.
fn employee(passes: impl Fn(&crate::population::Leave) -> bool) -> u32 {
    let population = Population::new(1);
    (1..1_000)
        .find(|number| passes(&population.leave(*number, 2026)))
        .expect("somebody")
}

#[test]
fn a_balance_has_attributes_decimals_nil_and_a_list() {
    let number = employee(|leave| {
        leave.entries.len() == 2 && leave.carried_over.is_none() && leave.entries.iter().any(|e| e.comment.is_none())
    });
    let arguments = format!("<employeeId>E{number:06}</employeeId><year>2026</year>");
    let reply = call(&payroll(), Version::Soap11, "GetBalance", &arguments);
    assert_eq!(reply.headers()["content-type"], "text/xml; charset=utf-8");
    insta::assert_snapshot!(pretty(&reply));
}

#[test]
fn a_list_may_have_one_entry_or_be_left_out() {
    let (one, none) = (
        employee(|leave| leave.entries.len() == 1),
        employee(|leave| leave.entries.is_empty()),
    );
    let payroll = payroll();
    assert_eq!(balance(&payroll, one).matches("<t:entry ").count(), 1);
    assert!(!balance(&payroll, none).contains("entries"));
}

#[test]
fn leave_that_was_asked_for_is_in_the_balance_from_then_on() {
    let payroll = payroll();
    let number = employee(|leave| leave.entries.is_empty());
    let arguments = format!(
        "<employeeId>E{number:06}</employeeId><from>2026-07-03</from><to>2026-07-06</to><kind>Vacation</kind><comment>Ü &amp; Ö</comment>"
    );
    let reply = call(&payroll, Version::Soap12, "RequestLeave", &arguments);
    assert_eq!(reply.headers()["content-type"], "application/soap+xml; charset=utf-8");
    insta::assert_snapshot!(pretty(&reply));
    let after = balance(&payroll, number);
    assert!(
        after.contains("status=\"Pending\"><t:from>2026-07-03</t:from>"),
        "{after}"
    );
    assert!(
        after.contains("<t:taken>2.0</t:taken>") && after.contains("Ü &amp; Ö"),
        "{after}"
    );
}

#[test]
fn asking_for_more_than_there_is_left_is_a_fault_with_a_detail() {
    let payroll = payroll();
    let arguments = "<employeeId>E000042</employeeId><from>2026-04-01</from><to>2026-09-30</to><kind>Vacation</kind>";
    for version in [Version::Soap11, Version::Soap12] {
        let reply = call(&payroll, version, "RequestLeave", arguments);
        assert_eq!(reply.status(), StatusCode::INTERNAL_SERVER_ERROR);
        insta::assert_snapshot!(format!("insufficient_balance_{version:?}"), pretty(&reply));
    }
    let unpaid = call(
        &payroll,
        Version::Soap11,
        "RequestLeave",
        &arguments.replace("Vacation", "Unpaid"),
    );
    assert_eq!(unpaid.status(), StatusCode::OK);
}

#[test]
fn what_is_wrong_with_a_message_is_told_in_a_fault() {
    let payroll = payroll();
    let fault = |operation: &str, arguments: &str| {
        let reply = call(&payroll, Version::Soap11, operation, arguments);
        assert_eq!(
            reply.status(),
            StatusCode::INTERNAL_SERVER_ERROR,
            "{operation} {arguments}"
        );
        text(&reply)
    };
    assert!(fault("GetBalance", "<employeeId>E999999</employeeId>").contains("<UnknownEmployee xmlns="));
    for arguments in [
        "",
        "<year>2026</year><employeeId>E000042</employeeId>",
        "<employeeId>E000042</employeeId><year>soon</year>",
        "<employeeId xmlns=''>E000042</employeeId>",
        "<employeeId>E000042</employeeId><shoeSize>43</shoeSize>",
    ] {
        assert!(
            fault("GetBalance", arguments).contains("a:DeserializationFailed"),
            "{arguments}"
        );
    }
    let period = "<employeeId>E000042</employeeId><from>2026-04-02</from><to>2026-04-01</to><kind>Sick</kind>";
    assert!(fault("RequestLeave", period).contains("<faultcode>s:Client</faultcode>"));
    assert!(fault("RequestLeave", &period.replace("Sick", "Sabbatical")).contains("'LeaveKind'"));
    assert!(fault("GetHoroscope", "").contains("a:ActionNotSupported"));
}

#[test]
fn a_digest_lets_in_once_and_only_now() {
    let payroll = payroll();
    let body = format!("<GetBalance xmlns=\"{SERVICE}\"><employeeId>E000042</employeeId></GetBalance>");
    let ask = |token: &str| {
        let reply = post(
            &payroll,
            Version::Soap11,
            "GetBalance",
            message(Version::Soap11, token, &body),
        );
        (reply.status().as_u16(), text(&reply).contains("a:FailedAuthentication"))
    };
    let token = digest_token("one", 0);
    assert_eq!(ask(&token), (200, false));
    assert_eq!(ask(&token), (500, true), "a nonce counts once");
    assert_eq!(ask(&digest_token("two", 3_600)), (500, true), "too old");
    assert_eq!(ask(&text_token(PAYROLL_USER, "guess")), (500, true));
    assert_eq!(ask(&text_token("somebody", PAYROLL_PASSWORD)), (500, true));
    assert_eq!(ask(&text_token(PAYROLL_USER, PAYROLL_PASSWORD)), (200, false));
    let reply = post(
        &payroll,
        Version::Soap11,
        "GetBalance",
        message(Version::Soap11, "", &body),
    );
    insta::assert_snapshot!(pretty(&reply));
}

#[test]
fn a_payslip_comes_beside_its_message() {
    let arguments = "<employeeId>E000042</employeeId><month>2026-02</month>";
    let reply = call(&payroll(), Version::Soap11, "GetPayslip", arguments);
    let content_type = reply.headers()["content-type"].to_str().expect("text");
    assert!(
        content_type.starts_with("multipart/related; type=\"application/xop+xml\""),
        "{content_type}"
    );
    let boundary = content_type
        .split("boundary=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("a boundary");
    let whole = String::from_utf8_lossy(reply.body());
    let parts: Vec<&str> = whole.split(&format!("--{boundary}")).collect();
    assert_eq!((parts.len(), parts[3]), (4, "--\r\n"));
    insta::assert_snapshot!(parts[1].replace("\r\n", "\n").replace("><", ">\n<"));
    let (head, document) = parts[2].split_once("\r\n\r\n").expect("a head and a body");
    assert!(
        head.contains("Content-ID: <http://tempuri.org/1/639086112000000000>"),
        "{head}"
    );
    assert!(
        document.starts_with("%PDF-1.4") && document.ends_with("%%EOF\n\r\n"),
        "{document}"
    );
}

#[test]
fn the_description_leads_to_its_schemas_and_to_the_service() {
    let payroll = payroll();
    let get = |target: &str| {
        let reply = payroll.answer(&get_with(target, &[]));
        assert_eq!(reply.status(), StatusCode::OK, "{target}");
        text(&reply)
    };
    let wsdl = get("/LeaveService.svc?wsdl");
    assert!(wsdl.contains("<soap:address location=\"http://source/LeaveService.svc\"/>"));
    let wsdl = Document::parse(&wsdl).expect("XML");
    let imports: Vec<&str> = wsdl
        .descendants()
        .filter_map(|node| node.attribute("schemaLocation"))
        .collect();
    assert_eq!(imports.len(), 2);
    for import in imports {
        let schema = get(import.strip_prefix("http://source").expect("the same host"));
        assert!(
            Document::parse(&schema)
                .expect("XML")
                .root_element()
                .has_tag_name(("http://www.w3.org/2001/XMLSchema", "schema"))
        );
    }
}

#[test]
fn what_is_no_soap_does_not_reach_the_service() {
    let payroll = payroll();
    let status = |media: &str, body: &str| {
        payroll
            .answer(&send("POST", PATH, &[("content-type", media)], body.to_owned()))
            .status()
    };
    assert_eq!(status("application/json", "{}"), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(status("text/xml", "<open>"), StatusCode::BAD_REQUEST);
    assert_eq!(
        status("text/xml", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"),
        StatusCode::BAD_REQUEST
    );
    assert_eq!(status("text/xml", "<a/>"), StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(
        payroll.answer(&get_with("/OtherService.svc", &[])).status(),
        StatusCode::NOT_FOUND
    );
}

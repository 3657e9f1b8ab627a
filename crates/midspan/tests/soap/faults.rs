//! Faults: errors to the caller, or values to the author who expects them.

use midspan::{
    prelude::*,
    source::soap,
    testing::{Reply, TestHost},
};

use crate::leave::{answers, envelope};

static LEAVE: Source = Source::soap("leave").titled("Leave");

const REQUEST_LEAVE: soap::Operation<RequestLeave, (), LeaveFault> = soap::Operation::new("urn:leave/request");

#[derive(Xml)]
#[xml(namespace = "urn:leave")]
struct RequestLeave {
    days: i32,
}

#[derive(Xml)]
#[xml(namespace = "urn:leave")]
enum LeaveFault {
    NotEnoughDays(NotEnoughDays),
    #[xml(name = "Closed")]
    YearIsClosed(i32),
}

#[derive(Xml)]
#[xml(namespace = "urn:leave")]
struct NotEnoughDays {
    left: i32,
}

/// Request leave
#[operation(post = "/leave", auth = none, id = "LeaveOperation", sources = [LEAVE])]
async fn request_leave(ctx: Context) -> Result<String> {
    let call = ctx.source(&LEAVE).soap(&REQUEST_LEAVE, &RequestLeave { days: 9 });
    match call.answer_or_fault().await? {
        Ok(()) => Ok("requested".into()),
        Err(LeaveFault::NotEnoughDays(fault)) => Err(Error::conflict(format!("Only {} days are left.", fault.left))),
        Err(LeaveFault::YearIsClosed(year)) => Err(Error::conflict(format!("{year} is closed."))),
    }
}

/// Request leave, whatever goes wrong
#[operation(post = "/any", auth = none, sources = [LEAVE])]
async fn request_any(ctx: Context) -> Result<String> {
    let call = ctx.source(&LEAVE).soap(&REQUEST_LEAVE, &RequestLeave { days: 9 });
    let fault = call.answer_or_any_fault().await?.expect_err("a fault");
    let detail = fault
        .detail
        .first()
        .and_then(|detail| detail.child("left"))
        .map(|left| left.text.clone());
    Ok(format!(
        "{} {:?} {} {detail:?}",
        fault.code, fault.subcode, fault.reason
    ))
}

const FAULT_11: &str = "<s:Fault><faultcode>s:Server.Leave</faultcode><faultstring xml:lang='en'>No days.</faultstring>\
    <detail><l:NotEnoughDays xmlns:l='urn:leave'><l:left>3</l:left></l:NotEnoughDays></detail></s:Fault>";

fn fault_12() -> Reply {
    let text = "<e:Envelope xmlns:e='http://www.w3.org/2003/05/soap-envelope' xmlns:l='urn:leave'><e:Body><e:Fault>\
        <e:Code><e:Value>e:Sender</e:Value><e:Subcode><e:Value>l:Closed</e:Value></e:Subcode></e:Code>\
        <e:Reason><e:Text xml:lang='en'>Closed.</e:Text></e:Reason>\
        <e:Detail><l:Other/><l:Closed>2025</l:Closed></e:Detail></e:Fault></e:Body></e:Envelope>";
    Reply::bytes(400, "application/soap+xml", text)
}

fn post<O: midspan::Operation>(reply: Reply) -> (midspan::testing::Response, Vec<String>) {
    let host = TestHost::new();
    host.on("leave", "POST /", reply);
    let request = http::Request::post(O::DESCRIPTION.path).body("".into()).unwrap();
    (host.send::<O>(request), host.log())
}

#[test]
fn a_fault_that_is_declared_is_a_value_in_both_versions() {
    let message = |reply| post::<LeaveOperation>(reply).0.error().message;
    assert_eq!(message(Reply::xml(500, envelope(FAULT_11))), "Only 3 days are left.");
    // Some services answer a fault with 200.
    assert_eq!(message(Reply::xml(200, envelope(FAULT_11))), "Only 3 days are left.");
    assert_eq!(message(fault_12()), "2025 is closed.");
    assert_eq!(
        message(Reply::soap_fault("Server", "", &NotEnoughDays { left: 4 })),
        "Only 4 days are left."
    );
    assert_eq!(post::<LeaveOperation>(Reply::soap(&())).0.json::<String>(), "requested");
    assert_eq!(
        post::<LeaveOperation>(Reply::status(202)).0.json::<String>(),
        "requested"
    );
}

#[test]
fn any_other_fault_is_an_error_whose_reason_is_in_the_log_alone() {
    let check = |reply: Reply, message: &str, logged: &str| {
        let (answer, log) = post::<LeaveOperation>(reply);
        let error = answer.error();
        assert_eq!(
            (error.error.code.name(), error.message.as_str()),
            ("SourceFailed", message)
        );
        assert!(log[0].contains(logged), "{}", log[0]);
        assert!(!answer.text().contains("full"), "{}", answer.text());
    };
    check(
        Reply::soap_fault("Server", "The disk is full.", &()),
        "Leave answered with an error. Try again later.",
        r#"fault Server, reason \"The disk is full.\""#,
    );
    check(
        Reply::soap_fault("Client", "The form is full.", &()),
        "Leave did not accept this request. Check what you sent, or tell the connector's owner.",
        r#"fault Client, reason \"The form is full.\""#,
    );
    let refused = "<s:Fault xmlns:w='urn:w'><faultcode>w:FailedAuthentication</faultcode></s:Fault>";
    check(
        Reply::xml(500, envelope(refused)),
        "Leave refused this operation's credentials. Tell the connector's owner.",
        "fault FailedAuthentication",
    );
    check(
        Reply::xml(500, envelope("<s:Fault/>")),
        "Leave answered with an error. Try again later.",
        "fault ",
    );
}

#[test]
fn a_fault_of_any_kind_can_be_asked_for() {
    let text = |reply| post::<RequestAny>(reply).0.json::<String>();
    assert_eq!(
        text(Reply::xml(500, envelope(FAULT_11))),
        r#"Server.Leave None No days. Some("3")"#
    );
    assert_eq!(text(fault_12()), r#"Sender Some("Closed") Closed. None"#);
}

#[test]
fn a_declared_fault_with_another_content_is_not_understood() {
    let wrong = FAULT_11.replace(">3<", ">three<");
    let (answer, log) = post::<LeaveOperation>(Reply::xml(500, envelope(&wrong)));
    // It failed, whatever it says.
    assert_eq!(answer.error().error.code.name(), "SourceFailed");
    assert!(log[0].contains("three"), "{}", log[0]);
}

#[test]
fn an_error_without_an_envelope_is_one_of_http() {
    let host = TestHost::new();
    let answer = answers(
        &host,
        Reply::bytes(503, "text/html", "<html><br>down").header("retry-after", "7"),
    );
    assert_eq!(
        answer.error().message,
        "Payroll answered with an error (503). Try again later."
    );
    assert_eq!(answer.header("retry-after"), Some("7"));
    let answer = answers(&TestHost::new(), Reply::status(200));
    assert_eq!(answer.error().error.code.name(), "SourceInvalid");
}

#[test]
fn an_optional_service_that_faults_is_a_missing_part() {
    let host = TestHost::new();
    host.on("leave", "POST /", Reply::soap_fault("Server", "no", &()));
    let part: Part<Nothing> = host.get::<MaybeLeave>("/maybe").json();
    assert_eq!(
        part.message.as_deref(),
        Some("Leave answered with an error. Try again later.")
    );
}

#[derive(Data)]
struct Nothing {}

/// Maybe request leave
#[operation(get = "/maybe", auth = none, sources = [LEAVE])]
async fn maybe_leave(ctx: Context) -> Result<Part<Nothing>> {
    let call = ctx.source(&LEAVE).soap(&REQUEST_LEAVE, &RequestLeave { days: 1 });
    Ok(call.answer().optional().await?.map(|()| Nothing {}))
}

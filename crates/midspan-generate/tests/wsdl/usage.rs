//! Generated modules at work, against scripted services.

use midspan::{
    prelude::*,
    source::soap::{DateTime, List, Text},
    testing::{Recorded, Reply, TestHost, soap_envelope},
};

use crate::generated::{clock, directory, leave, shapes};
use leave::LEAVE;

/// Ask for leave
#[operation(post = "/leave", auth = none, sources = [LEAVE])]
async fn ask_for_leave(ctx: Context) -> Result<i32> {
    let request = leave::RequestLeave {
        employee_id: "E1".into(),
        from: "2026-03-02".parse().expect("a date"),
        to: "2026-03-06".parse().expect("a date"),
        kind: leave::LeaveKind::Vacation,
        comment: None,
    };
    match ctx
        .source(&LEAVE)
        .soap(&leave::REQUEST_LEAVE, &request)
        .answer_or_fault()
        .await?
    {
        Ok(answer) => Ok(answer.request_leave_result.request_id),
        Err(leave::RequestLeaveFault::InsufficientBalance(fault)) => {
            Err(Error::conflict(format!("Only {} days are left.", fault.remaining)))
        }
        Err(leave::RequestLeaveFault::UnknownEmployee(fault)) => {
            Err(Error::not_found(format!("There is no {}.", fault.employee_id)))
        }
    }
}

#[test]
fn a_fault_of_the_wsdl_is_a_value_and_the_policy_is_kept() {
    let host = TestHost::new();
    let fault = leave::InsufficientBalance {
        requested: "5".parse().unwrap(),
        remaining: "2.5".parse().unwrap(),
    };
    host.on(
        "leave",
        "POST /LeaveService.svc",
        Reply::soap_fault("Client", "No.", &fault),
    );
    let answer = host.send::<AskForLeave>(http::Request::post("/leave").body("".into()).unwrap());
    assert_eq!(answer.error().message, "Only 2.5 days are left.");
    let sent = &host.requests("leave")[0];
    assert_eq!(sent.soap::<leave::RequestLeave>().employee_id, "E1");
    let text = String::from_utf8_lossy(sent.request.body());
    assert!(text.contains("#PasswordText\">leave_password<"), "{text}");
    assert_eq!(
        sent.request.headers()["soapaction"],
        "\"http://contoso.example/payroll/leave/ILeaveService/RequestLeave\""
    );
}

/// What a service reads and writes again.
fn again<T: midspan::source::soap::Named>(value: &T) -> T {
    recorded(soap_envelope(value)).soap()
}

fn recorded(body: String) -> Recorded {
    Recorded {
        source: String::new(),
        request: http::Request::new(body.into()),
    }
}

fn body(text: &str) -> String {
    format!("<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body>{text}</s:Body></s:Envelope>")
}

#[test]
fn elements_without_a_namespace_are_read_where_their_schema_has_none() {
    let answer: directory::FindPeopleResponse = recorded(body(
        "<d:findPeopleResponse xmlns:d='http://directory.example.org/'>\
         <return><id>1</id><name>Ada</name><manager><id>2</id></manager><gender>NOT_KNOWN</gender></return>\
         </d:findPeopleResponse>",
    ))
    .soap();
    let [ada] = answer.r#return.as_slice() else {
        panic!("one person")
    };
    assert_eq!(ada.manager.as_ref().map(|manager| manager.id), Some(2));
    assert_eq!(ada.gender, Some(directory::Gender::NotKnown));
    let query = directory::FindPeople {
        arg0: Some(directory::Query {
            units: vec![Some("HR".into()), None],
            max: 5,
            ..directory::Query::default()
        }),
    };
    assert_eq!(again(&query), query);
    assert!(soap_envelope(&query).contains("<arg0><units>HR</units><units xmlns:xsi="));
    let fault = directory::FindPeopleFault::NoSuchUnit(directory::NoSuchUnit("HR".into()));
    assert_eq!(again(&fault), fault);
}

#[test]
fn rpc_parts_are_in_the_wrapper_of_their_operation() {
    let request = clock::SetAlarm {
        at: clock::Time {
            zone: clock::Zone::EtcGmt5_2,
            leap: None,
            value: DateTime::from_text("2026-03-02T08:00:00").unwrap(),
        },
        days: List(vec![1, 5]),
    };
    assert!(soap_envelope(&request).contains(
        "<n0:setAlarm xmlns:n0=\"urn:clock:messages\"><at zone=\"Etc/GMT-5\">2026-03-02T08:00:00</at>\
         <days>1 5</days></n0:setAlarm>"
    ));
    assert_eq!(again(&request), request);
}

#[test]
fn choices_and_types_are_told_apart() {
    let draw = shapes::Draw {
        id: "a".into(),
        hidden: None,
        precision: 2,
        lang: Some("de".into()),
        canvas: shapes::Canvas {
            width: 10,
            height: None,
        },
        shape: vec![
            shapes::Shape::Circle(shapes::Circle::default()),
            shapes::Shape::Group(Box::new(shapes::Group {
                mask: Some(Box::new(shapes::Shape::Square(shapes::Square::default()))),
                ..shapes::Group::default()
            })),
        ],
        choice: shapes::DrawChoice::Color("red".into()),
        choice2: vec![
            shapes::DrawChoice2::MoveTo(shapes::Point::default()),
            shapes::DrawChoice2::LineTo(shapes::Point { x: 1.0, y: 2.0 }),
            shapes::DrawChoice2::MoveTo(shapes::Point::default()),
        ],
        left: Some(1),
        top: Some(2),
        center: None,
        width: None,
        dash: Some(List(vec![1.0, 0.5])),
        fill: shapes::DrawFill::NoFill(shapes::Plain::default()),
        layer: Some(shapes::DrawLayer {
            id: "l".into(),
            hidden: Some(true),
            name: "top".into(),
            kind: shapes::DrawLayerKind::ForeGround,
        }),
    };
    assert_eq!(again(&draw), draw);
    let tree = shapes::DrawResponse(shapes::Tree {
        node: vec![shapes::Tree::default()],
        first: Some(Box::default()),
        ids: Some(shapes::ArrayOfNullableInt {
            int: vec![Some(1), None],
        }),
        ..shapes::Tree::default()
    });
    assert_eq!(again(&tree), tree);
}

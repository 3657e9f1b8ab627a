//! What a SOAP service answers: `STATUS CONTENT-TYPE\nBODY`.

use midspan::{
    prelude::*,
    source::soap,
    testing::{Reply, TestHost},
};

static LEAVE: Source = Source::soap("leave").titled("Leave");

const GET: soap::Operation<Get, Got> = soap::Operation::new("urn:leave/Get").read_only();

#[derive(Debug, Xml)]
#[xml(namespace = "urn:leave")]
struct Get {}

#[derive(Debug, Xml)]
#[xml(namespace = "urn:leave")]
struct Got {
    #[xml(attribute)]
    year: Option<i32>,
    days: soap::Decimal,
    #[xml(nillable)]
    expires: Option<Date>,
    at: Option<Timestamp>,
    note: Vec<String>,
    part: Vec<Piece>,
}

#[derive(Debug, Xml)]
#[xml(namespace = "urn:leave")]
struct Piece {
    is: bool,
    file: Option<soap::Base64>,
}

/// Get leave
#[operation(get = "/leave", auth = none, sources = [LEAVE])]
async fn get_leave(ctx: Context) -> Result<f64> {
    let got = ctx.source(&LEAVE).soap(&GET, &Get {}).answer().await?;
    let _ = (
        got.year,
        got.expires,
        got.at,
        got.note,
        got.part.first().map(|part| (part.is, &part.file)),
    );
    Ok(got.days.to_f64())
}

/// Gives it as the answer.
pub fn run(data: &[u8]) {
    let (head, body) = crate::line(data);
    let Ok(head) = std::str::from_utf8(head) else { return };
    let (status, media_type) = head.split_once(' ').unwrap_or(("200", "text/xml"));
    let status = status
        .parse()
        .ok()
        .filter(|status| matches!(status, 200 | 202 | 400 | 500))
        .unwrap_or(200);
    let Ok(media_type) = http::HeaderValue::from_str(media_type) else {
        return;
    };
    let mut answer = http::Response::new(bytes::Bytes::copy_from_slice(body));
    *answer.status_mut() = http::StatusCode::from_u16(status).expect("one of four");
    answer.headers_mut().insert("content-type", media_type);
    let host = TestHost::new();
    host.on("leave", "POST /", Reply::answer(answer));
    let answer = host.get::<GetLeave>("/leave");
    assert!(matches!(answer.status(), 200 | 502), "{}", answer.text());
    crate::check_answer(&answer);
}

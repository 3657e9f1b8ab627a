//! `POST /$batch`: many requests in one, as `multipart/mixed`.
//!
//! Learn, "Execute batch operations using the Web API": requests are answered in their order, at most 1,000 of them; a failure ends the
//! batch unless the caller prefers `odata.continue-on-error`; a change set is made as a whole or not at all. JSON batches are not spoken.
//! Format: OData v4.0 part 1, s. 11.7; lines end in CRLF.

use http::{HeaderName, HeaderValue, Method, Request, StatusCode, header};

use super::error::DataverseError;
use super::store::Changes;
use super::{Dataverse, row};
use crate::call::Call;
use crate::reply::{self, Reply, WithHeader};
use crate::system::System;

const MOST: usize = 1_000;

/// A request of a batch, or requests that are one change.
enum Part {
    Request(Box<Inner>),
    ChangeSet(Vec<Inner>),
}

struct Inner {
    call: Call,
    content_id: Option<String>,
}

impl Dataverse {
    pub(super) fn batch(&self, call: &Call) -> Result<Reply, DataverseError> {
        let parts = parse(call)?;
        let requests = parts.iter().map(|part| match part {
            Part::Request(_) => 1,
            Part::ChangeSet(requests) => requests.len(),
        });
        let requests: usize = requests.sum();
        if requests > MOST {
            return Err(DataverseError::bad_batch(format!(
                "The batch contains {requests} requests. The maximum number of requests in a batch is {MOST}."
            )));
        }
        let go_on = call
            .header("prefer")
            .is_some_and(|preferences| preferences.contains("odata.continue-on-error"))
            && row::preference(call, "odata.continue-on-error") != Some("false");
        let id = call.request_id(self.store.population().seed());
        let boundary = format!("batchresponse_{id}");
        let (mut body, mut status) = (Vec::new(), StatusCode::OK);
        for part in parts {
            let (text, part_status) = match part {
                Part::Request(inner) => {
                    let reply = self.inner(&inner, |call| self.route_inner(call));
                    (as_http(&reply, None), reply.status())
                }
                Part::ChangeSet(requests) => self.change_set(&requests, &format!("changesetresponse_{id}")),
            };
            body.push(format!("--{boundary}\r\n{text}"));
            if !go_on && (part_status.is_client_error() || part_status.is_server_error()) {
                status = part_status;
                break;
            }
        }
        body.push(format!("--{boundary}--\r\n"));
        let reply = reply::bytes(status, "multipart/mixed", body.concat());
        Ok(reply.with("content-type", format!("multipart/mixed; boundary={boundary}")))
    }

    fn route_inner(&self, call: &Call) -> Result<Reply, DataverseError> {
        if call.path.ends_with("/$batch") {
            return Err(DataverseError::bad_batch("A batch can't contain a batch."));
        }
        self.route(call)
    }

    /// One answer of a batch; a fault on its route is its own.
    fn inner(&self, inner: &Inner, answer: impl FnOnce(&Call) -> Result<Reply, DataverseError>) -> Reply {
        let call = &inner.call;
        let refusal = self.faults.refusal(System::Dataverse, &call.method, &call.path);
        match refusal {
            Some(refusal) => DataverseError::of_status(refusal.status)
                .reply()
                .with_retry_after(refusal.retry_after),
            None => answer(call).unwrap_or_else(|error| error.reply()),
        }
        .with("odata-version", "4.0")
    }

    /// The answers of all changes, or the one of the first that failed.
    fn change_set(&self, requests: &[Inner], boundary: &str) -> (String, StatusCode) {
        let made = self.store.transaction(|changes| {
            let made = |inner: &Inner| {
                let reply = self.inner(inner, |call| self.change(call, changes));
                let text = as_http(&reply, inner.content_id.as_deref());
                if reply.status().is_success() {
                    Ok(format!("--{boundary}\r\n{text}"))
                } else {
                    Err((as_http(&reply, inner.content_id.as_deref()), reply.status()))
                }
            };
            requests.iter().map(made).collect::<Result<String, _>>()
        });
        match made {
            Ok(parts) => {
                let head = format!("Content-Type: multipart/mixed; boundary={boundary}\r\n\r\n");
                (format!("{head}{parts}--{boundary}--\r\n"), StatusCode::OK)
            }
            Err(failed) => failed,
        }
    }

    fn change(&self, call: &Call, changes: &mut Changes) -> Result<Reply, DataverseError> {
        match call.method {
            Method::PATCH => self.write(call, changes),
            Method::GET => Err(DataverseError::bad_batch("A change set can't contain a GET.")),
            _ => Err(DataverseError::method_not_allowed()),
        }
    }
}

/// `application/http`: an answer within a part.
fn as_http(reply: &Reply, content_id: Option<&str>) -> String {
    let content_id = content_id.map(|id| format!("Content-ID: {id}\r\n")).unwrap_or_default();
    let reason = reply.status().canonical_reason().unwrap_or_default();
    let field = |(name, value): (&HeaderName, &HeaderValue)| {
        format!("{name}: {}\r\n", String::from_utf8_lossy(value.as_bytes()))
    };
    format!(
        "Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n{content_id}\r\nHTTP/1.1 {} {reason}\r\n{}\r\n{}\r\n",
        reply.status().as_u16(),
        reply.headers().iter().map(field).collect::<String>(),
        String::from_utf8_lossy(reply.body())
    )
}

fn parse(call: &Call) -> Result<Vec<Part>, DataverseError> {
    let content_type = call.header("content-type").unwrap_or_default();
    let boundary = boundary(content_type).ok_or_else(|| {
        DataverseError::bad_batch(format!(
            "The content type '{content_type}' is not multipart/mixed with a boundary, as a batch must be."
        ))
    })?;
    let body = str::from_utf8(&call.body).map_err(|_| DataverseError::bad_batch("The batch is not UTF-8."))?;
    parts(body, boundary)?.into_iter().map(|part| one(call, part)).collect()
}

/// A part of a batch: `application/http`, or `multipart/mixed` with a change set in it.
fn one(outer: &Call, part: &str) -> Result<Part, DataverseError> {
    let (head, body) = head_and_body(part)?;
    let content_type = field(head, "content-type").unwrap_or_default();
    if let Some(boundary) = boundary(content_type) {
        let requests = parts(body, boundary)?.into_iter().map(|part| {
            let (head, body) = head_and_body(part)?;
            let content_id = field(head, "content-id").ok_or_else(|| {
                DataverseError::bad_batch("The header Content-ID is missing from a request of a change set.")
            })?;
            request(outer, body, Some(content_id))
        });
        return requests.collect::<Result<_, _>>().map(Part::ChangeSet);
    }
    if content_type.starts_with("application/http") {
        return request(outer, body, field(head, "content-id")).map(|inner| Part::Request(Box::new(inner)));
    }
    Err(DataverseError::bad_batch(format!(
        "The content type '{content_type}' of a part is neither application/http nor multipart/mixed."
    )))
}

/// A request line, its headers and its body. What it does not say of who is calling, the batch says.
fn request(outer: &Call, text: &str, content_id: Option<&str>) -> Result<Inner, DataverseError> {
    let bad = |what: &str| DataverseError::bad_batch(format!("The request line '{what}' of a batch is not one."));
    let (line, rest) = text.split_once("\r\n").ok_or_else(|| bad(text))?;
    let mut words = line.split(' ');
    let (Some(method), Some(url), Some("HTTP/1.1"), None) = (words.next(), words.next(), words.next(), words.next())
    else {
        return Err(bad(line));
    };
    let (head, body) = rest.split_once("\r\n\r\n").unwrap_or((rest, ""));
    let target = url.strip_prefix(&outer.base()).unwrap_or(url);
    let target = if target.starts_with('/') {
        target.to_owned()
    } else {
        format!("/api/data/v9.2/{target}")
    };
    let mut request = Request::builder().method(method).uri(target);
    for name in ["authorization", "host"] {
        if let Some(value) = outer.header(name) {
            request = request.header(name, value);
        }
    }
    for (name, value) in head.split("\r\n").filter_map(|field| field.split_once(':')) {
        let name = name.trim().to_ascii_lowercase();
        if name != "host" && name != header::AUTHORIZATION.as_str() {
            request = request.header(name, value.trim());
        }
    }
    let parts = request.body(()).map_err(|_| bad(line))?.into_parts().0;
    Ok(Inner {
        call: Call::new(parts, body.trim_end_matches("\r\n").to_owned().into()),
        content_id: content_id.map(str::to_owned),
    })
}

/// The boundary of a `multipart/mixed`.
fn boundary(content_type: &str) -> Option<&str> {
    let (media, parameters) = content_type.split_once(';')?;
    if !media.trim().eq_ignore_ascii_case("multipart/mixed") {
        return None;
    }
    let boundary = parameters
        .split(';')
        .find_map(|parameter| parameter.trim().strip_prefix("boundary="))?;
    Some(boundary.trim_matches('"'))
}

/// What is between the boundaries (RFC 2046 s. 5.1.1).
fn parts<'a>(body: &'a str, boundary: &str) -> Result<Vec<&'a str>, DataverseError> {
    let bad = || {
        DataverseError::bad_batch(format!(
            "The parts of the multipart body are not separated by '--{boundary}'."
        ))
    };
    let delimiter = format!("--{boundary}");
    let mut pieces = body.split(&delimiter).skip(1).collect::<Vec<_>>();
    let end = pieces.pop().ok_or_else(bad)?;
    if !end.starts_with("--") {
        return Err(bad());
    }
    pieces
        .into_iter()
        .map(|piece| {
            let piece = piece.strip_prefix("\r\n").ok_or_else(bad)?;
            Ok(piece.strip_suffix("\r\n").unwrap_or(piece))
        })
        .collect()
}

fn head_and_body(part: &str) -> Result<(&str, &str), DataverseError> {
    part.split_once("\r\n\r\n")
        .ok_or_else(|| DataverseError::bad_batch("A part of the batch has no empty line after its headers."))
}

fn field<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut fields = head.split("\r\n").filter_map(|line| line.split_once(':'));
    let found = fields.find(|(key, _)| key.trim().eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.trim())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::{dataverse, some_task};
    use super::*;
    use crate::call::tests::{get, send};
    use crate::fault::Fault;
    use crate::population::{Population, Task};
    use crate::systems::BackEnd;

    fn post(dataverse: &Dataverse, body: &str, prefer: &str) -> Reply {
        let headers = [
            ("authorization", "Bearer x"),
            ("content-type", "multipart/mixed; boundary=\"b\""),
            ("prefer", prefer),
        ];
        dataverse.answer(&send(
            "POST",
            "/api/data/v9.2/$batch",
            &headers,
            body.replace('\n', "\r\n"),
        ))
    }

    fn part(target: &str) -> String {
        format!(
            "--b\nContent-Type: application/http\nContent-Transfer-Encoding: binary\n\nGET {target} HTTP/1.1\nAccept: application/json\n\n\n"
        )
    }

    fn complete(task: &Task, id: u32, tag: &str) -> String {
        format!(
            "--c\nContent-Type: application/http\nContent-Transfer-Encoding: binary\nContent-ID: {id}\n\n\
             PATCH tasks({}) HTTP/1.1\nContent-Type: application/json\nIf-Match: {tag}\n\n{}\n",
            task.id,
            json!({"statecode": 1})
        )
    }

    fn text(reply: &Reply) -> String {
        String::from_utf8(reply.body().to_vec()).expect("text")
    }

    /// The statuses of the answers in a batch.
    fn statuses(reply: &Reply) -> Vec<u16> {
        let text = text(reply);
        let lines = text.split("\r\n").filter_map(|line| line.strip_prefix("HTTP/1.1 "));
        lines.map(|line| line[..3].parse().expect("a status")).collect()
    }

    #[test]
    fn requests_are_answered_in_their_order_in_parts_of_their_own() {
        let account = Population::new(1).account(7).expect("an account");
        let body = part(&format!("accounts({})?$select=name", account.id))
            + &part("http://source/api/data/v9.2/tasks?$top=1&$select=subject")
            + "--b--\n";
        let reply = post(&dataverse(), &body, "");
        assert_eq!(reply.status(), StatusCode::OK);
        assert_eq!(statuses(&reply), [200, 200]);
        let boundary = boundary(reply.headers()["content-type"].to_str().expect("text")).expect("a boundary");
        assert!(boundary.starts_with("batchresponse_"));
        let text = text(&reply);
        let parts = parts(&text, boundary).expect("parts");
        insta::assert_snapshot!(parts[0].replace("\r\n", "\n"));
    }

    #[test]
    fn a_failure_ends_the_batch_unless_the_caller_goes_on() {
        let body = part("accounts?$top=1") + &part("planets") + &part("tasks?$top=1") + "--b--\n";
        let stopped = post(&dataverse(), &body, "");
        assert_eq!(
            (stopped.status(), statuses(&stopped)),
            (StatusCode::NOT_FOUND, vec![200, 404])
        );
        let whole = post(&dataverse(), &body, "odata.continue-on-error");
        assert_eq!(
            (whole.status(), statuses(&whole)),
            (StatusCode::OK, vec![200, 404, 200])
        );
    }

    #[test]
    fn a_change_set_is_made_as_a_whole_or_not_at_all() {
        let dataverse = dataverse();
        let tasks = Population::new(1).tasks(some_task().employee);
        let set = |second: &str| {
            format!(
                "--b\nContent-Type: multipart/mixed; boundary=c\n\n{}{}--c--\n--b--\n",
                complete(&tasks[0], 1, "*"),
                complete(&tasks[1], 2, second)
            )
        };
        let etag = |task: &Task| {
            dataverse
                .answer(&get(&format!("/api/data/v9.2/tasks({})", task.id)))
                .headers()["etag"]
                .clone()
        };
        let before = etag(&tasks[0]);
        let failed = post(&dataverse, &set("W/\"1\""), "");
        assert_eq!(
            (failed.status(), statuses(&failed)),
            (StatusCode::PRECONDITION_FAILED, vec![412])
        );
        assert_eq!(etag(&tasks[0]), before);
        let made = post(&dataverse, &set("*"), "");
        assert_eq!((made.status(), statuses(&made)), (StatusCode::OK, vec![204, 204]));
        assert!(text(&made).contains("Content-ID: 2"));
        assert_ne!(etag(&tasks[0]), before);
    }

    #[test]
    fn a_fault_on_a_route_strikes_inside_a_batch_too() {
        let dataverse = dataverse();
        dataverse.faults.set(
            System::Dataverse,
            "/api/data/v9.2/tasks",
            Fault::status_retry_after(429, 3),
        );
        let reply = post(&dataverse, &(part("tasks") + "--b--\n"), "odata.continue-on-error");
        assert_eq!(statuses(&reply), [429]);
        assert!(text(&reply).contains("retry-after: 3"));
    }

    #[test]
    fn what_is_no_multipart_batch_is_refused() {
        let json = [("authorization", "Bearer x"), ("content-type", "application/json")];
        let reply = dataverse().answer(&send("POST", "/api/data/v9.2/$batch", &json, "{\"requests\":[]}"));
        assert_eq!(reply.status(), StatusCode::BAD_REQUEST);
        for body in [
            "",
            "--b\n",
            "--b\nContent-Type: text/plain\n\nx\n--b--\n",
            "--b\nx\n--b--\n",
            "--x--\n",
        ] {
            assert_eq!(
                post(&dataverse(), body, "").status(),
                StatusCode::BAD_REQUEST,
                "{body:?}"
            );
        }
        let many = part("tasks?$top=1").repeat(MOST + 1) + "--b--\n";
        assert_eq!(post(&dataverse(), &many, "").status(), StatusCode::BAD_REQUEST);
    }
}

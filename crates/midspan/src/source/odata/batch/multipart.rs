//! Batches as `multipart/mixed` (OData protocol s. 11.7; RFC 2046 s. 5.1).

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode, header::CONTENT_TYPE};

use super::{Prepared, id, place};
use crate::multipart::{field, head_and_content, parts};

/// The requests as a body, and what is between its boundaries: a request, or a change set.
pub(super) fn write(requests: &[Prepared<'_>], boundary: &str) -> Vec<u8> {
    let mut body = Vec::new();
    for item in items(requests) {
        body.extend(format!("--{boundary}\r\n").bytes());
        match item[0].set {
            None => push(&mut body, item[0]),
            Some(set) => {
                let inner = format!("{boundary}-set{set}");
                body.extend(format!("content-type: multipart/mixed; boundary={inner}\r\n\r\n").bytes());
                for request in item {
                    body.extend(format!("--{inner}\r\n").bytes());
                    push(&mut body, request);
                }
                body.extend(format!("--{inner}--\r\n").bytes());
            }
        }
    }
    body.extend(format!("--{boundary}--\r\n").bytes());
    body
}

/// What has an answer of its own: single requests, and change sets in the place of their first request.
fn items<'r, 'p>(requests: &'r [Prepared<'p>]) -> Vec<Vec<&'r Prepared<'p>>> {
    let mut items: Vec<Vec<&Prepared<'_>>> = Vec::new();
    for request in requests {
        match items
            .iter_mut()
            .find(|item| request.set.is_some() && item[0].set == request.set)
        {
            Some(set) => set.push(request),
            None => items.push(vec![request]),
        }
    }
    items
}

/// A part with a request (`application/http`).
fn push(body: &mut Vec<u8>, request: &Prepared<'_>) {
    let head = format!(
        "content-type: application/http\r\ncontent-transfer-encoding: binary\r\ncontent-id: {}\r\n\r\n{} {} HTTP/1.1\r\n",
        id(request.at),
        request.method,
        request.path,
    );
    body.extend(head.bytes());
    for (name, value) in &request.headers {
        body.extend(name.as_str().bytes());
        body.extend(b": ");
        body.extend(value.as_bytes());
        body.extend(b"\r\n");
    }
    body.extend(b"\r\n");
    body.extend(request.body.as_ref());
    body.extend(b"\r\n");
}

/// The answers by the places of their requests, in the requests' order; nothing where it is no batch. A change set that
/// failed has one answer for all of its requests.
pub(super) fn read(
    content_type: &str,
    body: &Bytes,
    requests: &[Prepared<'_>],
) -> Option<Vec<(usize, Response<Bytes>)>> {
    let mut answers = Vec::new();
    for (item, part) in items(requests).into_iter().zip(parts(content_type, body)?) {
        let (head, content) = head_and_content(part)?;
        let content_type = field(head, CONTENT_TYPE.as_str()).unwrap_or_default();
        if !content_type.to_ascii_lowercase().starts_with("multipart/") {
            let response = response(&body.slice_ref(content))?;
            answers.extend(item.iter().map(|request| (request.at, response.clone())));
            continue;
        }
        for (request, part) in item.iter().zip(parts(content_type, content)?) {
            let (head, content) = head_and_content(part)?;
            // By its id where it is given back, else by its order.
            let at = field(head, "content-id").and_then(place).unwrap_or(request.at);
            answers.push((at, response(&body.slice_ref(content))?));
        }
    }
    Some(answers)
}

/// An HTTP response: a status line, headers, an empty line and content.
fn response(message: &Bytes) -> Option<Response<Bytes>> {
    let (head, content) = head_and_content(message)?;
    let content = message.slice_ref(content);
    let mut lines = head.lines();
    let mut words = lines.next()?.split(' ');
    let _version = words.next().filter(|version| version.starts_with("HTTP/"))?;
    let mut response = Response::new(content);
    *response.status_mut() = StatusCode::from_bytes(words.next()?.as_bytes()).ok()?;
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name.trim()), HeaderValue::from_str(value.trim())) {
            response.headers_mut().append(name, value);
        }
    }
    Some(response)
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, Method};
    use proptest::prelude::*;

    use super::*;

    fn prepared(at: usize, set: Option<usize>, body: &Bytes) -> Prepared<'_> {
        Prepared {
            at,
            method: Method::PATCH,
            path: format!("tasks({at})?$select=a"),
            headers: HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]),
            body,
            set,
            after: &[],
        }
    }

    #[test]
    fn a_request_and_a_change_set_stand_between_boundaries() {
        let body = Bytes::from_static(b"{}");
        let requests = [
            prepared(0, None, &body),
            prepared(1, Some(0), &body),
            prepared(2, Some(0), &body),
        ];
        let part = |id: usize| {
            format!(
                "content-type: application/http\r\ncontent-transfer-encoding: binary\r\ncontent-id: {id}\r\n\r\n\
                 PATCH tasks({})?$select=a HTTP/1.1\r\ncontent-type: application/json\r\n\r\n{{}}\r\n",
                id - 1
            )
        };
        let expected = format!(
            "--b\r\n{}--b\r\ncontent-type: multipart/mixed; boundary=b-set0\r\n\r\n--b-set0\r\n{}--b-set0\r\n{}\
             --b-set0--\r\n--b--\r\n",
            part(1),
            part(2),
            part(3)
        );
        assert_eq!(String::from_utf8(write(&requests, "b")).unwrap(), expected);
    }

    #[test]
    fn answers_are_read_with_either_line_break_and_a_failed_set_has_one() {
        let none = Bytes::new();
        let requests = [
            prepared(0, None, &none),
            prepared(4, Some(1), &none),
            prepared(5, Some(1), &none),
        ];
        let text = "--x y\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 200 OK\r\nETag: \"1\"\r\n\r\n{\"a\":\r\n1}\r\n\
                    --x y\r\ncontent-type: application/http\r\n\r\nHTTP/1.1 412 Precondition Failed\r\n\r\n\r\n--x y--";
        for text in [text.to_owned(), text.replace("\r\n", "\n")] {
            let answers = read("multipart/mixed; boundary=\"x y\"", &text.clone().into(), &requests).unwrap();
            let statuses: Vec<_> = answers
                .iter()
                .map(|(at, answer)| (*at, answer.status().as_u16()))
                .collect();
            assert_eq!(statuses, [(0, 200), (4, 412), (5, 412)]);
            assert_eq!(answers[0].1.headers()["etag"], "\"1\"");
            let content: serde_json::Value = serde_json::from_slice(answers[0].1.body()).unwrap();
            assert_eq!(content, serde_json::json!({"a": 1}));
            let cut = Bytes::from(text.trim_end_matches('-').to_owned());
            assert!(read("multipart/mixed; boundary=\"x y\"", &cut, &requests).is_none());
        }
    }

    proptest! {
        #[test]
        fn any_content_comes_back_from_its_part(contents in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 1..4)) {
            let mut body = b"preamble\r\n".to_vec();
            for content in &contents {
                body.extend(b"--7c3f\r\n\r\nHTTP/1.1 200 OK\r\n\r\n");
                body.extend(content);
                body.extend(b"\r\n");
            }
            body.extend(b"--7c3f--\r\n");
            let none = Bytes::new();
            let requests: Vec<_> = (0..contents.len()).map(|at| prepared(at, None, &none)).collect();
            let answers = read("multipart/mixed;boundary=7c3f", &body.into(), &requests).unwrap();
            let read: Vec<_> = answers.into_iter().map(|(_, answer)| answer.into_body()).collect();
            prop_assert_eq!(read, contents);
        }

        #[test]
        fn no_body_is_too_strange(body in prop::collection::vec(any::<u8>(), 0..200), text in "(--b(--)?|HTTP/1.1 |200|[\r\n :]){0,20}") {
            let none = Bytes::new();
            let requests = [prepared(0, None, &none), prepared(1, Some(0), &none)];
            read("multipart/mixed; boundary=b", &body.into(), &requests);
            read("multipart/mixed; boundary=b", &text.into(), &requests);
        }
    }
}

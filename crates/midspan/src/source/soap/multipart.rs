//! Messages with attachments: MTOM, which is XOP (W3C Recommendation of 2005) in `multipart/related` (RFC 2387).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{HeaderMap, header::CONTENT_TYPE};

use super::xml::{Parts, XmlError};

const MAX_PARTS: usize = 1000;

/// What a source answered, taken apart.
#[derive(Debug)]
pub(super) struct Message {
    /// The envelope.
    pub(super) root: Bytes,
    /// Its encoding, as the transport has it.
    pub(super) charset: Option<String>,
    /// Attachments by content id.
    pub(super) parts: Parts,
}

impl Message {
    pub(super) fn read(headers: &HeaderMap, body: &Bytes) -> Result<Self, XmlError> {
        let content_type = headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let is_multipart = essence(content_type).eq_ignore_ascii_case("multipart/related");
        if !is_multipart {
            return Ok(Self {
                root: body.clone(),
                charset: parameter(content_type, "charset"),
                parts: Parts::new(),
            });
        }
        let boundary = parameter(content_type, "boundary").filter(|boundary| !boundary.is_empty());
        let boundary = boundary.ok_or_else(|| broken("the content type names no boundary"))?;
        let mut all = split(body, &boundary)?;
        // Without `start`, the first part is the root (RFC 2387 s. 3.2).
        let start = parameter(content_type, "start").map(|start| without_brackets(&start).to_owned());
        let root = start.map_or(Some(0), |start| all.iter().position(|part| part.id == start));
        let root = root
            .filter(|root| *root < all.len())
            .ok_or_else(|| broken("its root part is missing"))?;
        let root = all.swap_remove(root);
        Ok(Self {
            root: root.body,
            charset: parameter(&root.content_type, "charset"),
            parts: all.into_iter().map(|part| (part.id, part.body)).collect(),
        })
    }
}

struct Part {
    id: String,
    content_type: String,
    body: Bytes,
}

/// The parts between the delimiters (RFC 2046 s. 5.1.1).
fn split(body: &Bytes, boundary: &str) -> Result<Vec<Part>, XmlError> {
    let delimiter = format!("--{boundary}");
    let delimiters: Vec<usize> = line_starts(body)
        .filter(|at| body[*at..].starts_with(delimiter.as_bytes()))
        .collect();
    let mut parts = Vec::new();
    for (at, delimited) in delimiters.iter().enumerate() {
        let start = delimited + delimiter.len();
        if body[start..].starts_with(b"--") {
            return Ok(parts);
        }
        let end = *delimiters
            .get(at + 1)
            .ok_or_else(|| broken("its last part does not end"))?;
        let start = start
            + body[start..end]
                .iter()
                .position(|byte| *byte == b'\n')
                .map_or(end - start, |at| at + 1);
        // The line break before a delimiter belongs to it.
        let inside = &body[start..end];
        let inside = inside
            .strip_suffix(b"\n")
            .map_or(inside, |inside| inside.strip_suffix(b"\r").unwrap_or(inside));
        parts.push(part(&body.slice_ref(inside))?);
        if parts.len() > MAX_PARTS {
            return Err(broken(&format!("it has more than {MAX_PARTS} parts")));
        }
    }
    Err(broken("it does not end"))
}

fn line_starts(body: &[u8]) -> impl Iterator<Item = usize> {
    let breaks = body
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'\n')
        .map(|(at, _)| at + 1);
    std::iter::once(0).chain(breaks)
}

fn part(bytes: &Bytes) -> Result<Part, XmlError> {
    let mut headers = Headers::default();
    let mut rest = &bytes[..];
    loop {
        let at = rest
            .iter()
            .position(|byte| *byte == b'\n')
            .ok_or_else(|| broken("the headers of a part do not end"))?;
        let line = String::from_utf8_lossy(&rest[..at]);
        rest = &rest[at + 1..];
        let line = line.trim_end_matches('\r');
        if line.is_empty() {
            break;
        }
        headers.add(line);
    }
    let body = bytes.slice_ref(rest);
    let body = match headers.get("content-transfer-encoding").to_ascii_lowercase().as_str() {
        "" | "binary" | "8bit" | "7bit" => body,
        "base64" => {
            let letters: Vec<u8> = body
                .iter()
                .copied()
                .filter(|letter| !letter.is_ascii_whitespace())
                .collect();
            STANDARD
                .decode(letters)
                .map_err(|_| broken("a part is not the base64 that it says it is"))?
                .into()
        }
        other => {
            return Err(broken(&format!(
                "a part has the transfer encoding {other:?}, which is not read"
            )));
        }
    };
    Ok(Part {
        id: without_brackets(headers.get("content-id")).to_owned(),
        content_type: headers.get("content-type").to_owned(),
        body,
    })
}

#[derive(Default)]
struct Headers(Vec<(String, String)>);

impl Headers {
    /// Takes a line; one that begins with white space goes on with the header before (RFC 5322 s. 2.2.3).
    fn add(&mut self, line: &str) {
        match (line.starts_with([' ', '\t']), self.0.last_mut(), line.split_once(':')) {
            (true, Some((_, value)), _) => value.push_str(line),
            (_, _, Some((name, value))) => self.0.push((name.trim().to_ascii_lowercase(), value.trim().to_owned())),
            _ => {}
        }
    }

    fn get(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(given, _)| given == name)
            .map_or("", |(_, value)| value)
    }
}

fn essence(content_type: &str) -> &str {
    content_type.split(';').next().unwrap_or_default().trim()
}

/// A parameter of a content type, quoted or not (RFC 9110 s. 5.6.6).
fn parameter(content_type: &str, name: &str) -> Option<String> {
    let (_, mut rest) = content_type.split_once(';')?;
    loop {
        let (key, after) = rest.split_once('=')?;
        let (value, after) = value(after.trim_start());
        if key.trim().eq_ignore_ascii_case(name) {
            return Some(value);
        }
        rest = after.split_once(';')?.1;
    }
}

/// The value at the beginning of `text`, and what follows it.
fn value(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(';').unwrap_or(text.len());
        return (text[..end].trim().to_owned(), &text[end..]);
    };
    let mut value = String::new();
    let mut letters = quoted.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return (value, &quoted[at + 1..]),
            '\\' => value.extend(letters.next().map(|(_, escaped)| escaped)),
            letter => value.push(letter),
        }
    }
    (value, "")
}

fn without_brackets(id: &str) -> &str {
    let id = id.trim();
    id.strip_prefix('<').and_then(|id| id.strip_suffix('>')).unwrap_or(id)
}

fn broken(why: &str) -> XmlError {
    XmlError::document(format!("is in a multipart message that can't be read: {why}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_parameter_may_be_quoted_and_escaped_and_in_any_case() {
        let check =
            |text: &str, expected: Option<&str>| assert_eq!(parameter(text, "start").as_deref(), expected, "{text}");
        check("multipart/related", None);
        check("multipart/related; start=a", Some("a"));
        check(
            "multipart/related; type=\"x;start=no\"; START=\"<a\\\"b>\" ; x=y",
            Some("<a\"b>"),
        );
        check("multipart/related; start=\"open", Some("open"));
        check("multipart/related; start", None);
    }

    proptest! {
        #[test]
        fn no_message_panics(content_type in "(multipart/related; ?)?[ -~]{0,40}", body: Vec<u8>) {
            let headers = HeaderMap::from_iter([(CONTENT_TYPE, content_type.parse().unwrap())]);
            let _ = Message::read(&headers, &body.into());
        }

        #[test]
        fn no_parts_panic(lines in proptest::collection::vec("(--b|--b--|Content-ID: <x>|[a-z:]{0,9}|)\r?\n?", 0..20)) {
            let headers = HeaderMap::from_iter([(CONTENT_TYPE, "multipart/related; boundary=b".parse().unwrap())]);
            let _ = Message::read(&headers, &lines.concat().into());
        }
    }
}

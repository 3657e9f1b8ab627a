//! `multipart/form-data` (RFC 7578).

use bytes::Bytes;
use http::HeaderValue;

use super::body::no_media_type;
use crate::Result;

/// Fields and files, in the order in which they are added.
///
/// ```
/// # use midspan::{prelude::*, source::Multipart};
/// # static CARDS: Source = Source::rest("cards");
/// # async fn example(ctx: Context, jpeg: Vec<u8>) -> Result<()> {
/// let parts = Multipart::new().field("title", "Summer party").file("picture", "party.jpg", "image/jpeg", jpeg);
/// ctx.source(&CARDS).post("/cards").multipart(parts).success().await?;
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, Default)]
pub struct Multipart(Vec<Part>);

#[derive(Debug, Clone)]
struct Part {
    name: String,
    /// Name and media type, where it is a file.
    file: Option<(String, String)>,
    content: Bytes,
}

impl Multipart {
    /// Without any.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a field. The same name may come several times.
    #[must_use]
    pub fn field(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.0.push(Part {
            name: name.into(),
            file: None,
            content: value.into().into(),
        });
        self
    }

    /// Adds a file with its name and its media type.
    #[must_use]
    pub fn file(
        mut self,
        name: impl Into<String>,
        file_name: impl Into<String>,
        content_type: impl Into<String>,
        content: impl Into<Bytes>,
    ) -> Self {
        self.0.push(Part {
            name: name.into(),
            file: Some((file_name.into(), content_type.into())),
            content: content.into(),
        });
        self
    }

    /// # Errors
    /// `BadInput` where a media type is none.
    pub(super) fn encode(self, boundary: &str) -> Result<Bytes> {
        let mut body = Vec::with_capacity(self.0.iter().map(|part| part.content.len() + 256).sum());
        for part in self.0 {
            body.extend(format!("--{boundary}\r\ncontent-disposition: form-data; name=\"").bytes());
            push_escaped(&mut body, &part.name);
            if let Some((file_name, content_type)) = &part.file {
                HeaderValue::from_str(content_type).map_err(|_| no_media_type())?;
                body.extend(b"\"; filename=\"");
                push_escaped(&mut body, file_name);
                body.extend(format!("\"\r\ncontent-type: {content_type}").bytes());
            } else {
                body.push(b'"');
            }
            body.extend(b"\r\n\r\n");
            body.extend(&part.content);
            body.extend(b"\r\n");
        }
        body.extend(format!("--{boundary}--\r\n").bytes());
        Ok(body.into())
    }
}

/// What would end the quotes or the line is percent-encoded, and nothing else (HTML, "multipart/form-data encoding
/// algorithm"; RFC 7578 s. 4.2 and 5.1): a name is UTF-8 as it is.
fn push_escaped(body: &mut Vec<u8>, name: &str) {
    for byte in name.bytes() {
        match byte {
            b'"' => body.extend(b"%22"),
            b'\r' => body.extend(b"%0D"),
            b'\n' => body.extend(b"%0A"),
            _ => body.push(byte),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn fields_and_files_stand_as_the_rfc_has_them() {
        let parts = Multipart::new().field("title", "Sommerfest, \"groß\"\r\n").file(
            "picture",
            "a\"b\r\nc.jpg",
            "image/jpeg",
            &b"\xff\xd8"[..],
        );
        let expected = b"--x\r\n\
            content-disposition: form-data; name=\"title\"\r\n\r\n\
            Sommerfest, \"gro\xc3\x9f\"\r\n\r\n\
            --x\r\n\
            content-disposition: form-data; name=\"picture\"; filename=\"a%22b%0D%0Ac.jpg\"\r\n\
            content-type: image/jpeg\r\n\r\n\
            \xff\xd8\r\n\
            --x--\r\n";
        assert_eq!(parts.encode("x").unwrap(), expected[..]);
    }

    #[test]
    fn a_media_type_does_not_become_another_header() {
        let parts = Multipart::new().file("f", "f", "text/plain\r\nx: y", &b""[..]);
        let error = parts.encode("x").unwrap_err();
        assert_eq!(error.code(), midspan_definition::ErrorCode::BadInput);
    }

    proptest! {
        #[test]
        fn no_name_breaks_out_of_its_quotes(name in ".*", file in ".*", content in prop::collection::vec(any::<u8>(), 0..64)) {
            let body = Multipart::new().file(name, file, "a/b", content.clone()).encode("7c3f").unwrap();
            let end = body.windows(4).position(|at| at == b"\r\n\r\n").unwrap();
            let head = std::str::from_utf8(&body[..end]).unwrap();
            let lines: Vec<_> = head.split("\r\n").collect();
            prop_assert_eq!(lines.len(), 3, "{}", head);
            prop_assert!(lines[0] == "--7c3f" && lines[2] == "content-type: a/b");
            prop_assert_eq!(lines[1].matches('"').count(), 4, "{}", lines[1]);
            let rest = &body[end + 4..];
            prop_assert_eq!(rest, [content, b"\r\n--7c3f--\r\n".to_vec()].concat());
        }
    }
}

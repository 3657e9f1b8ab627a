//! Forms: `multipart/form-data` (RFC 7578), in which files are, and `application/x-www-form-urlencoded`.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use midspan_definition::{ErrorCode, Parameter, Schema};

use super::{Data, Parts, Value, check_length, data::Place, parameter};
use crate::{Error, Result, multipart, source::Binary};

/// What can stand in a form: what is written as one text, and a file.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be a field of a form",
    label = "neither a text nor a file",
    note = "use text, a number, bool, Date, Timestamp or an enum with `#[derive(Data)]`, or a `Binary`, in `Option` if you like"
)]
pub trait FormValue: Sized {
    /// Its type, for the description.
    const SCHEMA: Schema;
    /// Whether it may be left out.
    const OPTIONAL: bool;

    /// Reads it from a request.
    ///
    /// # Errors
    /// `BadInput` that names the field and says what was expected; `UnsupportedMediaType` if the body is no form by its
    /// own word; `BodyTooLarge`.
    fn read(request: &Parts<'_>, parameter: &'static Parameter) -> Result<Self>;
}

impl<T: Value> FormValue for T {
    const SCHEMA: Schema = <T as Data>::SCHEMA;
    const OPTIONAL: bool = <T as Data>::OPTIONAL;

    fn read(request: &Parts<'_>, parameter: &'static Parameter) -> Result<Self> {
        self::parameter(request, parameter)
    }
}

const FILE: Schema = Schema::String { format: Some("binary") };

/// A file. Its `max_length` counts bytes.
impl FormValue for Binary {
    const SCHEMA: Schema = FILE;
    const OPTIONAL: bool = false;

    fn read(request: &Parts<'_>, parameter: &'static Parameter) -> Result<Self> {
        let name = parameter.name;
        Option::<Self>::read(request, parameter)?
            .ok_or_else(|| Error::bad_input(name, format!("\"{name}\" is missing. Give it a file.")))
    }
}

impl FormValue for Option<Binary> {
    const SCHEMA: Schema = FILE;
    const OPTIONAL: bool = true;

    fn read(request: &Parts<'_>, parameter: &'static Parameter) -> Result<Self> {
        let form = request.form()?;
        let Some(field) = form.fields.iter().find(|field| field.name == parameter.name) else {
            return Ok(None);
        };
        let bounds = &parameter.constraints;
        let place = Place::root(parameter.name);
        check_length(
            field.content.len(),
            &place,
            bounds.min_length,
            bounds.max_length,
            "bytes",
        )?;
        Ok(Some(Binary {
            content: field.content.clone(),
            content_type: field
                .content_type
                .clone()
                .unwrap_or_else(|| "application/octet-stream".to_owned()),
            etag: None,
        }))
    }
}

/// A body that is a form, taken apart.
#[derive(Debug, Default)]
pub(super) struct Form {
    fields: Vec<Field>,
}

#[derive(Debug)]
struct Field {
    name: String,
    content: Bytes,
    content_type: Option<String>,
}

impl Form {
    pub(super) fn read(request: &Parts<'_>) -> Result<Self> {
        request.limits.check_size(request.body)?;
        let content_type = request.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let content_type = content_type.unwrap_or_default();
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        let fields = if essence.eq_ignore_ascii_case("multipart/form-data") {
            several(content_type, request.body).ok_or_else(|| {
                let message = "The body is no form: its parts don't end as its Content-Type header says.";
                Error::bad_input("body", message)
            })?
        } else if essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") || request.body.is_empty() {
            pairs(request.body)
        } else {
            let message = "The body must be multipart/form-data or application/x-www-form-urlencoded; the Content-Type \
                           header says otherwise.";
            return Err(Error::new(ErrorCode::UnsupportedMediaType, message));
        };
        request.limits.check_fields(fields.len())?;
        Ok(Self { fields })
    }

    /// Texts given for a field: none, one, or several where the form repeats it.
    pub(super) fn texts(&self, name: &str) -> Result<Vec<&str>> {
        let fields = self.fields.iter().filter(|field| field.name == name);
        let texts = fields.map(|field| std::str::from_utf8(&field.content));
        let texts: Result<_, _> = texts.collect();
        texts.map_err(|_| Error::bad_input(name, format!("\"{name}\" must be text in UTF-8.")))
    }
}

fn pairs(body: &[u8]) -> Vec<Field> {
    form_urlencoded::parse(body)
        .map(|(name, text)| Field {
            name: name.into_owned(),
            content: text.into_owned().into(),
            content_type: None,
        })
        .collect()
}

/// The parts that have a name; others mean nothing in a form.
fn several(content_type: &str, body: &[u8]) -> Option<Vec<Field>> {
    let mut fields = Vec::new();
    for part in multipart::parts(content_type, body)? {
        let (head, content) = multipart::head_and_content(part)?;
        let Some(name) = multipart::field(head, "content-disposition").and_then(name) else {
            continue;
        };
        fields.push(Field {
            name,
            content: Bytes::copy_from_slice(content),
            content_type: multipart::field(head, "content-type").map(ToOwned::to_owned),
        });
    }
    Some(fields)
}

/// `name` of `form-data; name="a \"b\""; filename="c;d"`. Browsers write a quote in a name as `%22` (RFC 7578 s. 2).
fn name(disposition: &str) -> Option<String> {
    let mut rest = disposition.split_once(';')?.1;
    loop {
        let (key, value) = rest.split_once('=')?;
        let (value, after) = value_and_rest(value.trim_start());
        if key.trim().eq_ignore_ascii_case("name") {
            return Some(value.replace("%22", "\""));
        }
        rest = after.split_once(';')?.1;
    }
}

/// A token, or a text in quotes with backslashes (RFC 9110 s. 5.6.4).
fn value_and_rest(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(';').unwrap_or(text.len());
        return (text[..end].trim().to_owned(), &text[end..]);
    };
    let mut value = String::new();
    let mut letters = quoted.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return (value, &quoted[at + 1..]),
            '\\' => value.extend(letters.next().map(|(_, letter)| letter)),
            letter => value.push(letter),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_name_of_a_part_is_found_among_other_parameters() {
        for (disposition, expected) in [
            ("form-data; name=\"a\"", Some("a")),
            ("form-data; filename=\"x; name=y.txt\"; name=\"a b\"", Some("a b")),
            ("form-data; name=a; filename=b", Some("a")),
            ("form-data; Name=\"a \\\"b\\\"\"", Some("a \"b\"")),
            ("form-data; name=\"a%22\"", Some("a\"")),
            ("form-data", None),
            ("form-data; filename=\"x\"", None),
            ("form-data; name", None),
        ] {
            assert_eq!(name(disposition).as_deref(), expected, "{disposition}");
        }
    }

    proptest! {
        #[test]
        fn no_form_is_too_strange(body in prop::collection::vec(any::<u8>(), 0..200), text in "(--b(--)?|content-disposition: ?|form-data|; ?name=|\"|\\\\|[\r\n :]){0,20}") {
            several("multipart/form-data; boundary=b", &body);
            several("multipart/form-data; boundary=b", text.as_bytes());
            let _ = name(&text);
            pairs(&body);
        }

        #[test]
        fn a_file_comes_back_as_it_was(content in prop::collection::vec(any::<u8>(), 0..80)) {
            let mut body = b"--7c3f\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"\r\nContent-Type: image/png\r\n\r\n".to_vec();
            body.extend(&content);
            body.extend(b"\r\n--7c3f--\r\n");
            let fields = several("multipart/form-data; boundary=7c3f", &body).unwrap();
            prop_assert_eq!(fields[0].content.as_ref(), content.as_slice());
            prop_assert_eq!(fields[0].content_type.as_deref(), Some("image/png"));
        }
    }
}

//! Bodies of several parts (RFC 2046 s. 5.1): what forms and batches have in common.

/// What is between the boundaries; nothing where the last one is missing, since what came may be cut short.
pub(crate) fn parts<'b>(content_type: &str, body: &'b [u8]) -> Option<Vec<&'b [u8]>> {
    let parameters = content_type
        .split(';')
        .skip(1)
        .filter_map(|parameter| parameter.split_once('='));
    let boundary = parameters
        .into_iter()
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("boundary"))?
        .1;
    let delimiter = format!("--{}", boundary.trim().trim_matches('"'));
    let mut parts = Vec::new();
    let mut begin = None;
    let mut at = 0;
    // A delimiter stands at the beginning of a line, which belongs to it with the line break before it.
    for line in body.split_inclusive(|byte| *byte == b'\n') {
        let end = at + line.len();
        if let Some(rest) = line.strip_prefix(delimiter.as_bytes())
            && matches!(rest.trim_ascii(), b"" | b"--")
        {
            if let Some(begin) = begin {
                parts.push(without_line_break(&body[begin..at]));
            }
            if rest.starts_with(b"--") {
                return Some(parts);
            }
            begin = Some(end);
        }
        at = end;
    }
    None
}

fn without_line_break(part: &[u8]) -> &[u8] {
    let part = part.strip_suffix(b"\n").unwrap_or(part);
    part.strip_suffix(b"\r").unwrap_or(part)
}

/// The lines up to the first one that is empty, and the rest.
pub(crate) fn head_and_content(part: &[u8]) -> Option<(&str, &[u8])> {
    let mut at = 0;
    for line in part.split_inclusive(|byte| *byte == b'\n') {
        let end = at + line.len();
        if line.trim_ascii().is_empty() {
            let head = std::str::from_utf8(&part[..at]).ok()?;
            return Some((head, &part[end..]));
        }
        at = end;
    }
    // No content, and no line break after the headers.
    Some((std::str::from_utf8(part).ok()?, &[]))
}

/// A header's value.
pub(crate) fn field<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    let mut fields = head.lines().filter_map(|line| line.split_once(':'));
    fields
        .find(|(own, _)| own.trim().eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim())
}

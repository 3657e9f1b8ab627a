//! Texts with `{placeholders}` for parts of a request, and `{{ variables }}`; checked when the source is compiled.

/// What a signature can be over, and what its headers can hold.
const PLACEHOLDERS: [&str; 9] = [
    "method",
    "path",
    "query",
    "path_and_query",
    "host",
    "date",
    "unix_time",
    "body_sha256",
    "body_sha256_hex",
];

/// What only a header can hold.
const SIGNATURES: [&str; 2] = ["signature", "signature_hex"];

/// What only a signature can be over: it may be of any size and not even be text.
const BODY: [&str; 1] = ["body"];

/// A part of a template.
pub(super) enum Part<'t> {
    Text(&'t str),
    Placeholder(&'t str),
    Variable(&'t str),
}

/// The parts, in order.
pub(super) fn parts(template: &str) -> impl Iterator<Item = Part<'_>> {
    let mut rest = template;
    std::iter::from_fn(move || {
        let at = rest.find('{').unwrap_or(rest.len());
        if at > 0 {
            let (text, after) = rest.split_at(at);
            rest = after;
            return Some(Part::Text(text));
        }
        if let Some(inner) = rest.strip_prefix("{{") {
            let (name, after) = inner.split_once("}}")?;
            rest = after;
            return Some(Part::Variable(name.trim()));
        }
        let (name, after) = rest.strip_prefix('{')?.split_once('}')?;
        rest = after;
        Some(Part::Placeholder(name))
    })
}

/// Whether all that is opened is closed, and every placeholder is known.
pub(super) const fn is_valid(template: &str, is_header: bool) -> bool {
    let others: &[&str] = if is_header { &SIGNATURES } else { &BODY };
    let text = template.as_bytes();
    let mut at = 0;
    while at < text.len() {
        if text[at] != b'{' {
            at += 1;
            continue;
        }
        let double = at + 1 < text.len() && text[at + 1] == b'{';
        let start = if double { at + 2 } else { at + 1 };
        let mut end = start;
        while end < text.len() && text[end] != b'}' {
            end += 1;
        }
        if double {
            if end + 1 >= text.len() || text[end + 1] != b'}' {
                return false;
            }
            at = end + 2;
        } else {
            let known = is_one_of(&PLACEHOLDERS, text, start, end)
                || is_one_of(others, text, start, end)
                || names_header(text, start, end);
            if end == text.len() || !known {
                return false;
            }
            at = end + 1;
        }
    }
    true
}

const fn is_one_of(names: &[&str], text: &[u8], start: usize, end: usize) -> bool {
    let mut at = 0;
    while at < names.len() {
        if is(names[at].as_bytes(), text, start, end) {
            return true;
        }
        at += 1;
    }
    false
}

/// `header:NAME`.
const fn names_header(text: &[u8], start: usize, end: usize) -> bool {
    let prefix = b"header:";
    end > start + prefix.len() && is(prefix, text, start, start + prefix.len())
}

const fn is(name: &[u8], text: &[u8], start: usize, end: usize) -> bool {
    if name.len() != end - start {
        return false;
    }
    let mut at = 0;
    while at < name.len() {
        if name[at] != text[start + at] {
            return false;
        }
        at += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_with_an_unknown_placeholder_or_an_open_brace_is_not_valid() {
        for valid in [
            "",
            "a",
            "{method}\n{path_and_query}",
            "{{ key }}{date}{header:x-a}",
            "{{key}}",
        ] {
            assert!(is_valid(valid, false), "{valid}");
        }
        for invalid in [
            "{",
            "{method",
            "{{ key }",
            "{{ key",
            "{methods}",
            "{}",
            "{header:}",
            "{signature}",
            "{{ a }{method}",
        ] {
            assert!(!is_valid(invalid, false), "{invalid}");
        }
        assert!(is_valid("v1={signature};{signature_hex}", true) && is_valid("{body}", false));
        assert!(!is_valid("{body}", true));
    }
}

//! W3C Trace Context (level 2): `traceparent` and `tracestate`, read as strictly as its rules say, since what is passed on
//! in a wrong form is lost at the next one who is strict.

/// How many list members a `tracestate` may have (s. 3.3.1.1).
const MOST_MEMBERS: usize = 32;

/// The flag of s. 3.2.2.5.1.
pub const SAMPLED: u8 = 0x01;

/// The flags that we know, `sampled` and `random`; others are not passed on (s. 3.2.2.5.3).
const KNOWN_FLAGS: u8 = 0x03;

/// A `traceparent` (s. 3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Traceparent<'a> {
    /// 32 hexadecimal digits, not all zero.
    pub trace_id: &'a str,
    /// 16 hexadecimal digits, not all zero.
    pub parent_id: &'a str,
    /// Those that are known.
    pub flags: u8,
}

impl<'a> Traceparent<'a> {
    /// Nothing where it breaks a rule: then the trace begins anew. A version to come may have more at its end (s. 4.3).
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.trim_matches([' ', '\t']).split('-');
        let (version, trace_id, parent_id, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let version_is_known = version == "00" && parts.next().is_none();
        let version_is_newer = version.len() == 2 && is_hex(version) && version != "00" && version != "ff";
        let valid = (version_is_known || version_is_newer) && is_id(trace_id, 32) && is_id(parent_id, 16);
        (valid && flags.len() == 2 && is_hex(flags)).then_some(Self {
            trace_id,
            parent_id,
            flags: u8::from_str_radix(flags, 16).unwrap_or_default() & KNOWN_FLAGS,
        })
    }

    /// The only one of a request: two of them are none (s. 3.2, and RFC 9110 s. 5.3 for what is no list).
    pub fn only(mut values: impl Iterator<Item = &'a str>) -> Option<Self> {
        let first = values.next()?;
        values.next().is_none().then(|| Self::parse(first)).flatten()
    }
}

/// The `tracestate` of a request, whose lines are one list (s. 3.3.1); nothing where it breaks a rule.
pub fn tracestate<'a>(lines: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut keys = Vec::new();
    let mut text = String::new();
    for member in lines.flat_map(|line| line.split(',')) {
        let member = member.trim_matches([' ', '\t']);
        if member.is_empty() {
            continue;
        }
        let (key, value) = member.split_once('=')?;
        if !is_key(key) || !is_value(value) || keys.contains(&key) || keys.len() == MOST_MEMBERS {
            return None;
        }
        keys.push(key);
        text.push_str(if text.is_empty() { "" } else { "," });
        text.push_str(member);
    }
    (!text.is_empty()).then_some(text)
}

/// The trace id that a correlation id gives, if it is a UUID: its digits. So a cloud flow's run is found in the trace store
/// though its caller sends no `traceparent`.
#[must_use]
pub fn trace_id_of(correlation_id: &str) -> Option<String> {
    let mut digits: String = correlation_id.chars().filter(|c| *c != '-').collect();
    digits.make_ascii_lowercase();
    is_id(&digits, 32).then_some(digits)
}

/// All zeroes is "no id".
fn is_id(text: &str, digits: usize) -> bool {
    text.len() == digits && is_hex(text) && text.bytes().any(|byte| byte != b'0')
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// `key` of s. 3.3.1.3.1.
fn is_key(text: &str) -> bool {
    let inner = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'*' | b'/');
    let of_form = |text: &str, digit_first: bool, most: usize| {
        let first = text.bytes().next();
        text.len() <= most
            && first.is_some_and(|byte| byte.is_ascii_lowercase() || (digit_first && byte.is_ascii_digit()))
            && text.bytes().all(inner)
    };
    match text.split_once('@') {
        None => of_form(text, true, 256),
        Some((tenant, system)) => of_form(tenant, true, 241) && of_form(system, false, 14),
    }
}

/// `value` of s. 3.3.1.3.2; the space at its end is gone already.
fn is_value(text: &str) -> bool {
    let character = |byte: u8| matches!(byte, 0x20..=0x7e) && byte != b',' && byte != b'=';
    (1..=256).contains(&text.len()) && text.bytes().all(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_traceparent_is_taken_only_in_its_valid_forms() {
        let id = "4bf92f3577b34da6a3ce929d0e0e4736";
        let check = |text: &str, expected: Option<(&str, &str, u8)>| {
            let parsed = Traceparent::parse(text);
            let parts = parsed.map(|parent| (parent.trace_id, parent.parent_id, parent.flags));
            assert_eq!(parts, expected, "{text}");
        };
        let parent = "00f067aa0ba902b7";
        check(&format!("00-{id}-{parent}-01"), Some((id, parent, 1)));
        check(&format!(" 00-{id}-{parent}-03\t"), Some((id, parent, 3)));
        check(&format!("00-{id}-{parent}-ff"), Some((id, parent, 3)));
        check(&format!("01-{id}-{parent}-01-later"), Some((id, parent, 1)));
        check(&format!("00-{id}-{parent}-01-later"), None);
        check(&format!("00-{id}-{parent}-1"), None);
        check(&format!("ff-{id}-{parent}-01"), None);
        check("00-00000000000000000000000000000000-00f067aa0ba902b7-01", None);
        check(&format!("00-{id}-0000000000000000-01"), None);
        check(&format!("00-{}-{parent}-01", id.to_uppercase()), None);
        check("", None);
    }

    #[test]
    fn two_traceparents_are_none() {
        let one = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert!(Traceparent::only([one].into_iter()).is_some());
        assert_eq!(Traceparent::only([one, one].into_iter()), None);
    }

    #[test]
    fn a_tracestate_is_one_list_of_valid_members() {
        let check = |lines: &[&str], expected: Option<&str>| {
            assert_eq!(tracestate(lines.iter().copied()).as_deref(), expected, "{lines:?}");
        };
        check(&["a=1,b=2"], Some("a=1,b=2"));
        check(&["a=1 \t, b=2,", "c@sys=3"], Some("a=1,b=2,c@sys=3"));
        check(&["", " "], None);
        check(&["a=1,a=2"], None);
        check(&["A=1"], None);
        check(&["a=b=c"], None);
        check(&["a="], None);
        check(&["a"], None);
        check(&["a@1sys=3"], None);
        check(&["a=\u{7f}"], None);
        let many: Vec<_> = (0..33).map(|at| format!("k{at}=1")).collect();
        check(&[&many[..32].join(",")], Some(&many[..32].join(",")));
        check(&[&many.join(",")], None);
    }
}

//! What a body may not be, found out before anything is built from it.
//!
//! A reader of JSON recurses, and builds what it reads: markup that is cheap to send must not cost a stack or a
//! memory. So the text is walked over once, without recursion, and what is too much is refused with its place.

use std::fmt::Write as _;

use midspan_definition::ErrorCode;

use super::LONGEST_SHOWN;
use crate::{Error, Result, excerpt};

/// How much an operation takes of a request's body. [`Limits::DEFAULT`] holds unless the operation says otherwise:
/// `#[operation(post = "/orders", auth = none, limits = Limits::DEFAULT.body(20_000_000))]`.
///
/// A field's own `max_length` and `max_items` hold besides. A host may take less: the embedded one takes bodies of 10 MiB.
///
/// ```
/// use midspan::input::Limits;
///
/// const UPLOAD: Limits = Limits::DEFAULT.body(8 * 1024 * 1024).text(8 * 1024 * 1024);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub(crate) body: usize,
    depth: usize,
    items: usize,
    members: usize,
    text: usize,
}

impl Limits {
    /// For what comes through the gateway, which lets bodies of 3,182,218 bytes through.
    pub const DEFAULT: Self = Self {
        body: 4 * 1024 * 1024,
        depth: 64,
        items: 100_000,
        members: 1_000,
        text: 4 * 1024 * 1024,
    };

    /// Bytes of a whole body. Default: 4 MiB.
    #[must_use]
    pub const fn body(self, bytes: usize) -> Self {
        Self { body: bytes, ..self }
    }

    /// How deep lists and records may stand within each other in JSON; at most 100. Default: 64.
    #[must_use]
    pub const fn depth(self, levels: usize) -> Self {
        // The reader itself gives up at 128.
        let depth = if levels > 100 { 100 } else { levels };
        Self { depth, ..self }
    }

    /// Items of one list in JSON. Default: 100,000, as many as a trigger's batch can have in Power Automate.
    #[must_use]
    pub const fn items(self, count: usize) -> Self {
        Self { items: count, ..self }
    }

    /// Fields of one record in JSON. Default: 1,000.
    #[must_use]
    pub const fn members(self, count: usize) -> Self {
        Self { members: count, ..self }
    }

    /// Bytes of one text in JSON, as it is written there. Default: 4 MiB, so that a whole file fits as base64.
    #[must_use]
    pub const fn text(self, bytes: usize) -> Self {
        Self { text: bytes, ..self }
    }

    /// Refuses a body that is too large.
    pub(crate) fn check_size(&self, body: &[u8]) -> Result<()> {
        if body.len() <= self.body {
            return Ok(());
        }
        let message = format!("The body is larger than {} bytes. Send less at once.", self.body);
        Err(Error::new(ErrorCode::BodyTooLarge, message).with_target("body"))
    }

    /// Refuses a form with too many fields.
    pub(super) fn check_fields(&self, count: usize) -> Result<()> {
        if count <= self.members {
            return Ok(());
        }
        let message = format!("The form has {count} fields; at most {} are read.", self.members);
        Err(Error::bad_input("body", message))
    }

    /// Refuses JSON that is too deep, or holds what is too long. It need not notice what is no JSON: the reader does.
    pub(crate) fn check_json(&self, json: &[u8]) -> Result<()> {
        let mut walk = Walk { json, open: Vec::new() };
        let mut at = 0;
        while let Some(byte) = json.get(at) {
            match byte {
                b'"' => {
                    let end = end_of_text(json, at + 1);
                    self.text_ends(&mut walk, at, end)?;
                    at = end;
                }
                b'{' | b'[' => {
                    if walk.open.len() == self.depth {
                        return Err(refused(
                            &walk,
                            format_args!("be nested no deeper than {} levels", self.depth),
                        ));
                    }
                    walk.open.push(Level::new(*byte == b'{'));
                }
                b'}' | b']' => drop(walk.open.pop()),
                b',' => self.next(&mut walk)?,
                b':' => walk
                    .open
                    .iter_mut()
                    .last()
                    .into_iter()
                    .for_each(|level| level.awaits_name = false),
                _ => {}
            }
            at += 1;
        }
        Ok(())
    }

    fn text_ends(&self, walk: &mut Walk<'_>, start: usize, end: usize) -> Result<()> {
        let text = &walk.json[start + 1..end];
        let is_name = walk.open.last().is_some_and(|level| level.awaits_name);
        if is_name {
            if let Some(level) = walk.open.last_mut() {
                level.name = (start, end);
            }
            if is_reserved(walk.json.get(start..=end).unwrap_or_default()) {
                return Err(refused(walk, format_args!("have another name")));
            }
        }
        if text.len() > self.text {
            return Err(refused(walk, format_args!("have at most {} bytes", self.text)));
        }
        Ok(())
    }

    fn next(&self, walk: &mut Walk<'_>) -> Result<()> {
        let Some(level) = walk.open.last_mut() else {
            return Ok(());
        };
        level.past += 1;
        level.awaits_name = level.is_record;
        let (most, what) = if level.is_record {
            (self.members, "fields")
        } else {
            (self.items, "items")
        };
        if level.past < most {
            return Ok(());
        }
        walk.open.pop();
        Err(refused(walk, format_args!("have at most {most} {what}")))
    }
}

/// Where the walk is.
struct Walk<'j> {
    json: &'j [u8],
    open: Vec<Level>,
}

/// A list or a record that is open.
struct Level {
    is_record: bool,
    awaits_name: bool,
    /// How many commas there were.
    past: usize,
    /// The quotes of the present field's name.
    name: (usize, usize),
}

impl Level {
    const fn new(is_record: bool) -> Self {
        Self {
            is_record,
            awaits_name: is_record,
            past: 0,
            name: (0, 0),
        }
    }
}

impl Walk<'_> {
    /// `order.lines[2].quantity`, cut where it gets long; empty for the body itself.
    fn place(&self) -> String {
        const LONGEST: usize = 200;
        let mut place = String::new();
        for level in &self.open {
            if place.len() > LONGEST {
                place.push('…');
                break;
            }
            let _ = match level {
                Level {
                    is_record: false, past, ..
                } => write!(place, "[{past}]"),
                Level { name, .. } => {
                    let dot = if place.is_empty() { "" } else { "." };
                    let name = self.json.get(name.0 + 1..name.1).unwrap_or_default();
                    write!(
                        place,
                        "{dot}{}",
                        excerpt::beginning(&String::from_utf8_lossy(name), LONGEST_SHOWN)
                    )
                }
            };
        }
        place
    }
}

/// Where a text's closing quote is, or the end of all.
fn end_of_text(json: &[u8], mut at: usize) -> usize {
    while let Some(byte) = json.get(at) {
        match byte {
            b'"' => return at,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    json.len()
}

/// Names by which `serde_json` finds what it has itself put into a text: it would read JSON in the text beneath such a
/// name, past all limits.
fn is_reserved(quoted: &[u8]) -> bool {
    const RESERVED: &str = "$serde_json::private::";
    // Only an escape can hide it.
    let escaped = || serde_json::from_slice::<String>(quoted).is_ok_and(|name| name.starts_with(RESERVED));
    let plain = quoted
        .get(1..)
        .is_some_and(|name| name.starts_with(RESERVED.as_bytes()));
    plain || (quoted.contains(&b'\\') && escaped())
}

fn refused(walk: &Walk<'_>, expected: std::fmt::Arguments<'_>) -> Error {
    match walk.place() {
        place if place.is_empty() => Error::bad_input("body", format!("The body must {expected}.")),
        place => Error::bad_input(&place, format!("\"{place}\" must {expected}.")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SMALL: Limits = Limits {
        body: 99,
        depth: 3,
        items: 2,
        members: 2,
        text: 5,
    };

    #[track_caller]
    fn check(json: &str, expected: Result<(), (&str, &str)>) {
        let found = SMALL.check_json(json.as_bytes());
        let found = found
            .as_ref()
            .copied()
            .map_err(|error| (error.target().unwrap_or_default(), error.message()));
        assert_eq!(found, expected, "{json}");
    }

    #[test]
    fn what_is_too_much_is_refused_with_its_place() {
        check(r#"{"a": [1, {"b": 2}], "c": "12345"}"#, Ok(()));
        check(
            r#"{"a": [1, {"b": []}]}"#,
            Err(("a[1].b", "\"a[1].b\" must be nested no deeper than 3 levels.")),
        );
        check(
            "[[[[",
            Err(("[0][0][0]", "\"[0][0][0]\" must be nested no deeper than 3 levels.")),
        );
        check(
            r#"{"a": {"b": [1, 2, 3]}}"#,
            Err(("a.b", "\"a.b\" must have at most 2 items.")),
        );
        check("[1, 2, 3]", Err(("body", "The body must have at most 2 items.")));
        check(
            r#"{"a": 1, "b": 2, "c": 3}"#,
            Err(("body", "The body must have at most 2 fields.")),
        );
        check(
            r#"[{"a": 1, "b": 2, "c": 3}]"#,
            Err(("[0]", "\"[0]\" must have at most 2 fields.")),
        );
        check(
            r#"{"a": ["x", "123456"]}"#,
            Err(("a[1]", "\"a[1]\" must have at most 5 bytes.")),
        );
        check(r#""123456""#, Err(("body", "The body must have at most 5 bytes.")));
    }

    #[test]
    fn brackets_in_texts_are_text() {
        check(r#"{"a": "[[[[[", "b": "\"[[["}"#, Ok(()));
        check(
            r#"["{\"", "\\", ["#,
            Err(("body", "The body must have at most 2 items.")),
        );
        check(r#"["\\"[["#, Ok(()));
    }

    #[test]
    fn no_text_is_read_as_json_once_more() {
        let wide = Limits { text: 99, ..SMALL };
        for name in ["$serde_json::private::RawValue", r"\u0024serde_json::private::Number"] {
            let error = wide
                .check_json(format!("{{\"a\": {{\"{name}\": \"[]\"}}}}").as_bytes())
                .unwrap_err();
            assert!(error.message().ends_with("must have another name."), "{error}");
        }
        assert!(
            wide.check_json(br#"{"a": "$serde_json::private::RawValue", "\n": 1}"#)
                .is_ok()
        );
    }

    #[test]
    fn a_place_is_never_as_long_as_its_names() {
        let name = "n".repeat(10_000);
        let json = format!("{{\"{name}\":").repeat(70);
        let error = Limits::DEFAULT.check_json(json.as_bytes()).unwrap_err();
        assert!(error.target().unwrap().chars().count() < 400, "{error}");
    }

    proptest! {
        #[test]
        fn no_bytes_panic(json: Vec<u8>) {
            let _ = SMALL.check_json(&json);
        }

        #[test]
        fn all_that_is_within_the_limits_passes(depth in 0_usize..=64, items in 0_usize..50) {
            let list = vec!["{\"a\": \"]\"}"; items].join(",");
            let nested = depth.saturating_sub(2);
            let json = format!("{}[{list}]{}", "[".repeat(nested), "]".repeat(nested));
            prop_assert!(Limits::DEFAULT.check_json(json.as_bytes()).is_ok());
        }
    }
}

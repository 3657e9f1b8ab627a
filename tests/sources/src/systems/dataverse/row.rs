//! What all rows have in common: which annotations are wanted, and how formatted values read.
//!
//! Learn, "Formatted values" in "Query data using the Web API".

use super::expand::Expand;
use crate::call::Call;
use crate::odata;
use crate::population::Moment;

pub(super) const FORMATTED: &str = "@OData.Community.Display.V1.FormattedValue";
pub(super) const LOGICAL_NAME: &str = "@Microsoft.Dynamics.CRM.lookuplogicalname";

/// Which annotations the caller prefers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Annotations {
    None,
    FormattedValues,
    All,
}

impl Annotations {
    /// From `Prefer: odata.include-annotations="..."`.
    pub(super) fn wanted(call: &Call) -> Self {
        match preference(call, "odata.include-annotations") {
            Some("*") => Self::All,
            Some(names) if odata::list(names).contains(&FORMATTED.trim_start_matches('@')) => Self::FormattedValues,
            _ => Self::None,
        }
    }
}

/// The value of a preference (RFC 7240), without its quotes.
pub(super) fn preference<'a>(call: &'a Call, name: &str) -> Option<&'a str> {
    // A comma separates preferences, unless it is between quotes.
    let mut quoted = false;
    let parts = call.header("prefer")?.split(move |c: char| {
        quoted ^= c == '"';
        c == ',' && !quoted
    });
    let found = parts
        .filter_map(|part| part.split_once('='))
        .find(|(key, _)| key.trim().eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.trim().trim_matches('"'))
}

pub(super) fn metadata(call: &Call) -> String {
    format!("{}/api/data/v9.2/$metadata", call.base())
}

/// What follows `#tasks` in a context URL.
pub(super) fn in_context(select: Option<&str>, columns: &[&str], expand: &[Expand]) -> String {
    let columns = if select.is_none_or(str::is_empty) { &[] } else { columns };
    let expand = expand.iter().map(Expand::in_context);
    let parts: Vec<String> = columns
        .iter()
        .map(|column| (*column).to_owned())
        .chain(expand)
        .collect();
    if parts.is_empty() {
        String::new()
    } else {
        format!("({})", parts.join(","))
    }
}

/// `3/2/2026 8:00 AM`.
pub(super) fn american(moment: Moment) -> String {
    let [year, month, day, hour, minute, _] = moment.fields();
    let half = if hour < 12 { "AM" } else { "PM" };
    format!("{month}/{day}/{year} {}:{minute:02} {half}", (hour + 11) % 12 + 1)
}

pub(super) fn thousands(number: i64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .filter_map(|group| str::from_utf8(group).ok())
        .collect();
    groups.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::tests::get_with;

    #[test]
    fn formatted_values_read_as_a_person_would_write_them() {
        assert_eq!(american(Moment::NOW), "3/2/2026 8:00 AM");
        assert_eq!(american(Moment::day(0)), "3/2/2026 12:00 AM");
        assert_eq!(american(Moment::day(0).plus_seconds(45_000)), "3/2/2026 12:30 PM");
        assert_eq!(
            [thousands(7), thousands(1_000), thousands(1_234_567)],
            ["7", "1,000", "1,234,567"]
        );
    }

    #[test]
    fn a_preference_is_read_out_of_several() {
        let call = get_with(
            "/",
            &[("prefer", "odata.maxpagesize=3,odata.include-annotations=\"a,b\"")],
        );
        assert_eq!(preference(&call, "odata.maxpagesize"), Some("3"));
        assert_eq!(preference(&call, "odata.include-annotations"), Some("a,b"));
        assert_eq!(preference(&call, "return"), None);
    }
}

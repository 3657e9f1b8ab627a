//! Entries as people and programs read them.

use std::fmt::Write as _;

use serde::Serialize;

use super::client::Entry;

/// How much of a key a table shows: enough to name it again.
const KEY_SHOWN: usize = 12;

const HEADINGS: [&str; 7] = ["KEY", "SOURCE", "SCOPE", "AGE", "FRESHNESS", "SIZE", "TAGS"];

/// A row for each, under headings; nothing where there is none.
pub(super) fn table(entries: &[Entry]) -> String {
    if entries.is_empty() {
        return String::new();
    }
    let rows = entries.iter().map(|entry| {
        [
            entry.key.chars().take(KEY_SHOWN).collect(),
            entry.source.clone(),
            entry.scope.clone(),
            span(entry.age),
            freshness(entry),
            size(entry.bytes),
            entry.tags.join(" "),
        ]
    });
    let rows: Vec<[String; 7]> = std::iter::once(HEADINGS.map(str::to_owned)).chain(rows).collect();
    let width = |at: usize| rows.iter().map(|row| row[at].chars().count()).max().unwrap_or_default();
    let widths: Vec<usize> = (0..HEADINGS.len()).map(width).collect();
    let mut text = String::new();
    for row in &rows {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        let line = cells.collect::<Vec<_>>().join("  ");
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

/// One entry, a line for each thing that is known of it.
pub(super) fn entry(entry: &Entry) -> String {
    let known = [
        ("key", Some(entry.key.clone())),
        ("source", Some(entry.source.clone())),
        ("target", entry.target.clone()),
        ("scope", Some(entry.scope.clone())),
        ("tags", Some(entry.tags.join(" ")).filter(|tags| !tags.is_empty())),
        ("status", Some(entry.status.to_string())),
        ("type", entry.content_type.clone()),
        ("size", Some(size(entry.bytes))),
        ("age", Some(span(entry.age))),
        ("freshness", Some(freshness(entry))),
        ("dead at", Some(entry.dead_at.clone())),
    ];
    let lines = known
        .into_iter()
        .filter_map(|(name, value)| Some(format!("{name:<11}{}\n", value?)));
    lines.collect()
}

/// As the application has it.
pub(super) fn json(value: &impl Serialize) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

fn freshness(entry: &Entry) -> String {
    match entry.state.as_str() {
        "fresh" => format!("fresh for {}", span(entry.ttl)),
        "stale" if entry.ttl <= 0 => format!("stale for {}", span(-entry.ttl)),
        other => other.to_owned(),
    }
}

/// Seconds in the largest unit that has at least one.
fn span(seconds: i64) -> String {
    match seconds {
        ..60 => format!("{seconds}s"),
        60..3600 => format!("{}m", seconds / 60),
        3600..86_400 => format!("{}h", seconds / 3600),
        _ => format!("{}d", seconds / 86_400),
    }
}

/// Bytes in units of a thousand.
fn size(bytes: u64) -> String {
    match bytes {
        ..1000 => format!("{bytes} B"),
        1000..1_000_000 => format!("{}.{} kB", bytes / 1000, bytes % 1000 / 100),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use serde_json::json;

    use super::*;

    fn read(more: &serde_json::Value) -> Entry {
        let mut entry = json!({
            "key": "Jx3b9kQ2mP0AabcdefghijklmnopqrstuvwxyzABCDE", "source": "sharepoint", "scope": "public",
            "tags": ["news", "de"], "status": 200, "bytes": 3210, "state": "fresh", "age": 12, "ttl": 48,
            "deadAt": "2026-03-02T08:00:00Z",
        });
        let more = more.as_object().expect("fields").clone();
        entry.as_object_mut().expect("fields").extend(more);
        serde_json::from_value(entry).expect("an entry")
    }

    #[test]
    fn a_table_is_as_wide_as_what_is_in_it() {
        let entries = [
            read(&json!({})),
            read(&json!({"source": "dataverse", "scope": "user:fZ3kQ2mP", "tags": [], "state": "stale", "ttl": -125})),
            read(&json!({"bytes": 999, "age": 4000, "state": "invalidated"})),
        ];
        assert_snapshot!(table(&entries), @r"
        KEY           SOURCE      SCOPE          AGE  FRESHNESS      SIZE    TAGS
        Jx3b9kQ2mP0A  sharepoint  public         12s  fresh for 48s  3.2 kB  news de
        Jx3b9kQ2mP0A  dataverse   user:fZ3kQ2mP  12s  stale for 2m   3.2 kB
        Jx3b9kQ2mP0A  sharepoint  public         1h   invalidated    999 B   news de
        ");
        assert_eq!(table(&[]), "");
    }

    #[test]
    fn one_entry_is_told_line_by_line() {
        let more =
            json!({"target": "/sites/intranet?$top=3", "contentType": "application/json", "content": "IkFkYSI="});
        let one = read(&more);
        assert_snapshot!(entry(&one), @r"
        key        Jx3b9kQ2mP0AabcdefghijklmnopqrstuvwxyzABCDE
        source     sharepoint
        target     /sites/intranet?$top=3
        scope      public
        tags       news de
        status     200
        type       application/json
        size       3.2 kB
        age        12s
        freshness  fresh for 48s
        dead at    2026-03-02T08:00:00Z
        ");
        assert_eq!(one.content().as_deref(), Some(&b"\"Ada\""[..]));
    }

    #[test]
    fn times_and_sizes_are_in_the_unit_that_is_read_best() {
        let check = |seconds, expected: &str| assert_eq!(span(seconds), expected);
        check(0, "0s");
        check(59, "59s");
        check(60, "1m");
        check(7199, "1h");
        check(200_000, "2d");
        let check = |bytes, expected: &str| assert_eq!(size(bytes), expected);
        check(999, "999 B");
        check(1234, "1.2 kB");
        check(2_750_000, "2.7 MB");
    }
}

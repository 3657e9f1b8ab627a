//! SARIF 2.1.0 (OASIS Standard, 2020).

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{Entry, Report};

pub(super) fn write(report: &Report) -> String {
    let mut rules: Vec<_> = report.entries.iter().collect();
    rules.sort_by_key(|entry| entry.rule);
    rules.dedup_by_key(|entry| entry.rule);
    let index = |rule: &str| rules.iter().position(|other| other.rule == rule);
    let results: Vec<_> = report
        .entries
        .iter()
        .map(|entry| result(entry, index(entry.rule)))
        .collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "midspan",
                "version": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules.iter().map(|entry| rule(entry)).collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    format!("{log:#}\n")
}

fn rule(entry: &Entry) -> Value {
    let mut rule = json!({
        "id": entry.rule,
        "shortDescription": { "text": entry.meaning.replace('`', "") },
        "fullDescription": { "text": entry.meaning, "markdown": entry.meaning },
        "defaultConfiguration": { "level": entry.attention.name() },
    });
    if let (Some(help), Some(members)) = (entry.help, rule.as_object_mut()) {
        members.insert("help".to_owned(), json!({ "text": help, "markdown": help }));
    }
    rule
}

fn result(entry: &Entry, index: Option<usize>) -> Value {
    json!({
        "ruleId": entry.rule,
        "ruleIndex": index,
        "level": entry.attention.name(),
        "message": { "text": entry.message },
        "locations": [{
            "physicalLocation": {
                "artifactLocation": { "uri": uri(&entry.file) },
                "region": { "startLine": entry.position.line, "startColumn": entry.position.column },
            },
            "logicalLocations": [{ "fullyQualifiedName": entry.pointer, "kind": "member" }],
        }],
    })
}

/// A file's name as a relative reference, or as a `file` URI where it is absolute (RFC 3986, RFC 8089).
fn uri(file: &str) -> String {
    let path = file.replace('\\', "/");
    let mut uri = String::with_capacity(path.len());
    if path.starts_with('/') {
        uri.push_str("file://");
    } else if path.as_bytes().get(1) == Some(&b':') {
        uri.push_str("file:///");
    }
    for (index, byte) in path.trim_start_matches("./").bytes().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            // A drive's; in the first segment of a relative reference a colon would end a scheme.
            b':' if index == 1 && uri.starts_with("file:") => uri.push(':'),
            other => {
                let _ = write!(uri, "%{other:02X}");
            }
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_become_uris() {
        let check = |file, expected| assert_eq!(uri(file), expected);
        check("./a/api.json", "a/api.json");
        check("Africa's Talking/api.json", "Africa%27s%20Talking/api.json");
        check("/tmp/ü.json", "file:///tmp/%C3%BC.json");
        check("C:\\a\\api.json", "file:///C:/a/api.json");
    }
}

//! One JSON object, stable for programs: members may be added, none is renamed.

use serde_json::{Map, Value, json};

use super::{Entry, Report};

pub(super) fn write(report: &Report) -> String {
    let entries: Vec<_> = report.entries.iter().map(entry).collect();
    let mut root = Map::new();
    root.insert(report.what.to_owned(), entries.into());
    format!("{:#}\n", Value::Object(root))
}

fn entry(entry: &Entry) -> Value {
    let mut value = json!({
        "level": entry.level,
        "rule": entry.rule,
        "file": entry.file,
        "line": entry.position.line,
        "column": entry.position.column,
        "pointer": entry.pointer,
        "message": entry.message,
    });
    match (entry.help, value.as_object_mut()) {
        (Some(help), Some(members)) => {
            members.insert("help".to_owned(), help.into());
        }
        (None, Some(members)) => {
            members.insert("why".to_owned(), entry.meaning.into());
            members.insert("operation".to_owned(), entry.operation.clone().into());
        }
        (_, None) => {}
    }
    value
}

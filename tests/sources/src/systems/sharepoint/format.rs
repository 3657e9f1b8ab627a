//! The four forms of an answer: Atom (what SharePoint sends when nothing else is asked for) and three kinds of JSON.
//!
//! Learn, "Get to know the SharePoint REST service" and "JSON Light support in REST SharePoint API".

use std::fmt::Write;

use serde_json::{Map, Value, json};

use crate::call::Call;
use crate::population::Moment;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Atom,
    Verbose,
    MinimalMetadata,
    NoMetadata,
}

/// An entry: what it is called, and its properties as the JSON forms have them.
#[derive(Debug)]
pub(super) struct Entry {
    /// Relative to `_api/`: `Web/Lists(guid'...')/Items(17)`.
    pub(super) path: String,
    /// `http://host/sites/intranet/_api/`.
    pub(super) api: String,
    pub(super) guid: String,
    pub(super) etag: String,
    pub(super) properties: Map<String, Value>,
}

const ITEM_TYPE: &str = "SP.Data.NewsListItem";

impl Format {
    /// The format of an `Accept` header; anything that is not JSON gets Atom.
    pub(super) fn accepted(call: &Call) -> Self {
        let accept = call
            .header("accept")
            .unwrap_or_default()
            .to_ascii_lowercase()
            .replace(' ', "");
        let Some(json) = accept.split(',').find(|media| media.starts_with("application/json")) else {
            return Self::Atom;
        };
        match json.split(';').find_map(|part| {
            part.strip_prefix("odata=")
                .or_else(|| part.strip_prefix("odata.metadata="))
        }) {
            Some("verbose") => Self::Verbose,
            Some("nometadata" | "none") => Self::NoMetadata,
            _ => Self::MinimalMetadata,
        }
    }

    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::Atom => "application/atom+xml;type=feed;charset=utf-8",
            Self::Verbose => "application/json;odata=verbose;charset=utf-8",
            Self::MinimalMetadata => "application/json;odata=minimalmetadata;streaming=true;charset=utf-8",
            Self::NoMetadata => "application/json;odata=nometadata;streaming=true;charset=utf-8",
        }
    }

    pub(super) fn content_type_of_error(self) -> &'static str {
        if self == Self::Atom {
            "application/xml;charset=utf-8"
        } else {
            self.content_type()
        }
    }

    pub(super) fn one(self, entry: Entry) -> String {
        match self {
            Self::Atom => format!("{XML}{}", atom_entry(&entry, NAMESPACES)),
            Self::Verbose => json!({"d": self.json_entry(entry)}).to_string(),
            Self::MinimalMetadata => {
                let metadata = format!("{}$metadata#SP.ListData.NewsListItems/@Element", entry.api);
                let mut body = self.json_entry(entry);
                body.insert("odata.metadata".into(), metadata.into());
                Value::from(body).to_string()
            }
            Self::NoMetadata => Value::from(self.json_entry(entry)).to_string(),
        }
    }

    pub(super) fn many(self, api: &str, entries: Vec<Entry>, next: Option<String>) -> String {
        if self == Self::Atom {
            return atom_feed(&entries, next);
        }
        let rows: Vec<Value> = entries.into_iter().map(|entry| self.json_entry(entry).into()).collect();
        let mut body = Map::new();
        if self == Self::Verbose {
            body.insert("results".into(), rows.into());
            body.extend(next.map(|link| ("__next".to_owned(), link.into())));
            return json!({"d": body}).to_string();
        }
        if self == Self::MinimalMetadata {
            body.insert(
                "odata.metadata".into(),
                format!("{api}$metadata#SP.ListData.NewsListItems").into(),
            );
        }
        body.extend(next.map(|link| ("odata.nextLink".to_owned(), link.into())));
        body.insert("value".into(), rows.into());
        Value::from(body).to_string()
    }

    pub(super) fn error(self, code: &str, message: &str) -> String {
        let error = json!({"code": code, "message": {"lang": "en-US", "value": message}});
        match self {
            Self::Verbose => json!({"error": error}).to_string(),
            Self::MinimalMetadata | Self::NoMetadata => json!({"odata.error": error}).to_string(),
            Self::Atom => format!(
                "{XML}<m:error xmlns:m=\"http://schemas.microsoft.com/ado/2007/08/dataservices/metadata\"><m:code>{}</m:code>\
                 <m:message xml:lang=\"en-US\">{}</m:message></m:error>",
                escaped(code),
                escaped(message)
            ),
        }
    }

    fn json_entry(self, entry: Entry) -> Map<String, Value> {
        let mut row = entry.properties;
        match self {
            Self::Verbose => {
                let uri = format!("{}{}", entry.api, entry.path);
                let metadata = json!({"id": entry.path, "uri": uri, "etag": entry.etag, "type": ITEM_TYPE});
                row.insert("__metadata".into(), metadata);
            }
            Self::MinimalMetadata => {
                row.insert("odata.type".into(), ITEM_TYPE.into());
                row.insert("odata.id".into(), entry.guid.into());
                row.insert("odata.etag".into(), entry.etag.into());
                row.insert("odata.editLink".into(), entry.path.into());
            }
            Self::NoMetadata | Self::Atom => {}
        }
        row
    }
}

const XML: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?>";
const NAMESPACES: &str = " xmlns=\"http://www.w3.org/2005/Atom\" xmlns:d=\"http://schemas.microsoft.com/ado/2007/08/dataservices\" \
                          xmlns:m=\"http://schemas.microsoft.com/ado/2007/08/dataservices/metadata\"";

fn atom_feed(entries: &[Entry], next: Option<String>) -> String {
    let mut feed = format!("{XML}<feed{NAMESPACES}><title /><updated>{}</updated>", Moment::NOW);
    for entry in entries {
        feed.push_str(&atom_entry(entry, ""));
    }
    if let Some(next) = next {
        let _ = write!(feed, "<link rel=\"next\" href=\"{}\" />", escaped(&next));
    }
    feed.push_str("</feed>");
    feed
}

fn atom_entry(entry: &Entry, namespaces: &str) -> String {
    let mut text = format!(
        "<entry{namespaces} m:etag=\"{}\"><id>{}</id><category term=\"{ITEM_TYPE}\" \
         scheme=\"http://schemas.microsoft.com/ado/2007/08/dataservices/scheme\" /><link rel=\"edit\" href=\"{}\" /><title />\
         <updated>{}</updated><content type=\"application/xml\"><m:properties>",
        escaped(&entry.etag),
        entry.guid,
        escaped(&entry.path),
        Moment::NOW
    );
    for (name, value) in &entry.properties {
        atom_property(&mut text, name, value);
    }
    text.push_str("</m:properties></content></entry>");
    text
}

fn atom_property(text: &mut String, name: &str, value: &Value) {
    // Writing to a string can't fail.
    let _ = match value {
        Value::Null => write!(text, "<d:{name} m:null=\"true\" />"),
        Value::Bool(value) => write!(text, "<d:{name} m:type=\"Edm.Boolean\">{value}</d:{name}>"),
        Value::Number(value) => write!(text, "<d:{name} m:type=\"Edm.Int32\">{value}</d:{name}>"),
        Value::String(value) => write!(text, "<d:{name}>{}</d:{name}>", escaped(value)),
        Value::Array(_) => Ok(()),
        Value::Object(fields) => {
            let _ = write!(text, "<d:{name}>");
            for (name, value) in fields {
                atom_property(text, name, value);
            }
            write!(text, "</d:{name}>")
        }
    };
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::super::tests::{ITEMS, ask, body};
    use super::*;
    use crate::call::tests::get_with;

    #[test]
    fn accept_decides_the_format() {
        for (accept, format) in [
            ("application/json;odata=verbose", Format::Verbose),
            ("application/json; odata=nometadata", Format::NoMetadata),
            ("application/json;odata=minimalmetadata", Format::MinimalMetadata),
            ("application/json", Format::MinimalMetadata),
            ("application/json;odata.metadata=none", Format::NoMetadata),
            ("text/html,application/json;q=0.9", Format::MinimalMetadata),
            ("*/*", Format::Atom),
            ("", Format::Atom),
        ] {
            assert_eq!(
                Format::accepted(&get_with("/", &[("accept", accept)])),
                format,
                "{accept}"
            );
        }
    }

    #[test]
    fn each_json_format_has_its_own_envelope() {
        let target = format!("{ITEMS}?$select=Id,Title&$top=2");
        for (name, accept) in [
            ("verbose", "application/json;odata=verbose"),
            ("minimal", "application/json"),
            ("none", "application/json;odata=nometadata"),
        ] {
            insta::assert_json_snapshot!(name, body(&ask(&target, accept)));
        }
    }

    #[test]
    fn without_an_accept_header_it_is_an_atom_feed() {
        let reply = ask(&format!("{ITEMS}?$select=Id,Title,Pinned&$top=1"), "");
        assert_eq!(
            reply.headers()["content-type"],
            "application/atom+xml;type=feed;charset=utf-8"
        );
        insta::assert_snapshot!(String::from_utf8_lossy(reply.body()));
    }

    #[test]
    fn an_error_follows_the_format_too() {
        let target = format!("{ITEMS}(99999)");
        insta::assert_json_snapshot!("error_verbose", body(&ask(&target, "application/json;odata=verbose")));
        insta::assert_json_snapshot!("error_none", body(&ask(&target, "application/json;odata=nometadata")));
        insta::assert_snapshot!("error_atom", String::from_utf8_lossy(ask(&target, "").body()));
    }
}

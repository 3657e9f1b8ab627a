//! One item of the list: its columns and its author.

use serde_json::{Map, Value, json};

use super::error::SharePointError;
use super::format::{Entry, Format};
use super::{SITE, SharePoint};
use crate::call::Call;
use crate::odata::{self, Operand};
use crate::population::{Employee, Guid, Kind, NewsItem};

/// The list's own columns, then those that every list has.
const COLUMNS: &[&str] = &[
    "Teaser",
    "Category",
    "PublishedDate",
    "BannerImageUrl",
    "Pinned",
    "Title",
    "Id",
    "ID",
    "AuthorId",
    "EditorId",
    "Created",
    "Modified",
    "ContentTypeId",
    "FileSystemObjectType",
    "ServerRedirectedEmbedUri",
    "ServerRedirectedEmbedUrl",
    "ComplianceAssetId",
    "OData__UIVersionString",
    "Attachments",
    "GUID",
];
/// The author's columns that can be expanded.
const PERSON: &[&str] = &["Id", "Title", "EMail", "Name", "JobTitle", "Department"];

/// What to answer of an item.
#[derive(Debug)]
pub(super) struct Selected {
    columns: Vec<&'static str>,
    author: Vec<&'static str>,
}

impl Selected {
    pub(super) fn parse(call: &Call) -> Result<Self, SharePointError> {
        let expand = odata::list(call.query("$expand").unwrap_or_default());
        if let Some(name) = expand.iter().find(|name| **name != "Author") {
            return Err(SharePointError::no_field(name));
        }
        let mut selected = Self {
            columns: Vec::new(),
            author: Vec::new(),
        };
        for name in odata::list(call.query("$select").unwrap_or("*")) {
            match name.split_once('/') {
                None if name == "*" => selected.columns.extend(COLUMNS),
                None if name == "Author" => return Err(SharePointError::not_expanded("Author")),
                None => selected.columns.push(known(COLUMNS, name)?),
                Some(("Author", _)) if expand.is_empty() => return Err(SharePointError::not_expanded("Author")),
                Some(("Author", field)) => selected.author.push(known(PERSON, field)?),
                Some(_) => return Err(SharePointError::no_field(name)),
            }
        }
        if !expand.is_empty() && selected.author.is_empty() {
            return Err(SharePointError::not_expanded("Author"));
        }
        Ok(selected)
    }
}

fn known(names: &'static [&'static str], name: &str) -> Result<&'static str, SharePointError> {
    names
        .iter()
        .copied()
        .find(|known| *known == name)
        .ok_or_else(|| SharePointError::no_field(name))
}

pub(super) fn entity_tag(item: &NewsItem) -> String {
    format!("\"{}\"", item.version)
}

/// A column's value in a filter or an order; only these can be filtered.
pub(super) fn operand(item: &NewsItem, column: &str) -> Operand<'static> {
    match column {
        "Id" | "ID" => Operand::Number(item.id.into()),
        "Title" => item.title().into(),
        "Teaser" => item.teaser.into(),
        "Category" => item.category.into(),
        "PublishedDate" | "Created" | "Modified" => Operand::Time(item.published),
        "Pinned" => Operand::Bool(item.pinned),
        "AuthorId" | "EditorId" | "Author/Id" => Operand::Number(item.author.into()),
        _ => Operand::Null,
    }
}

pub(super) fn can_filter(column: &str) -> bool {
    const EXTRA: &[&str] = &["Author/Id"];
    let complex = ["BannerImageUrl", "ContentTypeId", "GUID"];
    (COLUMNS.contains(&column) && !complex.contains(&column)) || EXTRA.contains(&column)
}

impl SharePoint {
    pub(super) fn entry(&self, call: &Call, item: &NewsItem, selected: &Selected, format: Format) -> Entry {
        let list = Guid::of(self.population.seed(), Kind::List, 1);
        let mut properties: Map<String, Value> = selected
            .columns
            .iter()
            .map(|column| ((*column).to_owned(), column_value(call, item, column)))
            .collect();
        if !selected.author.is_empty()
            && let Some(author) = self.population.employee(item.author)
        {
            properties.insert("Author".into(), person(&author, &selected.author, format));
        }
        Entry {
            path: format!("Web/Lists(guid'{list}')/Items({})", item.id),
            api: format!("{}{SITE}/_api/", call.base()),
            guid: item.guid.to_string(),
            etag: entity_tag(item),
            properties,
        }
    }
}

fn column_value(call: &Call, item: &NewsItem, column: &str) -> Value {
    match column {
        "Id" | "ID" => item.id.into(),
        "Title" => item.title().into(),
        "Teaser" => item.teaser.into(),
        "Category" => item.category.into(),
        "PublishedDate" | "Created" | "Modified" => item.published.to_string().into(),
        "BannerImageUrl" => {
            json!({"Description": item.title(), "Url": format!("{}{}", call.base(), item.image_path())})
        }
        "Pinned" => item.pinned.into(),
        "AuthorId" | "EditorId" => item.author.into(),
        "ContentTypeId" => "0x0100D1C3A520C5E4F0E9A3F6A1F2B8E4C10".into(),
        "FileSystemObjectType" => 0.into(),
        "OData__UIVersionString" => format!("{}.0", item.version).into(),
        "Attachments" => false.into(),
        "GUID" => item.guid.to_string().into(),
        _ => Value::Null,
    }
}

fn person(author: &Employee, fields: &[&str], format: Format) -> Value {
    let value = |field: &str| -> Value {
        match field {
            "Id" => author.number.into(),
            "Title" => author.display_name().into(),
            "EMail" => author.mail().into(),
            "Name" => format!("i:0#.f|membership|{}", author.mail()).into(),
            "JobTitle" => author.job_title.into(),
            "Department" => author.department.into(),
            _ => Value::Null,
        }
    };
    let mut person: Map<String, Value> = fields.iter().map(|field| ((*field).to_owned(), value(field))).collect();
    match format {
        Format::Verbose => {
            let id = author.id.to_string();
            person.insert("__metadata".into(), json!({"id": id, "type": "SP.Data.UserInfoItem"}));
        }
        Format::MinimalMetadata => {
            person.insert("odata.type".into(), "SP.Data.UserInfoItem".into());
            person.insert("odata.id".into(), author.id.to_string().into());
        }
        Format::NoMetadata | Format::Atom => {}
    }
    person.into()
}

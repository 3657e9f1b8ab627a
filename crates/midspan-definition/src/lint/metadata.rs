//! `info`, the address of the service, tags and the gallery's metadata.

use std::collections::HashSet;

use super::{Findings, Rule, connector::items, values};
use crate::document::Node;

/// Words that a title may not have: what every connector is, and Microsoft's products.
const RESTRICTED: [&str; 9] = [
    "api",
    "connector",
    "power apps",
    "powerapps",
    "power automate",
    "power bi",
    "power platform",
    "copilot studio",
    "microsoft flow",
];

pub(super) fn check(root: &Node, findings: &mut Findings<'_>) {
    version(root, findings);
    if let Some(info) = root.get("info").filter(|info| info.is_object()) {
        self::info(info, findings);
    }
    address(root, findings);
    tags(root, findings);
    gallery(root, findings);
    if let Some(docs) = root.get("externalDocs") {
        url(docs, "url", findings);
    }
}

fn version(root: &Node, findings: &mut Findings<'_>) {
    match root.get("swagger") {
        Some(node) if node.as_str() == Some("2.0") => {}
        Some(node) => findings.at(node, Rule::SpecificationVersionIncorrect, "`swagger` is not \"2.0\""),
        None if root.get("openapi").is_some() => {
            let message = "this is OpenAPI 3, which the platform does not read";
            findings.at(root, Rule::SpecificationVersionIncorrect, message);
        }
        None => findings.at(root, Rule::RequiredPropertyMissing, "`swagger` is missing"),
    }
    for name in ["info", "paths"] {
        if root.get(name).is_none() {
            findings.at(root, Rule::RequiredPropertyMissing, format!("`{name}` is missing"));
        }
    }
}

fn info(info: &Node, findings: &mut Findings<'_>) {
    for name in ["title", "version"] {
        match info.get(name) {
            None => findings.at(info, Rule::RequiredPropertyMissing, format!("`info.{name}` is missing")),
            Some(node) if node.as_str().is_some_and(|text| text.trim().is_empty()) => {
                findings.at(node, Rule::RequiredValueEmpty, format!("`info.{name}` is empty"));
            }
            Some(_) => {}
        }
    }
    if let Some(node) = info.get("title") {
        title(node, findings);
    }
    match info.get("description") {
        None => findings.warn_at(
            info,
            Rule::RequiredPropertyMissing,
            "`info.description` is missing; paconn needs it",
        ),
        Some(node) => description(node, findings),
    }
    if let Some(contact) = info.get("contact") {
        url(contact, "url", findings);
        if let Some(node) = contact.get("email")
            && node.as_str().is_some_and(|text| !values::is_email(text))
        {
            findings.at(
                node,
                Rule::ContactEmailNotValid,
                format!("{} is no e-mail address", shown(node)),
            );
        }
    }
    if let Some(license) = info.get("license") {
        url(license, "url", findings);
        if license.is_object() && license.get("name").is_none() {
            findings.warn_at(license, Rule::RequiredPropertyMissing, "`license.name` is missing");
        }
    }
}

fn title(node: &Node, findings: &mut Findings<'_>) {
    let Some(title) = node.as_str() else { return };
    let length = title.chars().count();
    if length > 30 {
        findings.at(
            node,
            Rule::FieldLengthExceeded,
            format!("the title has {length} characters; the limit is 30"),
        );
    }
    let words: String = title
        .chars()
        .map(|c| {
            if c.is_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                ' '
            }
        })
        .collect();
    let padded = format!(" {} ", words.split_whitespace().collect::<Vec<_>>().join(" "));
    if let Some(word) = RESTRICTED.iter().find(|word| padded.contains(&format!(" {word} "))) {
        findings.at(
            node,
            Rule::ValueContainsRestrictedWords,
            format!("the title has the restricted word \"{word}\""),
        );
    }
    ends_well(node, "the title", findings);
    in_english(node, "the title", findings);
}

fn description(node: &Node, findings: &mut Findings<'_>) {
    let Some(description) = node.as_str() else { return };
    let length = description.chars().count();
    if !(30..=500).contains(&length) {
        let message = format!("the description has {length} characters; it must have 30 to 500");
        findings.at(node, Rule::FieldLengthNotInRange, message);
    }
    in_english(node, "the description", findings);
}

/// A text that ends with a letter or a digit; a closing bracket is one's right too.
pub(super) fn ends_well(node: &Node, what: &str, findings: &mut Findings<'_>) {
    if let Some(last) = node.as_str().and_then(|text| text.chars().last())
        && !last.is_alphanumeric()
        && last != ')'
    {
        findings.at(
            node,
            Rule::ValueMustEndWithAlphanumeric,
            format!("{what} ends with {last:?}"),
        );
    }
}

/// A text that is not in another script.
pub(super) fn in_english(node: &Node, what: &str, findings: &mut Findings<'_>) {
    if node.as_str().is_some_and(values::is_foreign) {
        findings.at(node, Rule::ValueMustBeInEnglish, format!("{what} is not in English"));
    }
}

fn address(root: &Node, findings: &mut Findings<'_>) {
    match root.get("host") {
        Some(node) if node.as_str().is_some_and(|host| !values::is_host(host)) => {
            findings.at(node, Rule::HostNameNotValid, format!("{} is no host", shown(node)));
        }
        Some(_) => {}
        None => findings.at(root, Rule::ServiceUrlIncomplete, "`host` is missing"),
    }
    if let Some(node) = root.get("basePath")
        && node.as_str().is_some_and(|path| !path.starts_with('/'))
    {
        findings.at(
            node,
            Rule::BasePathNotValid,
            format!("{} does not start with `/`", shown(node)),
        );
    }
    match root.get("schemes") {
        Some(node) => schemes(node, findings),
        None => findings.at(root, Rule::ServiceUrlIncomplete, "`schemes` is missing"),
    }
}

pub(super) fn schemes(node: &Node, findings: &mut Findings<'_>) {
    if node.is_array() && node.items().is_empty() {
        findings.at(node, Rule::SchemesArrayEmpty, "`schemes` is empty");
    }
    for scheme in node.items() {
        match scheme.as_str() {
            Some("http" | "https") | None => {}
            Some("ws" | "wss") => findings.at(scheme, Rule::SchemeNotSupported, "WebSockets are not supported"),
            Some(_) => findings.at(
                scheme,
                Rule::SchemeNotValid,
                format!("{} is no transfer protocol", shown(scheme)),
            ),
        }
    }
}

fn tags(root: &Node, findings: &mut Findings<'_>) {
    let mut seen = HashSet::new();
    for tag in items(root, "tags") {
        match tag.text("name") {
            Some(name) if !seen.insert(name) => {
                findings.at(tag, Rule::TagRedefined, format!("tag \"{name}\" is defined twice"));
            }
            Some(_) => {}
            None => findings.warn_at(tag, Rule::RequiredPropertyMissing, "`name` of the tag is missing"),
        }
        if let Some(docs) = tag.get("externalDocs") {
            url(docs, "url", findings);
        }
    }
}

fn gallery(root: &Node, findings: &mut Findings<'_>) {
    let Some(metadata) = root.get("x-ms-connector-metadata") else {
        return findings.at(
            root,
            Rule::ConnectorMetadataPropertiesMissing,
            "`x-ms-connector-metadata` is missing",
        );
    };
    let value = |name: &str| {
        metadata
            .items()
            .iter()
            .find(|item| item.text("propertyName") == Some(name))
    };
    for name in ["Website", "Privacy policy", "Categories"] {
        match value(name).and_then(|item| item.get("propertyValue")) {
            None => {
                let message = format!("`x-ms-connector-metadata` has no \"{name}\"");
                findings.at(metadata, Rule::ConnectorMetadataPropertiesMissing, message);
            }
            Some(node) if name == "Categories" => categories(node, findings),
            Some(node) if node.as_str().is_some_and(|text| !values::is_url(text)) => {
                findings.at(node, Rule::UrlNotValid, format!("{} is no absolute URL", shown(node)));
            }
            Some(_) => {}
        }
    }
}

fn categories(node: &Node, findings: &mut Findings<'_>) {
    let named = node.as_str().unwrap_or_default().split([';', ',']);
    let named: Vec<_> = named.map(str::trim).filter(|name| !name.is_empty()).collect();
    for name in &named {
        if !values::CATEGORIES
            .iter()
            .any(|category| category.eq_ignore_ascii_case(name))
        {
            findings.at(
                node,
                Rule::InvalidConnectorCategory,
                format!("\"{name}\" is no category of the gallery"),
            );
        }
    }
    if named.len() > 2 {
        let message = format!("there are {} categories; the limit is 2", named.len());
        findings.at(node, Rule::TooManyConnectorCategories, message);
    }
}

/// Checks a member that is an address.
pub(super) fn url(node: &Node, name: &str, findings: &mut Findings<'_>) {
    if let Some(value) = node.get(name)
        && value.as_str().is_some_and(|text| !values::is_url(text))
    {
        findings.at(value, Rule::UrlNotValid, format!("{} is no absolute URL", shown(value)));
    }
}

/// A short value as messages show it.
pub(super) fn shown(node: &Node) -> String {
    let text = node.to_json().to_string();
    match text.char_indices().nth(60) {
        Some((index, _)) => format!("{}…", &text[..index]),
        None => text,
    }
}

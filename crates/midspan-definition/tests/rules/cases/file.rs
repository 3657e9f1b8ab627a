//! The file itself.

use midspan_definition::lint::Rule;
use serde_json::json;

use crate::edit::Edit;

pub(super) fn all() -> Vec<(Rule, Vec<Edit>)> {
    let text = |change| vec![Edit::Text(change)];
    vec![
        (Rule::NotJson, text(|text| text.replacen(':', "", 1).into_bytes())),
        (
            Rule::ByteOrderMark,
            text(|text| [b"\xef\xbb\xbf", text.as_bytes()].concat()),
        ),
        (
            Rule::NotUtf8,
            text(|text| {
                text.replace("Contoso News", "Contos\u{1} News")
                    .bytes()
                    .map(|byte| if byte == 1 { 0xf8 } else { byte })
                    .collect()
            }),
        ),
        (
            Rule::LooseJson,
            text(|text| text.replacen('{', "{ // news\n", 1).into_bytes()),
        ),
        (
            Rule::DuplicateKey,
            text(|text| {
                text.replacen("\"basePath\"", "\"basePath\": \"/v1\", \"basePath\"", 1)
                    .into_bytes()
            }),
        ),
        (
            Rule::DefinitionTooLarge,
            text(|text| format!("{text}{}", " ".repeat(500_000)).into_bytes()),
        ),
        (
            Rule::DefinitionTooLarge,
            text(|text| format!("{text}{}", " ".repeat(1_100_000)).into_bytes()),
        ),
        (
            Rule::SchemaViolation,
            vec![Edit::set("/info/x-ms-deployment-version", "one")],
        ),
        (
            Rule::SchemaViolation,
            vec![Edit::set("properties:/properties/capabilities", json!([1]))],
        ),
        (
            Rule::SchemaViolation,
            vec![Edit::set(
                "properties:/properties/connectionParameters/key/uiDefinition/hint",
                "x",
            )],
        ),
    ]
}

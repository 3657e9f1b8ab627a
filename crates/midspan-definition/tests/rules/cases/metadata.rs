//! Metadata and keywords.

use midspan_definition::lint::Rule;
use serde_json::json;

use super::{CREATE, ITEM, LIST_NEWS, set};
use crate::edit::Edit;

pub(super) fn all() -> Vec<(Rule, Vec<Edit>)> {
    let set_metadata = |index: usize, value: &str| {
        vec![Edit::set(
            &format!("/x-ms-connector-metadata/{index}/propertyValue"),
            value,
        )]
    };
    vec![
        (Rule::SpecificationVersionIncorrect, vec![Edit::set("/swagger", "2.1")]),
        (Rule::RequiredPropertyMissing, vec![Edit::remove("/swagger")]),
        (Rule::RequiredPropertyMissing, vec![Edit::remove("/info/version")]),
        (Rule::RequiredPropertyMissing, vec![Edit::remove("/info/description")]),
        (
            Rule::RequiredPropertyMissing,
            vec![Edit::remove("/responses/Gone/description")],
        ),
        (Rule::RequiredValueEmpty, vec![Edit::set("/info/title", "")]),
        (
            Rule::FieldLengthExceeded,
            vec![Edit::set("/info/title", "News of Contoso for every employee")],
        ),
        (
            Rule::FieldLengthExceeded,
            vec![set(LIST_NEWS, "/parameters/0/x-ms-summary", "Topic ".repeat(14).trim())],
        ),
        (
            Rule::FieldLengthNotInRange,
            vec![Edit::set("/info/description", "News.")],
        ),
        (
            Rule::ValueContainsRestrictedWords,
            vec![Edit::set("/info/title", "Contoso API")],
        ),
        (
            Rule::ValueMustEndWithAlphanumeric,
            vec![Edit::set("/info/title", "Contoso News!")],
        ),
        (
            Rule::ValueMustBeInEnglish,
            vec![Edit::set(
                "/info/description",
                "Новости компании для каждого сотрудника",
            )],
        ),
        (
            Rule::ContactEmailNotValid,
            vec![Edit::set("/info/contact/email", "support")],
        ),
        (Rule::UrlNotValid, vec![Edit::set("/info/contact/url", "contoso.com")]),
        (Rule::UrlNotValid, set_metadata(0, "contoso.com")),
        (
            Rule::HostNameNotValid,
            vec![Edit::set("/host", "https://news.contoso.com")],
        ),
        (Rule::BasePathNotValid, vec![Edit::set("/basePath", "v1")]),
        (Rule::ServiceUrlIncomplete, vec![Edit::remove("/host")]),
        (Rule::SchemesArrayEmpty, vec![Edit::set("/schemes", json!([]))]),
        (
            Rule::SchemeNotValid,
            vec![Edit::set("/schemes", json!(["https", "ftp"]))],
        ),
        (
            Rule::SchemeNotSupported,
            vec![Edit::set("/schemes", json!(["https", "wss"]))],
        ),
        (
            Rule::TagRedefined,
            vec![Edit::set("/tags/-", json!({ "name": "News" }))],
        ),
        (
            Rule::ConnectorMetadataPropertiesMissing,
            vec![Edit::remove("/x-ms-connector-metadata")],
        ),
        (
            Rule::ConnectorMetadataPropertiesMissing,
            vec![Edit::remove("/x-ms-connector-metadata/1")],
        ),
        (Rule::InvalidConnectorCategory, set_metadata(2, "News")),
        (
            Rule::TooManyConnectorCategories,
            set_metadata(2, "Data;Communication;Productivity"),
        ),
        (Rule::JsonTypeIncorrect, vec![Edit::set("/tags", "News")]),
        (Rule::JsonTypeIncorrect, vec![set(CREATE, "/deprecated", "yes")]),
        (Rule::JsonTypeIncorrect, vec![Edit::set("/paths/~1more", json!([]))]),
        (Rule::ExtensionNameNotValid, vec![Edit::set("/title", "News")]),
        (Rule::ExtensionNameNotValid, vec![set(CREATE, "/name", "News")]),
        (Rule::UnknownExtension, vec![set(CREATE, "/x-ms-pagable", json!({}))]),
        (
            Rule::SwaggerKeywordNotSupported,
            vec![Edit::set("/components", json!({}))],
        ),
        (
            Rule::SwaggerKeywordNotSupported,
            vec![set(ITEM, "/properties/kind/nullable", true)],
        ),
        (
            Rule::FieldLengthNotInRange,
            vec![Edit::set("/info/description", "News. ".repeat(90))],
        ),
    ]
}

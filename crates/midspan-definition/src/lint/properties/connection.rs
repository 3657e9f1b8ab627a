//! Connection parameters, sets of them, and OAuth.

use std::collections::HashSet;

use super::is;
use crate::{
    document::Node,
    lint::{
        Findings, Rule,
        connector::{Connector, items, members},
        metadata::shown,
    },
};

/// Types that the platform knows; the last ones are for connectors of Microsoft's own.
const TYPES: [&str; 8] = [
    "string",
    "securestring",
    "int",
    "bool",
    "oauthSetting",
    "gatewaySetting",
    "managedIdentity",
    "connection",
];

/// One connection parameter.
pub(super) fn parameter(name: &str, node: &Node, findings: &mut Findings<'_>) {
    if !is(node, "object", &format!("connection parameter \"{name}\""), findings) {
        return;
    }
    let Some(kind) = node.get("type") else {
        let message = format!("`type` of connection parameter \"{name}\" is missing");
        return findings.at(node, Rule::RequiredPropertyMissing, message);
    };
    let known = |text: &str| TYPES.iter().any(|other| other.eq_ignore_ascii_case(text));
    if !kind.as_str().is_some_and(known) {
        let message = format!("{} is no type of a connection parameter", shown(kind));
        findings.at(kind, Rule::ConnectionParameterTypeNotValid, message);
    }
    match node.get("oAuthSettings") {
        Some(settings) => oauth(name, settings, findings),
        None if kind
            .as_str()
            .is_some_and(|text| text.eq_ignore_ascii_case("oauthSetting")) =>
        {
            let message = format!("connection parameter \"{name}\" has no `oAuthSettings`");
            findings.at(node, Rule::OAuthSettingsIncomplete, message);
        }
        None => {}
    }
}

fn oauth(name: &str, settings: &Node, findings: &mut Findings<'_>) {
    if !is(settings, "object", "`oAuthSettings`", findings) {
        return;
    }
    if let Some(secret) = settings
        .get("clientSecret")
        .filter(|secret| secret.as_str().is_some_and(is_secret))
    {
        findings.at(
            secret,
            Rule::SecretInFile,
            format!("the client secret of \"{name}\" stands in the file"),
        );
    }
    let Some(provider) = settings
        .get("identityProvider")
        .filter(|provider| provider.as_str().is_some())
    else {
        let message = format!("`identityProvider` of \"{name}\" is missing");
        return findings.at(settings, Rule::OAuthSettingsIncomplete, message);
    };
    let needed: &[&str] = match provider.as_str() {
        Some("aad" | "aadcertificate") => &["resourceUri"],
        Some("oauth2") => &["authorizationUrl", "tokenUrl", "refreshUrl"],
        Some("oauth2generic") => &["authorizationUrlTemplate", "tokenUrlTemplate", "refreshUrlTemplate"],
        // Services that the platform has the addresses of.
        _ => &[],
    };
    let given = settings.get("customParameters");
    for parameter in needed {
        let folded = |member: &&crate::document::Member| member.name.eq_ignore_ascii_case(parameter);
        if !given.is_some_and(|given| given.members().iter().any(|member| folded(&member))) {
            let message = format!(
                "\"{name}\" does not say its `{parameter}`, which {} needs",
                shown(provider)
            );
            findings.at(given.unwrap_or(settings), Rule::OAuthParameterMissing, message);
        }
    }
    for parameter in given.map_or(&[][..], Node::members) {
        if parameter.value.is_object() && parameter.value.get("value").is_none() {
            let message = format!(
                "`customParameters` of \"{name}\" has no `value` for \"{}\"",
                parameter.name
            );
            findings.at(&parameter.value, Rule::OAuthParameterMissing, message);
        }
    }
}

/// Placeholders such as `[[secret]]` or `{client secret}` are none.
fn is_secret(text: &str) -> bool {
    !text.trim().is_empty() && !text.contains(['[', '<', '{', ' ']) && !text.to_ascii_lowercase().contains("secret")
}

/// Several ways to connect (Learn, "Multiple authentication").
pub(super) fn sets(sets: &Node, findings: &mut Findings<'_>) {
    let Some(values) = sets.get("values").filter(|values| values.is_array()) else {
        return findings.at(
            sets,
            Rule::ConnectionParameterSetNotValid,
            "`values` of the parameter sets is missing",
        );
    };
    let mut names = HashSet::new();
    for set in values.items() {
        match set.text("name") {
            None => findings.at(
                set,
                Rule::ConnectionParameterSetNotValid,
                "a parameter set has no `name`",
            ),
            Some(name) if !names.insert(name) => {
                let message = format!("parameter set \"{name}\" stands twice");
                findings.at(set, Rule::ConnectionParameterSetNotValid, message);
            }
            Some(_) => {}
        }
        for member in members(set, "parameters") {
            parameter(&member.name, &member.value, findings);
        }
    }
}

/// What the definition asks for in each call has to come from somewhere.
pub(super) fn answers_security(properties: &Node, connector: &Connector<'_>, findings: &mut Findings<'_>) {
    let has = |name: &str| properties.get(name).is_some_and(|node| !node.members().is_empty());
    let required = items(connector.root, "security").iter().flat_map(Node::members).next();
    if let Some(required) = required.filter(|_| !has("connectionParameters") && !has("connectionParameterSets")) {
        let message = format!(
            "the definition requires \"{}\", but no connection parameter gives it",
            required.name
        );
        findings.at(
            properties.get("connectionParameters").unwrap_or(properties),
            Rule::ConnectionParameterMissing,
            message,
        );
    }
}

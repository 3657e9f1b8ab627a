//! With what the gateway calls the back end, so that the relay can give it on.

use std::collections::BTreeSet;

use crate::{openapi::Document, tree::Node};

/// Headers and query parameters in which credentials come.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Credentials {
    /// In lower case.
    headers: BTreeSet<String>,
    query: BTreeSet<String>,
}

impl Credentials {
    /// Those that the definition's security asks for, those that come with a connection that signs in, and what policies
    /// of the gateway set in requests.
    pub(super) fn of(document: &Document<'_>, properties: Option<&Node>) -> Self {
        let mut found = Self::default();
        for (_, scheme) in document.root.map("securityDefinitions") {
            match (scheme.text("type"), scheme.text("in"), scheme.text("name")) {
                (Some("basic" | "oauth2"), ..) => found.header("authorization"),
                (Some("apiKey"), Some("header"), Some(name)) => found.header(name),
                (Some("apiKey"), Some("query"), Some(name)) => found.parameter(name),
                _ => {}
            }
        }
        let Some(properties) = properties.and_then(|root| root.get("properties")) else {
            return found;
        };
        if signs_in(properties) {
            found.header("authorization");
        }
        for policy in properties.list("policyTemplateInstances") {
            let Some(parameters) = policy.get("parameters") else {
                continue;
            };
            let section = parameters.text("x-ms-apimTemplate-policySection").unwrap_or("Request");
            let name = parameters.text("x-ms-apimTemplateParameter.name").unwrap_or_default();
            let template = policy.text("templateId").unwrap_or_default().to_ascii_lowercase();
            match template.as_str() {
                "setheader" if section.eq_ignore_ascii_case("request") => found.header(name),
                "setqueryparameter" => found.parameter(name),
                _ => {}
            }
        }
        found
    }

    fn header(&mut self, name: &str) {
        let name = name.trim().to_ascii_lowercase();
        let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        // What hosts write themselves can't be given on.
        let is_ours = [
            "host",
            "content-length",
            "connection",
            "transfer-encoding",
            "accept-encoding",
        ]
        .contains(&&*name);
        if !name.is_empty() && name.bytes().all(is_token) && !is_ours {
            self.headers.insert(name);
        }
    }

    fn parameter(&mut self, name: &str) {
        if !name.is_empty() {
            self.query.insert(name.to_owned());
        }
    }

    /// `.auth(...)` of the source, as a line of Rust; empty where there are none.
    pub(super) fn auth(&self) -> String {
        let list = |names: &BTreeSet<String>| {
            let names: Vec<_> = names.iter().map(|name| format!("{name:?}")).collect();
            names.join(", ")
        };
        if self.headers.is_empty() && self.query.is_empty() {
            return String::new();
        }
        format!(
            "\n    .auth(Auth::relay(&[{}], &[{}]))",
            list(&self.headers),
            list(&self.query)
        )
    }

    /// For the source's documentation.
    pub(super) fn told(&self) -> String {
        let names: Vec<_> = self
            .headers
            .iter()
            .map(|name| format!("the header `{name}`"))
            .chain(self.query.iter().map(|name| format!("the query parameter `{name}`")))
            .collect();
        if names.is_empty() {
            return "It is called without credentials.".to_owned();
        }
        format!(
            "It checks who calls: the caller's own credentials ({}) are given on to it as they come.",
            names.join(", ")
        )
    }
}

/// Whether the gateway gets a token for the connection.
fn signs_in(properties: &Node) -> bool {
    let own = properties
        .map("connectionParameters")
        .iter()
        .map(|(_, parameter)| parameter);
    let sets = properties
        .get("connectionParameterSets")
        .map(|sets| sets.list("values"))
        .unwrap_or_default();
    let of_sets = sets
        .iter()
        .flat_map(|set| set.map("parameters"))
        .map(|(_, parameter)| parameter);
    own.chain(of_sets)
        .any(|parameter| parameter.text("type") == Some("oauthSetting"))
}

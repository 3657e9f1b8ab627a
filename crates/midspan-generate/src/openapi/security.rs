//! How a source wants to be called.

use super::{
    document::{Document, Version},
    parameter,
};
use crate::tree::Node;

/// What its calls are authenticated with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Security {
    None,
    /// A token in `Authorization: Bearer`.
    Bearer,
    /// User name and password.
    Basic,
    /// A key in a header or a query parameter of this name.
    Key {
        place: KeyPlace,
        name: String,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyPlace {
    Header,
    Query,
}

impl Security {
    /// The first scheme that the document asks for as a whole, else for one of its operations, else that it defines.
    pub(super) fn of(document: &Document<'_>) -> Self {
        let schemes = match document.version {
            Version::V2 => document.root.map("securityDefinitions"),
            Version::V3 => document
                .root
                .get("components")
                .map(|node| node.map("securitySchemes"))
                .unwrap_or_default(),
        };
        let paths = document.root.map("paths").iter();
        let operations = paths
            .flat_map(|(_, item)| item.members())
            .map(|(_, operation)| operation);
        let asked = std::iter::once(document.root)
            .chain(operations)
            .flat_map(|node| node.list("security"));
        let named = asked.flat_map(Node::members).map(|(name, _)| name.as_str());
        let defined = schemes.iter().map(|(name, _)| name.as_str());
        let mut candidates = named.chain(defined).filter_map(|wanted| {
            let (_, scheme) = schemes.iter().find(|(name, _)| name == wanted)?;
            Self::read(document.resolve(scheme)?)
        });
        candidates.next().unwrap_or(Self::None)
    }

    fn read(scheme: &Node) -> Option<Self> {
        match scheme.text("type")? {
            "basic" => Some(Self::Basic),
            "http"
                if scheme
                    .text("scheme")
                    .is_some_and(|name| name.eq_ignore_ascii_case("basic")) =>
            {
                Some(Self::Basic)
            }
            "http" | "oauth2" | "openIdConnect" => Some(Self::Bearer),
            "apiKey" => {
                let place = match scheme.text("in")? {
                    "header" => KeyPlace::Header,
                    "query" => KeyPlace::Query,
                    _ => return None,
                };
                let name = scheme.text("name")?.trim().to_owned();
                if place == KeyPlace::Header && !parameter::is_header_name(&name) {
                    return None;
                }
                Some(Self::Key { place, name })
            }
            _ => None,
        }
    }
}

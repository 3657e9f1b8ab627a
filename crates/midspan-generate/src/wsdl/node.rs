//! Elements of a WSDL or a schema, as the readers want them.

use std::rc::Rc;

use roxmltree::Node;

use super::name::{Place, QName};
use crate::{At, Error};

pub(super) const WSDL: &str = "http://schemas.xmlsoap.org/wsdl/";
pub(super) const XSD: &str = "http://www.w3.org/2001/XMLSchema";
pub(super) const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// An element and the file that it is in.
#[derive(Clone)]
pub(super) struct Tag<'d> {
    node: Node<'d, 'd>,
    file: Rc<str>,
    /// What a name without a prefix means where nothing is declared: an included schema without a namespace of its own
    /// takes over that of the one that includes it.
    otherwise: Rc<str>,
}

impl<'d> Tag<'d> {
    pub(super) fn root(document: &'d roxmltree::Document<'d>, file: Rc<str>) -> Self {
        Self {
            node: document.root_element(),
            file,
            otherwise: Rc::from(""),
        }
    }

    pub(super) fn or_in(self, namespace: &str) -> Self {
        Self {
            otherwise: Rc::from(namespace),
            ..self
        }
    }

    pub(super) fn is(&self, namespace: &str, local: &str) -> bool {
        self.local() == local && self.namespace() == namespace
    }

    pub(super) fn local(&self) -> &'d str {
        self.node.tag_name().name()
    }

    pub(super) fn namespace(&self) -> &'d str {
        self.node.tag_name().namespace().unwrap_or_default()
    }

    /// The elements in it.
    pub(super) fn children(&self) -> impl Iterator<Item = Tag<'d>> {
        let (file, otherwise) = (self.file.clone(), self.otherwise.clone());
        let elements = self.node.children().filter(Node::is_element);
        elements.map(move |node| Tag {
            node,
            file: file.clone(),
            otherwise: otherwise.clone(),
        })
    }

    /// The elements in it that are WSDL's or XML Schema's, as it is itself, with this local name.
    pub(super) fn each(&self, local: &str) -> impl Iterator<Item = Tag<'d>> {
        let namespace = self.namespace();
        self.children().filter(move |child| child.is(namespace, local))
    }

    pub(super) fn first(&self, local: &str) -> Option<Tag<'d>> {
        self.each(local).next()
    }

    pub(super) fn get(&self, attribute: &str) -> Option<&'d str> {
        let mut attributes = self.node.attributes();
        attributes
            .find(|given| given.namespace().is_none() && given.name() == attribute)
            .map(|given| given.value().trim())
    }

    pub(super) fn needed(&self, attribute: &str) -> Result<&'d str, Error> {
        self.get(attribute).filter(|value| !value.is_empty()).ok_or_else(|| {
            let local = self.local();
            self.error(format!("`<{local}>` has no attribute \"{attribute}\""))
                .with_help("the file is not valid; get it again from the service")
        })
    }

    /// Whether a policy leaves it to the caller (WS-Policy 1.5 s. 4.3.1).
    pub(super) fn is_optional(&self) -> bool {
        let mut attributes = self.node.attributes();
        attributes.any(|given| given.name() == "Optional" && matches!(given.value(), "true" | "1"))
    }

    pub(super) fn flag(&self, attribute: &str) -> bool {
        matches!(self.get(attribute), Some("true" | "1"))
    }

    /// The qualified name in an attribute.
    pub(super) fn qname(&self, attribute: &str) -> Result<Option<QName>, Error> {
        self.get(attribute).map(|value| self.resolve(value)).transpose()
    }

    pub(super) fn resolve(&self, qualified: &str) -> Result<QName, Error> {
        let (prefix, local) = match qualified.split_once(':') {
            Some((prefix, local)) => (Some(prefix), local),
            None => (None, qualified),
        };
        let namespace = match (prefix, self.node.lookup_namespace_uri(prefix)) {
            (_, Some(namespace)) => namespace,
            (None, None) => &self.otherwise,
            (Some("xml"), None) => XML,
            (Some(prefix), None) => {
                return Err(self
                    .error(format!("the prefix of \"{qualified}\" is not declared"))
                    .with_help(format!("add xmlns:{prefix}=\"...\", or correct the prefix")));
            }
        };
        Ok(QName::new(namespace, local))
    }

    /// What `<documentation>` says, in WSDL as it is, in a schema within `<annotation>`.
    pub(super) fn doc(&self) -> String {
        let holder = match self.namespace() {
            XSD => self.first("annotation"),
            _ => Some(self.clone()),
        };
        let texts = holder.iter().flat_map(|holder| holder.each("documentation"));
        texts.map(|text| text.text()).collect::<Vec<_>>().join("\n\n")
    }

    /// All text in it, each line without its indentation.
    fn text(&self) -> String {
        let texts = self
            .node
            .descendants()
            .filter(Node::is_text)
            .filter_map(|node| node.text());
        let text: String = texts.collect();
        text.trim().lines().map(str::trim).collect::<Vec<_>>().join("\n")
    }

    pub(super) fn place(&self) -> Place {
        Place {
            file: self.file.clone(),
            at: At::offset(self.node.document().input_text(), self.node.range().start),
        }
    }

    pub(super) fn error(&self, message: impl Into<String>) -> Error {
        self.place().error(message)
    }
}

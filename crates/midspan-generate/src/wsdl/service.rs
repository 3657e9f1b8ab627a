//! What a WSDL says of services: messages, port types, bindings and ports.

use std::collections::BTreeMap;

use super::{
    name::{Place, QName},
    node::{Tag, WSDL},
    plan::Policy,
};
use crate::Error;

const SOAP_11: &str = "http://schemas.xmlsoap.org/wsdl/soap/";
const SOAP_12: &str = "http://schemas.xmlsoap.org/wsdl/soap12/";

/// Everything by name; ports in the order in which they are written.
#[derive(Debug, Default)]
pub(super) struct Services {
    pub(super) messages: BTreeMap<QName, Vec<Part>>,
    pub(super) port_types: BTreeMap<QName, Vec<Signature>>,
    pub(super) bindings: BTreeMap<QName, Binding>,
    pub(super) ports: Vec<Port>,
    pub(super) doc: String,
    /// The name of the first service.
    pub(super) name: Option<String>,
    /// The WSDL itself.
    pub(super) place: Option<Place>,
    pub(super) policy: Policy,
}

/// A part of a message.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) name: String,
    pub(super) of: PartOf,
    pub(super) place: Place,
}

#[derive(Debug, Clone)]
pub(super) enum PartOf {
    Element(QName),
    Type(QName),
}

/// An operation of a port type.
#[derive(Debug, Clone)]
pub(super) struct Signature {
    pub(super) name: String,
    pub(super) doc: String,
    pub(super) input: Option<QName>,
    pub(super) output: Option<QName>,
    /// Their names and messages.
    pub(super) faults: Vec<(String, QName)>,
    pub(super) place: Place,
}

/// How a port type is spoken.
#[derive(Debug, Clone)]
pub(super) struct Binding {
    pub(super) port_type: QName,
    pub(super) version: Version,
    pub(super) operations: BTreeMap<String, Bound>,
    pub(super) place: Place,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    Soap11,
    Soap12,
}

/// How an operation is spoken.
#[derive(Debug, Clone)]
pub(super) struct Bound {
    pub(super) action: String,
    pub(super) rpc: bool,
    pub(super) input: Encoding,
    pub(super) output: Encoding,
    pub(super) place: Place,
}

/// What of a message is where.
#[derive(Debug, Clone, Default)]
pub(super) struct Encoding {
    /// The parts in the body, unless it is all.
    pub(super) parts: Option<Vec<String>>,
    /// The namespace of the wrapper in RPC style.
    pub(super) namespace: String,
    pub(super) encoded: bool,
    /// Messages and their parts in the header.
    pub(super) headers: Vec<(QName, String)>,
}

/// Where a binding is served.
#[derive(Debug, Clone)]
pub(super) struct Port {
    pub(super) binding: QName,
    pub(super) address: String,
}

impl Services {
    /// Adds what a WSDL defines.
    pub(super) fn take(&mut self, root: &Tag<'_>) -> Result<(), Error> {
        let own = root.get("targetNamespace").unwrap_or_default();
        self.place.get_or_insert_with(|| root.place());
        policy(root, &mut self.policy);
        for item in root.children().filter(|item| item.namespace() == WSDL) {
            let name = || Ok(QName::new(own, item.needed("name")?));
            match item.local() {
                "documentation" => self.doc = root.doc(),
                "message" => {
                    self.messages.insert(name()?, parts(&item)?);
                }
                "portType" => {
                    if self.doc.is_empty() {
                        self.doc = item.doc();
                    }
                    let signatures = item.each("operation").map(|operation| signature(&operation));
                    self.port_types.insert(name()?, signatures.collect::<Result<_, _>>()?);
                }
                "binding" => {
                    if let Some(binding) = binding(&item)? {
                        self.bindings.insert(name()?, binding);
                    }
                }
                "service" => self.service(&item)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn service(&mut self, tag: &Tag<'_>) -> Result<(), Error> {
        if self.name.is_none() {
            self.name = Some(tag.needed("name")?.to_owned());
            let doc = tag.doc();
            if !doc.is_empty() {
                self.doc = doc;
            }
        }
        for port in tag.each("port") {
            let address = port.children().find(|child| child.local() == "address");
            self.ports.push(Port {
                binding: port.resolve(port.needed("binding")?)?,
                address: address
                    .and_then(|address| address.get("location"))
                    .unwrap_or_default()
                    .to_owned(),
            });
        }
        Ok(())
    }
}

/// WS-SecurityPolicy s. 5.4.1 and 6.2; WS-Addressing Metadata s. 3.1 and its predecessor. What is optional is not asked
/// for.
fn policy(tag: &Tag<'_>, found: &mut Policy) {
    for child in tag.children() {
        let is_policy = child.namespace().contains("policy") || child.namespace().contains("addressing");
        if is_policy && !child.is_optional() {
            match child.local() {
                "UsernameToken" => found.username_token = true,
                "HashPassword" => found.digest = true,
                "IncludeTimestamp" => found.timestamp = true,
                "Addressing" | "UsingAddressing" => found.addressing = true,
                _ => {}
            }
        }
        policy(&child, found);
    }
}

fn parts(message: &Tag<'_>) -> Result<Vec<Part>, Error> {
    let parts = message.each("part").map(|part| {
        let of = match (part.qname("element")?, part.qname("type")?) {
            (Some(element), _) => PartOf::Element(element),
            (None, Some(of)) => PartOf::Type(of),
            (None, None) => return Err(part.error("the part has neither \"element\" nor \"type\"")),
        };
        Ok(Part {
            name: part.needed("name")?.to_owned(),
            of,
            place: part.place(),
        })
    });
    parts.collect()
}

fn signature(operation: &Tag<'_>) -> Result<Signature, Error> {
    let message = |tag: &Tag<'_>| tag.resolve(tag.needed("message")?);
    let faults = operation
        .each("fault")
        .map(|fault| Ok((fault.needed("name")?.to_owned(), message(&fault)?)));
    Ok(Signature {
        name: operation.needed("name")?.to_owned(),
        doc: operation.doc(),
        input: operation.first("input").as_ref().map(message).transpose()?,
        output: operation.first("output").as_ref().map(message).transpose()?,
        faults: faults.collect::<Result<_, Error>>()?,
        place: operation.place(),
    })
}

/// Nothing for a binding that is not SOAP's, such as the one to plain HTTP.
fn binding(tag: &Tag<'_>) -> Result<Option<Binding>, Error> {
    let of_soap = |child: &Tag<'_>| matches!(child.namespace(), SOAP_11 | SOAP_12);
    let Some(soap) = tag
        .children()
        .find(|child| of_soap(child) && child.local() == "binding")
    else {
        return Ok(None);
    };
    if soap
        .get("transport")
        .is_some_and(|transport| !transport.contains("/http"))
    {
        return Ok(None);
    }
    let rpc = soap.get("style") == Some("rpc");
    let mut operations = BTreeMap::new();
    for operation in tag.each("operation") {
        let soap = operation
            .children()
            .find(|child| of_soap(child) && child.local() == "operation");
        let get = |attribute| soap.as_ref().and_then(|soap| soap.get(attribute));
        let encoding = |tag: Option<Tag<'_>>| tag.map_or_else(|| Ok(Encoding::default()), |tag| encoding(&tag));
        let bound = Bound {
            action: get("soapAction").unwrap_or_default().to_owned(),
            rpc: get("style").map_or(rpc, |style| style == "rpc"),
            input: encoding(operation.first("input"))?,
            output: encoding(operation.first("output"))?,
            place: operation.place(),
        };
        operations.insert(operation.needed("name")?.to_owned(), bound);
    }
    Ok(Some(Binding {
        port_type: tag.resolve(tag.needed("type")?)?,
        version: if soap.namespace() == SOAP_12 {
            Version::Soap12
        } else {
            Version::Soap11
        },
        operations,
        place: tag.place(),
    }))
}

fn encoding(tag: &Tag<'_>) -> Result<Encoding, Error> {
    let mut encoding = Encoding::default();
    // With attachments, the body stands in the first part of `mime:multipartRelated`.
    let nested: Vec<Tag<'_>> = tag
        .children()
        .filter(|child| child.local() == "multipartRelated")
        .flat_map(|related| related.children().collect::<Vec<_>>())
        .flat_map(|part| part.children().collect::<Vec<_>>())
        .collect();
    for child in tag
        .children()
        .chain(nested)
        .filter(|child| matches!(child.namespace(), SOAP_11 | SOAP_12))
    {
        match child.local() {
            "body" => {
                let names = child
                    .get("parts")
                    .map(|parts| parts.split_ascii_whitespace().map(str::to_owned).collect());
                encoding.parts = names;
                encoding.namespace = child.get("namespace").map(str::to_owned).unwrap_or_default();
                encoding.encoded = child.get("use") == Some("encoded");
            }
            "header" => {
                let message = child.resolve(child.needed("message")?)?;
                encoding.headers.push((message, child.needed("part")?.to_owned()));
            }
            _ => {}
        }
    }
    Ok(encoding)
}

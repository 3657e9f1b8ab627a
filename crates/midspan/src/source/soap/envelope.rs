//! The envelope around a message (SOAP 1.1 s. 4, SOAP 1.2 part 1 s. 5).

use bytes::Bytes;
use http::HeaderMap;

use super::{
    Version,
    multipart::Message,
    xml::{Document, Element, XmlError, decode},
};

const NAMESPACE_11: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const NAMESPACE_12: &str = "http://www.w3.org/2003/05/soap-envelope";

/// What `soap:` stands for in our envelopes.
pub(super) const fn namespace(version: Version) -> &'static str {
    match version {
        Version::V11 => NAMESPACE_11,
        Version::V12 => NAMESPACE_12,
    }
}

const HEADER: &str = "<soap:Header>";

/// An envelope with a header, which [`with_headers`] finds.
pub(super) fn write(version: Version, headers: &str, body: &str) -> String {
    let namespace = namespace(version);
    format!(
        "<soap:Envelope xmlns:soap=\"{namespace}\">{HEADER}{headers}</soap:Header>\
         <soap:Body>{body}</soap:Body></soap:Envelope>"
    )
}

/// One of our own envelopes with more in its header.
pub(super) fn with_headers(envelope: &Bytes, headers: &str) -> Bytes {
    let at = envelope
        .windows(HEADER.len())
        .position(|window| window == HEADER.as_bytes());
    let (before, after) = envelope.split_at(at.map_or(0, |at| at + HEADER.len()));
    [before, headers.as_bytes(), after].concat().into()
}

/// Looks into a message: with or without attachments, in any encoding that is read.
pub(super) fn open<T>(
    headers: &HeaderMap,
    body: &Bytes,
    look: impl FnOnce(Envelope<'_>) -> Result<T, XmlError>,
) -> Result<T, XmlError> {
    let message = Message::read(headers, body)?;
    let text = decode(&message.root, message.charset.as_deref())?;
    let document = Document::parse(&text)?;
    look(Envelope::read(document.root(&message.parts))?)
}

/// An envelope of either version that a source answered.
#[derive(Debug, Clone, Copy)]
pub(super) struct Envelope<'d> {
    pub(super) header: Option<Element<'d>>,
    pub(super) body: Element<'d>,
}

impl<'d> Envelope<'d> {
    pub(super) fn read(root: Element<'d>) -> Result<Self, XmlError> {
        let namespace = root.namespace();
        if root.local_name() != "Envelope" || !is_soap(namespace) {
            return Err(root.error("is not a SOAP envelope"));
        }
        let part = |name: &str| {
            let mut parts = root.children().filter(|part| part.namespace() == namespace);
            parts.find(|part| part.local_name() == name)
        };
        Ok(Self {
            header: part("Header"),
            body: part("Body").ok_or_else(|| root.error("has no SOAP body"))?,
        })
    }

    /// The fault in its body, where there is one.
    pub(super) fn fault(&self) -> Option<Element<'d>> {
        let first = self.body.children().next()?;
        (first.local_name() == "Fault" && is_soap(first.namespace())).then_some(first)
    }
}

fn is_soap(namespace: &str) -> bool {
    matches!(namespace, NAMESPACE_11 | NAMESPACE_12)
}

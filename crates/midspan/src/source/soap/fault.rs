//! Faults: what a service answers in place of an answer (SOAP 1.1 s. 4.4, SOAP 1.2 part 1 s. 5.4).

use std::fmt;

use midspan_definition::ErrorCode;

use super::xml::{AnyElement, Element, Named as _, XmlError};
use crate::{Error, source::Source};

/// A fault that was asked for with [`answer_or_any_fault`](super::SoapCall::answer_or_any_fault).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Who is to blame, without its prefix: `Client` or `Server` in SOAP 1.1, `Sender` or `Receiver` in 1.2, or one of
    /// the service's own.
    pub code: String,
    /// What exactly, without its prefix: SOAP 1.2 only.
    pub subcode: Option<String>,
    /// For a person.
    pub reason: String,
    /// What the service adds.
    pub detail: Vec<AnyElement>,
}

impl Fault {
    pub(super) fn read(said: &Said<'_>) -> Result<Self, XmlError> {
        let detail = said.detail.into_iter().flat_map(Element::children);
        Ok(Self {
            code: said.code.clone(),
            subcode: said.subcode.clone(),
            reason: said.reason.clone(),
            detail: detail
                .map(|element| Ok(AnyElement::read_named(element)?.unwrap_or_default()))
                .collect::<Result<_, _>>()?,
        })
    }
}

/// A fault in a message.
#[derive(Debug)]
pub(super) struct Said<'d> {
    code: String,
    subcode: Option<String>,
    reason: String,
    pub(super) detail: Option<Element<'d>>,
}

impl<'d> Said<'d> {
    /// Reads a fault of either version. Parts are found by their local names alone, since services often forget that
    /// those of SOAP 1.1 have no namespace; what is missing is left empty, since there is a failure to tell of anyway.
    pub(super) fn read(fault: Element<'d>) -> Self {
        let code = child(fault, "Code");
        let value = |element: Option<Element<'d>>| element.map(|element| local(&text(element)).to_owned());
        Self {
            code: value(child(fault, "faultcode").or_else(|| child(code?, "Value"))).unwrap_or_default(),
            subcode: value(code.and_then(|code| child(child(code, "Subcode")?, "Value"))),
            reason: child(fault, "faultstring")
                .or_else(|| child(child(fault, "Reason")?, "Text"))
                .map(text)
                .unwrap_or_default(),
            detail: child(fault, "detail").or_else(|| child(fault, "Detail")),
        }
    }

    /// The error that it is where its author does not expect it: code and reason are for the log.
    pub(super) fn error(&self, source: &'static Source, status: u16) -> Error {
        let title = source.title();
        let message = match self.blames(status) {
            Blame::Credentials => format!("{title} refused this operation's credentials. Tell the connector's owner."),
            Blame::Us => {
                format!("{title} did not accept this request. Check what you sent, or tell the connector's owner.")
            }
            Blame::Source => format!("{title} answered with an error. Try again later."),
        };
        Error::new(ErrorCode::SourceFailed, message)
            .with_source(source.name(), Some(status))
            .with_log(self.outline())
            .with_said(self.to_string())
    }

    /// Without its reason, in which there may be personal data.
    fn outline(&self) -> String {
        let subcode = self.subcode.as_deref().map(|subcode| format!("/{subcode}"));
        format!("fault {}{}", self.code, subcode.unwrap_or_default())
    }

    fn blames(&self, status: u16) -> Blame {
        if matches!(status, 401 | 403) {
            return Blame::Credentials;
        }
        let code = self.subcode.as_deref().unwrap_or(&self.code);
        // WS-Security 1.1.1 s. 12.
        match code {
            "FailedAuthentication" | "InvalidSecurity" | "InvalidSecurityToken" | "SecurityTokenUnavailable" => {
                Blame::Credentials
            }
            // SOAP 1.1 lets a code be more exact after a dot: `Client.Authentication`.
            _ => match self.code.split('.').next() {
                Some("Client" | "Sender") => Blame::Us,
                _ => Blame::Source,
            },
        }
    }
}

/// A fault of SOAP 1.1, within an envelope of ours.
#[cfg(not(target_family = "wasm"))]
pub(super) fn write(code: &str, reason: &str, detail: &str) -> String {
    let escaped = |text| {
        let mut writer = super::Writer::default();
        writer.text(text);
        writer.finish().unwrap_or_default()
    };
    let (code, reason) = (escaped(code), escaped(reason));
    format!(
        "<soap:Fault><faultcode>soap:{code}</faultcode><faultstring>{reason}</faultstring>\
         <detail>{detail}</detail></soap:Fault>"
    )
}

enum Blame {
    Credentials,
    Us,
    Source,
}

impl fmt::Display for Said<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "fault {}", self.code)?;
        self.subcode.iter().try_for_each(|subcode| write!(f, "/{subcode}"))?;
        write!(f, ", reason {:?}", self.reason)?;
        let detail = self.detail.and_then(|detail| detail.children().next());
        detail.map_or(Ok(()), |detail| write!(f, ", detail `{}`", detail.local_name()))
    }
}

fn child<'d>(element: Element<'d>, name: &str) -> Option<Element<'d>> {
    element.children().find(|child| child.local_name() == name)
}

fn text(element: Element<'_>) -> String {
    element.text().map(|text| text.trim().to_owned()).unwrap_or_default()
}

fn local(qualified: &str) -> &str {
    qualified.rsplit_once(':').map_or(qualified, |(_, local)| local)
}

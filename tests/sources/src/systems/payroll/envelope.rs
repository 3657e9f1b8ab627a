//! SOAP 1.1 and 1.2 messages: reading a request, writing an answer or a fault.
//!
//! W3C, "Simple Object Access Protocol (SOAP) 1.1" and "SOAP Version 1.2 Part 1"; which headers go with which: Learn, "WCF Messaging
//! Protocols".

use http::StatusCode;
use roxmltree::{Document, Node};

use crate::call::Call;
use crate::reply::{self, Reply};

pub(super) const SERVICE: &str = "http://contoso.example/payroll/leave";
pub(super) const TYPES: &str = "http://contoso.example/payroll/leave/types";
pub(super) const WSSE: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
const DISPATCHER: &str = "http://schemas.microsoft.com/net/2005/12/windowscommunicationfoundation/dispatcher";
const ADDRESSING_NONE: &str = "http://schemas.microsoft.com/ws/2005/05/addressing/none";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    Soap11,
    Soap12,
}

impl Version {
    /// From the content type; any other is none.
    pub(super) fn of(content_type: &str) -> Option<Self> {
        let media = content_type.split(';').next().unwrap_or_default().trim();
        match media.to_ascii_lowercase().as_str() {
            "text/xml" => Some(Self::Soap11),
            "application/soap+xml" => Some(Self::Soap12),
            _ => None,
        }
    }

    pub(super) const fn namespace(self) -> &'static str {
        match self {
            Self::Soap11 => "http://schemas.xmlsoap.org/soap/envelope/",
            Self::Soap12 => "http://www.w3.org/2003/05/soap-envelope",
        }
    }

    pub(super) const fn content_type(self) -> &'static str {
        match self {
            Self::Soap11 => "text/xml; charset=utf-8",
            Self::Soap12 => "application/soap+xml; charset=utf-8",
        }
    }

    /// The action that a request names: in a header of its own, or in the content type.
    pub(super) fn action(self, call: &Call) -> Option<String> {
        let quoted = match self {
            Self::Soap11 => call.header("soapaction")?,
            Self::Soap12 => call
                .header("content-type")?
                .split(';')
                .find_map(|parameter| parameter.trim().strip_prefix("action="))?,
        };
        Some(quoted.trim_matches('"').to_owned())
    }

    /// A whole envelope around what is in the body.
    pub(super) fn envelope(self, body: &str) -> String {
        format!(
            "<s:Envelope xmlns:s=\"{}\"><s:Body xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
             xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\">{body}</s:Body></s:Envelope>",
            self.namespace()
        )
    }
}

/// What went wrong, as both versions can say it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    /// Whose fault it is: the caller's, or else the service's.
    by_caller: bool,
    /// A code and its namespace, below that of SOAP's own.
    code: Option<(&'static str, &'static str)>,
    text: String,
    /// XML.
    detail: String,
}

impl Fault {
    fn new(code: Option<(&'static str, &'static str)>, text: impl Into<String>) -> Self {
        Self {
            by_caller: true,
            code,
            text: text.into(),
            detail: String::new(),
        }
    }

    /// A fault that the service's contract names, with its detail.
    pub(super) fn typed(text: impl Into<String>, detail: String) -> Self {
        Self {
            detail,
            ..Self::new(None, text)
        }
    }

    pub(super) fn security(code: &'static str, text: &str) -> Self {
        Self::new(Some((WSSE, code)), text)
    }

    pub(super) fn bad_action(action: &str) -> Self {
        let text = format!(
            "The message with Action '{action}' cannot be processed at the receiver, due to a ContractFilter mismatch at the \
             EndpointDispatcher. This may be because of either a contract mismatch (mismatched Actions between sender and receiver) or a \
             binding/security mismatch between the sender and the receiver.  Check that sender and receiver have the same contract and the \
             same binding (including security requirements, e.g. Message, Transport, None)."
        );
        Self::new(Some((ADDRESSING_NONE, "ActionNotSupported")), text)
    }

    pub(super) fn bad_message(operation: &str, why: &str) -> Self {
        let text = format!(
            "The formatter threw an exception while trying to deserialize the message: Error in deserializing body of request message for \
             operation '{operation}'. {why}"
        );
        Self::new(Some((DISPATCHER, "DeserializationFailed")), text)
    }

    pub(super) fn internal() -> Self {
        let text = "The server was unable to process the request due to an internal error.  For more information about the error, either \
                    turn on IncludeExceptionDetailInFaults (either from ServiceBehaviorAttribute or from the <serviceDebug> configuration \
                    behavior) on the server in order to send the exception information back to the client, or turn on tracing as per the \
                    Microsoft .NET Framework SDK documentation and inspect the server trace logs.";
        Self {
            by_caller: false,
            ..Self::new(Some((DISPATCHER, "InternalServiceFault")), text)
        }
    }

    fn xml(&self, version: Version) -> String {
        let text = escaped(&self.text);
        let detail = |name: &str| match self.detail.as_str() {
            "" => String::new(),
            detail => format!("<{name}>{detail}</{name}>"),
        };
        match version {
            Version::Soap11 => {
                let code = match (self.code, self.by_caller) {
                    (Some((namespace, code)), _) => format!("<faultcode xmlns:a=\"{namespace}\">a:{code}</faultcode>"),
                    (None, true) => "<faultcode>s:Client</faultcode>".to_owned(),
                    (None, false) => "<faultcode>s:Server</faultcode>".to_owned(),
                };
                format!(
                    "<s:Fault>{code}<faultstring xml:lang=\"en-US\">{text}</faultstring>{}</s:Fault>",
                    detail("detail")
                )
            }
            Version::Soap12 => {
                let by = if self.by_caller { "Sender" } else { "Receiver" };
                let subcode = self.code.map_or_else(String::new, |(namespace, code)| {
                    format!("<s:Subcode><s:Value xmlns:a=\"{namespace}\">a:{code}</s:Value></s:Subcode>")
                });
                format!(
                    "<s:Fault><s:Code><s:Value>s:{by}</s:Value>{subcode}</s:Code><s:Reason><s:Text xml:lang=\"en-US\">{text}</s:Text>\
                     </s:Reason>{}</s:Fault>",
                    detail("s:Detail")
                )
            }
        }
    }

    /// WCF answers every fault with 500.
    pub(super) fn reply(&self, version: Version) -> Reply {
        reply::bytes(
            StatusCode::INTERNAL_SERVER_ERROR,
            version.content_type(),
            version.envelope(&self.xml(version)),
        )
    }
}

/// An element of a document by its path from the envelope.
pub(super) fn child<'a>(node: Node<'a, 'a>, namespace: &str, name: &str) -> Option<Node<'a, 'a>> {
    node.children().find(|child| child.has_tag_name((namespace, name)))
}

/// The one element in the envelope's body.
pub(super) fn content<'a>(document: &'a Document<'a>, version: Version) -> Option<Node<'a, 'a>> {
    let envelope = document.root_element();
    if !envelope.has_tag_name((version.namespace(), "Envelope")) {
        return None;
    }
    child(envelope, version.namespace(), "Body")?
        .children()
        .find(Node::is_element)
}

/// Text as XML has it.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

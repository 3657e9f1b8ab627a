//! The payroll system on premises: a SOAP service for leave and payslips, as Windows Communication Foundation serves one.
//!
//! Behaviour: Learn, "Publishing Metadata" (`?wsdl`, `?xsd=xsd0`), "WCF Messaging Protocols", "Specifying and Handling Faults in Contracts
//! and Services"; texts of faults from recorded traffic in public repositories.

mod envelope;
mod operations;
mod payslip;
mod security;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use http::{Method, StatusCode};
use roxmltree::Document;

use self::envelope::{Fault, SERVICE, Version};
use self::operations::Operations;
use self::security::Nonces;
pub use self::security::{PAYROLL_PASSWORD, PAYROLL_USER};
use super::{BackEnd, World};
use crate::call::Call;
use crate::population::Population;
use crate::reply::{self, Refusal, Reply, WithHeader};

const PATH: &str = "/LeaveService.svc";
const WSDL: &str = include_str!("leave.wsdl");
const MESSAGES: &str = include_str!("messages.xsd");
const TYPES: &str = include_str!("types.xsd");

pub(super) struct Payroll {
    population: Arc<Population>,
    operations: Operations,
    nonces: Nonces,
}

impl Payroll {
    pub(super) fn new(world: &World) -> Self {
        Self {
            population: Arc::clone(&world.population),
            operations: Operations::new(Arc::clone(&world.population)),
            nonces: Nonces::default(),
        }
    }

    fn route(&self, call: &Call) -> Reply {
        if !call.path.eq_ignore_ascii_case(PATH) {
            return html(StatusCode::NOT_FOUND, "The resource cannot be found.");
        }
        match call.method {
            Method::GET => metadata(call),
            Method::POST => self.message(call),
            _ => html(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed."),
        }
    }

    fn message(&self, call: &Call) -> Reply {
        let content_type = call.header("content-type").unwrap_or_default();
        let Some(version) = Version::of(content_type) else {
            let text = format!(
                "Cannot process the message because the content type '{content_type}' was not the expected type 'text/xml; charset=utf-8'."
            );
            let reply = reply::empty(StatusCode::UNSUPPORTED_MEDIA_TYPE);
            return reply.with("x-content-type-error", text);
        };
        // A document type, and with it entities, is an error to this parser.
        let text = str::from_utf8(&call.body).unwrap_or_default();
        let Ok(document) = Document::parse(text) else {
            return reply::empty(StatusCode::BAD_REQUEST);
        };
        self.answer_to(call, version, &document)
            .unwrap_or_else(|fault| fault.reply(version))
    }

    fn answer_to(&self, call: &Call, version: Version, document: &Document<'_>) -> Result<Reply, Fault> {
        let content = envelope::content(document, version);
        let content = content
            .ok_or_else(|| Fault::bad_message("?", "The message is not an envelope of its version with a body."))?;
        security::authenticate(document, version, &self.nonces)?;
        // In SOAP 1.2 the action may be left out.
        let action = match (version.action(call), version) {
            (None, Version::Soap12) => format!("{SERVICE}/ILeaveService/{}", content.tag_name().name()),
            (action, _) => action.unwrap_or_default(),
        };
        let operation = action
            .strip_prefix(&format!("{SERVICE}/ILeaveService/"))
            .unwrap_or_default();
        let answer = self.operations.answer(operation, content);
        let answer = answer.ok_or_else(|| Fault::bad_action(&action))??;
        Ok(match answer.attachment {
            None => reply::bytes(StatusCode::OK, version.content_type(), version.envelope(&answer.body)),
            Some(document) => {
                let id = call.request_id(self.population.seed()).to_string();
                payslip::with_attachment(version, &answer.body, &document, &id)
            }
        })
    }
}

impl BackEnd for Payroll {
    fn answer(&self, call: &Call) -> Reply {
        finish(self.route(call))
    }

    fn refuse(&self, call: &Call, refusal: Refusal) -> Reply {
        let version = Version::of(call.header("content-type").unwrap_or_default()).unwrap_or(Version::Soap11);
        let reply = match refusal.status {
            StatusCode::INTERNAL_SERVER_ERROR => Fault::internal().reply(version),
            // Before the service there is the web server, which knows nothing of SOAP.
            status => html(status, status.canonical_reason().unwrap_or("Error")),
        };
        finish(reply.with_retry_after(refusal.retry_after))
    }
}

fn metadata(call: &Call) -> Reply {
    let xml = |text: &str| {
        let location = format!("{}{PATH}", call.base());
        reply::bytes(
            StatusCode::OK,
            "text/xml; charset=UTF-8",
            text.replace("{location}", &location),
        )
    };
    match (call.raw_query.to_ascii_lowercase().as_str(), call.query("xsd")) {
        ("wsdl", _) => xml(WSDL),
        (_, Some("xsd0")) => xml(MESSAGES),
        (_, Some("xsd1")) => xml(TYPES),
        _ => html(StatusCode::OK, "LeaveService Service. You have created a service."),
    }
}

fn html(status: StatusCode, title: &str) -> Reply {
    let page = format!(
        "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\"\"http://www.w3.org/TR/html4/strict.dtd\">\r\n<HTML><HEAD><TITLE>{title}</TITLE>\
         \r\n</HEAD><BODY><h2>{title}</h2>\r\n<hr><p>HTTP Error {}. {title}</p>\r\n</BODY></HTML>\r\n",
        status.as_u16()
    );
    reply::bytes(status, "text/html; charset=us-ascii", page)
}

fn finish(reply: Reply) -> Reply {
    reply
        .with("server", "Microsoft-IIS/10.0")
        .with("x-powered-by", "ASP.NET")
        .with("cache-control", "private")
}

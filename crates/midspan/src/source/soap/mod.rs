//! SOAP 1.1 and 1.2: calls from a typed request to a typed answer.
//!
//! ```
//! use midspan::prelude::*;
//! use midspan::source::soap;
//!
//! static PAYROLL: Source = Source::soap("payroll").titled("Payroll");
//!
//! /// How much leave is left. It only reads, so that it may be repeated.
//! const GET_BALANCE: soap::Operation<GetBalance, GetBalanceResponse> =
//!     soap::Operation::new("http://contoso.com/leave/GetBalance").read_only();
//!
//! #[derive(Xml)]
//! #[xml(namespace = "http://contoso.com/leave", rename_all = "PascalCase")]
//! struct GetBalance {
//!     employee_id: String,
//! }
//!
//! #[derive(Xml)]
//! #[xml(namespace = "http://contoso.com/leave", rename_all = "PascalCase")]
//! struct GetBalanceResponse {
//!     days: soap::Decimal,
//! }
//!
//! async fn days_left(ctx: &Context, employee_id: String) -> Result<f64> {
//!     let answer = ctx.source(&PAYROLL).soap(&GET_BALANCE, &GetBalance { employee_id }).answer().await?;
//!     Ok(answer.days.to_f64())
//! }
//! ```
//!
//! `midspan source add --wsdl FILE` writes such a module from a service's WSDL.

mod addressing;
mod call;
mod envelope;
mod fault;
mod multipart;
mod operation;
mod security;
pub(super) mod xml;

use bytes::Bytes;
use futures_util::future::LocalBoxFuture;

use super::{Handle, Source};
use crate::{Context, Result};
pub use call::{Reply, SoapCall};
pub use fault::Fault;
pub use operation::Operation;
pub use security::UsernameToken;
pub use xml::{
    AnyElement, AttributeField, Base64, ChoiceField, DateTime, Decimal, Element, Field, List, Name, Named, Text,
    Writer, Xml, XmlError,
};

/// How a source speaks SOAP.
#[derive(Debug, Clone, Copy)]
pub(super) struct Settings {
    version: Version,
    username_token: Option<UsernameToken>,
    addressing: bool,
    /// [`stamp`], only where it is needed: a component links no more than its sources use.
    stamp: Option<Stamp>,
}

type Stamp = for<'a> fn(&'a Context, &'static Source, &'a mut http::Request<Bytes>) -> LocalBoxFuture<'a, Result<()>>;

impl Settings {
    pub(super) const DEFAULT: Self = Self {
        version: Version::V11,
        username_token: None,
        addressing: false,
        stamp: None,
    };
}

impl Settings {
    /// Makes the last changes to a request, if there are any.
    pub(super) async fn stamp(
        &self,
        ctx: &Context,
        source: &'static Source,
        request: &mut http::Request<Bytes>,
    ) -> Result<()> {
        match self.stamp {
            Some(stamp) => stamp(ctx, source, request).await,
            None => Ok(()),
        }
    }
}

/// Which SOAP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Version {
    /// W3C Note of 2000, `text/xml` and `SOAPAction`: what most services speak.
    V11,
    /// W3C Recommendation of 2007, `application/soap+xml`.
    V12,
}

impl Source {
    /// Speaks SOAP 1.2; 1.1 unless told. Answers are read in both.
    #[must_use]
    pub const fn soap12(mut self) -> Self {
        self.soap.version = Version::V12;
        self
    }

    /// Calls with a WS-Security `UsernameToken` in the envelope, besides what the HTTP request is authenticated with.
    #[must_use]
    pub const fn username_token(mut self, token: UsernameToken) -> Self {
        self.soap.username_token = Some(token);
        self.soap.stamp = Some(stamp);
        self
    }

    /// Calls with `Action`, `To` and `MessageID` of WS-Addressing 1.0 in the envelope.
    #[must_use]
    pub const fn addressing(mut self) -> Self {
        self.soap.addressing = true;
        self.soap.stamp = Some(stamp);
        self
    }
}

impl<'c> Handle<'c> {
    /// Starts a SOAP call. See [`soap`](self).
    pub fn soap<Req: Named, Res: Named, F>(
        self,
        operation: &Operation<Req, Res, F>,
        request: &Req,
    ) -> SoapCall<'c, Res, F> {
        SoapCall::new(self.ctx, self.source, operation, request)
    }
}

/// Puts into an envelope what is of this one request: a message id, a nonce, the time.
fn stamp<'a>(
    ctx: &'a Context,
    source: &'static Source,
    request: &'a mut http::Request<Bytes>,
) -> LocalBoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let mut headers = String::new();
        if let Some(token) = source.soap.username_token {
            headers.push_str(&security::header(ctx, source, token).await?);
        }
        if source.soap.addressing {
            headers.push_str(&addressing::headers(ctx.port(), request.uri()));
        }
        *request.body_mut() = envelope::with_headers(request.body(), &headers);
        Ok(())
    })
}

/// A whole envelope, as a test's service writes it.
#[cfg(not(target_family = "wasm"))]
pub(crate) fn write_message<T: Named>(body: &T) -> String {
    envelope::write(Version::V11, "", &xml::text_of(body))
}

/// A fault, as a test's service writes it.
#[cfg(not(target_family = "wasm"))]
pub(crate) fn write_fault<T: Named>(code: &str, reason: &str, detail: &T) -> String {
    envelope::write(Version::V11, "", &fault::write(code, reason, &xml::text_of(detail)))
}

/// A message, as a test's service reads it.
#[cfg(not(target_family = "wasm"))]
pub(crate) fn read_message<T>(
    headers: &http::HeaderMap,
    body: &Bytes,
    look: impl FnOnce(Option<Element<'_>>, Element<'_>) -> Result<T, XmlError>,
) -> Result<T, XmlError> {
    envelope::open(headers, body, |envelope| look(envelope.header, envelope.body))
}

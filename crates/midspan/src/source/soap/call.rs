//! A call to a SOAP service.

use std::{convert::Infallible, marker::PhantomData};

use http::Method;

use super::{Element, Fault, Named, Operation, Version, Writer, XmlError, addressing, envelope, fault::Said};
use crate::{
    Context, Error, ErrorCode, Result,
    source::{Answer, Call, Source, outcome},
};

/// A call that is being put together. Nothing is sent before one of [`answer`](SoapCall::answer),
/// [`answer_or_fault`](SoapCall::answer_or_fault) and [`reply`](SoapCall::reply) is awaited.
#[must_use = "a call does nothing until it is awaited as `.answer()` or `.answer_or_fault()`"]
pub struct SoapCall<'c, Res, F> {
    call: Call<'c>,
    /// The blocks of its SOAP header, but for those of each single request.
    headers: String,
    body: String,
    types: PhantomData<fn() -> (Res, F)>,
}

/// An answer with its headers.
#[derive(Debug)]
pub struct Reply<Res> {
    /// What the body holds.
    pub body: Res,
    answer: Answer,
}

impl<'c, Res: Named, F> SoapCall<'c, Res, F> {
    pub(super) fn new<Req: Named>(
        ctx: &'c Context,
        source: &'static Source,
        operation: &Operation<Req, Res, F>,
        request: &Req,
    ) -> Self {
        let mut call = Call::new(ctx, source, Method::POST, operation.path);
        if operation.read_only {
            call = call.read_only();
        }
        let mut headers = String::new();
        if source.soap.addressing {
            headers.push_str(&addressing::action(operation.action));
        }
        let body = write(&mut call, request);
        Self {
            call: transport(call, source.soap.version, operation.action),
            headers,
            body,
            types: PhantomData,
        }
    }

    /// Adds a block to the SOAP header.
    pub fn header<T: Named>(mut self, block: &T) -> Self {
        let block = write(&mut self.call, block);
        self.headers.push_str(&block);
        self
    }

    /// Changes the HTTP request that carries it: `.http(|call| call.timeout(...).idempotency_key(...))`.
    pub fn http(self, change: impl FnOnce(Call<'c>) -> Call<'c>) -> Self {
        Self {
            call: change(self.call),
            ..self
        }
    }

    /// The answer.
    ///
    /// # Errors
    /// `SourceTimeout`, `SourceUnreachable`, `SourceThrottled`, `SourceFailed` (a fault, whose code and reason go to the
    /// log, or any status but 2xx) or `SourceInvalid` (not the XML expected), each naming the source. `BadInput` where a
    /// text of the request has a character that XML can't hold.
    pub async fn answer(self) -> Result<Res> {
        self.reply().await.map(|reply| reply.body)
    }

    /// The answer, or a fault whose detail is one that the operation declares. Any other fault stays an error.
    ///
    /// ```
    /// # use midspan::{prelude::*, source::soap};
    /// # #[derive(Xml)] #[xml(namespace = "urn:leave")] struct RequestLeave { days: i32 }
    /// # #[derive(Xml)] #[xml(namespace = "urn:leave")] struct NotEnoughDays { left: i32 }
    /// # static PAYROLL: Source = Source::soap("payroll");
    /// const REQUEST_LEAVE: soap::Operation<RequestLeave, (), NotEnoughDays> = soap::Operation::new("urn:leave#request");
    ///
    /// async fn request(ctx: &Context, days: i32) -> Result<()> {
    ///     let outcome = ctx.source(&PAYROLL).soap(&REQUEST_LEAVE, &RequestLeave { days }).answer_or_fault().await?;
    ///     outcome.map_err(|fault| Error::conflict(format!("You have only {} days left.", fault.left)))
    /// }
    /// ```
    ///
    /// # Errors
    /// As [`answer`](SoapCall::answer).
    pub async fn answer_or_fault(self) -> Result<Result<Res, F>>
    where
        F: Named,
    {
        let outcome = self.exchange(|said| {
            let details = said.detail.into_iter().flat_map(Element::children);
            details.map(F::read_named).find_map(Result::transpose).transpose()
        });
        Ok(outcome.await?.map(|reply| reply.body))
    }

    /// The answer, or any fault: for services that declare none and say all in their codes.
    ///
    /// # Errors
    /// As [`answer`](SoapCall::answer).
    pub async fn answer_or_any_fault(self) -> Result<Result<Res, Fault>> {
        let outcome = self.exchange(|said| Fault::read(said).map(Some)).await?;
        Ok(outcome.map(|reply| reply.body))
    }

    /// The answer with its SOAP header.
    ///
    /// # Errors
    /// As [`answer`](SoapCall::answer).
    pub async fn reply(self) -> Result<Reply<Res>> {
        match self.exchange::<Infallible>(|_| Ok(None)).await? {
            Ok(reply) => Ok(reply),
            Err(never) => match never {},
        }
    }

    /// `known` takes from a fault what its author expects.
    async fn exchange<T>(
        self,
        known: impl FnOnce(&Said<'_>) -> Result<Option<T>, XmlError>,
    ) -> Result<Result<Reply<Res>, T>> {
        let (ctx, mut call) = (self.call.ctx, self.call);
        let version = call.source.soap.version;
        call.body = envelope::write(version, &self.headers, &self.body).into();
        // Boxed, so that the futures around it stay small.
        let answer = Box::pin(call.send()).await?;
        let attempts = answer.attempts;
        let kept = answer.clone();
        read(ctx, answer, known)
            .inspect_err(|_| kept.disown(ctx))
            .inspect_err(|error| ctx.log_call_error(error, attempts))
    }
}

impl<Res> Reply<Res> {
    /// A block of the SOAP header, where it is there.
    ///
    /// # Errors
    /// `SourceInvalid` if it has another content.
    pub fn header<T: Named>(&self) -> Result<Option<T>> {
        let found = envelope::open(self.answer.headers(), self.answer.body(), |envelope| {
            let blocks = envelope.header.into_iter().flat_map(Element::children);
            blocks.map(T::read_named).find_map(Result::transpose).transpose()
        });
        found.map_err(|error| invalid(&self.answer, &error))
    }
}

/// What the HTTP request says of the message in it (SOAP 1.1 s. 6, SOAP 1.2 part 2 s. 7).
fn transport<'c>(mut call: Call<'c>, version: Version, action: &str) -> Call<'c> {
    let action = action.replace(['"', '\\'], "");
    let (accept, content_type) = match version {
        Version::V11 => {
            call = call.header("soapaction", format!("\"{action}\""));
            ("text/xml, multipart/related", "text/xml; charset=utf-8".to_owned())
        }
        Version::V12 if action.is_empty() => (ACCEPT_12, "application/soap+xml; charset=utf-8".to_owned()),
        Version::V12 => (
            ACCEPT_12,
            format!("application/soap+xml; charset=utf-8; action=\"{action}\""),
        ),
    };
    call.header("accept", accept).header("content-type", content_type)
}

const ACCEPT_12: &str = "application/soap+xml, multipart/related";

/// An element of the request. A text that can't be written comes from the caller, and is the call's error.
fn write<T: Named>(call: &mut Call<'_>, element: &T) -> String {
    let mut writer = Writer::default();
    element.write_named(&mut writer);
    writer.finish().unwrap_or_else(|(place, letter)| {
        call.fail(|| {
            let code = u32::from(letter);
            Error::bad_input(
                place,
                format!("\"{place}\" has a character that can't be sent (U+{code:04X})."),
            )
        });
        String::new()
    })
}

fn read<Res: Named, T>(
    ctx: &Context,
    answer: Answer,
    known: impl FnOnce(&Said<'_>) -> Result<Option<T>, XmlError>,
) -> Result<Result<Reply<Res>, T>> {
    let status = answer.status();
    // The answer to a message that asks for none.
    if status.is_success() && answer.body().is_empty() {
        return match Res::NOTHING {
            Some(body) => Ok(Ok(Reply { body, answer })),
            None => Err(invalid(&answer, &XmlError::document("is missing: the answer is empty"))),
        };
    }
    let outcome = envelope::open(answer.headers(), answer.body(), |envelope| {
        match envelope.fault().map(Said::read) {
            None if !status.is_success() => Ok(None),
            None => Res::read_body(envelope.body).map(|body| Some(Ok(body))),
            Some(said) => Ok(Some(Err(
                known(&said)?.ok_or_else(|| said.error(answer.source, status.as_u16()))
            ))),
        }
    });
    match outcome {
        Ok(Some(Ok(body))) => Ok(Ok(Reply { body, answer })),
        Ok(Some(Err(Ok(fault)))) => Ok(Err(fault)),
        Ok(Some(Err(Err(error)))) => Err(error),
        Err(error) if status.is_success() => Err(invalid(&answer, &error)),
        // No envelope: a gateway or a web server answers in its place.
        Ok(None) | Err(_) => {
            let code = outcome::failure_code(status).unwrap_or(ErrorCode::SourceFailed);
            Err(answer.failure(ctx, code))
        }
    }
}

fn invalid(answer: &Answer, error: &XmlError) -> Error {
    let status = answer.status().as_u16();
    outcome::invalid(answer.source, outcome::without_values(&error.to_string()))
        .with_said(format!("{error}; it answered: {}", answer.excerpt()))
        .with_source(answer.source.name(), Some(status))
}

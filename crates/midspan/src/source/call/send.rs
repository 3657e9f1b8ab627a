//! The sending of a call: all of it, from the first variable that is read to the last byte of the answer, is within the
//! call's time-out.

use std::{cell::Cell, pin::pin, rc::Rc, time::Duration};

use bytes::Bytes;
use futures_util::future::{Either, select};
use http::{Method, StatusCode};

use super::{
    Answer, Call,
    coding::{self, Undecoded},
    redirect::Trail,
};
use crate::{
    Context, Error, Result, part,
    port::SendError,
    source::{
        Source, auth,
        lookup::once,
        outcome,
        policy::{
            Attempts, Outcome,
            breaker::{Passage, Time},
            retry,
        },
    },
    telemetry::{self, Span},
};

impl Call<'_> {
    /// Whatever the source answers, with any status.
    ///
    /// # Errors
    /// `SourceTimeout` or `SourceUnreachable`; `OperationFailed` where the source is not set up.
    pub async fn send(self) -> Result<Answer> {
        once::send(self).await.inspect(part::note_stale)
    }

    /// Sends it, whatever else was sent.
    pub(in crate::source) async fn send_now(self) -> Result<Answer> {
        let (ctx, source) = (self.ctx, self.source);
        let call = telemetry::begin(ctx, source.name, &self.method, self.template, self.batch);
        let attempts = Cell::new(0);
        let outcome = self.exchange(call.span.clone(), &attempts).await;
        let failure = match &outcome {
            Ok(answer) => match &answer.stale {
                Some(why) => Some(why.code()),
                None => outcome::failure_code(answer.status()),
            },
            Err(error) => Some(error.code()),
        };
        let status = match &outcome {
            Ok(answer) => Some(answer.status().as_u16()),
            Err(error) => error.source_status(),
        };
        let is_there_or_not = |answer: &Answer| {
            let known = answer.status().is_success() || matches!(answer.status().as_u16(), 304 | 404 | 410);
            known && answer.stale.is_none()
        };
        let settled = outcome.as_ref().is_ok_and(is_there_or_not);
        call.end(status, failure, attempts.get(), settled);
        if attempts.get() > 1 && failure.is_none() {
            ctx.log_attempts(source.name, attempts.get());
        }
        outcome.inspect_err(|error| ctx.log_call_error(error, attempts.get()))
    }

    async fn exchange(mut self, span: Rc<Span>, attempts: &Cell<u32>) -> Result<Answer> {
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        let (source, exchange) = (self.source, Exchange::of(&self, span));
        if let Some(caching) = self
            .caching
            .take()
            .filter(|_| exchange.is_cacheable() && !source.relays())
        {
            let tags = std::mem::take(&mut self.tags);
            let request = exchange.within(attempts, self.request()).await?;
            return caching.answer(&tags, exchange, request, attempts).await;
        }
        self.ctx.ledger().bypassed(source.name);
        let changes = self.changes.take();
        // In a box, so that all that holds a call is small.
        let sending = async {
            let request = self.request().await?;
            let response = exchange.send(&request, attempts).await?;
            if let Some(changes) = changes {
                changes.done(&exchange, request.uri(), &response).await;
            }
            Ok(response)
        };
        let response = exchange.within(attempts, Box::pin(sending)).await?;
        Ok(Answer::new(source, response, attempts.get()))
    }
}

/// What sends a call's request: all of the call but the request itself.
#[derive(Clone)]
pub(crate) struct Exchange {
    pub(crate) ctx: Context,
    pub(crate) source: &'static Source,
    pub(crate) semantics: Method,
    /// Whether an answer may be kept, as far as its status does not say it.
    pub(crate) keeps: fn(&http::Response<Bytes>) -> bool,
    timeout: Duration,
    limit: Duration,
    /// When it ends, on the port's monotonic clock.
    ends: Duration,
    /// What is told of it.
    pub(crate) span: Rc<Span>,
}

impl Exchange {
    fn of(call: &Call<'_>, span: Rc<Span>) -> Self {
        Self {
            keeps: call.keeps,
            ..Self::new(call.ctx.clone(), call.source, call.semantics(), call.timeout, span)
        }
    }

    fn new(ctx: Context, source: &'static Source, semantics: Method, timeout: Duration, span: Rc<Span>) -> Self {
        let limit = timeout.min(ctx.time_for_sources());
        Self {
            ends: ctx.port().monotonic() + limit,
            ctx,
            source,
            semantics,
            keeps: |_| true,
            timeout,
            limit,
            span,
        }
    }

    /// Whether its method lets the answer be used again (RFC 9110 s. 9.2.3).
    fn is_cacheable(&self) -> bool {
        matches!(self.semantics, Method::GET | Method::HEAD)
    }

    /// Until its time-out.
    pub(crate) fn time_left(&self) -> Duration {
        self.ends.saturating_sub(self.ctx.port().monotonic())
    }

    /// The same after the operation's answer, with all of the call's time.
    pub(crate) fn afterwards(&self) -> Self {
        let ctx = self.ctx.afterwards(self.timeout);
        let span = self.span.afterwards(ctx.port());
        Self {
            keeps: self.keeps,
            ..Self::new(ctx, self.source, self.semantics.clone(), self.timeout, span)
        }
    }

    /// Does `work` within the call's time-out.
    pub(crate) async fn within<T>(&self, attempts: &Cell<u32>, work: impl Future<Output = Result<T>>) -> Result<T> {
        let port = self.ctx.port();
        let left = self.ends.saturating_sub(port.monotonic());
        // The time-out comes first, so that nothing is sent at the very moment at which it ends.
        match select(pin!(port.sleep(left)), pin!(work)).await {
            Either::Left(_) => Err(self.late(attempts)),
            Either::Right((outcome, _)) => outcome,
        }
    }

    /// As [`within`](Self::within), around work that is within the time-out itself where it sends, and then has something
    /// to say.
    pub(crate) async fn around<T>(&self, attempts: &Cell<u32>, work: impl Future<Output = Result<T>>) -> Result<T> {
        let port = self.ctx.port();
        let left = self.ends.saturating_sub(port.monotonic());
        match select(pin!(work), pin!(port.sleep(left))).await {
            Either::Left((outcome, _)) => outcome,
            Either::Right(_) => Err(self.late(attempts)),
        }
    }

    fn late(&self, attempts: &Cell<u32>) -> Error {
        match attempts.get() {
            0 => outcome::no_turn(self.source, self.limit),
            _ => outcome::timed_out(self.source, &self.semantics, self.limit),
        }
    }

    /// Sends the request, under the source's policy; to be done [`within`](Self::within) the time-out.
    pub(crate) async fn send(
        &self,
        request: &http::Request<Bytes>,
        attempts: &Cell<u32>,
    ) -> Result<http::Response<Bytes>> {
        let (ctx, port, source) = (&self.ctx, self.ctx.port(), self.source);
        let time = Time {
            ends: self.ends,
            usual: self.timeout.min(ctx.usual_time()),
        };
        let errand = Errand {
            ctx,
            source,
            semantics: self.semantics.clone(),
            attempts,
            span: &self.span,
        };
        let shared = port.instance().shared(source.name);
        let policy = Attempts::new(
            source,
            shared.clone(),
            port,
            time.ends,
            &errand.semantics,
            request.headers(),
        );
        let passage = Passage::ask(ctx, source, shared, time, attempts).await;
        if source.policy.breaker.is_some() {
            self.span.breaker(match &passage {
                Ok(passage) if passage.is_probe() => "half_open",
                Ok(_) => "closed",
                Err(_) => "open",
            });
        }
        let passage = passage?;
        let policy = if passage.is_probe() { policy.once() } else { policy };
        let outcome = policy.run(async || errand.attempt(request).await).await;
        passage.note(&outcome);
        outcome.map_err(|failure| failure.error)
    }
}

/// What all attempts of a call have in common.
struct Errand<'c> {
    ctx: &'c Context,
    source: &'static Source,
    semantics: Method,
    attempts: &'c Cell<u32>,
    span: &'c Span,
}

impl Errand<'_> {
    /// One attempt: the request, and to wherever the source sends it on.
    async fn attempt(&self, request: &http::Request<Bytes>) -> Outcome {
        let mut trail = Trail::new(request.clone(), self.source.redirects_to_other_hosts);
        loop {
            let mut response = self.send(&trail).await?;
            match trail.follow(response.status(), response.headers()) {
                Ok(true) => continue,
                Ok(false) => {}
                Err(why) => {
                    let message = format!("source `{}`: {why}", self.source.name);
                    self.ctx.log("warn", &message);
                }
            }
            trail.lead_to(&mut response);
            return self.decoded(request, response);
        }
    }

    /// One request, with the credentials of the moment; a second one with new credentials where the source refuses them.
    /// A 401 says that the request was not applied (RFC 9110 s. 15.5.2), so that this holds for unsafe methods too.
    async fn send(&self, trail: &Trail) -> Outcome {
        let (ctx, source) = (self.ctx, self.source);
        if !trail.at_home {
            return self.dispatch(trail, trail.request.clone()).await;
        }
        let mut request = self.stamped(trail).await?;
        auth::authenticate(ctx, source, &mut request).await?;
        let renewable = auth::renewable(source, &request);
        let response = self.dispatch(trail, request).await?;
        let Some(refused) = renewable.filter(|_| response.status() == StatusCode::UNAUTHORIZED) else {
            return Ok(response);
        };
        let mut request = self.stamped(trail).await?;
        auth::renew(ctx, source, &mut request, refused).await?;
        self.dispatch(trail, request).await
    }

    /// The request with what its protocol wants new each time.
    async fn stamped(&self, trail: &Trail) -> Result<http::Request<Bytes>> {
        let mut request = trail.request.clone();
        self.source.soap.stamp(self.ctx, self.source, &mut request).await?;
        Ok(request)
    }

    async fn dispatch(&self, trail: &Trail, mut request: http::Request<Bytes>) -> Outcome {
        let (source, port) = (self.source, self.ctx.port());
        let (place, span_id) = self.span.sends(port, request.method(), request.uri());
        if trail.at_home {
            self.ctx.admission().trace.stamp(&span_id, request.headers_mut());
        }
        if trail.is_new() {
            self.attempts.set(self.attempts.get() + 1);
        }
        let changes = !retry::is_repeatable(&self.semantics, request.headers());
        if changes {
            self.ctx.may_change();
        }
        let response = port.send(request, source.max_body).await;
        if changes && is_refused(&response) {
            self.ctx.has_not_changed();
        }
        let status = response.as_ref().map(|response| response.status().as_u16());
        self.span.answered(port, place, status);
        // The request's own URL may have credentials in it.
        response.map_err(|error| outcome::not_sent(source, &self.semantics, trail.request.uri(), &error))
    }

    fn decoded(&self, request: &http::Request<Bytes>, response: http::Response<Bytes>) -> Outcome {
        if coding::is_wanted(request.headers()) {
            return Ok(response);
        }
        coding::decoded(response, self.source.max_body).map_err(|undecoded| match undecoded {
            Undecoded::TooLarge => outcome::too_large(self.source).into(),
            Undecoded::Invalid(why) => outcome::invalid(self.source, why).into(),
        })
    }
}

/// Whether it is certain that nothing was done: there was no way, or it was refused (RFC 9110 s. 15.5). A 408 came too late
/// to be certain.
fn is_refused(response: &Result<http::Response<Bytes>, SendError>) -> bool {
    match response {
        Ok(response) => response.status().is_client_error() && response.status() != StatusCode::REQUEST_TIMEOUT,
        Err(error) => *error == SendError::Denied,
    }
}

//! The sending of a call: all of it, from the first variable that is read to the last byte of the answer, is within the
//! call's time-out.

use std::{cell::Cell, pin::pin, time::Duration};

use bytes::Bytes;
use futures_util::future::{Either, select};
use http::{HeaderValue, Method, StatusCode};

use super::{
    Answer, Call,
    coding::{self, Undecoded},
    redirect::Trail,
};
use crate::{
    Context, Result,
    context::CallRecord,
    source::{
        Source, auth,
        lookup::once,
        outcome,
        policy::{
            Attempts, Outcome,
            breaker::{Passage, Time},
        },
    },
};

impl Call<'_> {
    /// Whatever the source answers, with any status.
    ///
    /// # Errors
    /// `SourceTimeout` or `SourceUnreachable`; `OperationFailed` where the source is not set up.
    pub async fn send(self) -> Result<Answer> {
        once::send(self).await
    }

    /// Sends it, whatever else was sent.
    pub(in crate::source) async fn send_now(self) -> Result<Answer> {
        let (ctx, source) = (self.ctx, self.source);
        let started = ctx.port().monotonic();
        let attempts = Cell::new(0);
        let outcome = self.exchange(&attempts).await;
        let failure = match &outcome {
            Ok(answer) => outcome::failure_code(answer.status()),
            Err(error) => Some(error.code()),
        };
        ctx.record(CallRecord {
            source: source.name,
            duration: ctx.port().monotonic().saturating_sub(started),
            failure: failure.map(midspan_definition::ErrorCode::name),
            attempts: attempts.get(),
        });
        outcome.inspect_err(|error| ctx.log_call_error(error, attempts.get()))
    }

    async fn exchange(mut self, attempts: &Cell<u32>) -> Result<Answer> {
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        let (port, source, semantics) = (self.ctx.port(), self.source, self.semantics());
        let limit = self.timeout.min(self.ctx.time_for_sources());
        let response = pin!(self.under_policy(limit, attempts));
        // The time-out comes first, so that nothing is sent at the very moment at which it ends.
        match select(pin!(port.sleep(limit)), response).await {
            Either::Left(_) if attempts.get() == 0 => Err(outcome::no_turn(source, limit)),
            Either::Left(_) => Err(outcome::timed_out(source, &semantics, limit)),
            Either::Right((response, _)) => response.map(|response| Answer {
                source,
                response,
                attempts: attempts.get(),
            }),
        }
    }

    async fn under_policy(self, limit: Duration, attempts: &Cell<u32>) -> Result<http::Response<Bytes>> {
        let (ctx, port, source) = (self.ctx, self.ctx.port(), self.source);
        let time = Time {
            ends: port.monotonic() + limit,
            usual: self.timeout.min(ctx.usual_time()),
        };
        let errand = Errand {
            ctx,
            source,
            semantics: self.semantics(),
            attempts,
        };
        let request = self.request().await?;
        let shared = port.instance().shared(source.name);
        let policy = Attempts::new(
            source.policy,
            shared.clone(),
            port,
            time.ends,
            &errand.semantics,
            request.headers(),
        );
        let passage = Passage::ask(ctx, source, shared, time, attempts).await?;
        let policy = if passage.is_probe() { policy.once() } else { policy };
        let outcome = policy.run(async || errand.attempt(&request).await).await;
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
}

impl Errand<'_> {
    /// One attempt: the request, and to wherever the source sends it on.
    async fn attempt(&self, request: &http::Request<Bytes>) -> Outcome {
        let mut trail = Trail::new(request.clone(), self.source.redirects_to_other_hosts);
        loop {
            let response = self.send(&trail).await?;
            match trail.follow(response.status(), response.headers()) {
                Ok(true) => {}
                Ok(false) => return self.decoded(response),
                Err(why) => {
                    let message = format!("source `{}`: {why}", self.source.name);
                    self.ctx.log("warn", &message);
                    return self.decoded(response);
                }
            }
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
        let source = self.source;
        if trail.at_home {
            trace(self.ctx, &mut request);
        }
        if trail.is_new() {
            self.attempts.set(self.attempts.get() + 1);
        }
        let response = self.ctx.port().send(request, source.max_body).await;
        // The request's own URL may have credentials in it.
        response.map_err(|error| outcome::not_sent(source, &self.semantics, trail.request.uri(), &error))
    }

    fn decoded(&self, response: http::Response<Bytes>) -> Outcome {
        coding::decoded(response, self.source.max_body).map_err(|undecoded| match undecoded {
            Undecoded::TooLarge => outcome::too_large(self.source).into(),
            Undecoded::Invalid(why) => outcome::invalid(self.source, why).into(),
        })
    }
}

/// A new parent id for each request (W3C Trace Context s. 3.4).
fn trace(ctx: &Context, request: &mut http::Request<Bytes>) {
    let admission = ctx.admission();
    let parent = ctx.port().random() | 1;
    let traceparent = format!("00-{}-{parent:016x}-{}", admission.trace_id, admission.trace_flags);
    if let Ok(value) = HeaderValue::from_str(&traceparent) {
        request.headers_mut().insert("traceparent", value);
    }
    if let Some(tracestate) = &admission.tracestate {
        request.headers_mut().insert("tracestate", tracestate.clone());
    }
}

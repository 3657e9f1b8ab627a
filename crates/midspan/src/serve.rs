//! The five stages of a request, in order. Its body is read between the first and the second.

use std::{pin::pin, rc::Rc, time::Duration};

use bytes::Bytes;
use futures_util::future::{Either, LocalBoxFuture, select};
use midspan_definition::ErrorCode;

use crate::{
    Context, Error, Operation, Output, Result,
    admit::{admit, authenticate, check_head, method_not_allowed},
    answer, cache, idempotency,
    incoming::{Body, Incoming},
    input::{Input, Parts},
    port::Port,
    rate,
};

/// Answers one request: admit, decode, compose, shape, answer.
pub(crate) async fn serve<O: Operation>(port: Rc<dyn Port>, request: impl Into<Incoming>) -> http::Response<Bytes> {
    let operation = &const { O::DESCRIPTION.at_run_time(O::Input::READ) };
    let Incoming { head, body } = request.into();
    let head = Rc::new(head);
    let ctx = Context::new(port.clone(), admit(&*port, &head, operation), operation);
    let outcome = compose::<O>(&ctx, &head, body).await;
    answer::answer(&ctx, &head, outcome)
}

async fn compose<O: Operation>(
    ctx: &Context,
    head: &http::Request<Bytes>,
    body: Option<Body>,
) -> Result<http::Response<Bytes>> {
    let operation = ctx.operation();
    check_head(head)?;
    if head.method().as_str() != operation.method.name() {
        return Err(method_not_allowed(head, &[operation]));
    }
    // Before anything is read of what a stranger sends. An operation for everybody is built without it.
    if const { !O::AUTH.is_empty() } {
        ctx.admit(within_deadline(ctx, Box::pin(authenticate(ctx, O::AUTH, head))).await?);
    }
    // Now that it is known who calls; and likewise.
    if const { !O::RATE_LIMITS.is_empty() } {
        Box::pin(rate::admit(ctx, O::RATE_LIMITS)).await?;
    }
    let received;
    let request = match body {
        Some(body) => {
            received = ctx.receive(head, body).await?;
            &received
        }
        None => head,
    };
    let input = O::Input::decode(&Parts::new(request, operation.path)?.within(const { O::LIMITS }))?;
    // In a box: an operation with many calls is large, and a component's stack is not.
    let composed = Box::pin(async { O::run(ctx.clone(), input).await?.respond() });
    // Decided before anything is awaited, so that an operation that keeps no answers is built without the way to do it.
    let answered: LocalBoxFuture<'_, _> = match const { (&O::CACHE, &O::IDEMPOTENT) } {
        (Some(cache), _) => Box::pin(within_deadline(ctx, cache::whole(ctx, cache, request, composed))),
        // What came of it is kept even if its deadline has passed.
        (_, Some(policy)) => Box::pin(idempotency::once(ctx, policy, request, within_deadline(ctx, composed))),
        _ => Box::pin(within_deadline(ctx, composed)),
    };
    answered.await
}

/// Source calls end a little before the deadline by themselves; this holds for all else that the author awaits.
pub(crate) async fn within_deadline<T>(ctx: &Context, work: impl Future<Output = Result<T>>) -> Result<T> {
    let limit = ctx.remaining();
    match select(pin!(work), pin!(ctx.port().sleep(limit))).await {
        Either::Left((outcome, _)) => outcome,
        Either::Right(((), _)) => Err(deadline_exceeded(ctx, limit)),
    }
}

fn deadline_exceeded(ctx: &Context, limit: Duration) -> Error {
    let message = format!(
        "{} did not end within {} ms. Try again.",
        ctx.operation().id,
        limit.as_millis()
    );
    Error::new(ErrorCode::DeadlineExceeded, message)
}
